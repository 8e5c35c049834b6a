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
from services.store.app import Office
from services.store.event_store import read
from services.store.once import next_place


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an act led to: the case after it and the new events (empty when nothing changed)."""

    id: int
    case: Case
    events: tuple[Event, ...]


async def perform(
    office: Office,
    case_id: int,
    command: Command | Callable[[Case], Command],
    actor: Actor,
    *,
    turn: int | None = None,
) -> Outcome:
    """Do one act on one case. `turn` is what the pressed button carried, None for a typed command.

    `command` may be a function of the case as read. Raises `Refused`, `Stale`, `Contended` or NoSuchCase;
    then nothing was written. An act that an earlier try of the same incoming event did is not done again.
    """
    place = next_place()
    for _ in range(ATTEMPTS):
        async with transaction():
            record = await read(case_id, office.sealer)
            if place.done is not None:
                return Outcome(record.id, record.case, ())
            if turn is not None and turn != record.case.turn:
                raise Stale(record.case)
            wanted = command(record.case) if callable(command) else command
            bench = office.bench(record.case.rules)
            events = tuple(decide(record.case, wanted, actor, bench))
            after = await write(office, record, events, bench, actor.person) if events else record
            if events and after is not None:
                await place.note(case_id)
        if after is not None:
            if events:
                office.wake()
            return Outcome(after.id, after.case, events)
    raise Contended(str(case_id))
