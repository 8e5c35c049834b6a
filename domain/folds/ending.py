"""Events of 第十条: review, call-back, the ends of a case, and its reopening."""

from __future__ import annotations

from dataclasses import replace

from domain.case import Case, Event, SubOrder
from domain.reading import remarked, told
from domain.vocabulary import Level, Rating


def kept(case: Case, event: Event) -> Case:
    """Nothing but the state, or nothing at all, changes."""
    return told(case, event)


def closed(case: Case, event: Event) -> Case:
    """The end, whichever it is."""
    return replace(told(case, event), pending=None)


def returned(case: Case, event: Event) -> Case:
    """退回重办: a new round with its own clocks, sub-orders and reminders; what was missed stays missed."""
    return replace(
        told(case, event),
        round=case.round + 1,
        returned=(*case.returned, event.at),
        orders=tuple(SubOrder(unit) for unit in case.units[1:]),
        received_at=None,
        accepted_at=None,
        clock=None,
        pending=None,
        suspension=None,
        paused_days=0,
        level=Level.NONE,
        supervision_due=None,
        held=False,
        cannot=False,
        merged=tuple((no, None) for no, _ in case.merged),
    )


def called(case: Case, event: Event) -> Case:
    """A call-back, answered or not."""
    rating = Rating(event.data["rating"])
    return replace(told(case, event), calls=(*case.calls, event.at), rating=rating)


def dissatisfied(case: Case, event: Event) -> Case:
    """A call-back that sends the case back."""
    return returned(called(case, event), event)


def merged_called(case: Case, event: Event) -> Case:
    """The complainant of a merged case was called back."""
    rating = Rating(event.data["rating"])
    number = event.data["merged"]
    return replace(case, merged=tuple((no, rating if no == number else was) for no, was in case.merged))


def reopened(case: Case, event: Event) -> Case:
    """New facts: back to the manager, as a new round."""
    again = replace(
        returned(case, event),
        returned=case.returned,
        units=(),
        orders=(),
        rating=None,
        finished_at=None,
        closed_at=None,
        on_the_spot=False,
        master="",
    )
    return remarked(again, f"{event.data['day']}重新打开")
