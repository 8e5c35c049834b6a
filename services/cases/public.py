"""What other systems may read of a case: no personal data, ever."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from domain.office_hours import TZ
from domain.timeline import sentence
from domain.vocabulary import STATE_NAMES
from services.store.event_store import Record


def public_case(record: Record) -> dict[str, Any]:
    """The shape of `GET /api/v1/complaints/{case_no}` and `yousu case show --json`."""
    case = record.case
    clock = case.running
    return {
        "case_no": case.no,
        "centre": case.centre_name,
        "state": case.state.value,
        "state_name": STATE_NAMES[case.state],
        "category": case.category.value if case.category else None,
        "kind": case.kind or None,
        "departments": [unit.name for unit in case.units],
        "round": case.round,
        "level": int(case.level),
        "received_at": local(case.received_at),
        "due_at": local(clock.at) if clock else None,
        "provisional": bool(clock and clock.provisional),
        "registered_at": local(case.registered_at),
        "closed_at": local(case.closed_at),
        "events": [
            {
                "seq": event.seq,
                "type": event.type,
                "at": local(event.at),
                "by_role": event.role,
                "text": sentence(event),
            }
            for event in record.events
        ],
    }


def local(moment: datetime | None) -> str | None:
    """ISO 8601 with offset +08:00, to the second."""
    return moment.astimezone(TZ).isoformat(timespec="seconds") if moment else None
