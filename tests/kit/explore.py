"""Every situation a case can get into: a breadth-first walk of the real `decide` over an abstraction of the case.

The product of everything with everything would be millions of situations; so there are several worlds, each with the
plain acts and one theme: the categories, pauses, co-departments, another lead midway, merged cases, corrections.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

from domain import commands as c
from domain.case import SYSTEM, Actor, Case, Unit
from domain.escalation import timetable
from domain.fold import apply
from domain.lifecycle import decide
from domain.refusals import Refused
from domain.rules import DecisionContext
from domain.vocabulary import Category, Pause, Rating, State, StepKind
from tests.kit.cases import (
    CALENDAR,
    CO_LIAISON,
    HOUSING,
    LEAD,
    LIAISON,
    MANAGER,
    OTHER_WINDOW,
    RULES,
    SOCIAL,
    WINDOW,
    Story,
)
from tests.kit.shared import made_once

Key = tuple[object, ...]
MERGED = "YS20261123-0009"
#: Ends that somebody outside chooses: they must not be the only way out.
ESCAPES = ("Withdraw", "Void", "Discard", "MergeInto", "Reopen", "StandAlone", "Part")


@dataclass
class Place:
    """A situation: one case that is in it, its moment, and the situations one step away."""

    case: Case
    now: datetime
    steps: list[tuple[Actor, str, Key]] = field(default_factory=list)

    @property
    def ways(self) -> set[Key]:
        """Where a step leads that is neither an escape nor a reopening."""
        return {after for _, verb, after in self.steps if verb not in ESCAPES}


def key_of(case: Case) -> Key:
    """What matters for the ways on; counters and texts do not."""
    since = case.entered_at
    # Waiting for the call, how hard the department was pressed changes nothing any more.
    called = case.state is State.CALL_BACK
    return (
        case.state,
        case.category if case.state.is_open else None,
        case.running.stage if case.running else None,
        case.received_at is not None,
        case.pending.what if case.pending else None,
        case.lead.id if case.lead else None,
        min(case.round, 2),
        case.level if not called else None,
        case.supervision_due is not None,
        case.silent,
        case.is_enterprise,
        bool(case.declined) and not called,
        case.suspension is not None,
        tuple((order.received_at is not None, order.fed_back_at is not None) for order in case.orders),
        (bool(case.merged), bool(case.uncalled), case.left),
        bool(case.merged and case.merged[0].rating in RULES.dissatisfied),
        min(len(case.merged[0].calls), 3) if case.merged else 0,
        case.followed,
        case.cannot,
        case.state in (State.CALL_BACK, State.REDO) and case.rating in RULES.dissatisfied,
        min(len([call for call in case.calls if since and call >= since]), 3) if called else 0,
    )


Acts = list[tuple[Actor, c.Command]]


def _plain(case: Case, context: DecisionContext) -> Acts:
    """What happens in every world: each act with words that are right."""
    soon = CALENDAR.shift(context.now.date(), 3)
    liaison = CO_LIAISON if case.lead == HOUSING else LIAISON
    acts: Acts = [
        (WINDOW, c.Confirm()),
        (WINDOW, c.Withdraw("自行解决")),
        (MANAGER, c.Dispatch((SOCIAL,))),
        (liaison, c.Accept()),
        (liaison, c.Promise(soon)),
        (liaison, c.Plan(soon, "方案")),
        (liaison, c.Answer("结果")),
        (liaison, c.CannotDo("不符合", "条例")),
        (LEAD, c.Grant("同意")),
        (MANAGER, c.Grant("同意")),
        (LEAD, c.Deny("不同意")),
        (MANAGER, c.Review(True)),
        (MANAGER, c.Review(False, "没有答到点上")),
        (MANAGER, c.Nudge()),
        (MANAGER, c.Supervise(soon, "2026督1")),
        (LEAD, c.Conclude("已书面说明")),
        (LEAD, c.Reopen("新情况")),
    ]
    ratings = (Rating.SATISFIED, Rating.OUTRAGED, Rating.UNANSWERED, Rating.DECLINED)
    acts += [(OTHER_WINDOW, c.CallBack(rating, "意见")) for rating in ratings]
    if case.lead is not None and case.lead.id:
        acts.append((SYSTEM, c.Deliver(Unit(case.lead.id, case.lead.name), "群消息")))
    return acts


def _categories(case: Case, context: DecisionContext) -> Acts:
    """Every category, every way out of the hall, requests of departments, and the grave acts."""
    soon = CALENDAR.shift(context.now.date(), 3)
    later = CALENDAR.shift(case.clock.date, 1) if case.clock else soon
    far = CALENDAR.shift(context.now.date(), 40)
    acts: Acts = [
        (WINDOW, c.SettleOnSpot("当场解释")),
        (WINDOW, c.Submit(Category.HARD)),
        (MANAGER, c.Transfer("示例市法院", "已告知")),
        (MANAGER, c.Refer("示例市供电公司", soon)),
        (MANAGER, c.Answer("外单位回函")),
        (MANAGER, c.Plan(soon, "外单位方案")),
        (LIAISON, c.Decline("不属于")),
        (LIAISON, c.Extend(later, "核档")),
        (LIAISON, c.Promise(far)),
        (LIAISON, c.Plan(far, "分步方案")),
        (LEAD, c.Approve(())),
        (LEAD, c.Hold("再等一天")),
        (LEAD, c.Void("重复录入")),
        (WINDOW, c.Discard()),
    ]
    return acts + [(MANAGER, c.Classify(category)) for category in Category]


def _pauses(case: Case, context: DecisionContext) -> Acts:
    later = CALENDAR.shift(case.clock.date, 1) if case.clock else CALENDAR.shift(context.now.date(), 3)
    return [
        (LIAISON, c.Suspend(Pause.EXAMINATION, "送检")),
        (LIAISON, c.Decline("不属于")),
        (LIAISON, c.Extend(later, "核档")),
        (MANAGER, c.Resume()),
    ]


def _together(case: Case, context: DecisionContext) -> Acts:
    return [
        (MANAGER, c.Dispatch((SOCIAL, HOUSING))),
        (SYSTEM, c.Deliver(HOUSING, "群消息")),
        (CO_LIAISON, c.Accept()),
        (CO_LIAISON, c.Answer("配合意见")),
        (CO_LIAISON, c.Decline("与我局无关")),
    ]


def _another_lead(case: Case, context: DecisionContext) -> Acts:
    return [(MANAGER, c.Dispatch((HOUSING,))), (LIAISON, c.Decline("不属于")), (CO_LIAISON, c.Decline("不属于"))]


def _merged(case: Case, context: DecisionContext) -> Acts:
    acts: Acts = [
        (MANAGER, c.MergeInto("YS20261123-0001")),
        (OTHER_WINDOW, c.CalledMerged(MERGED, Rating.SATISFIED)),
        (OTHER_WINDOW, c.CalledMerged(MERGED, Rating.DECLINED)),
        (OTHER_WINDOW, c.CalledMerged(MERGED, Rating.OUTRAGED, "意见")),
        (OTHER_WINDOW, c.CalledMerged(MERGED, Rating.UNANSWERED)),
        (SYSTEM, c.Follow(State.SATISFIED, context.now)),
        (SYSTEM, c.StandAlone()),
        (SYSTEM, c.Part(MERGED)),
    ]
    return acts if case.merged else [*acts, (MANAGER, c.Absorb(MERGED)), (MANAGER, c.Absorb(MERGED, silent=True))]


def _corrections(case: Case, context: DecisionContext) -> Acts:
    return [(WINDOW, c.Correct("phone", "00012340009", "录入有误")), (LIAISON, c.Decline("不属于"))]


#: Theme → the acts it adds, and the complaints it begins with.
WORLDS: dict[str, tuple[Callable[[Case, DecisionContext], Acts], tuple[dict[str, object], ...]]] = {
    "categories": (_categories, ({}, {"source": "万人助万企窗口"}, {"no_reply": True})),
    "pauses": (_pauses, ({"category": "很难办"}, {"category": "不给办"})),
    "together": (_together, ({"category": "复杂"},)),
    "another lead": (_another_lead, ({"category": "办不了"},)),
    "merged": (_merged, ({"category": "一般"}, {"category": "一般", "no_reply": True})),
    "corrections": (_corrections, ({"category": "一般"},)),
}


def _later(case: Case, context: DecisionContext) -> datetime:
    """After the next moment that changes something: the limits of the case, else an hour on."""
    steps = [step for step in timetable(case, context) if step.kind is not StepKind.AGAIN]
    waits = [step.at for step in steps if step.at > context.now]
    return min(waits, default=context.now + timedelta(hours=1)) + timedelta(minutes=11)


#: All that the walk runs or reads.
SOURCES = ("domain", "parsing", "shipped", "tests/kit", "tests/unit/calendar")


@cache
def explore() -> dict[Key, Place]:
    """Every situation of every world; walked by one process, found ready by every other with the same sources."""
    found: dict[Key, Place] = made_once("explore", SOURCES, walk)
    return found


def walk() -> dict[Key, Place]:
    """Every situation of every world; the world's name is the first part of the key."""
    places: dict[Key, Place] = {}
    for name, (more, beginnings) in WORLDS.items():
        _walk(places, name, more, beginnings)
    return places


def _walk(
    places: dict[Key, Place],
    name: str,
    more: Callable[[Case, DecisionContext], Acts],
    beginnings: tuple[dict[str, object], ...],
) -> None:
    queue: deque[Key] = deque()

    def visit(case: Case, now: datetime) -> Key:
        key = (name, *key_of(case))
        if key not in places:
            places[key] = Place(case, now)
            queue.append(key)
        return key

    for fields in beginnings:
        visit(Story(fields=fields).case, Story().context("11-23 09:31").now)
    while queue:
        place = places[queue.popleft()]
        for now in (place.now + timedelta(minutes=11), _later(place.case, DecisionContext(place.now, CALENDAR, RULES))):
            context = DecisionContext(now, CALENDAR, RULES)
            ripe = [step for step in timetable(place.case, context) if step.at <= now]
            presses = [(SYSTEM, c.Escalate(step.id, step.at)) for step in ripe]
            for actor, command in (*_plain(place.case, context), *more(place.case, context), *presses):
                try:
                    events = decide(place.case, command, actor, context)
                except Refused:
                    continue
                after = place.case
                for event in events:
                    after = apply(after, event)
                place.steps.append((actor, type(command).__name__, visit(after, now)))
