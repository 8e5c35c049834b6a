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
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby

from domain.messages import MANY, OF_THE_CLOCK, REFRESH, kind_of
from models.bookkeeping import MetaRow
from models.claims import claim_outbox
from models.database import transaction
from models.owners import Fenced, me, sure
from models.queues import OutboxRow
from platforms.contract import (
    Card,
    ChannelDown,
    ChatPlatform,
    File,
    Mention,
    Message,
    Misconfigured,
    Place,
    PlatformError,
    TryLater,
    Unreachable,
)
from services.delivery import outcome
from services.delivery.concurrency import side_by_side
from services.delivery.condensing import CONDENSE_OVER, facts_of, gather, waiting_like
from services.delivery.recipients import Target, office_opening, routes_to
from services.delivery.refresh import Draw, Refresher
from services.delivery.sent_cards import current_card, keep_receipt, redraw
from services.delivery.view_builder import Views
from services.directory.people import PersonCard, mark_chat
from services.outbox.enqueue import queue_refreshes
from services.store.app import AppContext
from services.store.event_store import Record, read

BATCH = 50
#: Conversations that are sent to at once; each of them, one message after the other.
SIDE_BY_SIDE = 16
#: A lease ends with its owner; this many seconds only for a process that has no name yet.
LEASE_SECONDS = 60
#: After so many vain tries the group is passed over for the liaisons one-to-one.
GROUP_PATIENCE = 4


@dataclass
class Delivery:
    """Delivers what the outbox holds: to the platforms, by name, what `draw` draws."""

    app: AppContext
    platforms: Mapping[str, ChatPlatform]
    draw: Draw
    deployment_id: str = ""
    _views: Views = field(init=False)
    _refresher: Refresher = field(init=False)
    #: One drain at a time: what this process holds leased when a drain claims was dropped by an earlier one.
    _busy: asyncio.Lock = field(default_factory=asyncio.Lock)
    #: Conversations that fail side by side tell the managers one after the other, and each thing once.
    _giving_up: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self._views = Views(self.app, self.platforms)
        self._refresher = Refresher(self.app, self.platforms, self.draw, self._views)

    async def run_once(self) -> int:
        """Deliver one batch; returns how many rows were handled. Call until it returns 0."""
        async with transaction():
            held_back = [kind.name for kind in OF_THE_CLOCK] if self.app.ticking else []
            rows = await claim_outbox(self.app.clock.now(), BATCH, LEASE_SECONDS, me(), held_back)
        for lanes in _tiers(rows):
            await side_by_side([partial(self._work_off, lane) for lane in lanes], SIDE_BY_SIDE)
        return len(rows)

    async def _work_off(self, lane: Sequence[list[OutboxRow]]) -> None:
        """What goes to one conversation, one after the other."""
        gone: set[int] = set()
        for bundle in lane:
            if bundle[0].id in gone:
                continue
            await sure()
            now = self.app.clock.now()
            single = bundle[0].merge is None
            like = await waiting_like(bundle[0], now) if single else await gather(bundle, now)
            gone |= {row.id for row in like}
            await self._deliver(like)

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
        if kind_of(row.kind) is not REFRESH and (opening := await office_opening(self.app, row)) is not None:
            # Queued in office hours and late for them: a stop, a channel that was down, a spent budget.
            await outcome.wait(bundle, opening)
            return
        try:
            sent = await (self._refresher.refresh(row) if kind_of(row.kind) is REFRESH else self._send(bundle))
        except PlatformError as error:
            again = outcome.again(row, error)
            if again is None:
                async with self._giving_up:
                    await outcome.fail(self.app, bundle, error)
            else:
                await outcome.later(self.app, bundle, again)
        except Fenced:
            raise
        except Exception as error:
            await outcome.broken(self.app, bundle, error)
        else:
            # The clock first: were the row marked first, a crash in between would leave the case without one.
            if kind_of(row.kind).starts_clock and sent:
                await outcome.received(self.app, row, sent[0])
            await outcome.sent(self.app, bundle, told=bool(sent))

    async def _send(self, bundle: Sequence[OutboxRow]) -> list[Target]:
        """Send the first way that works, and say to whom; nobody means there is nothing (left) to say."""
        row = bundle[0]
        if len(bundle) > CONDENSE_OVER and row.merge is None and row.person_id is not None:
            return await self._send_many(bundle)
        records = [await read(item.case_id, self.app.sealer) for item in bundle if item.case_id is not None]
        failure: PlatformError | None = None
        called = await self._views.liaisons(row, records)
        for way in await routes_to(row, self.platforms, self.app.clock.now()):
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
        for way in await routes_to(row, self.platforms, self.app.clock.now()):
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
                record = await read(before.id, self.app.sealer)
                if record.version != before.version:
                    await queue_refreshes(self.app, before.case, record, None)

    async def _send_one(self, row: OutboxRow, records: Sequence[Record], target: Target, message: Message) -> None:
        """One message to one place: redrawn where a card already shows the case, sent otherwise."""
        if kind_of(row.kind).redraws and await redraw(self.platforms, await current_card(row, target), message):
            return
        key = f"{self.deployment_id}-{row.id}-{_place_mark(target)}"
        platform = self.platforms[target.platform]
        urgent = row.urgent or not kind_of(row.kind).deferrable
        again = row.attempts > 1
        await sure()
        receipt = await platform.send(target.to, message, key=key, again=again, urgent=urgent)
        if again and platform.redraws and isinstance(message, Card):
            # An earlier try may have gone through unseen: then the card shows the case as it was at that time.
            await platform.update(receipt, message, key=key)
        case = records[0].case if records else None
        await keep_receipt(row, case, target, receipt, message, key, self.app.clock.now())

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


def _calling(row: OutboxRow, target: Target, message: Message, called: Sequence[PersonCard]) -> Message:
    """The message with the liaisons to @ in their group, on the platform the group is on."""
    if not kind_of(row.kind).calls_liaisons or target.reader is not None or isinstance(message, File):
        return message
    known = [(card.accounts.get(target.platform), card.name) for card in called]
    return replace(message, mentions=tuple(Mention(account, name) for account, name in known if account))


def _place_mark(target: Target) -> str:
    """A short name for a place: a message to two places has two keys, and each the same one at every try."""
    return hashlib.sha256(f"{target.platform}/{target.to.place}/{target.to.id}".encode()).hexdigest()[:10]


def _urgency(bundle: Sequence[OutboxRow]) -> tuple[bool, bool, bool, bool]:
    """Work orders before what can wait; what merely informs comes last when a budget is short, then cards redrawn."""
    row, kind = bundle[0], kind_of(bundle[0].kind)
    return not row.urgent, not kind.calls_liaisons, kind.deferrable, kind is REFRESH


def _tiers(rows: Sequence[OutboxRow]) -> list[list[list[list[OutboxRow]]]]:
    """What goes before what: tiers, each of conversations, each of messages in their order."""
    tiers = []
    for _, bundles in groupby(sorted(_bundles(rows), key=_urgency), key=_urgency):
        lanes: dict[tuple[int | None, int | None, bool], list[list[OutboxRow]]] = {}
        for bundle in bundles:
            first = bundle[0]
            # A card redrawn stands in many conversations.
            redrawn = kind_of(first.kind) is REFRESH
            lanes.setdefault((first.person_id, first.department_id, redrawn), []).append(bundle)
        tiers.append(list(lanes.values()))
    return tiers


def _bundles(rows: Sequence[OutboxRow]) -> list[list[OutboxRow]]:
    """Rows with the same `merge` are one message: several cases that fall together reach a department once."""
    bundles: dict[str, list[OutboxRow]] = {}
    for row in rows:
        bundles.setdefault(row.merge or f"row/{row.id}", []).append(row)
    return list(bundles.values())


async def deployment_id_of() -> str:
    """Return what makes this deployment's message keys unlike any other's, created on first use."""
    row, _ = await MetaRow.get_or_create(key="install", defaults={"value": f"y{secrets.token_hex(4)}"})
    return row.value
