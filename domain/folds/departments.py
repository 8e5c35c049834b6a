"""Events while departments work: signing, promises, plans, results, requests, suspension."""

from __future__ import annotations

from datetime import date

from domain.case import Case, Event, Pending, Suspension
from domain.changing import replace
from domain.event_fields import clock_of, concerned_of, limited, missed, parse_moment, remarked, told, unasked
from domain.folds.intake import orders_moved, with_order
from domain.lateness import late_words
from domain.vocabulary import Level, Pause, Request

#: Requests about the running limit: a new limit settles them.
_ABOUT_THE_LIMIT = (Request.EXTEND, Request.SUSPEND, Request.PROMISE, Request.PLAN)
_OF_DEPARTMENTS = (*_ABOUT_THE_LIMIT, Request.DECLINE)


def accepted(case: Case, event: Event) -> Case:
    """The lead signed."""
    return replace(case, accepted_at=event.at)


def assist_accepted(case: Case, event: Event) -> Case:
    """A co-department signed."""
    order = case.order(event.data["unit"])
    return with_order(case, replace(order, accepted_at=event.at)) if order else case


def assisted(case: Case, event: Event) -> Case:
    """A co-department gave its part; the lead hears it."""
    order = case.order(event.data["unit"])
    heard = told(case, event)
    if order is None:
        return heard
    done = with_order(heard, replace(order, fed_back_at=event.at, accepted_at=order.accepted_at or event.at))
    late = event.data.get("late_days")
    return remarked(done, f"配合单位{order.unit.name}{late_words(late)}") if late is not None else done


def requested(case: Case, event: Event) -> Case:
    """Something waits for a decision; whom the words of a correction name is kept away at once."""
    data = event.data
    day = data.get("date")
    pending = Pending(
        Request(data["what"]),
        event.at,
        data.get("department"),
        date.fromisoformat(day) if day else None,
        data.get("why", ""),
        event.actor,
    )
    return replace(told(case, event), pending=pending, concerned=concerned_of(data, case.concerned))


def decline_granted(case: Case, event: Event) -> Case:
    """The department was right: a co-department leaves, without its lead the case goes back to the manager."""
    who = case.pending.department if case.pending else None
    declined = case.declined if who is None else case.declined | {who}
    base = replace(told(case, event), pending=None, declined=declined)
    if case.order(who) is not None:
        units = tuple(unit for unit in case.units if unit.id != who)
        orders = tuple(order for order in case.orders if order.unit.id != who)
        return remarked(replace(base, units=units, orders=orders), f"退单（{event.data['from']}）")
    back = replace(
        base,
        units=(),
        orders=(),
        received_at=None,
        accepted_at=None,
        clock=None,
        planned_at=None,
        suspension=None,
        paused_days=0,
        level=Level.NONE,
        supervision_due=None,
        held_at=None,
        drafted_at=None,
        ignored_at=None,
    )
    return remarked(back, f"退单改派（{event.data['from']}）")


def denied(case: Case, event: Event) -> Case:
    """The request was refused; who was refused a 退单 may not ask again."""
    declined = case.declined
    if case.pending and case.pending.what is Request.DECLINE and case.pending.department is not None:
        declined = declined | {case.pending.department}
    return replace(told(case, event), pending=None, declined=declined)


def extended(case: Case, event: Event) -> Case:
    """A later limit; the original stays visible."""
    clock = clock_of(event.data)
    if clock is None or case.clock is None:
        raise ValueError("an extension carries the new limit and had an old one")
    remark = f"{event.data['stage_name']}延期：{case.clock.date.isoformat()}延至{clock.date.isoformat()}"
    kept = replace(case, pending=None, extended=case.extended | {f"{case.round}:{clock.stage}"})
    return limited(remarked(kept, remark), event)


def suspended(case: Case, event: Event) -> Case:
    """The clock stands still."""
    data = event.data
    until = parse_moment(data["until"])
    if until is None:
        raise ValueError("a suspension has an end")
    pause = Suspension(Pause(data["why"]), event.at, until)
    return replace(told(case, event), pending=None, suspension=pause, suspensions=case.suspensions + 1)


def resumed(case: Case, event: Event) -> Case:
    """The clock runs again, moved by the working days it stood still."""
    days = event.data["days"]
    orders = orders_moved(case, event)
    running = replace(case, suspension=None, paused_days=case.paused_days + days, orders=orders)
    return limited(remarked(running, f"中止{days}个工作日（{event.data['why']}）"), event)


def recalculated(case: Case, event: Event) -> Case:
    """The calendar changed: the lead's limit, co-departments' limits, or both."""
    changed = replace(case, orders=orders_moved(case, event))
    if moved := event.data.get("moved"):
        changed = remarked(changed, f"日历调整，期限由{moved['from']}改为{moved['to']}")
    for item in event.data.get("orders", ()):
        changed = remarked(changed, f"日历调整，配合单位{item['name']}期限由{item['from']}改为{item['to']}")
    return limited(changed, event)


def promised(case: Case, event: Event) -> Case:
    """A date for the result, chosen now: it ends a suspension, and whatever was asked about the old limit is moot."""
    asked = unasked(case, *_ABOUT_THE_LIMIT)
    return limited(replace(asked, suspension=None, level=calmed(case), missed=missed(case, event)), event)


def planned(case: Case, event: Event) -> Case:
    """The plan is answered; the second stage begins with a date chosen now."""
    second = replace(
        told(unasked(case, *_ABOUT_THE_LIMIT), event),
        planned_at=event.at,
        suspension=None,
        level=calmed(case),
        supervision_due=None,
        missed=missed(case, event),
    )
    return limited(second, event)


def calmed(case: Case) -> Level:
    """A met stage ends its nudges; what was supervised or worse stays on the record until the round ends."""
    return Level.NONE if case.level <= Level.NUDGED else case.level


def answered(case: Case, event: Event) -> Case:
    """The result is in; whatever a department asked for is moot, a correction is not."""
    return replace(
        told(unasked(case, *_OF_DEPARTMENTS), event),
        cannot=event.data["cannot"],
        finished_at=event.at,
        answered_by=case.answered_by | {event.actor} if event.actor is not None else case.answered_by,
        missed=missed(case, event),
        supervision_due=None,
        suspension=None,
    )
