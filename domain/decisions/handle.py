"""限时办结 (第八条): what the departments answer; the lead for the case, a co-department for its part."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from domain import commands as c
from domain.case import Actor, Case, Clock, SubOrder
from domain.decisions.draft_event import DraftEvent, clock_from, late, need_text
from domain.decisions.route import assist_clock, start_clock
from domain.event_fields import clock_of
from domain.events import EventType
from domain.lifecycle_hint import hint
from domain.refusals import Refused
from domain.rules import DecisionContext
from domain.saying_no import grounded, names_nothing, says_no
from domain.vocabulary import STATE_NAMES, Role, Stage, State

_UNSIGNED = frozenset({State.DISPATCHED, State.REDO})


def accept(case: Case, command: c.Accept, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """签收: a courtesy to the centre; the clock already runs since delivery (第八条)."""
    order = order_of(case, actor)
    if order is not None:
        if order.accepted_at is not None:
            return []
        received = _assist_received(order, case, context)
        return [*received, DraftEvent(EventType.ASSIST_ACCEPTED, {"unit": order.unit.id, "name": order.unit.name})]
    if case.state not in _UNSIGNED:
        name = STATE_NAMES[case.state]
        raise Refused("wrong_state", no=case.no, state=name, verb="签收", hint=hint(case))
    return [*_received(case, context), DraftEvent(EventType.ACCEPTED, {"state": State.ACCEPTED.value})]


def order_of(case: Case, actor: Actor) -> SubOrder | None:
    """The sub-order the actor's department works on; None for the lead and for the centre."""
    return None if actor.has(Role.OPERATOR) else case.order(actor.department)


def lead_only(case: Case, actor: Actor, verb: str) -> None:
    """Only the lead speaks for the case (第七条、第八条 “牵头部门”)."""
    if order_of(case, actor) is not None and case.lead is not None:
        raise Refused("lead_submits", no=case.no, verb=verb, lead=case.lead.name, number=case.number)


def _received(case: Case, context: DecisionContext) -> list[DraftEvent]:
    """Who acts on a work order has received it, whatever the platform's receipt says."""
    if case.received_at is not None or case.lead is None:
        return []
    data = {
        "unit": case.lead.id,
        "name": case.lead.name,
        "how": "本人操作",
        "clock": start_clock(case, context.now, context),
    }
    return [DraftEvent(EventType.DELIVERED, data)]


def _assist_received(order: SubOrder, case: Case, context: DecisionContext) -> list[DraftEvent]:
    if order.received_at is not None:
        return []
    clock = assist_clock(case, context.now, context)
    return [
        DraftEvent(
            EventType.DELIVERED, {"unit": order.unit.id, "name": order.unit.name, "how": "本人操作", "clock": clock}
        )
    ]


def signed(case: Case, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """答复、方案、承诺 before 签收 count as both."""
    return accept(case, c.Accept(), actor, context) if case.state in _UNSIGNED else []


def running_clock(case: Case, context: DecisionContext) -> Clock | None:
    """The limit that runs, or will when what was dispatched is taken as received now (第八条)."""
    if case.clock is not None or case.state is State.REFERRED:
        return case.clock
    return clock_of({"clock": start_clock(case, context.now, context)})


def promised(case: Case, day: date, context: DecisionContext, at: datetime | None = None) -> DraftEvent:
    """The promised date as the limit of the result (第八条); `at` is when it was asked for, if it had to be."""
    due = clock_from(Stage.RESULT, context.calendar.due_on(day, at or context.now), counted=False)
    return DraftEvent(EventType.PROMISED, {"clock": due, **_when_asked(case, context, at)})


def planned(case: Case, day: date, text: str, context: DecisionContext, at: datetime | None = None) -> DraftEvent:
    """The plan, and its date as the limit of the result (第八条); `at` as of a promise."""
    due = clock_from(Stage.RESULT, context.calendar.due_on(day, at or context.now), counted=False)
    state = State.REFERRED if case.state is State.REFERRED else State.PLANNED
    data = {"state": state.value, "clock": due, **_when_asked(case, context, at)}
    return DraftEvent(EventType.PLANNED, data, {"plan": text})


def _when_asked(case: Case, context: DecisionContext, at: datetime | None) -> dict[str, Any]:
    """Late is who handed it in late, not whose request waited for an answer."""
    return late(case, context) if at is None else {"granted": True, **late(case, replace(context, now=at))}


def answer(case: Case, command: c.Answer, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """办理结果送至窗口 (第十条); a result in the plan stage skips the second stage; a co-department gives its part.

    Who says no says why, a co-department too (第八条).
    """
    text = need_text(case, "答复", command.text)
    order = order_of(case, actor)
    if says_no(text) and not grounded(text):
        raise Refused("cannot_needs_basis", no=case.no, number=case.number)
    if order is not None:
        return _assist(case, order, text, context)
    return _result(case, actor, context, cannot=False, private={"outcome": text, "basis": ""})


def cannot_do(case: Case, command: c.CannotDo, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """办不了: “告知‘办不了’的具体理由和依据” (第八条); without either it is no answer."""
    reason, basis = command.reason.strip(), command.basis.strip()
    if not reason or not basis:
        raise Refused("basis_needed", number=case.number)
    if names_nothing(basis):
        raise Refused("basis_vague", number=case.number)
    order = order_of(case, actor)
    if order is not None:
        return _assist(case, order, f"办不了：{reason}；依据：{basis}", context)
    return _result(case, actor, context, cannot=True, private={"outcome": reason, "basis": basis})


def _assist(case: Case, order: SubOrder, text: str, context: DecisionContext) -> list[DraftEvent]:
    """协办反馈: before the lead, and late only on its own account (第七条)."""
    if order.fed_back_at is not None:
        raise Refused("assisted_already", no=case.no, name=order.unit.name)
    data: dict[str, Any] = {"unit": order.unit.id, "name": order.unit.name}
    if order.clock is not None and context.now > order.clock.at:
        data["late_days"] = context.calendar.days_late(order.clock.at, context.now)
    private = {"assists": [*case.private.assists, f"{order.unit.name}：{text}"]}
    return [*_assist_received(order, case, context), DraftEvent(EventType.ASSISTED, data, private)]


def _result(
    case: Case, actor: Actor, context: DecisionContext, *, cannot: bool, private: dict[str, Any]
) -> list[DraftEvent]:
    data = {"state": State.REVIEW.value, "cannot": cannot, **late(case, context)}
    return [*signed(case, actor, context), DraftEvent(EventType.ANSWERED, data, private)]
