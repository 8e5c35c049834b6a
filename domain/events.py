"""What can happen to a case: the types of its events (`domain.fold.FOLDS` says what each changes)."""

from __future__ import annotations

from enum import StrEnum
from typing import cast


class EventType(StrEnum):
    """The type of an event. Values stand in rows, rule files and hash chains: they are never renamed."""

    REGISTERED = "registered"
    CONFIRMED = "confirmed"
    SUPPLEMENTED = "supplemented"
    AMENDED = "amended"
    CORRECTION_REQUESTED = "correction_requested"
    CORRECTED = "corrected"
    URGED = "urged"
    SETTLED_ON_SPOT = "settled_on_spot"
    SUBMITTED = "submitted"
    CLASSIFIED = "classified"
    RECLASSIFIED = "reclassified"
    DISPATCHED = "dispatched"
    REASSIGNED = "reassigned"
    REFERRED = "referred"
    TRANSFERRED = "transferred"
    TOLD = "told"
    CONSULTED = "consulted"
    PEER_CLOSED = "peer_closed"
    DELIVERED = "delivered"
    ACCEPTED = "accepted"
    ASSIST_ACCEPTED = "assist_accepted"
    ASSISTED = "assisted"
    DECLINE_REQUESTED = "decline_requested"
    EXTENSION_REQUESTED = "extension_requested"
    SUSPENSION_REQUESTED = "suspension_requested"
    PROMISE_REQUESTED = "promise_requested"
    DECLINE_GRANTED = "decline_granted"
    REQUEST_DENIED = "request_denied"
    EXTENDED = "extended"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    RECALCULATED = "recalculated"
    PROMISED = "promised"
    PLANNED = "planned"
    ANSWERED = "answered"
    REVIEW_PASSED = "review_passed"
    REVIEW_FAILED = "review_failed"
    CALLED = "called"
    MERGED_CALLED = "merged_called"
    CLOSING_REQUESTED = "closing_requested"
    DISSATISFIED = "dissatisfied"
    SENT_BACK = "sent_back"
    CLOSED = "closed"
    NUDGED = "nudged"
    NUDGED_BY_HAND = "nudged_by_hand"
    ASSIST_NUDGED = "assist_nudged"
    ASSIST_OVERDUE = "assist_overdue"
    REMINDED = "reminded"
    UNHEARD = "unheard"
    EXTERNAL_DUE = "external_due"
    RETURNED_AGAIN = "returned_again"
    SUPERVISION_DRAFTED = "supervision_drafted"
    SUPERVISED = "supervised"
    SUPERVISION_IGNORED = "supervision_ignored"
    CIRCULATED = "circulated"
    GOVERNMENT_TOLD = "government_told"
    DISCIPLINE_COPIED = "discipline_copied"
    HELD = "held"
    WITHDRAWN = "withdrawn"
    VOIDED = "voided"
    DISCARDED = "discarded"
    MERGED_INTO = "merged_into"
    SPLIT_OFF = "split_off"
    ABSORBED = "absorbed"
    FOLLOWED = "followed"
    FREED = "freed"
    PARTED = "parted"
    LEFT = "left"
    REOPENED = "reopened"
    MATERIAL_ADDED = "material_added"


#: Somebody asks for what somebody else decides (准, 不准).
REQUESTED = frozenset(
    {
        EventType.CORRECTION_REQUESTED,
        EventType.DECLINE_REQUESTED,
        EventType.EXTENSION_REQUESTED,
        EventType.SUSPENSION_REQUESTED,
        EventType.PROMISE_REQUESTED,
        EventType.CLOSING_REQUESTED,
    }
)

_KNOWN = {event.value: event for event in EventType}


def event_type(stored: str) -> EventType:
    """The type a row names; as it stands there when this version does not know it, then folding raises KeyError."""
    return _KNOWN.get(stored) or cast(EventType, stored)
