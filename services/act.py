"""The one way a case changes: load, decide, append, queue what must be told; one transaction, retried if raced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from domain.case import SYSTEM, Actor, Case, Event
from domain.commands import Command
from domain.decisions.merging import consequences
from domain.lifecycle import TRANSITIONS, decide
from domain.refusals import Refused
from domain.vocabulary import STATE_NAMES
from models.cases import CaseRow
from models.database import transaction
from services.archive import Record, append, read
from services.notices import queue_notices, queue_refreshes
from services.office import Office

ATTEMPTS = 5


class Stale(Exception):
    """The button belongs to an older state of the case: nothing changed; show the person the fresh card."""

    def __init__(self, case: Case) -> None:
        super().__init__(str(Refused("stale", no=case.no, state=STATE_NAMES[case.state])))
        self.case = case


class Contended(Exception):
    """Other writers kept winning the race for this case; the same request may be made again."""


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

    `command` may be a function of the case as read. Raises `Refused`, `Stale`, `Contended` or archive.NoSuchCase;
    then nothing was written.
    """
    for _ in range(ATTEMPTS):
        async with transaction():
            record = await read(case_id, office.sealer)
            if turn is not None and turn != record.case.turn:
                raise Stale(record.case)
            wanted = command(record.case) if callable(command) else command
            after, events = await _write(office, record, wanted, actor)
        if after is not None:
            if events:
                office.wake()
            return Outcome(after.id, after.case, events)
    raise Contended(str(case_id))


async def _write(
    office: Office, record: Record, command: Command, actor: Actor
) -> tuple[Record | None, tuple[Event, ...]]:
    bench = office.bench(record.case.rules)
    events = tuple(decide(record.case, command, actor, bench))
    if not events:
        return record, ()
    after = await append(record, events, office.sealer, bench)
    if after is not None:
        await queue_notices(office, record.case, after, events)
        await queue_refreshes(office, record.case, after, actor.person)
        await _carry_on(office, record.case, after.case)
    return after, events


async def _carry_on(office: Office, before: Case, after: Case) -> None:
    """Do what the act asks of other cases, in the same transaction; what no longer fits there is left alone."""
    for no, command in consequences(before, after):
        row = await CaseRow.get_or_none(no=no)
        if row is not None and not await _carried(office, row.id, command):
            raise Contended(no)


async def _carried(office: Office, case_id: int, command: Command) -> bool:
    for _ in range(ATTEMPTS):
        other = await read(case_id, office.sealer)
        if other.case.state not in TRANSITIONS[type(command)].states:
            return True
        if (await _write(office, other, command, SYSTEM))[0] is not None:
            return True
    return False
