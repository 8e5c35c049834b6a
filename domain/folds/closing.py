"""Events of 第十条: review, call-back, the ends of a case, and its reopening."""

from __future__ import annotations

from domain.case import Case, Event, Joined, SubOrder
from domain.changing import replace
from domain.event_fields import parse_moment, remarked, told
from domain.vocabulary import Level, Rating, State


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
        asked=None,
        received_at=None,
        accepted_at=None,
        clock=None,
        pending=None,
        suspension=None,
        paused_days=0,
        level=Level.NONE,
        supervision_due=None,
        held_at=None,
        drafted_at=None,
        ignored_at=None,
        cannot=False,
        merged=tuple(Joined(joined.no, joined.silent) for joined in case.merged),
    )


def called(case: Case, event: Event) -> Case:
    """A call-back, answered or not."""
    rating = Rating(event.data["rating"])
    return replace(told(case, event), calls=(*case.calls, event.at), rating=rating)


def dissatisfied(case: Case, event: Event) -> Case:
    """A call-back that sends the case back; of somebody who joined it is no call of the first complainant."""
    return returned(case if event.data.get("merged") else called(case, event), event)


def merged_called(case: Case, event: Event) -> Case:
    """The complainant of a merged case was called back, or called in vain."""
    number, rating = event.data["merged"], Rating(event.data["rating"])

    def heard(joined: Joined) -> Joined:
        if joined.no != number:
            return joined
        if rating is not Rating.UNANSWERED:
            return replace(joined, rating=rating)
        return replace(joined, calls=(*joined.calls, event.at), unreached=event.data["unreached"])

    return replace(case, merged=tuple(heard(joined) for joined in case.merged))


def followed(case: Case, event: Event) -> Case:
    """The master ended: what came of it stands here too."""
    data = event.data
    kept = replace(told(case, event), followed=State(data["end"]), cannot=data["cannot"])
    return replace(kept, finished_at=parse_moment(data["finished"]) or case.finished_at)


def freed(case: Case, event: Event) -> Case:
    """The master is gone: on its own again, as a new round only if a department ever had it."""
    again = _afresh(case, event)
    again = again if case.dispatched else replace(again, round=case.round)
    return remarked(again, f"不再并入{event.data['from']}")


def parted(case: Case, event: Event) -> Case:
    """A merged case follows this one no longer."""
    number = event.data["merged"]
    kept = tuple(joined for joined in case.merged if joined.no != number)
    return remarked(replace(case, merged=kept), f"{number}另行办理")


def reopened(case: Case, event: Event) -> Case:
    """New facts: back to the manager, as a new round."""
    return remarked(_afresh(case, event), f"{event.data['day']}重新打开")


def _afresh(case: Case, event: Event) -> Case:
    return replace(
        returned(case, event),
        returned=case.returned,
        units=(),
        orders=(),
        rating=None,
        finished_at=None,
        closed_at=None,
        on_the_spot=False,
        left=False,
        master="",
        followed=None,
    )
