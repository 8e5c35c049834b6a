"""Which steps the clock owes a case (第九条): pure, derived from events, calendar and rules, never stored as state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.audiences import LEAD, MANAGER, Audience, AudienceKind
from domain.case import Case, Clock, Event
from domain.decisions.requests import decider
from domain.messages import STEP_MESSAGES
from domain.office_hours import TZ
from domain.rules import DecisionContext, Threshold
from domain.vocabulary import OPEN, RUNNING, Level, Role, State, StepId, StepKind
from domain.waiting import Matter, Waiting, waiting


@dataclass(frozen=True, slots=True)
class EscalationStep:
    """One step of the ladder. Its key (round, stage, level, audience) happens at most once per case."""

    id: StepId
    round: int
    stage: str
    level: int
    audience: Audience
    at: datetime

    @property
    def kind(self) -> StepKind:
        """What the step is about."""
        return self.id.kind

    @property
    def key(self) -> tuple[int, str, int, str]:
        """The part of the sent-ledger key that belongs to the step (its stage names the rung too)."""
        return (self.round, f"{self.stage}/{self.id}", self.level, str(self.audience))


def speaks_for_itself(event: Event) -> bool:
    """Whether this is the clock's own act whose step tells its audience, so that no notice need repeat it."""
    return "step" in event.data and StepId.parse(str(event.data["step"])).kind in STEP_MESSAGES


def tells(stage: str) -> bool:
    """Whether the step with this stored stage (`EscalationStep.key`) leaves a message; False for an unknown stage."""
    try:
        return StepId.parse(stage.rpartition("/")[2]).kind in STEP_MESSAGES
    except ValueError:
        return False


def timetable(case: Case, context: DecisionContext) -> list[EscalationStep]:
    """Every step the present stage will ask for, in order of time."""
    sources = (_nudges, _assists, _after_the_limit, _outside, _resume, _owner, _again)
    steps = [step for source in sources for step in source(case, context)]
    return sorted(steps, key=lambda step: (step.at, str(step.id)))


def _nudges(case: Case, context: DecisionContext) -> Iterator[EscalationStep]:
    """即将到期的催办 (第九条), by the stricter of the mechanism's limit and the hotline's own (通知第三条（二）)."""
    clock = case.running
    if clock is None:
        return
    started = max((moment for moment in (case.received_at, case.planned_at) if moment), default=None)
    stricter = _stricter(case, clock)
    if stricter is not None:
        yield from _reminders(case, stricter, f"{clock.key}!{stricter.date.isoformat()}", started, context)
    # Once the hotline's limit is behind, the mechanism's own is reminded of like any other.
    yield from _reminders(case, clock, clock.key, stricter.at if stricter else started, context)


def _reminders(
    case: Case, clock: Clock, stage: str, started: datetime | None, context: DecisionContext
) -> Iterator[EscalationStep]:
    for threshold, at in _thresholds(clock, started, context):
        for audience in dict.fromkeys(_whom(audience, case) for audience in threshold.audiences):
            yield EscalationStep(threshold.id, case.round, stage, Level.NUDGED, audience, at)


def _whom(audience: Audience, case: Case) -> Audience:
    """The department means its lead; an outside body hears nothing from the bot, the manager tracks it."""
    if audience.kind is not AudienceKind.DEPARTMENT:
        return audience
    return Audience.of_unit(case.lead.id) if case.lead is not None and case.lead.id else MANAGER


def _stricter(case: Case, clock: Clock) -> Clock | None:
    """The hotline's own limit where it ends before the mechanism's."""
    due = case.external_due
    if due is None or due >= clock.at or due <= (case.received_at or due):
        return None
    return Clock(clock.stage, due.astimezone(TZ).date(), due, clock.provisional)


def _thresholds(
    clock: Clock, started: datetime | None, context: DecisionContext
) -> Iterator[tuple[Threshold, datetime]]:
    """When each reminder of a limit is due: at opening some working days before, or some minutes before close."""
    calendar = context.calendar
    for threshold in context.rules.thresholds:
        if threshold.minutes is not None:
            at = clock.at - timedelta(minutes=threshold.minutes)
        else:
            at = calendar.opening(calendar.shift(clock.date, -(threshold.workdays or 0)))
        at = calendar.next_open(at)
        if at < clock.at and (started is None or at > started):
            yield threshold, at


def _assists(case: Case, context: DecisionContext) -> Iterator[EscalationStep]:
    """Co-departments have limits and reminders of their own; lateness stays with the sub-order (第七条)."""
    if case.running is None:
        return
    for order in case.orders:
        clock = order.running
        if clock is None:
            continue
        unit = Audience.of_unit(order.unit.id)
        for threshold, at in _thresholds(clock, order.received_at, context):
            yield EscalationStep(
                StepId(StepKind.ASSIST, str(threshold.id)), case.round, clock.key, Level.NUDGED, unit, at
            )
        at = context.calendar.next_open(clock.at + timedelta(seconds=1))
        yield EscalationStep(
            StepId(StepKind.LATE, str(order.unit.id)), case.round, clock.key, Level.NUDGED, MANAGER, at
        )


#: Where the result is still owed.
_WITHOUT_RESULT = OPEN - {State.REVIEW, State.CALL_BACK}


def _outside(case: Case, context: DecisionContext) -> Iterator[EscalationStep]:
    """The hotline's own limit passed without a result: the manager hears of it, once, wherever the case is then.

    The mechanism's ladder is not touched; what only waits for its review or call has its result.
    """
    due = case.external_due
    if due is None or case.state not in _WITHOUT_RESULT or due == case.external_missed:
        return
    if due <= (case.registered_at or due):
        return
    at = context.calendar.next_open(due + timedelta(seconds=1))
    yield EscalationStep(
        StepId(StepKind.EXTERNAL), case.round, f"external@{due.date().isoformat()}", Level.NONE, MANAGER, at
    )


def _resume(case: Case, context: DecisionContext) -> Iterator[EscalationStep]:
    """中止 ends by itself at the latest when its days are over."""
    pause = case.suspension
    if pause is not None:
        stage = f"suspended@{pause.at.isoformat(timespec='minutes')}"
        yield EscalationStep(
            StepId(StepKind.RESUME), case.round, stage, Level.NONE, MANAGER, context.calendar.next_open(pause.until)
        )


def _after_the_limit(case: Case, context: DecisionContext) -> Iterator[EscalationStep]:
    """逾期 drafts a 督办单; 督办 not heeded prepares 通报、报告、抄送 for the lead (第九条)."""
    calendar = context.calendar
    if case.state not in RUNNING or case.suspension is not None:
        return
    clock = case.clock
    if clock is not None and case.supervision_due is None:
        at = calendar.next_open(clock.at + timedelta(seconds=1))
        for audience in context.rules.overdue:
            yield EscalationStep(StepId(StepKind.OVERDUE), case.round, clock.key, Level.SUPERVISED, audience, at)
    if case.supervision_due is not None:
        at = calendar.next_open(case.supervision_due + timedelta(seconds=1))
        stage = f"supervision@{case.supervision_due.date().isoformat()}#{len(case.supervised)}"
        for audience in context.rules.ignored:
            yield EscalationStep(StepId(StepKind.IGNORED), case.round, stage, Level.IGNORED, audience, at)


def _owner(case: Case, context: DecisionContext) -> Iterator[EscalationStep]:
    """有人问、事情有人管 (通知第三条（一）): every open case has an owner and a next date, the centre too."""
    minutes = context.rules.owner_minutes.get(case.state)
    if minutes is None or case.entered_at is None:
        return
    start = case.calls[-1] if case.calls and case.calls[-1] > case.entered_at else case.entered_at
    at = context.calendar.add_minutes(start, minutes)
    stage = f"{case.state.value}@{start.isoformat(timespec='minutes')}"
    yield EscalationStep(StepId(StepKind.OWNER), case.round, stage, Level.NONE, _owner_of(case, context), at)


def _owner_of(case: Case, context: DecisionContext) -> Audience:
    """Whose turn it is: while a call-back waits for a decision, the decider's."""
    if case.state is State.CALL_BACK and case.pending is not None:
        return LEAD if decider(case) is Role.LEAD else MANAGER
    return context.rules.owners[case.state]


def _again(case: Case, context: DecisionContext) -> Iterator[EscalationStep]:
    """What nobody decided is put before them again every few working days, and in time the lead hears of it (第九条).

    Only the newest occasion and the next one are named: what was missed before is said by the newest.
    """
    calendar = context.calendar
    for item in waiting(case, context):
        if not case.state.is_open and item.matter is not Matter.TELLING:
            continue
        # 同时告知 (通知第三条（一）): what the complainant was not told yet is no matter of days.
        every = 1 if item.matter is Matter.TELLING else context.rules.remind_days
        first = item.since.astimezone(TZ).date()
        gone = max(0, calendar.workdays_between(first, context.now.astimezone(TZ).date())) // every
        for count in (gone, gone + 1):
            if count == 0 and not item.returns:
                continue
            at = calendar.opening(calendar.shift(first, count * every))
            stage = f"{item.matter}@{item.since.isoformat(timespec='minutes')}"
            for audience in _deciders(item, count * every, context):
                yield EscalationStep(StepId(StepKind.AGAIN, str(count)), case.round, stage, Level.NONE, audience, at)


def _deciders(item: Waiting, days: int, context: DecisionContext) -> Iterator[Audience]:
    if item.whose is Role.MANAGER:
        yield MANAGER
    if item.whose is Role.LEAD or days >= context.rules.lead_hears_days:
        yield LEAD


def _too_late(step: EscalationStep, case: Case, context: DecisionContext) -> bool:
    """A reminder that a limit is near says nothing once the limit has passed."""
    kind, clock = step.kind, case.running
    if kind is StepKind.ASSIST:
        clock = next((order.clock for order in case.orders if step.audience.unit == order.unit.id), None)
    return kind in (StepKind.NUDGE, StepKind.ASSIST) and clock is not None and context.now > clock.at


#: Rungs of one ladder: to one audience the highest that is due says it all.
_RUNGS = frozenset({StepKind.NUDGE, StepKind.OVERDUE, StepKind.IGNORED})


def _ladder(step: EscalationStep) -> tuple[Audience, str]:
    return (step.audience, "case" if step.kind in _RUNGS else step.kind)


#: What a department hears of by the clock.
_SAID_TO_DEPARTMENTS = frozenset({StepKind.NUDGE, StepKind.ASSIST})


def _taken_at(step: EscalationStep, opening: datetime) -> datetime:
    """When a step is taken, given the next moment the office is open."""
    return max(step.at, opening) if step.kind in _SAID_TO_DEPARTMENTS else step.at


@dataclass(frozen=True, slots=True)
class Due:
    """What a tick should do: `send` now, `skip` because a later nudge says it all, and when to look again."""

    send: tuple[EscalationStep, ...]
    skip: tuple[EscalationStep, ...]
    next_at: datetime | None


def due_steps(case: Case, context: DecisionContext, sent: frozenset[tuple[int, str, int, str]]) -> Due:
    """The steps that should have happened by now and have not.

    After downtime the right level is sent once: of several missed steps to one audience only the last is sent, and
    a reminder that a limit is near is not sent once the limit has passed. Outside office hours nothing is said to a
    department, so its reminders wait for the next opening, and are on the record with that hour.
    """
    unsent = [step for step in timetable(case, context) if step.key not in sent]
    opening = context.calendar.next_open(context.now)
    ripe = [step for step in unsent if _taken_at(step, opening) <= context.now]
    last = {_ladder(step): step for step in ripe if not _too_late(step, case, context)}
    send = tuple(step for step in ripe if last.get(_ladder(step)) is step)
    skip = tuple(step for step in ripe if last.get(_ladder(step)) is not step)
    later = [_taken_at(step, opening) for step in unsent if _taken_at(step, opening) > context.now]
    return Due(send, skip, min(later, default=None))
