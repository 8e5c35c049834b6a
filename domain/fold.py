"""What a case is after one more event. Folding never refuses: it only reads facts (the ledger is rebuilt from them)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from domain.case import Case, Clock, Event, Missed, Pending, Private, Unit
from domain.vocabulary import Category, Level, Rating, Release, Request, Stage, State


def fold(events: Iterable[Event]) -> Case:
    """Fold a whole history. Raises ValueError when it does not begin with `registered`."""
    case: Case | None = None
    for event in events:
        case = apply(case, event)
    if case is None:
        raise ValueError("a case has at least one event")
    return case


def apply(case: Case | None, event: Event) -> Case:
    """The case after `event`. Raises KeyError for an event type this version does not know."""
    if case is None:
        if event.type != "registered":
            raise ValueError(f"a history begins with 'registered', not {event.type!r}")
        return replace(_registered(event), seq=event.seq)
    changed = FOLDS[event.type](case, event)
    state = State(event.data["state"]) if "state" in event.data else changed.state
    if state is not case.state:
        changed = replace(changed, state=state, entered_at=event.at)
        if not state.is_open:
            changed = replace(changed, closed_at=event.at, pending=None)
    turned = state is not case.state or changed.round != case.round
    return replace(changed, seq=event.seq, turn=case.turn + 1 if turned else case.turn)


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def clock_of(data: Any) -> Clock | None:
    """Read the clock an event carries, if any (`clock` key)."""
    raw = data.get("clock")
    if raw is None:
        return None
    at = datetime.fromisoformat(raw["at"])
    return Clock(Stage(raw["stage"]), date.fromisoformat(raw["date"]), at, raw["provisional"], raw["days"])


def _limited(case: Case, event: Event) -> Case:
    """Set the limit an event carries, if it carries one."""
    clock = clock_of(event.data)
    if clock is None:
        return case
    # A new limit settles a request to move the old one.
    asked = case.pending is not None and case.pending.what is Request.EXTEND
    pending = None if asked else case.pending
    return replace(case, clock=clock, limits=(*case.limits, (case.round, clock)), pending=pending)


def clock_data(clock: Clock) -> dict[str, Any]:
    """The JSON form of a clock, as events carry it."""
    return {
        "stage": clock.stage.value,
        "date": clock.date.isoformat(),
        "at": clock.at.isoformat(),
        "provisional": clock.provisional,
        "days": clock.days,
    }


def _registered(event: Event) -> Case:
    data = event.data
    return Case(
        no=data["no"],
        centre=data["centre"],
        centre_name=data["centre_name"],
        source=data.get("source", ""),
        external_no=data.get("external_no") or "",
        external_due=_moment(data.get("external_due")),
        reported_at=_moment(data.get("reported_at")) or event.at,
        registered_at=event.at,
        entered_at=event.at,
        title=data.get("title", ""),
        kind=data.get("kind", ""),
        category=Category(data["category"]) if data.get("category") else None,
        suggested=tuple(data.get("suggested", ())),
        missing=tuple(data.get("missing", ())),
        anonymous=data.get("anonymous", False),
        confidential=data.get("confidential", False),
        no_reply=data.get("no_reply", False),
        private=_private(Private(), event),
    )


_PRIVATE_TUPLES = frozenset({"phones", "notes"})


def _private(private: Private, event: Event) -> Private:
    changes: dict[str, Any] = {}
    for name, value in event.private.items():
        changes[name] = tuple(value) if name in _PRIVATE_TUPLES else value
    return replace(private, **changes)


def _keep(case: Case, event: Event) -> Case:
    return case


def _supplemented(case: Case, event: Event) -> Case:
    data = event.data
    private = _private(case.private, event)
    return replace(
        case,
        private=private,
        kind=data.get("kind", case.kind),
        category=Category(data["category"]) if data.get("category") else case.category,
        title=data.get("title", case.title),
        reported_at=_moment(data.get("reported_at")) or case.reported_at,
        missing=tuple(data.get("missing", case.missing)),
    )


def _urged(case: Case, event: Event) -> Case:
    return replace(case, urgings=case.urgings + 1, private=_private(case.private, event))


def _settled(case: Case, event: Event) -> Case:
    return replace(
        case,
        on_the_spot=True,
        category=case.category or Category.GENERAL,
        finished_at=event.at,
        answered_by=case.answered_by | {event.actor} if event.actor is not None else case.answered_by,
        private=_private(case.private, event),
    )


def _classified(case: Case, event: Event) -> Case:
    return _limited(replace(case, category=Category(event.data["category"])), event)


def _dispatched(case: Case, event: Event) -> Case:
    data = event.data
    asked = data.get("asked")
    return replace(
        case,
        units=tuple(Unit(item["id"], item["name"]) for item in data["units"]),
        asked=date.fromisoformat(asked) if asked else None,
        dispatched=(*case.dispatched, event.at),
        received_at=None,
        accepted_at=None,
        clock=None,
    )


def _referred(case: Case, event: Event) -> Case:
    units = (Unit(0, event.data["body"]),)
    referred = replace(case, units=units, dispatched=(*case.dispatched, event.at), received_at=event.at)
    return _limited(referred, event)


def _delivered(case: Case, event: Event) -> Case:
    if case.received_at is not None or case.lead is None or event.data["unit"] != case.lead.id:
        return case
    return _limited(replace(case, received_at=event.at), event)


def _accepted(case: Case, event: Event) -> Case:
    return replace(case, accepted_at=event.at)


def _requested(case: Case, event: Event) -> Case:
    day = event.data.get("date")
    pending = Pending(
        Request(event.data["what"]),
        event.at,
        event.data.get("department"),
        date.fromisoformat(day) if day else None,
    )
    return replace(case, pending=pending, private=_private(case.private, event))


def _decline_granted(case: Case, event: Event) -> Case:
    who = case.pending.department if case.pending else None
    return replace(
        case,
        pending=None,
        declined=case.declined if who is None else case.declined | {who},
        units=(),
        received_at=None,
        accepted_at=None,
        clock=None,
        planned_at=None,
        level=Level.NONE,
        supervision_due=None,
        held=False,
        remarks=(*case.remarks, f"退单改派（{event.data['from']}）"),
        private=_private(case.private, event),
    )


def _denied(case: Case, event: Event) -> Case:
    declined = case.declined
    if case.pending and case.pending.what is Request.DECLINE and case.pending.department is not None:
        declined = declined | {case.pending.department}
    return replace(case, pending=None, declined=declined, private=_private(case.private, event))


def _extended(case: Case, event: Event) -> Case:
    clock = clock_of(event.data)
    if clock is None or case.clock is None:
        raise ValueError("an extension carries the new limit and had an old one")
    remark = f"{event.data['stage_name']}延期：{case.clock.date.isoformat()}延至{clock.date.isoformat()}"
    extended = case.extended | {f"{case.round}:{clock.stage}"}
    return _limited(replace(case, pending=None, extended=extended, remarks=(*case.remarks, remark)), event)


def _missed(case: Case, event: Event) -> tuple[Missed, ...]:
    raw = event.data.get("missed")
    if not raw:
        return case.missed
    late = Missed(Stage(raw["stage"]), date.fromisoformat(raw["due"]), date.fromisoformat(raw["done"]), raw["days"])
    return (*case.missed, late)


def _promised(case: Case, event: Event) -> Case:
    return _limited(replace(case, level=_calmed(case), missed=_missed(case, event)), event)


def _planned(case: Case, event: Event) -> Case:
    planned = replace(
        case,
        planned_at=event.at,
        level=_calmed(case),
        supervision_due=None,
        missed=_missed(case, event),
        private=_private(case.private, event),
    )
    return _limited(planned, event)


def _calmed(case: Case) -> Level:
    """A met stage ends its nudges; what was supervised or worse stays on the record until the round ends."""
    return Level.NONE if case.level <= Level.NUDGED else case.level


def _answered(case: Case, event: Event) -> Case:
    return replace(
        case,
        cannot=event.data["cannot"],
        finished_at=event.at,
        answered_by=case.answered_by | {event.actor} if event.actor is not None else case.answered_by,
        missed=_missed(case, event),
        supervision_due=None,
        pending=None,
        private=_private(case.private, event),
    )


def _returned(case: Case, event: Event) -> Case:
    return replace(
        case,
        round=case.round + 1,
        returned=(*case.returned, event.at),
        received_at=None,
        accepted_at=None,
        clock=None,
        level=Level.NONE,
        supervision_due=None,
        held=False,
        cannot=False,
        private=_private(case.private, event),
    )


def _review_failed(case: Case, event: Event) -> Case:
    return replace(_returned(case, event), private=_private(case.private, event))


def _called(case: Case, event: Event) -> Case:
    rating = Rating(event.data["rating"])
    return replace(case, calls=(*case.calls, event.at), rating=rating, private=_private(case.private, event))


def _dissatisfied(case: Case, event: Event) -> Case:
    return _returned(_called(case, event), event)


def _nudged(case: Case, event: Event) -> Case:
    return replace(case, nudged=(*case.nudged, event.at), level=max(case.level, Level.NUDGED))


def _drafted(case: Case, event: Event) -> Case:
    return replace(case, grounds=event.data["grounds"])


def _supervised(case: Case, event: Event) -> Case:
    return replace(
        case,
        supervised=(*case.supervised, event.at),
        supervision_due=_moment(event.data["due"]),
        supervision_no=event.data["number"],
        grounds=event.data["grounds"],
        level=max(case.level, Level.SUPERVISED),
        held=False,
    )


def _ignored(case: Case, event: Event) -> Case:
    return replace(case, level=max(case.level, Level.IGNORED), held=False)


_RELEASE_LEVELS = {
    Release.CIRCULAR: Level.CIRCULATED,
    Release.REPORT: Level.REPORTED,
    Release.COPY: Level.REPORTED,
}
_RELEASE_REMARKS = {Release.CIRCULAR: "已通报", Release.REPORT: "已报告同级政府", Release.COPY: "已抄送同级纪委监委"}


def _released(case: Case, event: Event) -> Case:
    what = Release(event.data["what"])
    return replace(
        case,
        released=(*case.released, (what, event.at)),
        level=max(case.level, _RELEASE_LEVELS[what]),
        remarks=(*case.remarks, f"{_RELEASE_REMARKS[what]} {event.data['day']}"),
    )


def _held(case: Case, event: Event) -> Case:
    return replace(case, held=True)


def _withdrawn(case: Case, event: Event) -> Case:
    return replace(case, remarks=(*case.remarks, "诉求人撤回"), private=_private(case.private, event))


def _transferred(case: Case, event: Event) -> Case:
    return replace(
        case,
        units=(Unit(0, event.data["body"]),),
        finished_at=event.at,
        private=_private(case.private, event),
    )


def _reopened(case: Case, event: Event) -> Case:
    reopened = _returned(case, event)
    return replace(
        reopened,
        returned=case.returned,
        units=(),
        rating=None,
        finished_at=None,
        closed_at=None,
        on_the_spot=False,
        remarks=(*case.remarks, f"{event.data['day']}重新打开"),
    )


#: How each event type changes the case. `state` in the event's data moves the case; the rest is here.
FOLDS: dict[str, Callable[[Case, Event], Case]] = {
    "confirmed": _keep,
    "supplemented": _supplemented,
    "urged": _urged,
    "settled_on_spot": _settled,
    "submitted": _classified,
    "classified": _classified,
    "reclassified": _classified,
    "dispatched": _dispatched,
    "referred": _referred,
    "transferred": _transferred,
    "delivered": _delivered,
    "accepted": _accepted,
    "decline_requested": _requested,
    "extension_requested": _requested,
    "decline_granted": _decline_granted,
    "request_denied": _denied,
    "extended": _extended,
    "promised": _promised,
    "planned": _planned,
    "answered": _answered,
    "review_passed": _keep,
    "review_failed": _review_failed,
    "called": _called,
    "dissatisfied": _dissatisfied,
    "closed": _keep,
    "nudged": _nudged,
    "nudged_by_hand": _nudged,
    "reminded": _keep,
    "supervision_drafted": _drafted,
    "supervised": _supervised,
    "supervision_ignored": _ignored,
    "circulated": _released,
    "government_told": _released,
    "discipline_copied": _released,
    "held": _held,
    "withdrawn": _withdrawn,
    "reopened": _reopened,
}
