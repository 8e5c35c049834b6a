"""Delivery: what the outbox holds goes to the platforms, with receipts; nothing lost, nothing repeated.

A row is leased to this process, drawn at the moment of sending, sent under a key that makes a repeat harmless, and
marked with its receipt. A group that cannot be reached falls back to the liaisons one-to-one; when nobody can be
reached the manager is told. At-least-once: a crash between the platform's yes and our mark may repeat one message
under the same key.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from domain.audiences import MANAGER
from domain.case import SYSTEM, Unit
from domain.commands import Deliver, NoteUnheard
from domain.messages import MANY, REFRESH, UNDELIVERED, kind_of
from domain.refusals import Refused
from domain.vocabulary import WITH_DEPARTMENT
from models.bookkeeping import MetaRow
from models.claims import claim_outbox
from models.database import transaction
from models.owners import Fenced, me, sure
from models.people import Department
from models.queues import OutboxRow
from platforms.contract import (
    ChannelDown,
    ChatPlatform,
    File,
    Mention,
    Message,
    Misconfigured,
    Place,
    PlatformError,
    Rejected,
    TryLater,
    UnknownCode,
    Unreachable,
)
from services.cases.execute import perform
from services.delivery.condensing import CONDENSE_OVER, facts_of, waiting_like
from services.delivery.recipients import Target, ways_to
from services.delivery.refresh import Draw, Refresher
from services.delivery.sent_cards import current_card, keep_receipt, redraw
from services.delivery.view_builder import Views
from services.directory.people import PersonCard, mark_chat
from services.outbox.digest import queue_alarm
from services.outbox.enqueue import queue_refreshes, tell
from services.store.app import Office
from services.store.event_store import Record, read

log = logging.getLogger(__name__)

#: Before the row id of the message with which others went as one.
TOGETHER = "with/"
BATCH = 50
#: A lease ends with its owner; this many seconds only for a process that has no name yet.
LEASE_SECONDS = 60
#: Seconds before a message that broke us is tried again.
BROKEN_PAUSE = 60
#: Seconds before each further try of a passing fault.
BACKOFF = (2, 5, 15, 60, 300, 900)
#: Tries of a message that breaks us before it is put in front of the operator.
MOST_FAULTS = 5
#: Seconds before a channel that is down is tried again.
CHANNEL_PAUSE = 300
#: Tries of a message to somebody the platform says it cannot reach (about seven minutes), and of one refused with a
#: code nobody has written down (about twenty minutes): both may pass, neither is retried for ever in silence.
TARGET_PATIENCE = 6
UNKNOWN_PATIENCE = 20
#: After so many vain tries the group is passed over for the liaisons one-to-one.
GROUP_PATIENCE = 4


@dataclass
class Delivery:
    """The delivery desk: the platforms by name, and the function that draws."""

    office: Office
    platforms: Mapping[str, ChatPlatform]
    draw: Draw
    install: str = ""
    _views: Views = field(init=False)
    _refresher: Refresher = field(init=False)
    #: One drain at a time: what this process holds leased when a drain claims was dropped by an earlier one.
    _busy: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self._views = Views(self.office, self.platforms)
        self._refresher = Refresher(self.office, self.platforms, self.draw, self._views)

    async def start(self) -> None:
        """Read the deployment's own prefix for message keys (random, kept for ever)."""
        self.install = await install_prefix()

    async def run_once(self) -> int:
        """Deliver one batch; returns how many rows were handled. Call until it returns 0."""
        async with transaction():
            rows = await claim_outbox(self.office.clock.now(), BATCH, LEASE_SECONDS, me())
        gone: set[int] = set()
        for bundle in sorted(_bundles(rows), key=_urgency):
            if bundle[0].id in gone:
                continue
            await sure()
            like = await waiting_like(bundle[0], self.office.clock.now()) if len(bundle) == 1 else bundle
            gone |= {row.id for row in like}
            await self._deliver(like)
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

    @contextlib.asynccontextmanager
    async def at_rest(self) -> AsyncIterator[None]:
        """Hold delivery between two rounds: nothing is on its way inside."""
        async with self._busy:
            yield

    async def _deliver(self, bundle: Sequence[OutboxRow]) -> None:
        row = bundle[0]
        try:
            sent = await (self._refresher.refresh(row) if kind_of(row.kind) is REFRESH else self._send(bundle))
        except PlatformError as error:
            again = _again(row, error)
            await (self._fail(bundle, error) if again is None else self._later(bundle, again))
        except Fenced:
            raise
        except Exception as error:
            await self._broken(bundle, error)
        else:
            # The clock first: were the row marked first, a crash in between would leave the case without one.
            if kind_of(row.kind).starts_clock and sent:
                await self._received(row, sent[0])
            await self._sent(bundle, told=bool(sent))

    async def _send(self, bundle: Sequence[OutboxRow]) -> list[Target]:
        """Send the first way that works, and say to whom; nobody means there is nothing (left) to say."""
        row = bundle[0]
        if len(bundle) > CONDENSE_OVER and row.merge is None and row.person_id is not None:
            return await self._send_many(bundle)
        records = [await read(item.case_id, self.office.sealer) for item in bundle if item.case_id is not None]
        failure: PlatformError | None = None
        called = await self._views.liaisons(row, records)
        for way in await ways_to(row, self.platforms, self.office.clock.now()):
            sent: list[Target] = []
            for target in way:
                # A paper takes a tenth of a second of computing: not on the loop.
                message = await asyncio.to_thread(
                    self.draw, kind_of(row.kind), await self._views.view(row, records, target, called)
                )
                if message is None:
                    return []
                message = _calling(row, target, message, called)
                try:
                    await self._send_one(row, records, target, message)
                except PlatformError as error:
                    passed = await self._passed_over(row, target, error)
                    failure = failure if target.extra else passed
                else:
                    sent.append(target)
            if any(not target.extra for target in sent):
                await self._catch_up(records)
                return sent
        raise failure or Unreachable("nobody", "no chat is bound and no account is known")

    async def _send_many(self, bundle: Sequence[OutboxRow]) -> list[Target]:
        """One message for many of a kind to one person."""
        row = bundle[0]
        facts = await facts_of(bundle)
        failure: PlatformError = Unreachable("nobody", "no account is known")
        for way in await ways_to(row, self.platforms, self.office.clock.now()):
            view = await self._views.view(row, [], way[0])
            message = self.draw(MANY, replace(view, facts=facts))
            if message is None:
                return []
            try:
                await self._send_one(row, [], way[0], message)
            except (Unreachable, Misconfigured) as error:
                failure = error
            else:
                return [way[0]]
        raise failure

    async def _catch_up(self, records: Sequence[Record]) -> None:
        """What changed while the message was on its way found no card to redraw: it does now."""
        for before in records:
            async with transaction():
                record = await read(before.id, self.office.sealer)
                if record.version != before.version:
                    await queue_refreshes(self.office, before.case, record, None)

    async def _send_one(self, row: OutboxRow, records: Sequence[Record], target: Target, message: Message) -> None:
        """One message to one place: redrawn where a card already shows the case, sent otherwise."""
        if kind_of(row.kind).redraws and await redraw(self.platforms, await current_card(row, target), message):
            return
        key = f"{self.install}-{row.id}-{_place_mark(target)}"
        platform = self.platforms[target.platform]
        urgent = row.urgent or not kind_of(row.kind).deferrable
        await sure()
        receipt = await platform.send(target.to, message, key=key, again=row.attempts > 1, urgent=urgent)
        case = records[0].case if records else None
        await keep_receipt(row, case, target, receipt, message, key, self.office.clock.now())

    async def _passed_over(self, row: OutboxRow, target: Target, error: PlatformError) -> PlatformError:
        """Whether this failure lets the next place be tried; raises it again when it does not."""
        group = target.to.place is Place.CHAT
        if target.extra:
            return error
        if isinstance(error, Misconfigured):
            return error
        if isinstance(error, Unreachable):
            if group and not isinstance(error, ChannelDown):
                await mark_chat(target.platform, target.to.id, error.code)
            return error
        if isinstance(error, TryLater) and group and row.attempts > GROUP_PATIENCE:
            return error
        raise error

    async def _sent(self, bundle: Sequence[OutboxRow], *, told: bool) -> None:
        ids = [row.id for row in bundle]
        # The receipt stands at the first; the others say with which they went.
        merge = bundle[0].merge or (f"{TOGETHER}{bundle[0].id}" if len(bundle) > 1 else None)
        async with transaction():
            await OutboxRow.filter(id__in=ids).update(
                state="sent" if told else "dropped",
                sent_at=self.office.clock.now(),
                error=None,
                owner=None,
                merge=merge,
            )

    async def _later(self, bundle: Sequence[OutboxRow], error: TryLater) -> None:
        now = self.office.clock.now()
        async with transaction():
            for row in bundle:
                pause = error.after or BACKOFF[max(min(row.attempts, len(BACKOFF)), 1) - 1]
                await OutboxRow.filter(id=row.id).update(
                    state="pending", not_before=now + timedelta(seconds=pause), error=error.code, owner=None
                )
        log.warning("delivery postponed", extra={"action": "deliver_later", "code": error.code, "rows": len(bundle)})

    async def _fail(self, bundle: Sequence[OutboxRow], error: PlatformError) -> None:
        """Tell the manager who was not reached, and give the message up.

        What is wrong with the channel as such passes one day: then the message stays queued and goes out after all.
        """
        log.error("delivery failed", extra={"action": "deliver_failed", "code": error.code, "rows": len(bundle)})
        if isinstance(error, Misconfigured):
            await self._later(bundle, TryLater(error.code, error.detail, after=CHANNEL_PAUSE))
            await queue_alarm(self.office, error.code, error.detail)
            return
        down = isinstance(error, ChannelDown)
        if down:
            await self._later(bundle, TryLater(error.code, error.detail, after=CHANNEL_PAUSE))
        for row in bundle:
            told = down and await OutboxRow.filter(key__startswith=f"{row.key}/lost").exists()
            if not down:
                code = f"{type(error).__name__} {error.code}"
                async with transaction():
                    await OutboxRow.filter(id=row.id).update(state="failed", error=code, owner=None)
            if row.case_id is None or kind_of(row.kind) is UNDELIVERED or told:
                continue
            record = await read(row.case_id, self.office.sealer)
            facts: dict[str, object] = {"what": row.kind, "department": await _department_name(row), "code": error.code}
            facts["permanent"] = isinstance(error, Rejected)
            async with transaction():
                await tell(self.office, record.case, row.case_id, MANAGER, UNDELIVERED, f"{row.key}/lost", facts)
                who = str(facts["department"]) or "本人"
                await perform(self.office, row.case_id, NoteUnheard(kind_of(row.kind).in_record, who), SYSTEM)

    async def _broken(self, bundle: Sequence[OutboxRow], error: Exception) -> None:
        """A fault of ours in one message does not stop the others: it is tried again after a pause."""
        given_up = bundle[0].attempts >= MOST_FAULTS
        log.error(
            "delivery broke",
            exc_info=error,
            extra={
                "action": "deliver_broken",
                "rows": len(bundle),
                "attempts": bundle[0].attempts,
                "given_up": given_up,
            },
        )
        again = self.office.clock.now() + timedelta(seconds=BROKEN_PAUSE)
        after = {"state": "failed"} if given_up else {"state": "pending", "not_before": again}
        async with transaction():
            ids = [row.id for row in bundle]
            await OutboxRow.filter(id__in=ids).update(**after, error=type(error).__name__, owner=None)

    async def _received(self, row: OutboxRow, first: Target) -> None:
        """收到《工作单》: the platform took the work order for the department, so its clock starts (第八条)."""
        if row.case_id is None or row.department_id is None:
            return
        name = await _department_name(row)
        how = "群消息" if first.to.place is Place.CHAT else "单聊"
        record = await read(row.case_id, self.office.sealer)
        if record.case.state in WITH_DEPARTMENT and any(u.id == row.department_id for u in record.case.units):
            with contextlib.suppress(Refused):  # withdrawn or taken away while the message was on its way
                await perform(self.office, row.case_id, Deliver(Unit(row.department_id, name), how), SYSTEM)


def _again(row: OutboxRow, error: PlatformError) -> TryLater | None:
    """The pause before the next try; None when the message is given up or the whole channel is down."""
    if isinstance(error, UnknownCode) and row.attempts >= UNKNOWN_PATIENCE:
        return None
    if isinstance(error, TryLater):
        return error
    if isinstance(error, Unreachable) and error.recovers and row.attempts < TARGET_PATIENCE:
        return TryLater(error.code, error.detail, after=0.0)
    return None


def _calling(row: OutboxRow, target: Target, message: Message, called: Sequence[PersonCard]) -> Message:
    """The message with the liaisons to @ in their group, on the platform the group is on."""
    if not kind_of(row.kind).calls_liaisons or target.reader is not None or isinstance(message, File):
        return message
    known = [(card.accounts.get(target.platform), card.name) for card in called]
    return replace(message, mentions=tuple(Mention(account, name) for account, name in known if account))


def _place_mark(target: Target) -> str:
    """A short name for a place: a message to two places has two keys, and each the same one at every try."""
    return hashlib.sha256(f"{target.platform}/{target.to.place}/{target.to.id}".encode()).hexdigest()[:10]


def _urgency(bundle: Sequence[OutboxRow]) -> tuple[bool, bool, bool]:
    """Work orders before what can wait; what merely informs comes last when a budget is short."""
    row, kind = bundle[0], kind_of(bundle[0].kind)
    return not row.urgent, not kind.calls_liaisons, kind.deferrable


def _bundles(rows: Sequence[OutboxRow]) -> list[list[OutboxRow]]:
    """Rows with the same `merge` are one message: several cases that fall together reach a department once."""
    bundles: dict[str, list[OutboxRow]] = {}
    for row in rows:
        bundles.setdefault(row.merge or f"row/{row.id}", []).append(row)
    return list(bundles.values())


async def _department_name(row: OutboxRow) -> str:
    department = await Department.get_or_none(id=row.department_id) if row.department_id else None
    return department.name if department else ""


async def install_prefix() -> str:
    """Six hex digits that make this deployment's message keys unlike any other's, created on first use."""
    row, _ = await MetaRow.get_or_create(key="install", defaults={"value": f"y{secrets.token_hex(4)}"})
    return row.value
