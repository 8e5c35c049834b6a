"""Every situation a case can get into: a breadth-first walk of the real `decide` over an abstraction of the case."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

from domain import commands as c
from domain.case import SYSTEM, Actor, Case, Unit
from domain.escalation import timetable
from domain.fold import apply
from domain.lifecycle import decide
from domain.refusals import Refused
from domain.rules import Bench
from domain.vocabulary import Category, Rating
from tests.kit.cases import CALENDAR, LEAD, LIAISON, MANAGER, OTHER_WINDOW, RULES, SOCIAL, WINDOW, Story

Key = tuple[object, ...]


@dataclass
class Place:
    """A situation: one case that is in it, its moment, and the situations one step away."""

    case: Case
    now: datetime
    steps: list[tuple[Actor, str, Key]] = field(default_factory=list)

    @property
    def ways(self) -> set[Key]:
        """Where a step leads that is neither a withdrawal nor a reopening."""
        return {after for _, verb, after in self.steps if verb not in ("Withdraw", "Reopen")}


def key_of(case: Case) -> Key:
    """What matters for the ways on; counters and texts do not."""
    return (
        case.state,
        case.category if case.state.is_open else None,
        case.running.stage if case.running else None,
        case.received_at is not None,
        case.pending.what if case.pending else None,
        case.lead.id if case.lead else None,
        min(case.round, 2),
        case.level,
        case.supervision_due is not None,
        case.silent,
        case.is_enterprise,
        bool(case.declined),
    )


def _acts(case: Case, bench: Bench) -> list[tuple[Actor, c.Command]]:
    """Everything worth trying: each act with words that are right."""
    today = bench.now.date()
    soon = CALENDAR.shift(today, 3)
    later = CALENDAR.shift(case.clock.date, 1) if case.clock else soon
    acts: list[tuple[Actor, c.Command]] = [
        (WINDOW, c.Confirm()),
        (WINDOW, c.Withdraw("自行解决")),
        (WINDOW, c.SettleOnSpot("当场解释")),
        (WINDOW, c.Submit(Category.HARD)),
        (MANAGER, c.Dispatch((SOCIAL,))),
        (MANAGER, c.Transfer("示例市法院", "已告知")),
        (MANAGER, c.Refer("示例市供电公司", soon)),
        (LIAISON, c.Accept()),
        (LIAISON, c.Promise(soon)),
        (LIAISON, c.Plan(soon, "方案")),
        (LIAISON, c.Answer("结果")),
        (MANAGER, c.Answer("外单位回函")),
        (LIAISON, c.CannotDo("不符合", "条例")),
        (LIAISON, c.Decline("不属于")),
        (LIAISON, c.Extend(later, "核档")),
        (LEAD, c.Grant()),
        (MANAGER, c.Grant()),
        (LEAD, c.Deny("不同意")),
        (MANAGER, c.Review(True)),
        (MANAGER, c.Review(False, "没有答到点上")),
        (MANAGER, c.Nudge()),
        (MANAGER, c.Supervise(soon, "2026督1")),
        (LEAD, c.Approve(())),
        (LEAD, c.Hold("再等一天")),
        (LEAD, c.Reopen("新情况")),
    ]
    acts += [(MANAGER, c.Classify(category)) for category in Category]
    acts += [(OTHER_WINDOW, c.CallBack(rating, "意见")) for rating in (Rating.SATISFIED, Rating.OUTRAGED)]
    if case.lead is not None and case.lead.id:
        acts.append((SYSTEM, c.Deliver(Unit(case.lead.id, case.lead.name), "群消息")))
    return acts


def _later(case: Case, bench: Bench) -> datetime:
    """After the next moment that matters: the limits of the case, else an hour on."""
    waits = [step.at for step in timetable(case, bench) if step.at > bench.now]
    return min(waits, default=bench.now + timedelta(hours=1)) + timedelta(minutes=11)


@cache
def explore() -> dict[Key, Place]:
    """Every situation that can be reached from the intake of four kinds of complaint."""
    places: dict[Key, Place] = {}
    queue: deque[Key] = deque()

    def visit(case: Case, now: datetime) -> Key:
        key = key_of(case)
        if key not in places:
            places[key] = Place(case, now)
            queue.append(key)
        return key

    for fields in ({}, {"source": "万人助万企窗口"}, {"no_reply": True}, {"category": Category.HARD.value}):
        visit(Story(fields=fields).case, Story().bench("11-23 09:31").now)
    while queue:
        key = queue.popleft()
        place = places[key]
        for now in (place.now + timedelta(minutes=11), _later(place.case, Bench(place.now, CALENDAR, RULES))):
            bench = Bench(now, CALENDAR, RULES)
            ripe = [step for step in timetable(place.case, bench) if step.at <= now]
            tried = [*_acts(place.case, bench), *((SYSTEM, c.Press(step.id, step.at)) for step in ripe)]
            for actor, command in tried:
                try:
                    events = decide(place.case, command, actor, bench)
                except Refused:
                    continue
                after = place.case
                for event in events:
                    after = apply(after, event)
                place.steps.append((actor, type(command).__name__, visit(after, now)))
    return places
