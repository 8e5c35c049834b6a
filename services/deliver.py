"""Delivery: what the outbox holds goes to the platforms, with receipts; nothing lost, nothing repeated.

A row is leased, drawn at the moment of sending, sent under a key that makes a repeat harmless, and marked with its
receipt. A group that cannot be reached falls back to the liaisons one-to-one; when nobody can be reached the manager
is told. At-least-once: a crash between the platform's yes and our mark may repeat one message under the same key.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from domain.case import SYSTEM, Case, Unit
from domain.commands import Deliver
from domain.view import View
from domain.vocabulary import WITH_DEPARTMENT
from models.bookkeeping import MetaRow
from models.claims import claim_outbox
from models.database import transaction
from models.messages import ReceiptRow, ShownCard
from models.people import Department
from models.queues import OutboxRow
from platforms.contract import (
    Card,
    ChannelDown,
    ChatPlatform,
    Message,
    Misconfigured,
    Place,
    PlatformError,
    Receipt,
    Recipient,
    Rejected,
    TryLater,
    Unreachable,
)
from services.act import perform
from services.archive import read
from services.directory import PersonCard, actor_of, chats_of, mark_chat, people, person
from services.notices import tell
from services.office import Office

log = logging.getLogger(__name__)

Draw = Callable[[str, View], Message | None]

BATCH = 50
LEASE_SECONDS = 60
#: Seconds before each further try of a passing fault.
BACKOFF = (2, 5, 15, 60, 300, 900)
#: After so many vain tries the group is passed over for the liaisons one-to-one.
GROUP_PATIENCE = 4
#: Messages that put the work order into the department's hands: their receipt starts the clock (第八条).
WORK_ORDERS = frozenset({"task"})
#: Cards that are kept current: a later change of the case redraws them where the platform can.
LIVING = frozenset({"task", "supervision"})


@dataclass(frozen=True, slots=True)
class Target:
    """One place a message goes to, and who reads it there."""

    platform: str
    to: Recipient
    reader: PersonCard | None = None


@dataclass
class Delivery:
    """The delivery desk: the platforms by name, and the function that draws."""

    office: Office
    platforms: Mapping[str, ChatPlatform]
    draw: Draw
    install: str = ""
    #: One drain at a time: a lease must not run out under a delivery that is still on its way.
    _busy: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def start(self) -> None:
        """Read the deployment's own prefix for message keys (random, kept for ever)."""
        self.install = await install_prefix()

    async def run_once(self) -> int:
        """Deliver one batch; returns how many rows were handled. Call until it returns 0."""
        async with transaction():
            rows = await claim_outbox(self.office.clock.now(), BATCH, LEASE_SECONDS)
        for bundle in _bundles(rows):
            await self._deliver(bundle)
        return len(rows)

    async def drain(self, limit: int = 100) -> int:
        """Deliver until nothing is ripe; returns the number of rows handled."""
        total = 0
        async with self._busy:
            for _ in range(limit):
                done = await self.run_once()
                total += done
                if done == 0:
                    break
        return total

    async def _deliver(self, bundle: Sequence[OutboxRow]) -> None:
        row = bundle[0]
        try:
            receipts = await self._send(bundle)
        except TryLater as error:
            await self._later(bundle, error)
        except PlatformError as error:
            await self._fail(bundle, error)
        else:
            await self._sent(bundle, receipts)
            if row.kind in WORK_ORDERS and receipts:
                await self._received(row, receipts[0])

    async def _send(self, bundle: Sequence[OutboxRow]) -> list[tuple[Target, Receipt, Message]]:
        """Send to the first way that works; an empty list means there is nothing (left) to say."""
        row = bundle[0]
        records = [await read(item.case_id, self.office.sealer) for item in bundle if item.case_id is not None]
        cases = [record.case for record in records]
        failure: PlatformError | None = None
        for way in await self._ways(row):
            sent: list[tuple[Target, Receipt, Message]] = []
            for place, target in enumerate(way):
                view = await self._view(row, cases, target)
                message = self.draw(row.kind, view)
                if message is None:
                    return []
                key = f"{self.install}-{row.id}-{place}{'p' if target.reader else 'g'}"
                try:
                    if row.kind == "redraw" and await self._redraw(row, target, message):
                        continue
                    receipt = await self.platforms[target.platform].send(
                        target.to, message, key=key, again=row.attempts > 1
                    )
                except Unreachable as error:
                    failure = error
                    if target.to.place is Place.CHAT and not isinstance(error, ChannelDown):
                        await mark_chat(target.platform, target.to.id, error.code)
                    continue
                except TryLater as error:
                    if target.to.place is not Place.CHAT or row.attempts <= GROUP_PATIENCE:
                        raise
                    failure = error
                    continue
                sent.append((target, receipt, message))
                await self._remember(row, cases, target, receipt, message, key)
            if sent or (row.kind == "redraw" and failure is None):
                return sent
        raise failure or Unreachable("nobody", "no chat is bound and no account is known")

    async def _ways(self, row: OutboxRow) -> list[list[Target]]:
        """The ways to reach the addressee, best first; each way is a list of places that all get the message."""
        if row.person_id is not None:
            reader = await person(row.person_id)
            return [self._targets([reader])] if reader else []
        if row.department_id is None:
            return []
        groups = [
            Target(chat.platform, Recipient(Place.CHAT, chat.chat_id))
            for chat in await chats_of(row.department_id)
            if chat.platform in self.platforms and chat.state == "ok"
        ]
        department = await Department.get(id=row.department_id)
        liaisons = await people(department.centre_id, role="联络员", department_id=department.id)
        return [way for way in ([groups[:1]] if groups else []) + [self._targets(liaisons)] if way]

    def _targets(self, readers: Sequence[PersonCard]) -> list[Target]:
        return [
            Target(platform, Recipient(Place.PERSON, account), reader)
            for reader in readers
            for platform, account in list(reader.accounts.items())[:1]
            if platform in self.platforms
        ]

    async def _view(self, row: OutboxRow, cases: Sequence[Case], target: Target) -> View:
        names: tuple[str, ...] = ()
        if target.reader is None and row.department_id is not None and cases:
            called = await people(cases[0].centre, role="联络员", department_id=row.department_id)
            names = tuple(liaison.name for liaison in called)
        return View(
            case=cases[0] if cases else None,
            bench=self.office.bench(),
            reader=actor_of(target.reader) if target.reader else None,
            facts=row.payload,
            others=tuple(cases[1:]),
            liaisons=names,
            suggestions=cases[0].suggested if cases else (),
            public_url=self.office.public_url,
            case_id=row.case_id or 0,
        )

    async def _redraw(self, row: OutboxRow, target: Target, message: Message) -> bool:
        """Redraw the living card of this case at this place; False when the platform cannot, True when it shows."""
        shown = await ShownCard.get_or_none(
            case_id=row.case_id, platform=target.platform, recipient=target.to.id, current=True
        )
        if shown is None or not isinstance(message, Card):
            return False
        receipt = Receipt(shown.key, shown.handle)
        if not await self.platforms[target.platform].update(receipt, message, key=shown.key):
            return False
        await ShownCard.filter(id=shown.id).update(digest=digest(message))
        return True

    async def _remember(
        self, row: OutboxRow, cases: Sequence[Case], target: Target, receipt: Receipt, message: Message, key: str
    ) -> None:
        now = self.office.clock.now()
        async with transaction():
            await ReceiptRow.create(
                outbox_id=row.id,
                platform=target.platform,
                place=target.to.place.value,
                recipient=target.to.id,
                message_id=receipt.message_id,
                handle=dict(receipt.handle),
                at=now,
                digest=digest(message),
            )
            if isinstance(message, Card) and row.case_id is not None and row.kind in LIVING:
                shown = ShownCard.filter(case_id=row.case_id, platform=target.platform, recipient=target.to.id)
                await shown.update(current=False)
                await ShownCard.filter(key=key).delete()
                await ShownCard.create(
                    platform=target.platform,
                    place=target.to.place.value,
                    recipient=target.to.id,
                    case_id=row.case_id,
                    kind=row.kind,
                    key=key,
                    handle=dict(receipt.handle),
                    digest=digest(message),
                    turn=cases[0].turn,
                    at=now,
                )

    async def _sent(self, bundle: Sequence[OutboxRow], receipts: Sequence[object]) -> None:
        state = "sent" if receipts or bundle[0].kind == "redraw" else "dropped"
        ids = [row.id for row in bundle]
        await OutboxRow.filter(id__in=ids).update(state=state, sent_at=self.office.clock.now(), error=None)

    async def _later(self, bundle: Sequence[OutboxRow], error: TryLater) -> None:
        now = self.office.clock.now()
        for row in bundle:
            pause = error.after or BACKOFF[min(row.attempts, len(BACKOFF)) - 1]
            await OutboxRow.filter(id=row.id).update(
                state="pending", not_before=now + timedelta(seconds=pause), error=error.code
            )
        log.warning("delivery postponed", extra={"action": "deliver_later", "code": error.code, "rows": len(bundle)})

    async def _fail(self, bundle: Sequence[OutboxRow], error: PlatformError) -> None:
        """Give the message up, tell the manager who was not reached; wrong credentials keep the message queued."""
        log.error("delivery failed", extra={"action": "deliver_failed", "code": error.code, "rows": len(bundle)})
        if isinstance(error, Misconfigured):
            await self._later(bundle, TryLater(error.code, error.detail, after=300))
            return
        for row in bundle:
            await OutboxRow.filter(id=row.id).update(state="failed", error=f"{type(error).__name__} {error.code}")
            if row.case_id is None or row.kind == "undelivered":
                continue
            record = await read(row.case_id, self.office.sealer)
            facts: dict[str, object] = {"what": row.kind, "department": await _department_name(row), "code": error.code}
            facts["permanent"] = isinstance(error, Rejected)
            async with transaction():
                await tell(self.office, record.case, row.case_id, "manager", "undelivered", f"{row.key}/lost", facts)

    async def _received(self, row: OutboxRow, first: tuple[Target, Receipt, Message]) -> None:
        """收到《工作单》: the platform took the work order for the department, so its clock starts (第八条)."""
        if row.case_id is None or row.department_id is None:
            return
        name = await _department_name(row)
        how = "群消息" if first[0].to.place is Place.CHAT else "单聊"
        record = await read(row.case_id, self.office.sealer)
        if record.case.state in WITH_DEPARTMENT and any(u.id == row.department_id for u in record.case.units):
            await perform(self.office, row.case_id, Deliver(Unit(row.department_id, name), how), SYSTEM)


def _bundles(rows: Sequence[OutboxRow]) -> list[list[OutboxRow]]:
    """Rows with the same `merge` are one message: several cases that fall together reach a department once."""
    bundles: dict[str, list[OutboxRow]] = {}
    for row in rows:
        bundles.setdefault(row.merge or f"row/{row.id}", []).append(row)
    return list(bundles.values())


def digest(message: Message) -> str:
    """A fingerprint of what was shown, to tell whether a card still shows the truth."""
    return hashlib.sha256(repr(message).encode()).hexdigest()


async def _department_name(row: OutboxRow) -> str:
    department = await Department.get_or_none(id=row.department_id) if row.department_id else None
    return department.name if department else ""


async def install_prefix() -> str:
    """Six hex digits that make this deployment's message keys unlike any other's, created on first use."""
    row, _ = await MetaRow.get_or_create(key="install", defaults={"value": f"y{secrets.token_hex(4)}"})
    return row.value
