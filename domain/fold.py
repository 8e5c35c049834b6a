"""What a case is after one more event. Folding never refuses: it only reads facts (the ledger is rebuilt from them)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from domain.case import Case, Event
from domain.changing import replace
from domain.entries import put_right
from domain.events import EventType
from domain.folds import closing, departments, escalation, intake
from domain.vocabulary import State


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
        if event.type is not EventType.REGISTERED:
            raise ValueError(f"a history begins with 'registered', not {event.type!r}")
        return replace(intake.registered(event), seq=event.seq)
    changed = FOLDS[event.type](case, event)
    state = State(event.data["state"]) if "state" in event.data else changed.state
    if state is not case.state:
        changed = replace(changed, state=state, entered_at=event.at)
        if not state.is_open:
            changed = replace(changed, closed_at=event.at, pending=None, suspension=None)
    # A card that asks for a decision is stale once its request is settled or another took its place.
    settled = case.pending is not None and changed.pending != case.pending
    turned = state is not case.state or changed.round != case.round or settled
    return replace(changed, seq=event.seq, epoch=case.epoch + 1 if turned else case.epoch)


#: How each event type changes the case. `state` in the event's data moves the case; the rest is here.
FOLDS: dict[EventType, Callable[[Case, Event], Case]] = {
    EventType.CONFIRMED: closing.kept,
    EventType.SUPPLEMENTED: intake.supplemented,
    EventType.MATERIAL_ADDED: intake.material_added,
    EventType.AMENDED: put_right,
    EventType.CORRECTION_REQUESTED: departments.requested,
    EventType.CORRECTED: intake.corrected,
    EventType.URGED: intake.urged,
    EventType.SETTLED_ON_SPOT: intake.settled,
    EventType.SUBMITTED: intake.classified,
    EventType.CLASSIFIED: intake.classified,
    EventType.RECLASSIFIED: intake.classified,
    EventType.DISPATCHED: intake.dispatched,
    EventType.REASSIGNED: intake.reassigned,
    EventType.REFERRED: intake.referred,
    EventType.TRANSFERRED: intake.transferred,
    EventType.TOLD: intake.informed,
    EventType.CONSULTED: intake.consulted,
    EventType.PEER_CLOSED: closing.kept,
    EventType.DELIVERED: intake.delivered,
    EventType.ACCEPTED: departments.accepted,
    EventType.ASSIST_ACCEPTED: departments.assist_accepted,
    EventType.ASSISTED: departments.assisted,
    EventType.DECLINE_REQUESTED: departments.requested,
    EventType.EXTENSION_REQUESTED: departments.requested,
    EventType.SUSPENSION_REQUESTED: departments.requested,
    EventType.PROMISE_REQUESTED: departments.requested,
    EventType.DECLINE_GRANTED: departments.decline_granted,
    EventType.REQUEST_DENIED: departments.denied,
    EventType.EXTENDED: departments.extended,
    EventType.SUSPENDED: departments.suspended,
    EventType.RESUMED: departments.resumed,
    EventType.RECALCULATED: departments.recalculated,
    EventType.PROMISED: departments.promised,
    EventType.PLANNED: departments.planned,
    EventType.ANSWERED: departments.answered,
    EventType.REVIEW_PASSED: closing.kept,
    EventType.REVIEW_FAILED: closing.returned,
    EventType.CALLED: closing.called,
    EventType.MERGED_CALLED: closing.merged_called,
    EventType.CLOSING_REQUESTED: departments.requested,
    EventType.DISSATISFIED: closing.dissatisfied,
    EventType.SENT_BACK: closing.returned,
    EventType.CLOSED: closing.closed,
    EventType.NUDGED: escalation.nudged,
    EventType.NUDGED_BY_HAND: escalation.nudged,
    EventType.ASSIST_NUDGED: escalation.assist_nudged,
    EventType.ASSIST_OVERDUE: closing.kept,
    EventType.REMINDED: closing.kept,
    EventType.UNHEARD: closing.kept,
    EventType.EXTERNAL_DUE: escalation.external_missed,
    EventType.RETURNED_AGAIN: closing.kept,
    EventType.SUPERVISION_DRAFTED: escalation.drafted,
    EventType.SUPERVISED: escalation.supervised,
    EventType.SUPERVISION_IGNORED: escalation.ignored,
    EventType.CIRCULATED: escalation.released,
    EventType.GOVERNMENT_TOLD: escalation.released,
    EventType.DISCIPLINE_COPIED: escalation.released,
    EventType.HELD: escalation.held,
    EventType.WITHDRAWN: intake.withdrawn,
    EventType.VOIDED: intake.voided,
    EventType.DISCARDED: intake.discarded,
    EventType.MERGED_INTO: intake.merged_into,
    EventType.SPLIT_OFF: intake.split_off,
    EventType.ABSORBED: intake.absorbed,
    EventType.FOLLOWED: closing.followed,
    EventType.FREED: closing.freed,
    EventType.PARTED: closing.parted,
    EventType.LEFT: intake.left,
    EventType.REOPENED: closing.reopened,
}
