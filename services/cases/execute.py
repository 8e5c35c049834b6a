"""Do one act on one case: load, decide, write; one transaction, retried if raced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from domain.case import Actor, Case, Event
from domain.commands import Command
from domain.lifecycle import decide
from models.database import transaction
from services.access.cases import Stale as Stale
from services.cases.write import ATTEMPTS as ATTEMPTS
from services.cases.write import Contended as Contended
from services.cases.write import write
from services.store.app import AppContext
from services.store.event_store import read
from services.store.once import next_place


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an act led to: the case after it and the new events (empty when nothing changed)."""

    id: int
    case: Case
    events: tuple[Event, ...]


async def execute(
    app: AppContext,
    case_id: int,
    command: Command | Callable[[Case], Command],
    actor: Actor,
    *,
    epoch: int | None = None,
) -> Outcome:
    """Do one act on one case. `epoch` is what the pressed button carried, None for a typed command.

    `command` may be a function of the case as read. Raises `Refused`, `Stale`, `Contended` or NoSuchCase;
    then nothing was written. An act that an earlier try of the same incoming event did is not done again.
    """
    place = next_place()
    for _ in range(ATTEMPTS):
        async with transaction():
            record = await read(case_id, app.sealer)
            if place.done is not None:
                return Outcome(record.id, record.case, ())
            if epoch is not None and epoch != record.case.epoch:
                raise Stale(record.case)
            wanted = command(record.case) if callable(command) else command
            context = app.decision_context(record.case.rules)
            events = tuple(decide(record.case, wanted, actor, context))
            after = await write(app, record, events, context, actor.person) if events else record
            if events and after is not None:
                await place.note(case_id)
        if after is not None:
            if events:
                app.wake()
            return Outcome(after.id, after.case, events)
    raise Contended(str(case_id))
