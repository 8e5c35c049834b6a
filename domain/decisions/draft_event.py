"""A fact before it is stamped with number, moment and person, and the checks several decisions share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from domain.case import Case, Clock
from domain.event_fields import clock_data
from domain.events import EventType
from domain.given_dates import limit_day
from domain.office_hours import TZ
from domain.refusals import Refused
from domain.rules import DecisionContext
from domain.vocabulary import Stage, State
from domain.work_calendar import Due

#: Why a case was closed without a call.
UNASKED = "匿名或无需回复，未回访"


@dataclass(frozen=True, slots=True)
class DraftEvent:
    """An event in the making."""

    type: EventType
    data: Mapping[str, Any] = field(default_factory=dict)
    private: Mapping[str, Any] = field(default_factory=dict)


def clock_from(stage: Stage, due: Due, *, counted: bool) -> dict[str, Any]:
    """The JSON of a new clock; `counted` when the limit is a number of days and not a chosen date."""
    return clock_data(Clock(stage, due.date, due.at, due.provisional, due.days if counted else None))


def working_date(day: date, context: DecisionContext) -> date:
    """Check a date a person typed: not past or too far, and a working day: the limit ends at close of business."""
    calendar = context.calendar
    limit_day(day, context.now.astimezone(TZ).date())
    if not calendar.is_workday(day):
        before, after = calendar.shift(day, -1), calendar.shift(day, 1)
        raise Refused("date_rest", date=day.isoformat(), why=calendar.why(day), before=before, after=after)
    return day


def near_enough(day: date, what: str, context: DecisionContext) -> date:
    """Refuse a date of the centre's own that is further away than a department may promise without asking (第八条)."""
    last = furthest(context)
    if last is not None and day > last:
        raise Refused("date_beyond", date=day, what=what, days=context.rules.promise_days, limit=last)
    return day


def furthest(context: DecisionContext) -> date | None:
    """The last day that may be promised now without the manager's consent; None where the rules set none (第八条)."""
    days = context.rules.promise_days
    return None if days is None else context.calendar.due(context.now, days).date


def need_text(case: Case, verb: str, text: str, code: str = "text_needed") -> str:
    """A text that must not be empty."""
    text = text.strip()
    if not text:
        raise Refused(code, number=case.number, verb=verb)
    return text


def close_unasked(case: Case) -> list[DraftEvent]:
    """Nobody can be asked, so nobody can be counted as satisfied: closed without 销号 (第十条).

    Complainants of merged cases who can be asked are asked first; who has withdrawn is not asked.
    """
    if case.uncalled or not (case.silent or case.left):
        return []
    if case.left:
        return [DraftEvent(EventType.CLOSED, {"state": State.WITHDRAWN.value, "why": "诉求人已撤回"})]
    return [DraftEvent(EventType.CLOSED, {"state": State.CLOSED_UNREACHED.value, "why": UNASKED})]


def returned_again(case: Case, context: DecisionContext) -> list[DraftEvent]:
    """Repeated returns: the lead hears of the second, the third is ground for a 督办单 (第九条、第十条)."""
    count = len(case.returned) + 1
    facts = []
    if count >= context.rules.returns_to_lead:
        facts.append(DraftEvent(EventType.RETURNED_AGAIN, {"count": count}))
    if count >= context.rules.returns_to_supervise:
        facts.append(DraftEvent(EventType.SUPERVISION_DRAFTED, {"grounds": "多次退回重办"}))
    return facts


def late(case: Case, context: DecisionContext) -> dict[str, Any]:
    """What to record when a stage ends after its limit (备注“超期”); empty when it ended in time."""
    clock = case.running
    if clock is None or context.now <= clock.at:
        return {}
    done = context.now.astimezone(TZ).date()
    days = context.calendar.days_late(clock.at, context.now)
    return {
        "missed": {
            "stage": clock.stage.value,
            "due": clock.date.isoformat(),
            "done": done.isoformat(),
            "days": days,
        }
    }
