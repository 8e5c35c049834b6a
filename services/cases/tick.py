"""Time's use case: find the cases whose next step is due and take it, once, in order (第九条).

One tick asks the database; there is never a timer per case. After downtime the right level is sent once.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from domain.answerable import answerable
from domain.audiences import MANAGER
from domain.case import SYSTEM, Case, Event
from domain.commands import Command, Escalate, NoteUnheard
from domain.escalation import EscalationStep, due_steps
from domain.event_fields import units_data
from domain.fold import apply
from domain.lifecycle import decide
from domain.messages import DRAFTS, DRAFTS_IN_FULL, NOBODY, WAITING, MessageKind, step_message
from domain.rules import DecisionContext
from domain.vocabulary import STEP_NAMES, StepId, StepKind
from models.cases import StepRow
from models.claims import due_case_ids
from models.database import transaction
from services.cases.write import write
from services.directory.deputies import on_duty
from services.outbox.enqueue import audience_people, tell
from services.store.app import AppContext
from services.store.event_store import Record, read, sent_steps
from services.store.outage import passing

log = logging.getLogger(__name__)

#: Cases in one transaction: whoever stores an event waits for one case at most.
BATCH = 1


@dataclass(frozen=True, slots=True)
class TickReport:
    """What one tick did, for the digest and the metrics."""

    cases: int
    steps: int
    late_minutes: int


class CasesLeft(Exception):
    """Some cases cannot be advanced; all the others were. The first one's fault is the cause."""

    def __init__(self, count: int) -> None:
        super().__init__(count)


async def tick(app: AppContext, batch: int = BATCH) -> TickReport:
    """Take every step that is due now. Safe to call at any time and from several processes.

    A case that cannot be advanced holds up no other; CasesLeft is raised when the others are done.
    """
    faulty: dict[int, Exception] = {}
    app.ticking = True
    try:
        report = await _take(app, batch, faulty)
    finally:
        app.ticking = False
        # A look that broke off said something too.
        app.wake()
    if report.steps:
        log.info(
            "tick",
            extra={"action": "tick", "cases": report.cases, "steps": report.steps, "late_minutes": report.late_minutes},
        )
    if faulty:
        raise CasesLeft(len(faulty)) from next(iter(faulty.values()))
    return report


async def _take(app: AppContext, batch: int, faulty: dict[int, Exception]) -> TickReport:
    """Work off what is due, `batch` cases a transaction; the cases that cannot be advanced come into `faulty`."""
    cases = steps = late = 0
    while True:
        async with transaction():
            ids = [id_ for id_ in await due_case_ids(app.clock.now(), batch + len(faulty)) if id_ not in faulty]
            for case_id in ids:
                try:
                    taken, behind = await advance(app, case_id)
                except Exception as error:
                    if passing(error):
                        raise
                    faulty[case_id] = error
                    continue
                steps += taken
                late = max(late, behind)
            cases += len(ids)
        if len(ids) < batch:
            return TickReport(cases, steps, late)


async def advance(app: AppContext, case_id: int) -> tuple[int, int]:
    """Take the due steps of one case, all or nothing: how many, and how late the latest was in office minutes."""
    async with transaction():
        record = await read(case_id, app.sealer)
        taken = await _advance(app, record)
    return len(taken), max((_minutes_late(app, record, step) for step in taken), default=0)


def _minutes_late(app: AppContext, record: Record, step: EscalationStep) -> int:
    context = app.decision_context(record.case.rules)
    return context.calendar.minutes_between(step.at, context.now)


async def _advance(app: AppContext, record: Record) -> Sequence[EscalationStep]:
    """Take the due steps of one case: ledger of steps, events, messages, next date; all or nothing."""
    context = app.decision_context(record.case.rules)
    due = due_steps(record.case, context, await sent_steps(record.id))
    for step, outcome in [*((s, "sent") for s in due.send), *((s, "skipped") for s in due.skip)]:
        round_, stage, level, audience = step.key
        await StepRow.create(
            case_id=record.id,
            round=round_,
            stage=stage,
            level=level,
            audience=audience,
            outcome=outcome,
            at=context.now,
        )
    by_rung: dict[StepId, list[EscalationStep]] = defaultdict(list)
    for step in due.send:
        by_rung[step.id].append(step)
    case = record.case
    events: list[Event] = []
    for rung, taken in by_rung.items():
        new = list(decide(case, Escalate(rung, taken[0].at), SYSTEM, context))
        for step in taken:
            message = step_message(step.kind, step.audience)
            if message is not None and not await _tell(app, record, step, message):
                new += _then(case, new, NoteUnheard(STEP_NAMES[step.kind], step.audience.words), context)
        case = reduce(apply, new, case)
        events += new
    if await write(app, record, events, context) is None:
        raise RuntimeError("a case changed under the tick's lock")
    return due.send


def _then(case: Case, events: Sequence[Event], command: Command, context: DecisionContext) -> Sequence[Event]:
    """Decide a further command on the case as it is after `events`."""
    return decide(reduce(apply, events, case), command, SYSTEM, context)


async def _tell(app: AppContext, record: Record, step: EscalationStep, message: MessageKind) -> bool:
    """Queue the message of a rung; False when its audience is empty, and then the manager is told so at once."""
    round_, stage, _, audience = step.key
    key = f"{record.case.no}/{round_}/{stage}/{audience}"
    merge = f"{message.merged_by_day}/{step.at.date().isoformat()}" if message.merged_by_day else None
    payload: dict[str, Any] = {"step": str(step.id), "planned": step.at.isoformat()}
    if step.kind is StepKind.OVERDUE:
        payload["for"] = units_data(answerable(record.case, app.clock.now()))
    if message is WAITING:
        managers = await on_duty(await audience_people(record.case, MANAGER), app.clock.now())
        payload["managers"] = [card.name for card in managers]
    reached = await tell(app, record.case, record.id, step.audience, message, key, payload, merge=merge)
    if message is DRAFTS:
        together = f"{DRAFTS_IN_FULL.merged_by_day}/{step.at.date().isoformat()}"
        await tell(app, record.case, record.id, step.audience, DRAFTS_IN_FULL, f"{key}/full", payload, merge=together)
    if reached == 0:
        lost = {**payload, "audience": audience}
        await tell(app, record.case, record.id, MANAGER, NOBODY, f"{key}/nobody", lost)
    return reached > 0
