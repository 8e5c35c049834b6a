"""What a rule set asks of a case now: its limit and the steps ahead; to compare two versions of the rules by."""

from __future__ import annotations

from dataclasses import dataclass, replace

from domain.case import Case, Clock
from domain.decisions.route import first_clock, start_clock
from domain.escalation import EscalationStep, timetable
from domain.event_fields import clock_of
from domain.explain import limit_words
from domain.office_hours import TZ
from domain.rules import DecisionContext
from domain.rules_schema import FIRST_STAGES, LIMITED
from domain.vocabulary import BEFORE_DISPATCH, STEP_NAMES, WITH_DEPARTMENT, Stage


@dataclass(frozen=True, slots=True)
class Impact:
    """The limit (running, or what it would be if the work order arrived now) and the coming steps, in order of time."""

    limit: Clock | None
    steps: tuple[EscalationStep, ...]

    def words(self, case: Case) -> str:
        """`期限11-26 17:00前·答复意见；11-25 09:00 催办人社局`."""
        names = {unit.id: unit.name for unit in case.units}
        heard: dict[str, list[str]] = {}
        for step in self.steps:
            unit = step.audience.unit
            whom = names.get(unit, step.audience.words) if unit is not None else step.audience.words
            heard.setdefault(f"{step.at.astimezone(TZ):%m-%d %H:%M} {STEP_NAMES[step.kind]}", []).append(whom)
        steps = [f"{head}{'、'.join(whom)}" for head, whom in heard.items()]
        return "；".join([f"期限{limit_words(self.limit)}" if self.limit else "还没有期限", *steps])


def impact_of(case: Case, context: DecisionContext) -> Impact:
    """How the case would stand had it been opened under the rules of `context`. What was done already stays done."""
    limit = _limit(case, context)
    running = replace(case, clock=limit) if case.running is not None else case
    return Impact(limit, tuple(step for step in timetable(running, context) if step.at > context.now))


def _limit(case: Case, context: DecisionContext) -> Clock | None:
    clock = case.running
    if clock is None:
        if case.category not in LIMITED or case.state not in BEFORE_DISPATCH | WITH_DEPARTMENT or case.suspension:
            return None
        return clock_of({"clock": start_clock(case, context.now, context)})
    if case.received_at is None:
        return clock
    if clock.days is None:
        # A chosen date stays; the moment business closes on it may be another.
        return replace(clock, at=context.calendar.closing(clock.date))
    if clock.stage is Stage.REDO:
        due = context.calendar.due(case.received_at, context.rules.redo_days + case.paused_days)
        return replace(clock, date=due.date, at=due.at, provisional=due.provisional, days=context.rules.redo_days)
    if clock.stage in FIRST_STAGES and case.category in LIMITED:
        return clock_of({"clock": first_clock(case.category, case, case.received_at, context)})
    return clock
