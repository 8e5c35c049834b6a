"""研判分类 (第六条) and 分办转办 (第七条): where a case goes and which limit it gets (第八条)."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from domain import commands as c
from domain.case import Actor, Case, Clock, Unit
from domain.decisions.draft_event import DraftEvent, clock_from, late, near_enough, need_text, working_date
from domain.event_fields import clock_data, clock_of, units_data
from domain.events import EventType
from domain.office_hours import TZ
from domain.refusals import Refused
from domain.rules import DecisionContext, Limit
from domain.tellings import meant
from domain.vocabulary import (
    BEFORE_DISPATCH,
    PROGRESS,
    STATE_NAMES,
    TELLINGS,
    TRANSFER,
    WITH_DEPARTMENT,
    Category,
    Role,
    Stage,
    State,
)
from domain.work_calendar import Due


def classify(case: Case, command: c.Classify, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """分类 (第六条). After dispatch the limit is recomputed from the original receipt, never from today (第八条)."""
    data: dict[str, Any] = {"category": command.category.value}
    if case.state in BEFORE_DISPATCH:
        return [DraftEvent(EventType.CLASSIFIED, data)]
    if command.category in (Category.OUT_OF_SCOPE, Category.NOT_STATIONED):
        code = "use_transfer" if command.category is Category.OUT_OF_SCOPE else "use_referral"
        raise Refused(code, no=case.no, number=case.number)
    if not actor.has(Role.MANAGER, Role.LEAD, Role.OPERATOR):
        raise Refused("not_allowed", verb="改分类", who="管理机构")
    changed = command.category is not case.category
    if (
        changed
        and case.received_at is not None
        and case.round == 1
        and case.state in (State.DISPATCHED, State.ACCEPTED)
    ):
        data["clock"] = first_clock(command.category, case, case.received_at, context)
    return [DraftEvent(EventType.RECLASSIFIED, data)]


def dispatch(case: Case, command: c.Dispatch, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """转办 (第七条): the manager settles category, departments and limit; several departments have one lead."""
    category = category_of(case)
    if category is Category.OUT_OF_SCOPE:
        raise Refused("use_transfer", no=case.no, number=case.number)
    if category is Category.NOT_STATIONED:
        raise Refused("use_referral", no=case.no, number=case.number)
    if not command.units:
        raise Refused("department_needed", number=case.number)
    units = tuple(dict.fromkeys(command.units))
    if command.day is not None:
        working_date(command.day, context)
    if case.state in WITH_DEPARTMENT:
        return _reassign(case, units, command.day, context)
    _within_the_limit(case, command.day, context)
    data = {
        "state": State.DISPATCHED.value,
        "units": units_data(units),
        "asked": command.day.isoformat() if command.day else None,
        "category": category.value,
    }
    return [DraftEvent(EventType.DISPATCHED, data)]


def _within_the_limit(case: Case, day: date | None, context: DecisionContext) -> None:
    """A date may be earlier than the number of 第八条, never later; a redo has its own number."""
    limit = limit_of(case, context)
    again = case.state is State.REDO
    if day is None:
        return
    if not (limit.cap or again):
        near_enough(day, "要求办理期限", context)
        return
    last = context.calendar.due(context.now, context.rules.redo_days if again else limit.days).date
    if day > last:
        raise Refused("date_over_limit", date=day, limit=last)


def _reassign(case: Case, units: tuple[Unit, ...], day: date | None, context: DecisionContext) -> list[DraftEvent]:
    """Departments changed midway (第七条): the clock goes on as it was, whoever leads now; a date may only shorten it.

    Who leads now, or helps now instead of leading, gets a work order like a department that is new.
    """
    if units == case.units:
        code = "same_departments" if day is None else "date_alone"
        raise Refused(code, no=case.no, number=case.number, departments=case.departments)
    leads = {unit: unit == case.lead for unit in case.units}
    data: dict[str, Any] = {
        "units": units_data(units),
        "added": [unit.id for unit in units if leads.get(unit) is not (unit == units[0])],
        "removed": [unit.id for unit in case.units if unit not in units],
    }
    data |= _sooner(case, day, context)
    if units[0] != case.lead:
        data["state"] = State.REDO.value if case.round > 1 else State.DISPATCHED.value
    return [DraftEvent(EventType.REASSIGNED, data)]


def _sooner(case: Case, day: date | None, context: DecisionContext) -> dict[str, Any]:
    """The date that came with another department: within what is left of the running limit (第七条、第八条)."""
    if day is None:
        return {}
    if case.clock is None:
        _within_the_limit(case, day, context)
        return {"asked": day.isoformat()}
    if day > case.clock.date:
        raise Refused("reassign_over_limit", no=case.no, date=day, limit=case.clock.date, number=case.number)
    clock = clock_from(case.clock.stage, context.calendar.due_on(day, context.now), counted=False)
    return {"asked": day.isoformat(), "clock": clock} if day < case.clock.date else {"asked": day.isoformat()}


def deliver(case: Case, command: c.Deliver, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """The work order arrived: “收到《工作单》后” (第八条). 签收 plays no part in the clock."""
    data: dict[str, Any] = {"unit": command.unit.id, "name": command.unit.name, "how": command.how}
    order = case.order(command.unit.id)
    lead = case.lead is not None and command.unit.id == case.lead.id
    if (order.received_at if order else case.received_at if lead else None) is not None:
        # A receipt that comes after somebody acted on the work order says nothing new.
        return []
    if order is not None:
        data["clock"] = assist_clock(case, context.now, context)
    elif lead:
        data["clock"] = start_clock(case, context.now, context)
    return [DraftEvent(EventType.DELIVERED, data)]


def assist_clock(case: Case, received: datetime, context: DecisionContext) -> dict[str, Any]:
    """A co-department's limit: so many working days before the lead's, so that the lead can use it (第七条)."""
    lead = case.clock or clock_of({"clock": start_clock(case, received, context)})
    if lead is None:
        raise Refused("category_needed", no=case.no, number=case.number)
    earlier = context.calendar.shift(lead.date, -context.rules.assist_days)
    day = min(max(earlier, context.calendar.due(received, 1).date), lead.date)
    # Called in after the lead's limit: due at once, not before it arrived.
    day = max(day, received.astimezone(TZ).date())
    return clock_from(lead.stage, context.calendar.due_on(day, received), counted=False)


def start_clock(case: Case, received: datetime, context: DecisionContext) -> dict[str, Any]:
    """The clock from the moment of receipt: what is done again has its own; what is dispatched anew starts anew."""
    if case.state is State.REDO:
        due = context.calendar.due(received, context.rules.redo_days)
        if case.asked is not None and case.asked < due.date:
            return clock_from(Stage.REDO, _on_asked(case.asked, received, context), counted=False)
        return clock_from(Stage.REDO, due, counted=True)
    return first_clock(category_of(case), case, received, context)


def limit_of(case: Case, context: DecisionContext) -> Limit:
    """The category's row in the deadline table (第八条)."""
    return context.rules.limits[category_of(case)]


def category_of(case: Case) -> Category:
    """The category; refused with the way to set it when there is none (第六条)."""
    if case.category is None:
        raise Refused("category_needed", no=case.no, number=case.number)
    return case.category


def first_clock(category: Category, case: Case, received: datetime, context: DecisionContext) -> dict[str, Any]:
    """第八条: 办不了 3 working days; 很难办 and 复杂 5 for the plan; 不给办 at once or by promise.

    A date the manager asked for shortens the limit; for a category without a number it is the limit. Days the clock
    stood still since the receipt are not counted.
    """
    limit = context.rules.limits[category]
    due = context.calendar.due(received, limit.days + case.paused_days)
    if case.asked is not None and (not limit.cap or case.asked < due.date):
        return clock_from(limit.stage, _on_asked(case.asked, received, context), counted=False)
    return clock_data(Clock(limit.stage, due.date, due.at, due.provisional, limit.days))


def _on_asked(asked: date, received: datetime, context: DecisionContext) -> Due:
    """A work order delivered after the very date that was asked for is due on the day it arrives."""
    return context.calendar.due_on(max(asked, received.astimezone(TZ).date()), received)


#: Ways of telling that may stand in the public record; the words themselves are sealed.
_WAYS = re.compile("电话|短信|当面|书面|微信|邮件|信函|现场|上门|窗口|传真|公众号|网站")


def transfer(case: Case, command: c.Transfer, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """不属于政务服务范围: 转交相关单位依法依规处理，并告知诉求人 (第六条). A telling is noted when it happened."""
    if category_of(case) is not Category.OUT_OF_SCOPE:
        now = category_of(case).value
        raise Refused("transfer_only_out_of_scope", no=case.no, number=case.number, category=now)
    body = need_text(case, "转交", command.body)
    given = DraftEvent(EventType.TRANSFERRED, {"state": State.TRANSFERRED.value, "body": body})
    return [given, _told(case, TRANSFER, command.told)] if command.told.strip() else [given]


def tell(case: Case, command: c.Tell, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """告知诉求人: 转交 (第六条), 方案 (第八条), 办理渠道 (通知第三条（一）) or how it stands; the words stay sealed."""
    words = need_text(case, "告知", command.words)
    return [_told(case, meant(case, words) or TELLINGS.get(case.state, PROGRESS), words)]


def _told(case: Case, about: str, words: str) -> DraftEvent:
    way = _WAYS.search(words)
    data = {"about": about, "way": way[0] if way else ""}
    return DraftEvent(EventType.TOLD, data, {"tellings": [*case.private.tellings, words.strip()]})


def consult(case: Case, command: c.Consult, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """会商: “及时组织相关部门共同研究，依法依规予以处理” (通知第三条（一）); it moves neither state nor limit."""
    words = need_text(case, "会商", command.words)
    day = context.now.astimezone(TZ).date().isoformat()
    return [DraftEvent(EventType.CONSULTED, {"day": day}, {"minutes": [*case.private.minutes, words]})]


def refer(case: Case, command: c.Refer, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """不属于进驻业务: 受理后即函转并跟踪 (通知第三条（一）); 跨层级 (第七条).

    The numbers of 第八条 hold whoever works on the case: 办不了 is answered, 很难办 and 复杂 have their plan by then.
    """
    body = need_text(case, "函转", command.body)
    day = working_date(command.day, context)
    limit = context.rules.limits.get(case.category) if case.category is not None else None
    if limit is not None and limit.cap:
        _within_the_limit(case, day, context)
    else:
        near_enough(day, "要求回复的日期", context)
    stage = Stage.PLAN if limit is not None and limit.stage is Stage.PLAN else Stage.ANSWER
    clock = clock_from(stage, context.calendar.due_on(day, context.now), counted=False)
    return [DraftEvent(EventType.REFERRED, {"state": State.REFERRED.value, "body": body, "clock": clock})]


#: Ends of a peer's case that come with a result.
_RESULTS = frozenset({State.SATISFIED, State.CLOSED_LAWFUL, State.CLOSED_UNREACHED})


def hear_peer(case: Case, command: c.HearPeer, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """跨层级函转 (第七条): the peer's result is ours to review and to call back about (通知第三条（一）“跟踪”).

    An end without a result, or one that came after the case went on elsewhere, is on the record and told, no more.
    """
    data = {
        "name": command.peer,
        "number": command.number,
        "what": STATE_NAMES[command.end],
        "end": command.end.value,
    }
    heard = DraftEvent(EventType.PEER_CLOSED, data)
    asked = case.lead is not None and case.lead.name == command.peer
    if case.state is not State.REFERRED or not asked or command.end not in _RESULTS or not command.outcome:
        return [heard]
    answer = {"state": State.REVIEW.value, "cannot": command.cannot, **late(case, context)}
    words = {"outcome": f"{command.peer}办理结果：{command.outcome}", "basis": command.basis if command.cannot else ""}
    return [heard, DraftEvent(EventType.ANSWERED, answer, words)]
