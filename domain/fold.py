"""What a case is after one more event. Folding never refuses: it only reads facts (the ledger is rebuilt from them)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from domain.case import Case, Event
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
        if event.type != "registered":
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
    return replace(changed, seq=event.seq, turn=case.turn + 1 if turned else case.turn)


#: How each event type changes the case. `state` in the event's data moves the case; the rest is here.
FOLDS: dict[str, Callable[[Case, Event], Case]] = {
    "confirmed": closing.kept,
    "supplemented": intake.supplemented,
    "correction_requested": departments.requested,
    "corrected": intake.corrected,
    "urged": intake.urged,
    "settled_on_spot": intake.settled,
    "submitted": intake.classified,
    "classified": intake.classified,
    "reclassified": intake.classified,
    "dispatched": intake.dispatched,
    "reassigned": intake.reassigned,
    "referred": intake.referred,
    "transferred": intake.transferred,
    "told": intake.informed,
    "peer_closed": closing.kept,
    "delivered": intake.delivered,
    "accepted": departments.accepted,
    "assist_accepted": departments.assist_accepted,
    "assisted": departments.assisted,
    "decline_requested": departments.requested,
    "extension_requested": departments.requested,
    "suspension_requested": departments.requested,
    "decline_granted": departments.decline_granted,
    "request_denied": departments.denied,
    "extended": departments.extended,
    "suspended": departments.suspended,
    "resumed": departments.resumed,
    "recalculated": departments.recalculated,
    "promised": departments.promised,
    "planned": departments.planned,
    "answered": departments.answered,
    "review_passed": closing.kept,
    "review_failed": closing.returned,
    "called": closing.called,
    "merged_called": closing.merged_called,
    "closing_requested": departments.requested,
    "dissatisfied": closing.dissatisfied,
    "sent_back": closing.returned,
    "closed": closing.closed,
    "nudged": escalation.nudged,
    "nudged_by_hand": escalation.nudged,
    "assist_nudged": escalation.assist_nudged,
    "assist_overdue": closing.kept,
    "reminded": closing.kept,
    "unheard": closing.kept,
    "external_due": closing.kept,
    "returned_again": closing.kept,
    "supervision_drafted": escalation.drafted,
    "supervised": escalation.supervised,
    "supervision_ignored": escalation.ignored,
    "circulated": escalation.released,
    "government_told": escalation.released,
    "discipline_copied": escalation.released,
    "held": escalation.held,
    "withdrawn": intake.withdrawn,
    "voided": intake.voided,
    "merged_into": intake.merged_into,
    "split_off": intake.split_off,
    "absorbed": intake.absorbed,
    "followed": closing.followed,
    "freed": closing.freed,
    "parted": closing.parted,
    "left": intake.left,
    "reopened": closing.reopened,
}
