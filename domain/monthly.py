"""The indicators of a period (通知第四条 “及时总结”), counted from events; what is left out is counted beside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from domain.case import Case, Clock, Event
from domain.event_fields import clock_of
from domain.events import EventType
from domain.vocabulary import LEVELS, NO_CASE, Category, Rating, Stage, State

#: Event type → the indicator it adds one to.
_SIMPLE: dict[EventType, str] = {
    EventType.REGISTERED: "received",
    EventType.SETTLED_ON_SPOT: "on_the_spot",
    EventType.ANSWERED: "results",
    EventType.DECLINE_REQUESTED: "declined",
    EventType.DECLINE_GRANTED: "declines_granted",
    EventType.EXTENDED: "extended",
    EventType.NUDGED: "nudged",
    EventType.NUDGED_BY_HAND: "nudged",
    EventType.ASSIST_NUDGED: "nudged",
    EventType.SUPERVISED: "supervised",
    EventType.CIRCULATED: "circulated",
    EventType.WITHDRAWN: "withdrawn",
    EventType.TRANSFERRED: "transferred",
}
_RETURNS = frozenset({EventType.REVIEW_FAILED, EventType.DISSATISFIED, EventType.SENT_BACK})
_CALLS = frozenset({EventType.CALLED, EventType.DISSATISFIED})
_ENDS: dict[State, tuple[str, ...]] = {
    State.SATISFIED: ("finished", "cleared"),
    State.CLOSED_LAWFUL: ("finished",),
    State.CLOSED_UNREACHED: ("finished",),
}


@dataclass(frozen=True, slots=True)
class MonthNumbers:
    """Counts of one period at one centre. `…_in_time` are parts of the number before them.

    `due` counts results whose limit fell into the period, whoever received them when. `rated` maps nothing by name:
    the five levels in the order 非常满意 … 非常不满意. `unanswered`, `anonymous`, `unrated` (refused to rate),
    `withdrawn` and `transferred` are kept out of the satisfaction rate and always shown beside it.
    """

    period: str
    carried: int = 0
    received: int = 0
    on_the_spot: int = 0
    finished: int = 0
    cleared: int = 0
    due: int = 0
    due_in_time: int = 0
    due_in_original_time: int = 0
    plans_due: int = 0
    plans_in_time: int = 0
    to_call: int = 0
    called: int = 0
    reached: int = 0
    rated: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)
    unanswered: int = 0
    anonymous: int = 0
    unrated: int = 0
    withdrawn: int = 0
    transferred: int = 0
    results: int = 0
    returned: int = 0
    dispatched: int = 0
    declined: int = 0
    declines_granted: int = 0
    extended: int = 0
    nudged: int = 0
    supervised: int = 0
    supervision_heeded: int = 0
    circulated: int = 0


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A period's counts by department or by category: the groups' parts add up to the whole."""

    what: str
    groups: tuple[tuple[str, MonthNumbers], ...]


#: Where a case stands in a breakdown that has no department, or no category, yet.
NOT_DISPATCHED, NOT_CLASSIFIED = "未转办", "未分类"
Histories = Sequence[tuple[Case, Sequence[Event]]]


def by_department(histories: Histories, since: datetime, until: datetime, period: str) -> Breakdown:
    """By the lead department (第七条), in the order in which they first had a case; without one last."""
    names = dict.fromkeys(case.lead.name for case, _ in histories if case.lead is not None)
    keys = [case.lead.name if case.lead is not None else NOT_DISPATCHED for case, _ in histories]
    return _breakdown("部门", (*names, NOT_DISPATCHED), keys, histories, since, until, period)


def by_category(histories: Histories, since: datetime, until: datetime, period: str) -> Breakdown:
    """By the category of 第六条, in its order; without one last."""
    keys = [case.category.value if case.category is not None else NOT_CLASSIFIED for case, _ in histories]
    names = [category.value for category in Category]
    return _breakdown("类别", (*names, NOT_CLASSIFIED), keys, histories, since, until, period)


def _breakdown(
    what: str,
    names: Iterable[str],
    keys: Sequence[str],
    histories: Histories,
    since: datetime,
    until: datetime,
    period: str,
) -> Breakdown:
    groups = []
    for name in names:
        theirs = [history for key, history in zip(keys, histories, strict=True) if key == name]
        numbers = month_numbers(theirs, since, until, period)
        if numbers != MonthNumbers(period):
            groups.append((name, numbers))
    return Breakdown(what, tuple(groups))


class MonthTally:
    """Counts one centre's cases over [since, until) a part at a time; the parts add up to what all give at once."""

    def __init__(self, since: datetime, until: datetime, period: str) -> None:
        self._span = (since, until, period)
        self.numbers = MonthNumbers(period)
        self._departments: dict[str, MonthNumbers] = {}
        self._categories: dict[str, MonthNumbers] = {category.value: MonthNumbers(period) for category in Category}

    def add(self, histories: Histories) -> None:
        """Count some more cases; which come first decides the order of the departments."""
        self.numbers = _sum(self.numbers, month_numbers(histories, *self._span))
        parts = ((self._departments, by_department(histories, *self._span)),
                 (self._categories, by_category(histories, *self._span)))  # fmt: skip
        for case, _ in histories:
            if case.lead is not None:
                self._departments.setdefault(case.lead.name, MonthNumbers(self.numbers.period))
        for kept, found in parts:
            for name, numbers in found.groups:
                kept[name] = _sum(kept.get(name, MonthNumbers(numbers.period)), numbers)

    @property
    def breakdowns(self) -> tuple[Breakdown, Breakdown]:
        """By the lead department and by the category, as `by_department` and `by_category` would give them."""
        return self._breakdown("部门", self._departments, NOT_DISPATCHED), self._breakdown(
            "类别", self._categories, NOT_CLASSIFIED
        )

    def _breakdown(self, what: str, groups: dict[str, MonthNumbers], last: str) -> Breakdown:
        nothing = MonthNumbers(self.numbers.period)
        ordered = [*(name for name in groups if name != last), last]
        found = ((name, groups.get(name, nothing)) for name in ordered)
        return Breakdown(what, tuple((name, numbers) for name, numbers in found if numbers != nothing))


def _sum(one: MonthNumbers, other: MonthNumbers) -> MonthNumbers:
    counts = {
        item.name: getattr(one, item.name) + getattr(other, item.name)
        for item in fields(MonthNumbers)
        if item.name not in ("period", "rated")
    }
    rated = tuple(a + b for a, b in zip(one.rated, other.rated, strict=True))
    return MonthNumbers(period=one.period, rated=rated, **counts)  # type: ignore[arg-type]


def month_numbers(
    histories: Iterable[tuple[Case, Sequence[Event]]], since: datetime, until: datetime, period: str
) -> MonthNumbers:
    """Count one centre's cases over [since, until)."""
    counts: Counter[str] = Counter()
    rated: Counter[str] = Counter()
    for case, events in histories:
        if case.state in NO_CASE:
            continue
        if (
            case.registered_at is not None
            and case.registered_at < since
            and (case.closed_at is None or case.closed_at >= since)
        ):
            counts["carried"] += 1
        inside = [event for event in events if since <= event.at < until]
        _count(case, inside, counts, rated)
        _limits(events, since, until, counts)
    return MonthNumbers(period=period, rated=tuple(rated[level] for level in LEVELS), **counts)  # type: ignore[arg-type]


def _count(case: Case, events: Sequence[Event], counts: Counter[str], rated: Counter[str]) -> None:
    for event in events:
        if event.type in _SIMPLE:
            counts[_SIMPLE[event.type]] += 1
        if event.type is EventType.DISPATCHED:
            counts["dispatched"] += len(event.data["units"])
        if event.type is EventType.CLOSED:
            for name in _ENDS[State(event.data["state"])]:
                counts[name] += 1
    counts["returned"] += any(event.type in _RETURNS for event in events)
    _calls(case, events, counts, rated)


def _calls(case: Case, events: Sequence[Event], counts: Counter[str], rated: Counter[str]) -> None:
    """Calls that were owed, made, answered; opinions; and who could not or would not give one."""
    owed = any(event.type in (EventType.REVIEW_PASSED, EventType.SETTLED_ON_SPOT) for event in events)
    owed = owed and not case.silent and not case.left
    # What somebody who joined said stands on their own record.
    calls = [event for event in events if event.type in _CALLS and not event.data.get("merged")]
    counts["to_call"] += owed
    counts["called"] += owed and bool(calls)
    reached = [event for event in calls if event.data["rating"] != Rating.UNANSWERED]
    counts["reached"] += owed and bool(reached)
    opinions = [event.data["rating"] for event in reached if event.data["rating"] in LEVELS]
    if opinions:
        rated[Rating(opinions[-1])] += 1
    if case.state is State.CLOSED_UNREACHED and any(event.type is EventType.CLOSED for event in events):
        kind = "anonymous" if case.silent else "unrated" if case.rating is Rating.DECLINED else "unanswered"
        counts[kind] += 1


def _limits(events: Sequence[Event], since: datetime, until: datetime, counts: Counter[str]) -> None:
    """Limits that fell into the period, and whether they were kept: as approved, and as first set."""
    clock: Clock | None = None
    first: Clock | None = None
    supervision: datetime | None = None

    def met(at: datetime | None) -> None:
        if clock is None or first is None or not since <= clock.at < until:
            return
        in_time = at is not None and at <= clock.at
        if clock.stage is Stage.PLAN:
            counts["plans_due"] += 1
            counts["plans_in_time"] += in_time
            return
        counts["due"] += 1
        counts["due_in_time"] += in_time
        counts["due_in_original_time"] += at is not None and at <= min(clock.at, first.at)

    for event in events:
        if event.type in _ANSWERS:
            if event.type is not EventType.PROMISED:  # a promise sets the limit of the result; it is none (第八条)
                met(event.at)
            if supervision is not None and event.at <= supervision and since <= event.at < until:
                counts["supervision_heeded"] += 1
            clock = supervision = None
        elif event.type in _RETURNS or event.type is EventType.DECLINE_GRANTED:
            clock = None
        if event.type is EventType.SUPERVISED:
            supervision = datetime.fromisoformat(event.data["due"])
        fresh = clock_of(event.data)
        if fresh is not None and _is_the_leads(event, events):
            first = first if clock is not None and clock.stage is fresh.stage else fresh
            clock = fresh
    if events and events[-1].data.get("state") not in _CLOSED:
        met(None)


_ANSWERS = frozenset({EventType.ANSWERED, EventType.PLANNED, EventType.PROMISED})
_CLOSED = frozenset(state.value for state in State if not state.is_open)


def _is_the_leads(event: Event, events: Sequence[Event]) -> bool:
    """A co-department's delivery carries a clock of its own, which is none of the case's."""
    if event.type is not EventType.DELIVERED:
        return True
    handed = [e for e in events if e.seq < event.seq and e.type in (EventType.DISPATCHED, EventType.REASSIGNED)]
    return not handed or handed[-1].data["units"][0]["id"] == event.data["unit"]
