"""What other systems may read of a case: no personal data, ever."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from domain.case import Case, Clock
from domain.office_hours import TZ
from domain.timeline import sentence
from domain.vocabulary import BEFORE_DISPATCH, STATE_NAMES, WITH_DEPARTMENT, State
from services.store.event_store import Record


def public_case(record: Record) -> dict[str, Any]:
    """The shape of `GET /api/v1/complaints/{case_no}` and `yousu case show --json`."""
    case = record.case
    clock = measured(case)
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
        "finished_at": local(case.finished_at),
        "closed_at": local(case.closed_at),
        "external_due_at": local(case.external_due),
        "external_missed": case.external_missed is not None,
        "merged_into": case.master or None,
        "merged_end": _end(case.followed),
        "materials": [
            {
                "id": material.number,
                "kind": material.kind,
                "name": material.name,
                "size": material.size,
                "sha256": material.sha256,
                "from_role": material.role,
                "at": local(material.at),
            }
            for material in case.materials
        ],
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


def measured(case: Case) -> Clock | None:
    """The limit that runs, or the last one a case was measured against, once its result is in or it has ended."""
    if case.running is not None or case.state in WITH_DEPARTMENT | BEFORE_DISPATCH:
        return case.running
    return case.clock or (case.limits[-1][1] if case.limits else None)


def _end(end: State | None) -> dict[str, str] | None:
    """How the case ended that this one joined."""
    return {"state": end.value, "state_name": STATE_NAMES[end]} if end is not None else None


def local(moment: datetime | None) -> str | None:
    """ISO 8601 with offset +08:00, to the second."""
    return moment.astimezone(TZ).isoformat(timespec="seconds") if moment else None
