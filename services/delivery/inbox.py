"""The inbox: an event is stored under a unique key before the platform is answered, and worked on until it is done.

A row belongs to the process that works on it. That process knows what it has in hand (`Hands`), so what it dropped is
given back; what a dead one held, the leader gives back (`models.leadership`).
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from models.claims import claim_inbox, give_back
from models.database import transaction
from models.errors import Conflict
from models.owners import Fenced, me
from models.queues import InboxRow
from models.sealing import SealError
from platforms.contract import Attachment, Incoming, IncomingKind, Place, Recipient
from services.store.app import AppContext
from services.store.background import Background
from services.store.once import handling

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answered:
    """Who was sent an answer, once for each message; `rest` waits for its turn and sends what is still owed."""

    to: Sequence[Recipient] = ()
    rest: Callable[[], Awaitable[Answered]] | None = None


Handle = Callable[[Incoming], Awaitable[Answered]]
"""Does what an event asks for, and answers it."""

Acting = Callable[[], Awaitable[Answered]]

#: Tries before a row is put in front of the operator.
MAX_ATTEMPTS = 5
#: A process that has no name yet has this long before somebody else may take the row.
LEASE_SECONDS = 30
#: Rows claimed at a time; as long as more wait, more are claimed.
BATCH = 20
#: Seconds before the second, third, fourth and fifth try.
RETRY_SECONDS = (5, 30, 120, 600)
#: `dataclasses.asdict` copies deeply and costs as much as the decryption; this path answers the platform.
_INCOMING = tuple(item.name for item in fields(Incoming))


async def remember(app: AppContext, incoming: Incoming) -> int | None:
    """Store an event durably; its row id, or None when it was stored before (the platform repeats itself).

    The caller has it in hand and must `work` on it.
    """
    now = app.clock.now()
    raw = {name: getattr(incoming, name) for name in _INCOMING}
    raw |= {"at": incoming.at.isoformat(), "kind": incoming.kind.value, "reply_to": dict(incoming.reply_to)}
    raw["attachments"] = [[item.kind, item.name, dict(item.source)] for item in incoming.attachments]
    key = (incoming.platform, incoming.event_key)
    taken = app.hands.take(key)  # before the row can be seen, or it would look dropped
    try:
        async with transaction():
            row = await InboxRow.create(
                platform=incoming.platform,
                event_key=incoming.event_key,
                kind=incoming.kind.value,
                payload=app.sealer.seal(raw, f"inbox:{incoming.platform}"),
                received_at=now,
                next_try_at=now + timedelta(seconds=LEASE_SECONDS),
                owner=me(),
            )
    except BaseException as error:
        if taken:
            app.hands.put_down(key)
        if isinstance(error, Conflict):
            return None
        raise
    return int(row.id)


async def work(app: AppContext, background: Background, row_id: int, incoming: Incoming, handle: Handle) -> bool:
    """Handle one stored event. A failure leaves the row to be tried again; the last one leaves it to the operator.

    Raises Fenced when this process was declared dead meanwhile: another one works on the event.
    """
    event = _Event(app, background, row_id, (incoming.platform, incoming.event_key))
    with handling(row_id, None):
        return await _work(event, partial(handle, incoming))


@dataclass(frozen=True, slots=True)
class _Event:
    """One event in hand. `before` is who was sent answers to it when it was tried before."""

    app: AppContext
    background: Background
    row_id: int
    key: tuple[str, str]
    before: Sequence[Recipient] = ()


async def _work(event: _Event, act: Acting) -> bool:
    with event.app.hands.holding(event.key):
        try:
            answered = await act()
        except Fenced:
            raise
        except Exception as error:
            await _failed(event.app, event.row_id, error)
            return False
        said = [*event.before, *answered.to]
        if answered.rest is None:
            await _done(event, said)
        else:
            # What is owed is in hand until it is said: a process that dies over it leaves the event to another.
            await _note(event.row_id, said)
            owed = event.background.spawn(_say_the_rest(event, said, answered.rest), "answer")
            event.app.hands.pass_on(event.key, owed)
    return True


async def _say_the_rest(event: _Event, said: Sequence[Recipient], rest: Callable[[], Awaitable[Answered]]) -> None:
    try:
        said = await say_all(event.row_id, Answered(said, rest))
    except Exception as error:
        await _failed(event.app, event.row_id, error)
    else:
        await _done(event, said)


async def say_all(row_id: int, answered: Answered) -> list[Recipient]:
    """Say what is still owed, each part when its turn comes, and write down for the budgets who was sent answers."""
    said = list(answered.to)
    await _note(row_id, said)
    while answered.rest is not None:
        answered = await answered.rest()
        said += answered.to
        await _note(row_id, said)
    return said


async def _done(event: _Event, said: Sequence[Recipient]) -> None:
    await InboxRow.filter(id=event.row_id).update(
        state="done", done_at=event.app.clock.now(), error=None, payload="", owner=None, answered=_as_json(said) or None
    )


async def _note(row_id: int, said: Sequence[Recipient]) -> None:
    await InboxRow.filter(id=row_id).update(answered=_as_json(said))


def _as_json(said: Sequence[Recipient]) -> list[list[str]]:
    return [[to.place.value, to.id] for to in said]


async def _failed(app: AppContext, row_id: int, error: Exception) -> None:
    row = await InboxRow.get(id=row_id)
    failures = row.attempts + 1
    gone = failures >= MAX_ATTEMPTS
    pause = RETRY_SECONDS[min(failures, len(RETRY_SECONDS)) - 1]
    log.error(
        "an incoming event failed",
        exc_info=error,
        extra={"action": "inbox_failed", "row": row_id, "attempts": failures, "given_up": gone},
    )
    await InboxRow.filter(id=row_id).update(
        state="failed" if gone else "pending",
        error=type(error).__name__,
        attempts=failures,
        next_try_at=app.clock.now() + timedelta(seconds=pause),
        owner=None,
    )


async def retry(app: AppContext, background: Background, handle: Handle, limit: int = BATCH) -> int:
    """Try again everything that is due: what failed, and what a process that died left; how many rows were taken."""
    total = 0
    while True:
        async with app.hands.claiming:
            async with transaction():
                rows = await claim_inbox(app.clock.now(), limit, LEASE_SECONDS, me())
            for row in rows:
                app.hands.take((row.platform, row.event_key))
        total += len(rows)
        for at, row in enumerate(rows):
            before = [Recipient(Place(place), to) for place, to in row.answered or ()]
            event = _Event(app, background, row.id, (row.platform, row.event_key), before)
            try:
                with handling(row.id, row.acts):
                    await _work(event, partial(_again, app, row, handle))
            except BaseException:
                for left in rows[at:]:
                    app.hands.put_down((left.platform, left.event_key))
                raise
        if len(rows) < limit:
            return total


async def give_back_dropped(app: AppContext) -> int:
    """Give back the events this process leased and no longer works on (cancelled, or its mark failed)."""
    owner = me()
    if owner is None:
        return 0
    async with app.hands.claiming:
        return await give_back(app.clock.now(), owner, app.hands.keys())


async def _again(app: AppContext, row: InboxRow, handle: Handle) -> Answered:
    """One stored event; that it cannot even be read is its own failure and stops none of the others."""
    return await handle(incoming_from(app.sealer.open(row.payload, f"inbox:{row.platform}")))


def incoming_from(raw: Mapping[str, Any]) -> Incoming:
    """The event a stored payload describes. Its reply window is long gone, so `reply_to` stays empty."""
    kept = {**raw, "at": datetime.fromisoformat(raw["at"]), "kind": IncomingKind(raw["kind"]), "reply_to": {}}
    kept["attachments"] = tuple(Attachment(*item) for item in raw.get("attachments", ()))
    return Incoming(**kept)


async def open_events(app: AppContext) -> list[Incoming]:
    """Every stored event that is not done, as far as it can be read."""
    found = []
    for platform, payload in await InboxRow.filter(state="pending").values_list("platform", "payload"):
        with contextlib.suppress(SealError, ValueError, KeyError, TypeError):
            found.append(incoming_from(app.sealer.open(payload, f"inbox:{platform}")))
    return found


def answered_at(incoming: Incoming) -> tuple[Recipient, ...]:
    """Where an event is answered: the place it came from, and its person alone."""
    person = Recipient(Place.PERSON, incoming.account)
    return (Recipient(Place.CHAT, incoming.chat_id), person) if incoming.chat_id else (person,)


async def forget(before: datetime) -> int:
    """Drop the keys of finished events older than `before`; platforms repeat themselves for minutes, not days."""
    return await InboxRow.filter(state="done", done_at__lt=before).delete()
