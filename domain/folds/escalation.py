"""Events of the ladder of 第九条."""

from __future__ import annotations

from datetime import date

from domain.case import Case, Event
from domain.changing import replace
from domain.event_fields import parse_moment, remarked, units_named
from domain.vocabulary import Level, Release

_LEVELS = {
    Release.CIRCULAR: Level.CIRCULATED,
    Release.REPORT: Level.REPORTED,
    Release.COPY: Level.REPORTED,
}
_REMARKS = {Release.CIRCULAR: "已通报", Release.REPORT: "已报告同级政府", Release.COPY: "已抄送同级纪委监委"}


def nudged(case: Case, event: Event) -> Case:
    """Note a reminder (第九条)."""
    return replace(case, nudged=(*case.nudged, event.at), level=max(case.level, Level.NUDGED))


def assist_nudged(case: Case, event: Event) -> Case:
    """催办 of a co-department: on the record, but it counts neither for the lead nor for the case's level."""
    return replace(case, assist_nudged=(*case.assist_nudged, event.at))


def external_missed(case: Case, event: Event) -> Case:
    """The hotline's own limit passed and no result was in (通知第三条（二）)."""
    return replace(case, external_missed=case.external_due)


def drafted(case: Case, event: Event) -> Case:
    """A 督办单 was drafted."""
    return replace(case, grounds=event.data["grounds"], drafted_at=event.at)


def supervised(case: Case, event: Event) -> Case:
    """A 督办单 was issued."""
    return replace(
        case,
        supervised=(*case.supervised, event.at),
        supervision_due=parse_moment(event.data["due"]),
        supervision_no=event.data["number"],
        grounds=event.data["grounds"],
        level=max(case.level, Level.SUPERVISED),
        held_at=None,
        answerable=units_named(event),
    )


def ignored(case: Case, event: Event) -> Case:
    """The 督办 was not heeded."""
    return replace(case, level=max(case.level, Level.IGNORED), held_at=None, ignored_at=event.at)


def released(case: Case, event: Event) -> Case:
    """One of the three grave acts was signed."""
    what = Release(event.data["what"])
    level = max(case.level, _LEVELS[what])
    done = replace(case, released=(*case.released, (what, event.at)), level=level, answerable=units_named(event))
    return remarked(done, f"{_REMARKS[what]} {event.data['day']}")


def held(case: Case, event: Event) -> Case:
    """The lead set the drafts aside, until a day where the record names one."""
    until = event.data.get("until")
    return replace(case, held_at=event.at, held_until=date.fromisoformat(until) if until else None)
