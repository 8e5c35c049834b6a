"""What is asked and decided (第七条、第八条、第十条): 退单, 延期, 中止, a far 承诺 or 方案, 更正, closings.

Asking never stops the clock; only a granted 中止 does.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from domain import commands as c
from domain.case import Actor, Case, Pending
from domain.decisions.draft_event import DraftEvent, clock_from, need_text, returned_again, working_date
from domain.decisions.handle import lead_only, planned, promised
from domain.entries import BY_FIELD, ENTRIES, fits, replaced
from domain.events import EventType
from domain.office_hours import TZ
from domain.refusals import Refused
from domain.rules import DecisionContext
from domain.vocabulary import STAGE_NAMES, Request, Role, Stage, State

#: A first-stage limit is a number of 第八条: only the lead may move it.
_LEADS_ONLY = frozenset({Stage.ANSWER, Stage.PLAN})
#: What the lead decides whatever the stage.
_FOR_THE_LEAD = frozenset({Request.UNREACHED, Request.LAWFUL})
#: What a department asks for.
OF_DEPARTMENTS = frozenset({Request.DECLINE, Request.EXTEND, Request.SUSPEND, Request.PROMISE, Request.PLAN})
#: Entries a correction may touch; everything else follows from acts.
CORRECTABLE = tuple(entry.field for entry in ENTRIES if entry.field != "category")


def decline(case: Case, command: c.Decline, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """退单: within one working day of receipt, once per department, with a reason (第七条“审核确定”)."""
    reason = need_text(case, "退单", command.reason, "reason_needed")
    before = instead(case, actor, "申请退单")
    department = actor.department if actor.department is not None else (case.lead.id if case.lead else None)
    if department in case.declined:
        raise Refused("decline_once", no=case.no)
    order = case.order(department)
    received = order.received_at if order else case.received_at
    if received is not None and context.now > context.calendar.due(received, context.rules.decline_days).at:
        raise Refused("decline_late", number=case.number)
    data = {"what": Request.DECLINE.value, "department": department, **before}
    return [DraftEvent(EventType.DECLINE_REQUESTED, data, {"opinion": reason})]


def extend(case: Case, command: c.Extend, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """延期: before expiry, once per stage, not longer than the limit itself (第八条)."""
    lead_only(case, actor, "申请延期")
    reason = need_text(case, "延期", command.reason, "reason_needed")
    before = instead(case, actor, "申请延期")
    clock = case.running
    if case.suspension is not None:
        raise Refused("suspended_already", no=case.no)
    if clock is None:
        raise Refused("wrong_state", no=case.no, state="待送达", verb="延期", hint="")
    if context.now > clock.at:
        raise Refused("extension_late", due=clock.date, number=case.number)
    if f"{case.round}:{clock.stage}" in case.extended:
        raise Refused("extension_once", due=clock.date)
    day = working_date(command.day, context)
    if day <= clock.date:
        raise Refused("date_not_later", due=clock.date)
    start = max((moment for moment in (case.planned_at, case.received_at) if moment), default=context.now)
    length = clock.days or context.calendar.workdays_between(start.astimezone(TZ).date(), clock.date)
    limit = context.calendar.shift(clock.date, max(length, 1))
    if day > limit:
        raise Refused("extension_too_long", limit=limit)
    data = {"what": Request.EXTEND.value, "department": actor.department, "date": day.isoformat(), **before}
    return [DraftEvent(EventType.EXTENSION_REQUESTED, data, {"opinion": reason})]


def correct(case: Case, command: c.Correct, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """更正: asked for by one person, agreed to by another; the old entry stays in the events (第五条“准确”)."""
    reason = need_text(case, "更正", command.reason, "reason_needed")
    no_pending(case, "申请更正")
    if command.field not in CORRECTABLE or not command.value.strip():
        raise Refused(
            "not_correctable", number=case.number, names="、".join(BY_FIELD[name].name for name in CORRECTABLE)
        )
    fits(command.field, command.value.strip())
    data: dict[str, object] = {"what": Request.CORRECT.value, "why": command.field}
    if command.concerned and not case.unavoidable:
        data["concerned"] = list(command.concerned)
    return [DraftEvent(EventType.CORRECTION_REQUESTED, data, {"opinion": reason, "proposed": command.value.strip()})]


def grant(case: Case, command: c.Grant, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """准 (第七条、第八条、第十条): what follows is the table `_GRANTS`; nobody agrees to their own correction."""
    pending = _pending(case, actor)
    return _GRANTS[pending.what](case, pending, command, context)


def _grant_decline(case: Case, pending: Pending, command: c.Grant, context: DecisionContext) -> list[DraftEvent]:
    """A co-department leaves; without its lead the case goes back to the manager for another one (第七条)."""
    private = {"opinion": command.reason} if command.reason else {}
    order = case.order(pending.department)
    if order is not None:
        excused = {"from": order.unit.name, "unit": order.unit.id, "removed": [order.unit.id]}
        return [DraftEvent(EventType.DECLINE_GRANTED, excused, private)]
    data = {"state": State.SUBMITTED.value, "from": case.departments, "removed": [unit.id for unit in case.units]}
    return [DraftEvent(EventType.DECLINE_GRANTED, data, private)]


def _grant_extension(case: Case, pending: Pending, command: c.Grant, context: DecisionContext) -> list[DraftEvent]:
    """The new limit, counted from the request: a late decision must not move the date that was asked for (第八条)."""
    if pending.date is None or case.clock is None:
        raise Refused("no_request", no=case.no)
    due = context.calendar.due_on(pending.date, pending.at)
    stage = case.clock.stage
    until = {"stage_name": STAGE_NAMES[stage], "until": pending.date.isoformat()}
    return [DraftEvent(EventType.EXTENDED, {"clock": clock_from(stage, due, counted=False), **until})]


def _grant_promise(case: Case, pending: Pending, command: c.Grant, context: DecisionContext) -> list[DraftEvent]:
    """The promised date becomes the limit, as if it had stood from the request on (第八条)."""
    day = _promised_day(case, pending, Stage.PROMISE)
    return [promised(case, day, context, pending.at)]


def _grant_plan(case: Case, pending: Pending, command: c.Grant, context: DecisionContext) -> list[DraftEvent]:
    """The plan as it was handed in, on the day it was handed in (第八条)."""
    day = _promised_day(case, pending, Stage.PLAN)
    return [planned(case, day, case.private.request, context, pending.at)]


def _promised_day(case: Case, pending: Pending, stage: Stage) -> date:
    if pending.date is None or case.clock is None or case.clock.stage is not stage:
        raise Refused("no_request", no=case.no)
    return pending.date


def _grant_suspension(case: Case, pending: Pending, command: c.Grant, context: DecisionContext) -> list[DraftEvent]:
    """中止 from now on, at the longest for the days the rules allow."""
    until = context.calendar.due(context.now, context.rules.suspension_days)
    data = {
        "why": pending.why,
        "until": context.calendar.opening(until.date).isoformat(),
        "date": until.date.isoformat(),
    }
    return [DraftEvent(EventType.SUSPENDED, data)]


def _grant_correction(case: Case, pending: Pending, command: c.Grant, context: DecisionContext) -> list[DraftEvent]:
    """The new entry takes the place of the old one; both stay in the events."""
    data, private = replaced(case, pending.why, case.private.proposed)
    return [DraftEvent(EventType.CORRECTED, {"field": pending.why, **data}, private)]


def _grant_unreached(case: Case, pending: Pending, command: c.Grant, context: DecisionContext) -> list[DraftEvent]:
    """未联系上: closed, never counted as satisfied (第十条)."""
    return [DraftEvent(EventType.CLOSED, {"state": State.CLOSED_UNREACHED.value, "why": "多次回访未联系上"})]


def _grant_lawful(case: Case, pending: Pending, command: c.Grant, context: DecisionContext) -> list[DraftEvent]:
    """依法办结: lawful and complete although the complainant is not satisfied; explained in writing (第十条)."""
    explanation = need_text(case, "准", command.reason)
    return [
        DraftEvent(
            EventType.CLOSED,
            {"state": State.CLOSED_LAWFUL.value, "why": "依法办结，已书面说明"},
            {"explanation": explanation},
        )
    ]


_GRANTS: dict[Request, Callable[[Case, Pending, c.Grant, DecisionContext], list[DraftEvent]]] = {
    Request.DECLINE: _grant_decline,
    Request.EXTEND: _grant_extension,
    Request.SUSPEND: _grant_suspension,
    Request.PROMISE: _grant_promise,
    Request.PLAN: _grant_plan,
    Request.CORRECT: _grant_correction,
    Request.UNREACHED: _grant_unreached,
    Request.LAWFUL: _grant_lawful,
}


def deny(case: Case, command: c.Deny, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """不准: everything stays as it was; a lawful “no” that is not confirmed goes back to the department (第十条)."""
    pending = _pending(case, actor)
    reason = need_text(case, "不准", command.reason, "reason_needed")
    denied = DraftEvent(EventType.REQUEST_DENIED, {"what": pending.what.value}, {"opinion": reason})
    if pending.what is not Request.LAWFUL:
        return [denied]
    data = {"state": redo_state(case).value, "round": case.round + 1}
    return [denied, DraftEvent(EventType.SENT_BACK, data, {"opinion": reason}), *returned_again(case, context)]


def redo_state(case: Case) -> State:
    """Where 退回重办 leads: to the department, or to the manager when no department of the directory held the case."""
    return State.REDO if case.lead is not None and case.lead.id else State.SUBMITTED


def decider(case: Case) -> Role:
    """Who decides what is pending: the lead for a first-stage extension and for the closings, else the manager."""
    pending, clock = case.pending, case.clock
    if pending is None:
        return Role.MANAGER
    if pending.what in _FOR_THE_LEAD:
        return Role.LEAD
    if pending.what is Request.EXTEND and clock and clock.stage in _LEADS_ONLY:
        return Role.LEAD
    return Role.MANAGER


def _pending(case: Case, actor: Actor) -> Pending:
    if case.pending is None:
        raise Refused("no_request", no=case.no)
    if decider(case) is Role.LEAD and not actor.has(Role.LEAD, Role.OPERATOR):
        raise Refused("lead_decides", number=case.number, request=case.pending.what.value)
    if case.pending.what is Request.CORRECT and actor.person is not None and actor.person == case.pending.asker:
        raise Refused("second_person", no=case.no)
    return case.pending


def no_pending(case: Case, verb: str) -> None:
    """One request at a time; the refusal says what waits, and who can end the waiting."""
    pending = case.pending
    if pending is None:
        return
    who = "负责人" if decider(case) is Role.LEAD else "管理机构"
    if pending.what is Request.CORRECT:
        who = "申请人以外的管理人员"
    raise Refused(
        "request_pending",
        no=case.no,
        number=case.number,
        request=pending.what.value,
        at=pending.at.astimezone(TZ).strftime("%m-%d %H:%M"),
        who=who,
        verb=verb,
    )


def instead(case: Case, actor: Actor, verb: str) -> dict[str, str]:
    """A department may put another request in the place of its own that still waits (第七条、第八条).

    What the new event says of it; refused when somebody else's request waits.
    """
    pending = case.pending
    if pending is None:
        return {}
    if pending.what in OF_DEPARTMENTS and actor.department is not None and pending.department == actor.department:
        return {"instead": pending.what.value}
    no_pending(case, verb)
    return {}
