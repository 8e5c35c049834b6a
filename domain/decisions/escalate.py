"""催办督办 (第九条): nudges by hand and by the clock, the 督办单, and the three grave acts a person releases."""

from __future__ import annotations

from datetime import timedelta

from domain import commands as c
from domain.answerable import answerable, owing
from domain.case import Actor, Case
from domain.decisions.draft_event import DraftEvent, near_enough, working_date
from domain.decisions.pausing import resumed
from domain.event_fields import units_data
from domain.events import EventType
from domain.office_hours import TZ
from domain.refusals import Refused
from domain.rules import DecisionContext
from domain.vocabulary import Level, Release, State, StepKind


def nudge(case: Case, command: c.Nudge, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """催办 by hand: any time while the department has the case, not twice in ten minutes (第九条)."""
    if case.suspension is not None:
        raise Refused("suspended_already", no=case.no)
    if case.nudged:
        last = case.nudged[-1]
        if context.now - last < timedelta(minutes=context.rules.nudge_cooldown_minutes):
            at = last.astimezone(TZ).strftime("%H:%M")
            raise Refused("nudged_recently", no=case.no, at=at)
    return [DraftEvent(EventType.NUDGED_BY_HAND, {"for": units_data(owing(case))})]


#: Grounds that stand whatever the clock says: the enterprise window's 不满, and what came back again and again.
LASTING_GROUNDS = frozenset({"不满", "多次退回重办", "多次催单"})


def grounds(case: Case, context: DecisionContext) -> str:
    """Why a 督办单 may be issued now: overdue, dissatisfied, or sent back again and again; empty when it may not."""
    if case.running is not None and context.now > case.running.at:
        return "逾期未反馈"
    return case.grounds if case.grounds in LASTING_GROUNDS else ""


def supervise(case: Case, command: c.Supervise, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """督办 (第九条“对逾期未反馈结果的事项进行督办”; 通知第二条“不满”督办)."""
    why = grounds(case, context)
    if not why:
        raise Refused("not_overdue", no=case.no, number=case.number, due=case.clock.date if case.clock else "待送达")
    day = near_enough(working_date(command.day, context), "督办期限", context)
    due = context.calendar.due_on(day, context.now)
    data = {"number": command.number, "due": due.at.isoformat(), "date": day.isoformat(), "grounds": why}
    return [DraftEvent(EventType.SUPERVISED, {**data, "for": units_data(answerable(case, context.now))})]


_RELEASE_EVENTS = {
    Release.CIRCULAR: EventType.CIRCULATED,
    Release.REPORT: EventType.GOVERNMENT_TOLD,
    Release.COPY: EventType.DISCIPLINE_COPIED,
}


def approve(case: Case, command: c.Approve, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """签发 (第九条): 通报, 向同级政府报告, 抄送同级纪委监委 are three recorded acts of the lead, never of the clock."""
    if case.level < Level.IGNORED or not case.supervised:
        raise Refused("nothing_to_release", no=case.no)
    # A release answers the 督办 before it; a later 督办 that is ignored may be released again.
    done = {what for what, at in case.released if at >= case.supervised[-1]}
    wanted = command.what or tuple(what for what in Release if what not in done)
    repeated = [what.value for what in wanted if what in done]
    if repeated or not wanted:
        raise Refused("already_released", no=case.no, what="、".join(repeated) or "通报、报告、抄送")
    day = context.now.astimezone(TZ).date().isoformat()
    named = units_data(answerable(case, context.now))
    return [DraftEvent(_RELEASE_EVENTS[what], {"what": what.value, "day": day, "for": named}) for what in wanted]


def hold(case: Case, command: c.Hold, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """暂缓: the lead sets the drafts aside for some days; the reason stays in the record (第九条)."""
    if case.level < Level.IGNORED and not case.grounds:
        raise Refused("nothing_to_release", no=case.no)
    if not command.reason.strip():
        raise Refused("reason_needed", number=case.number, verb="暂缓")
    today = context.now.astimezone(TZ).date()
    latest = context.calendar.shift(today, context.rules.hold_days)
    until = working_date(command.until, context) if command.until is not None else latest
    if until > latest:
        raise Refused("hold_too_long", no=case.no, date=until.isoformat(), latest=latest.isoformat())
    return [DraftEvent(EventType.HELD, {"until": until.isoformat()}, {"opinion": command.reason.strip()})]


#: Rung of the ladder → the event it leaves and what that event says.
_STEP_FACTS: dict[StepKind, tuple[EventType, dict[str, str]]] = {
    StepKind.NUDGE: (EventType.NUDGED, {}),
    StepKind.ASSIST: (EventType.ASSIST_NUDGED, {}),
    StepKind.LATE: (EventType.ASSIST_OVERDUE, {}),
    StepKind.EXTERNAL: (EventType.EXTERNAL_DUE, {}),
    StepKind.OVERDUE: (EventType.SUPERVISION_DRAFTED, {"grounds": "逾期未反馈"}),
    StepKind.IGNORED: (EventType.SUPERVISION_IGNORED, {}),
    StepKind.OWNER: (EventType.REMINDED, {}),
    StepKind.AGAIN: (EventType.REMINDED, {}),
}


def escalate(case: Case, command: c.Escalate, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """What the clock does by itself: remind and draft, nothing graver (第九条)."""
    kind = command.step.kind
    if kind is StepKind.RESUME:
        return resumed(case, context)
    type_, extra = _STEP_FACTS[kind]
    if kind is StepKind.NUDGE and case.state is State.REFERRED:
        type_ = EventType.REMINDED  # an outside body hears nothing from the bot: only the manager was told
    return [DraftEvent(type_, {"step": str(command.step), "planned": command.at.isoformat(), **extra})]


def note_unheard(case: Case, command: c.NoteUnheard, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """A level nobody could hear is no secret: the timeline says so (第九条“跟踪”)."""
    return [DraftEvent(EventType.UNHEARD, {"what": command.what, "who": command.who})]
