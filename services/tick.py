"""Time's use case: find the cases whose next step is due and take it, once, in order (第九条).

One tick asks the database; there is never a timer per case. After downtime the right level is sent once.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from domain.case import SYSTEM
from domain.commands import NoteUnheard, Press
from domain.escalation import Step, due_steps
from domain.lifecycle import decide
from domain.rules_words import step_words
from models.cases import StepRow
from models.claims import due_case_ids
from models.database import transaction
from services.archive import Record, append, read, sent_steps
from services.notices import queue_notices, tell
from services.office import Office
from services.outage import passing

log = logging.getLogger(__name__)

BATCH = 100

#: Rung of the ladder → the message its audience gets; the others speak by the notices of the event they leave.
MESSAGES = {"nudge": "nudge", "assist": "nudge", "overdue": "overdue", "ignored": "drafts", "owner": "owner"}
#: 超期 is drafted to the manager with a one-tap 督办单; the department's leader gets a ping.
OVERDUE_MESSAGES = {"manager": "supervision_draft", "superior": "overdue"}


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


async def tick(office: Office, batch: int = BATCH) -> TickReport:
    """Take every step that is due now. Safe to call at any time and from several processes.

    A case that cannot be advanced holds up no other; CasesLeft is raised when the others are done.
    """
    cases = steps = late = 0
    faulty: dict[int, Exception] = {}
    while True:
        async with transaction():
            ids = [id_ for id_ in await due_case_ids(office.clock.now(), batch + len(faulty)) if id_ not in faulty]
            for case_id in ids:
                try:
                    taken, behind = await _advance_one(office, case_id)
                except Exception as error:
                    if passing(error):
                        raise
                    faulty[case_id] = error
                    continue
                steps += taken
                late = max(late, behind)
            cases += len(ids)
        if len(ids) < batch:
            break
    if steps:
        office.wake()
        log.info("tick", extra={"action": "tick", "cases": cases, "steps": steps, "late_minutes": late})
    if faulty:
        raise CasesLeft(len(faulty)) from next(iter(faulty.values()))
    return TickReport(cases, steps, late)


async def _advance_one(office: Office, case_id: int) -> tuple[int, int]:
    """Take the due steps of one case, all or nothing: how many, and how late the latest was in office minutes."""
    async with transaction():
        record = await read(case_id, office.sealer)
        taken = await _advance(office, record)
    return len(taken), max((_minutes_late(office, record, step) for step in taken), default=0)


def _minutes_late(office: Office, record: Record, step: Step) -> int:
    bench = office.bench(record.case.rules)
    return bench.calendar.minutes_between(step.at, bench.now)


async def _advance(office: Office, record: Record) -> Sequence[Step]:
    """Take the due steps of one case: ledger of steps, events, messages, next date; all or nothing."""
    bench = office.bench(record.case.rules)
    due = due_steps(record.case, bench, await sent_steps(record.id))
    for step, outcome in [*((s, "sent") for s in due.send), *((s, "skipped") for s in due.skip)]:
        round_, stage, level, audience = step.key
        await StepRow.create(
            case_id=record.id, round=round_, stage=stage, level=level, audience=audience, outcome=outcome, at=bench.now
        )
    by_rung: dict[str, list[Step]] = defaultdict(list)
    for step in due.send:
        by_rung[step.id].append(step)
    after = record
    for rung, taken in by_rung.items():
        events = decide(after.case, Press(rung, taken[0].at), SYSTEM, bench)
        written = await append(after, events, office.sealer, bench)
        if written is None:
            raise RuntimeError("a case changed under the tick's lock")
        after = written
        if rung.split("-", 1)[0] not in MESSAGES:
            await queue_notices(office, record.case, after, events)
            continue
        for step in taken:
            after = await _tell(office, after, step)
    if not by_rung:
        await append(after, (), office.sealer, bench)
    return due.send


async def _tell(office: Office, record: Record, step: Step) -> Record:
    kind = step.id.split("-", 1)[0]
    message = OVERDUE_MESSAGES.get(step.audience, "overdue") if kind == "overdue" else MESSAGES[kind]
    round_, stage, _, audience = step.key
    key = f"{record.case.no}/{round_}/{stage}/{audience}"
    merge = f"{message}/{step.at.date().isoformat()}" if kind in ("nudge", "assist", "owner") else None
    payload = {"step": step.id, "planned": step.at.isoformat()}
    reached = await tell(office, record.case, record.id, audience, message, key, payload, merge=merge)
    if reached == 0:
        # An empty audience must not swallow the level: the manager is told at once.
        lost = {**payload, "audience": audience}
        await tell(office, record.case, record.id, "manager", "nobody", f"{key}/nobody", lost)
        bench = office.bench(record.case.rules)
        unheard = decide(record.case, NoteUnheard(*step_words(step.id, audience)), SYSTEM, bench)
        return await append(record, unheard, office.sealer, bench) or record
    return record
