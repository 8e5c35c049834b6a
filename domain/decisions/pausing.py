"""When the clock stands still or is set anew: 中止 and 恢复, and a changed working calendar (第八条)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from domain import commands as c
from domain.case import Actor, Case, Clock, SubOrder
from domain.decisions.draft_event import DraftEvent, clock_from, need_text
from domain.decisions.handle import lead_only
from domain.decisions.requests import instead
from domain.decisions.route import assist_clock
from domain.event_fields import clock_data, clock_of
from domain.events import EventType
from domain.office_hours import TZ
from domain.refusals import Refused
from domain.rules import DecisionContext
from domain.vocabulary import RUNNING, Request, Stage
from domain.work_calendar import Due

#: Stages whose chosen date is the manager's own: a pause does not move it.
_MANAGERS_DATE = frozenset({Stage.ANSWER, Stage.PLAN, Stage.PROMISE})


def suspend(case: Case, command: c.Suspend, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """申请中止: for one of four reasons, before expiry, at most so often as the rules say (第八条)."""
    lead_only(case, actor, "申请中止")
    reason = need_text(case, "中止", command.reason, "reason_needed")
    before = instead(case, actor, "申请中止")
    clock = case.running
    if case.suspension is not None:
        raise Refused("suspended_already", no=case.no)
    if clock is None:
        raise Refused("wrong_state", no=case.no, state="待送达", verb="中止", hint="")
    if context.now > clock.at:
        raise Refused("extension_late", due=clock.date, number=case.number)
    if case.suspensions >= context.rules.suspensions:
        raise Refused("suspended_enough", no=case.no, times=context.rules.suspensions)
    data = {"what": Request.SUSPEND.value, "department": actor.department, "why": command.why.value, **before}
    return [DraftEvent(EventType.SUSPENSION_REQUESTED, data, {"opinion": reason})]


def resume(case: Case, command: c.Resume, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """恢复: the limit moves by the working days the clock stood still, counted like every other limit (第八条)."""
    if case.suspension is None:
        raise Refused("not_suspended", no=case.no)
    return resumed(case, context)


def resumed(case: Case, context: DecisionContext) -> list[DraftEvent]:
    """The resumption of a suspended case, now."""
    pause = case.suspension
    if pause is None:
        return []
    since, today = pause.at.astimezone(TZ).date(), context.now.astimezone(TZ).date()
    days = context.calendar.workdays_between(since, today)
    data: dict[str, Any] = {"days": days, "why": pause.why.value}
    clock = case.clock
    if clock is not None and not (clock.days is None and clock.stage in _MANAGERS_DATE):
        # A suspension granted late may end with a limit that has passed: that is no reason to break.
        moved = context.calendar.due_on(context.calendar.shift(clock.date, days), clock.at) if days else None
        if moved is not None:
            fresh = Clock(clock.stage, moved.date, moved.at, moved.provisional, clock.days)
            data["clock"] = clock_data(fresh)
            # Nobody could use what the helpers owe while the case stood still.
            data |= _orders(case, lambda order: _paused(case, order, fresh, days, context))
    return [DraftEvent(EventType.RESUMED, data)]


def _paused(case: Case, order: SubOrder, lead: Clock, days: int, context: DecisionContext) -> Clock | None:
    if order.clock is None or order.received_at is None:
        return order.clock
    if order.lead is not None and order.lead == case.clock:
        return clock_of({"clock": assist_clock(replace(case, clock=lead), order.received_at, context)})
    due = context.calendar.due_on(context.calendar.shift(order.clock.date, days), order.clock.at)
    return clock_of({"clock": clock_from(order.clock.stage, due, counted=False)})


def _orders(case: Case, again: Callable[[SubOrder], Clock | None]) -> dict[str, Any]:
    """The limits of the sub-orders still owed, where they are others now; empty when none is."""
    found = []
    for order in case.orders:
        before = order.running
        after = again(order) if before is not None else None
        if before is None or after is None or _same(before, after):
            continue
        moved = {"from": before.date.isoformat(), "to": after.date.isoformat()}
        found.append({"unit": order.unit.id, "name": order.unit.name, "clock": clock_data(after), **moved})
    return {"orders": found} if found else {}


def _same(one: Clock, other: Clock) -> bool:
    return (one.date, one.at, one.provisional) == (other.date, other.at, other.provisional)


def recalculate(case: Case, command: c.Recalculate, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """The calendar changed: a counted limit is counted again from the receipt, a chosen date keeps its day (第八条).

    What the co-departments owe follows the lead's limit it was set by (第七条). No fact when nothing moves.
    """
    if case.state not in RUNNING:
        return []
    data: dict[str, Any] = {}
    clock = case.clock
    fresh = _lead_again(case, clock, context) if clock is not None and case.received_at is not None else clock
    if clock is not None and fresh is not None and not _same(clock, fresh):
        data = {"clock": clock_data(fresh), "moved": {"from": clock.date.isoformat(), "to": fresh.date.isoformat()}}
    data |= _orders(case, lambda order: _order_again(case, order, fresh, context))
    return [DraftEvent(EventType.RECALCULATED, {**data, "source": command.source})] if data else []


def _lead_again(case: Case, clock: Clock, context: DecisionContext) -> Clock:
    due = _due_again(case, clock, context)
    return Clock(clock.stage, due.date, due.at, due.provisional, clock.days)


def _order_again(case: Case, order: SubOrder, lead: Clock | None, context: DecisionContext) -> Clock | None:
    if order.clock is None or order.received_at is None:
        return order.clock
    if order.lead is not None and order.lead == case.clock:
        return clock_of({"clock": assist_clock(replace(case, clock=lead), order.received_at, context)})
    # The limit it was set by is gone: it stays a date, and gives way only to a day on which nobody works.
    since = min(order.received_at, context.calendar.opening(order.clock.date))
    due = context.calendar.due_on(order.clock.date, since)
    return clock_of({"clock": clock_from(order.clock.stage, due, counted=False)})


def _due_again(case: Case, clock: Clock, context: DecisionContext) -> Due:
    received = case.received_at or context.now
    if clock.days is None:
        return context.calendar.due_on(clock.date, min(received, context.calendar.opening(clock.date)))
    return context.calendar.due(received, clock.days + case.paused_days)
