"""研判分类 (第六条) and 分办转办 (第七条): where a case goes and which limit it gets (第八条)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from domain import commands as c
from domain.case import Actor, Case
from domain.decisions.facts import Fact, clock_from, need_text, working_date
from domain.office_hours import TZ
from domain.privacy import scrub
from domain.refusals import Refused
from domain.rules import Bench, Limit
from domain.vocabulary import BEFORE_DISPATCH, Category, Role, Stage, State


def classify(case: Case, command: c.Classify, actor: Actor, bench: Bench) -> list[Fact]:
    """分类 (第六条). After dispatch the limit is recomputed from the original receipt, never from today (第八条)."""
    data: dict[str, Any] = {"category": command.category.value}
    if case.state in BEFORE_DISPATCH:
        return [Fact("classified", data)]
    if command.category in (Category.OUT_OF_SCOPE, Category.NOT_STATIONED):
        code = "use_transfer" if command.category is Category.OUT_OF_SCOPE else "use_referral"
        raise Refused(code, no=case.no, number=case.number)
    if not actor.has(Role.MANAGER, Role.LEAD, Role.OPERATOR):
        raise Refused("not_allowed", verb="改分类", who="管理机构")
    changed = command.category is not case.category
    if changed and case.received_at is not None and case.round == 1 and case.state in (State.B1, State.B2):
        data["clock"] = first_clock(command.category, case, case.received_at, bench)
    return [Fact("reclassified", data)]


def dispatch(case: Case, command: c.Dispatch, actor: Actor, bench: Bench) -> list[Fact]:
    """转办 (第七条): the manager settles category, departments and limit; several departments have one lead."""
    category = category_of(case)
    if category is Category.OUT_OF_SCOPE:
        raise Refused("use_transfer", no=case.no, number=case.number)
    if category is Category.NOT_STATIONED:
        raise Refused("use_referral", no=case.no, number=case.number)
    if not command.units:
        raise Refused("department_needed", number=case.number)
    if command.day is not None:
        working_date(command.day, bench)
        limit = limit_of(case, bench)
        last = bench.calendar.due(bench.now, limit.days).date
        if limit.cap and command.day > last:
            raise Refused("date_over_limit", date=command.day, limit=last)
    units = [{"id": unit.id, "name": unit.name} for unit in dict.fromkeys(command.units)]
    data = {
        "state": State.B1.value,
        "units": units,
        "asked": command.day.isoformat() if command.day else None,
        "category": category.value,
    }
    return [Fact("dispatched", data)]


def deliver(case: Case, command: c.Deliver, actor: Actor, bench: Bench) -> list[Fact]:
    """The work order arrived: “收到《工作单》后” (第八条). 签收 plays no part in the clock."""
    data: dict[str, Any] = {"unit": command.unit.id, "name": command.unit.name, "how": command.how}
    if case.lead is not None and command.unit.id == case.lead.id:
        if case.received_at is not None:
            # A receipt that comes after somebody acted on the work order says nothing new.
            return []
        data["clock"] = start_clock(case, bench.now, bench)
    return [Fact("delivered", data)]


def start_clock(case: Case, received: datetime, bench: Bench) -> dict[str, Any]:
    """The clock of a round from the moment of receipt: redo rounds have their own (第八条、第十条)."""
    if case.state is State.R or case.round > 1:
        return clock_from(Stage.REDO, bench.calendar.due(received, bench.rules.redo_days), counted=True)
    return first_clock(category_of(case), case, received, bench)


def limit_of(case: Case, bench: Bench) -> Limit:
    """The category's row in the deadline table (第八条)."""
    return bench.rules.limits[category_of(case)]


def category_of(case: Case) -> Category:
    """The category; refused with the way to set it when there is none (第六条)."""
    if case.category is None:
        raise Refused("category_needed", no=case.no, number=case.number)
    return case.category


def first_clock(category: Category, case: Case, received: datetime, bench: Bench) -> dict[str, Any]:
    """第八条: 办不了 3 working days; 很难办 and 复杂 5 for the plan; 不给办 at once or by promise.

    A date the manager asked for shortens the limit; for a category without a number it is the limit.
    """
    limit = bench.rules.limits[category]
    due = bench.calendar.due(received, limit.days)
    if case.asked is not None and (not limit.cap or case.asked < due.date):
        # A work order delivered after the very date that was asked for is due on the day it arrives.
        asked = max(case.asked, received.astimezone(TZ).date())
        return clock_from(limit.stage, bench.calendar.due_on(asked, received), counted=False)
    return clock_from(limit.stage, due, counted=True)


def transfer(case: Case, command: c.Transfer, actor: Actor, bench: Bench) -> list[Fact]:
    """不属于政务服务范围: 转交相关单位依法依规处理，并告知诉求人 (第六条)."""
    body = need_text(case, "转交", command.body)
    told = scrub(command.told, case.private.known) or "已告知"
    return [Fact("transferred", {"state": State.Z4.value, "body": body, "told": told})]


def refer(case: Case, command: c.Refer, actor: Actor, bench: Bench) -> list[Fact]:
    """不属于进驻业务: 受理后即函转并跟踪 (通知第三条（一）)."""
    body = need_text(case, "函转", command.body)
    day = working_date(command.day, bench)
    clock = clock_from(Stage.ANSWER, bench.calendar.due_on(day, bench.now), counted=False)
    return [Fact("referred", {"state": State.B4.value, "body": body, "clock": clock})]
