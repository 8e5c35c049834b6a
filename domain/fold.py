"""What a case is after one more event. Folding never refuses: it only reads facts (the ledger is rebuilt from them)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from domain.case import Case, Event
from domain.folds import coming, ending, handling, pressing
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
        if event.type != "registered":
            raise ValueError(f"a history begins with 'registered', not {event.type!r}")
        return replace(coming.registered(event), seq=event.seq)
    changed = FOLDS[event.type](case, event)
    state = State(event.data["state"]) if "state" in event.data else changed.state
    if state is not case.state:
        changed = replace(changed, state=state, entered_at=event.at)
        if not state.is_open:
            changed = replace(changed, closed_at=event.at, pending=None, suspension=None)
    # A card that asks for a decision is stale once its request is settled or another took its place.
    settled = case.pending is not None and changed.pending != case.pending
    turned = state is not case.state or changed.round != case.round or settled
    return replace(changed, seq=event.seq, turn=case.turn + 1 if turned else case.turn)


#: How each event type changes the case. `state` in the event's data moves the case; the rest is here.
FOLDS: dict[str, Callable[[Case, Event], Case]] = {
    "confirmed": ending.kept,
    "supplemented": coming.supplemented,
    "correction_requested": handling.requested,
    "corrected": coming.corrected,
    "urged": coming.urged,
    "settled_on_spot": coming.settled,
    "submitted": coming.classified,
    "classified": coming.classified,
    "reclassified": coming.classified,
    "dispatched": coming.dispatched,
    "reassigned": coming.reassigned,
    "referred": coming.referred,
    "transferred": coming.transferred,
    "peer_closed": ending.kept,
    "delivered": coming.delivered,
    "accepted": handling.accepted,
    "assist_accepted": handling.assist_accepted,
    "assisted": handling.assisted,
    "decline_requested": handling.requested,
    "extension_requested": handling.requested,
    "suspension_requested": handling.requested,
    "decline_granted": handling.decline_granted,
    "request_denied": handling.denied,
    "extended": handling.extended,
    "suspended": handling.suspended,
    "resumed": handling.resumed,
    "recalculated": handling.recalculated,
    "promised": handling.promised,
    "planned": handling.planned,
    "answered": handling.answered,
    "review_passed": ending.kept,
    "review_failed": ending.returned,
    "called": ending.called,
    "merged_called": ending.merged_called,
    "closing_requested": handling.requested,
    "dissatisfied": ending.dissatisfied,
    "sent_back": ending.returned,
    "closed": ending.closed,
    "nudged": pressing.nudged,
    "nudged_by_hand": pressing.nudged,
    "assist_nudged": pressing.assist_nudged,
    "assist_overdue": ending.kept,
    "reminded": ending.kept,
    "unheard": ending.kept,
    "external_due": ending.kept,
    "returned_again": ending.kept,
    "supervision_drafted": pressing.drafted,
    "supervised": pressing.supervised,
    "supervision_ignored": pressing.ignored,
    "circulated": pressing.released,
    "government_told": pressing.released,
    "discipline_copied": pressing.released,
    "held": pressing.held,
    "withdrawn": coming.withdrawn,
    "voided": coming.voided,
    "merged_into": coming.merged_into,
    "split_off": coming.split_off,
    "absorbed": coming.absorbed,
    "followed": ending.followed,
    "freed": ending.freed,
    "parted": ending.parted,
    "left": coming.left,
    "reopened": ending.reopened,
}
