"""承诺 and 方案 (第八条): the date a department binds itself to; one far away needs the manager's consent."""

from __future__ import annotations

from datetime import date

from domain import commands as c
from domain.case import Actor, Case
from domain.decisions.draft_event import DraftEvent, furthest, near_enough, need_text, working_date
from domain.decisions.handle import lead_only, planned, promised, running_clock, signed
from domain.decisions.requests import instead
from domain.events import EventType
from domain.lifecycle_hint import stage_hint
from domain.refusals import Refused
from domain.rules import DecisionContext
from domain.vocabulary import Request, Stage, State


def promise(case: Case, command: c.Promise, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """不给办: “不能够当场办的，在承诺时限内办结” (第八条). The date becomes the limit, a far one when agreed to."""
    lead_only(case, actor, "承诺")
    clock = running_clock(case, context)
    if clock is None or clock.stage is not Stage.PROMISE:
        raise Refused("wrong_stage_promise", no=case.no, hint=stage_hint(case))
    day = working_date(command.day, context)
    if case.asked is not None and day > case.asked:
        raise Refused("promise_over_limit", limit=case.asked)
    if _too_far(day, context):
        return _asked_for(case, Request.PROMISE, day, command.reason.strip(), actor, context)
    return [*signed(case, actor, context), promised(case, day, context)]


def plan(case: Case, command: c.Plan, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """很难办、复杂: the plan within 5 working days, then the result by the promised date (第八条).

    A far date is the manager's to agree to; what an outside body plans is written down by the centre itself.
    """
    lead_only(case, actor, "报送方案")
    clock = running_clock(case, context)
    if clock is None or clock.stage is not Stage.PLAN:
        raise Refused("wrong_stage_plan", no=case.no, number=case.number)
    text = need_text(case, "方案", command.text)
    day = working_date(command.day, context)
    if case.state is State.REFERRED:
        near_enough(day, "办理结果的日期", context)
    elif _too_far(day, context):
        return _asked_for(case, Request.PLAN, day, text, actor, context)
    return [*signed(case, actor, context), planned(case, day, text, context)]


def _too_far(day: date, context: DecisionContext) -> bool:
    last = furthest(context)
    return last is not None and day > last


def _asked_for(
    case: Case, what: Request, day: date, words: str, actor: Actor, context: DecisionContext
) -> list[DraftEvent]:
    """Asking stops no clock; the words are the plan, or why the promised date is so far away (第八条)."""
    data = {"what": what.value, "department": actor.department, "date": day.isoformat()}
    data |= instead(case, actor, "承诺" if what is Request.PROMISE else "报送方案")
    return [*signed(case, actor, context), DraftEvent(EventType.PROMISE_REQUESTED, data, {"opinion": words})]
