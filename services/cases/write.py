"""Write what happened to a case: the one path for people, the clock, registration and delivery.

A change is its events and everything they bring: messages by the table of the rule set, cards redrawn where a platform
can, and what the change asks of other cases; one transaction, the caller's.
"""

from __future__ import annotations

from collections.abc import Sequence

from domain.case import SYSTEM, Case, Event
from domain.commands import Command
from domain.decisions.merging import consequences
from domain.escalation import speaks_for_itself
from domain.lifecycle import TRANSITIONS, decide
from domain.rules import DecisionContext
from models.cases import CaseRow
from services.cases.issuing import with_papers
from services.outbox.enqueue import queue_notices, queue_refreshes
from services.outbox.pushes import queue_pushes
from services.store.app import AppContext
from services.store.event_store import Record, append, create, read

ATTEMPTS = 5


class Contended(Exception):
    """Other writers kept winning the race for this case; the same request may be made again."""


async def write(
    app: AppContext, record: Record, events: Sequence[Event], context: DecisionContext, actor: int | None = None
) -> Record | None:
    """Append events to a case and queue all they bring; return the case after them, None when somebody wrote first.

    `actor` is the person whose own card needs no redrawing. Without events only the next date is worked out anew.
    Raises Contended when a case that must follow is being written by others.
    """
    if events:
        events = await with_papers(app, record, events, context)
    after = await append(record, events, app.sealer, context)
    if after is None or not events:
        return after
    await queue_notices(app, record.case, after, [event for event in events if not speaks_for_itself(event)])
    await queue_refreshes(app, record.case, after, actor)
    await queue_pushes(app, record.case, after)
    await _carry_on(app, record.case, after.case)
    return after


async def write_new(app: AppContext, events: Sequence[Event], context: DecisionContext) -> Record:
    """Write a new case with its first events and queue all they bring. Raises Conflict on a known external number."""
    record = await create(events, app.sealer, context)
    await queue_notices(app, record.case, record, events)
    return record


async def _carry_on(app: AppContext, before: Case, after: Case) -> None:
    """Do what the change asks of other cases, in the same transaction; what no longer fits there is left alone."""
    for no, command in consequences(before, after):
        row = await CaseRow.get_or_none(no=no)
        if row is not None and not await _carried(app, row.id, command):
            raise Contended(no)


async def _carried(app: AppContext, case_id: int, command: Command) -> bool:
    for _ in range(ATTEMPTS):
        other = await read(case_id, app.sealer)
        if other.case.state not in TRANSITIONS[type(command)].states:
            return True
        context = app.decision_context(other.case.rules)
        if await write(app, other, decide(other.case, command, SYSTEM, context), context) is not None:
            return True
    return False
