"""Reading facts out of an event: moments, limits, what was missed, and what is private."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from domain.case import Case, Clock, Concerned, Event, Missed, Private, Unit
from domain.events import EventType
from domain.vocabulary import Request, Stage

#: Where an event keeps the papers it issued: their words sealed, their keyed digests beside.
PAPERS = "papers"
#: Fields of `Private` that hold several texts.
PRIVATE_TUPLES = frozenset({"phones", "notes", "assists", "tellings", "minutes", "bodies"})


#: Whose words the `opinion` of an event is, and where the case keeps them; others are the complainant's.
PLACES: dict[EventType, tuple[str, ...]] = {
    **dict.fromkeys(
        (
            EventType.DECLINE_REQUESTED,
            EventType.EXTENSION_REQUESTED,
            EventType.SUSPENSION_REQUESTED,
            EventType.PROMISE_REQUESTED,
            EventType.CORRECTION_REQUESTED,
        ),
        ("request",),
    ),
    EventType.CLOSING_REQUESTED: ("request",),
    **dict.fromkeys(
        (
            EventType.DECLINE_GRANTED,
            EventType.REQUEST_DENIED,
            EventType.WITHDRAWN,
            EventType.LEFT,
            EventType.VOIDED,
            EventType.DISCARDED,
            EventType.HELD,
            EventType.REOPENED,
        ),
        ("ruling",),
    ),
    **dict.fromkeys((EventType.REVIEW_FAILED, EventType.SENT_BACK), ("ruling", "redo")),
    EventType.DISSATISFIED: ("opinion", "redo"),
}


def parse_moment(value: str | None) -> datetime | None:
    """An ISO moment, or None."""
    return datetime.fromisoformat(value) if value else None


def clock_of(data: Any) -> Clock | None:
    """The clock an event carries, if any (`clock` key)."""
    raw = data.get("clock")
    if raw is None:
        return None
    at = datetime.fromisoformat(raw["at"])
    return Clock(Stage(raw["stage"]), date.fromisoformat(raw["date"]), at, raw["provisional"], raw["days"])


def clock_data(clock: Clock) -> dict[str, Any]:
    """The JSON form of a clock, as events carry it."""
    return {
        "stage": clock.stage.value,
        "date": clock.date.isoformat(),
        "at": clock.at.isoformat(),
        "provisional": clock.provisional,
        "days": clock.days,
    }


def units_data(units: Iterable[Unit]) -> list[dict[str, Any]]:
    """The JSON form of departments, as events carry them."""
    return [{"id": unit.id, "name": unit.name} for unit in units]


def units_named(event: Event) -> tuple[Unit, ...]:
    """The departments an act was for (`for` key); empty in events written before it was noted."""
    return tuple(Unit(unit["id"], unit["name"]) for unit in event.data.get("for", ()))


def concerned_of(data: Any, before: tuple[Concerned, ...] = ()) -> tuple[Concerned, ...]:
    """Whom the complaint names, by an event (`concerned` key), after those named before."""
    named = (Concerned(one["person"], one.get("department")) for one in data.get("concerned", ()))
    return tuple(dict.fromkeys((*before, *named)))


def limited(case: Case, event: Event) -> Case:
    """Set the limit an event carries, if it carries one."""
    clock = clock_of(event.data)
    if clock is None:
        return case
    return replace(case, clock=clock, limits=(*case.limits, (case.round, clock)))


def unasked(case: Case, *what: Request) -> Case:
    """The case without a pending request of one of these kinds: what it asked for has been overtaken."""
    asked = case.pending is not None and case.pending.what in what
    return replace(case, pending=None) if asked else case


def missed(case: Case, event: Event) -> tuple[Missed, ...]:
    """What was missed so far, with what this event says was missed."""
    raw = event.data.get("missed")
    if not raw:
        return case.missed
    late = Missed(Stage(raw["stage"]), date.fromisoformat(raw["due"]), date.fromisoformat(raw["done"]), raw["days"])
    return (*case.missed, late)


def private(before: Private, event: Event) -> Private:
    """The private part with what this event changes of it."""
    changes: dict[str, Any] = {}
    for name, value in event.private.items():
        if name == PAPERS:
            continue
        if name == "opinion":
            changes |= dict.fromkeys(PLACES.get(event.type, ("opinion",)), value)
            continue
        changes[name] = tuple(value) if name in PRIVATE_TUPLES else value
    return replace(before, **changes)


def told(case: Case, event: Event) -> Case:
    """The case with the event's private part folded in."""
    return replace(case, private=private(case.private, event))


def remarked(case: Case, remark: str) -> Case:
    """The case with one more remark for the ledger."""
    return replace(case, remarks=(*case.remarks, remark))
