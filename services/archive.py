"""A case in rows: read its events, fold them, append new ones with their place in the hash chain."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from domain.case import Case, Event
from domain.escalation import due_steps
from domain.fold import fold
from domain.rules import Bench
from models.cases import CaseDepartment, CaseRow, EventRow, StepRow, compare_and_set
from models.database import reader
from models.sealing import Sealer

GENESIS = "0" * 64
#: Cases read at once: a few hundredths of a second of the event loop.
PART = 50


class NoSuchCase(Exception):
    """No case has this number."""


@dataclass(frozen=True, slots=True)
class Record:
    """A case as read: its row id and version, its history, and the fold of it."""

    id: int
    version: int
    case: Case
    events: tuple[Event, ...]
    last_hash: str


def canonical(data: Any) -> str:
    """The one JSON text of a value: sorted keys, no spaces, so that hashes agree."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def link(prev_hash: str, no: str, event: Event, data: str, sealed: str | None) -> str:
    """The hash of an event: it covers the one before it and everything stored of this one."""
    parts = [prev_hash, no, str(event.seq), event.type, _utc(event.at), str(event.actor), event.role, event.via]
    return hashlib.sha256("\n".join([*parts, data, sealed or ""]).encode()).hexdigest()


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def plain_event(row: EventRow) -> Event:
    """The event a row stores, its private part left sealed."""
    return Event(row.seq, row.type, row.at, row.actor, row.role, row.via, json.loads(row.data))


def event_from(row: EventRow, sealer: Sealer) -> Event:
    """The event a row stores, opened. Raises models.sealing.SealError."""
    private = sealer.open(row.sealed, f"events:{row.case_id}:{row.seq}") if row.sealed else {}
    return replace(plain_event(row), private=private)


def _record(row: CaseRow, events: Sequence[EventRow], sealer: Sealer) -> Record:
    history = tuple(event_from(event, sealer) for event in events)
    return Record(row.id, row.version, _under(fold(history), row.rules_version), history, events[-1].hash)


def _under(case: Case, version: str) -> Case:
    """Events of early cases do not name the rules; their row does."""
    return case if case.rules else replace(case, rules=version)


async def read(case_id: int, sealer: Sealer) -> Record:
    """Read one case by row id. Raises NoSuchCase."""
    row = await CaseRow.get_or_none(id=case_id)
    if row is None:
        raise NoSuchCase(str(case_id))
    return _record(row, await EventRow.filter(case_id=case_id).order_by("seq"), sealer)


async def read_no(no: str, sealer: Sealer) -> Record:
    """Read one case by its full number. Raises NoSuchCase."""
    row = await CaseRow.get_or_none(no=no)
    if row is None:
        raise NoSuchCase(no)
    return _record(row, await EventRow.filter(case_id=row.id).order_by("seq"), sealer)


async def read_many(case_ids: Iterable[int], sealer: Sealer, as_of: datetime | None = None) -> list[Record]:
    """Read several cases in number order, on the read-only connection; `as_of` leaves out what came later.

    A ledger of thousands is read in parts, and opened and folded beside the event loop: nobody waits for it.
    """
    ids = list(case_ids)
    found: list[Record] = []
    for start in range(0, len(ids), PART):
        found += await _read_part(ids[start : start + PART], sealer, as_of)
    return sorted(found, key=lambda record: record.case.no)


async def _read_part(ids: Sequence[int], sealer: Sealer, as_of: datetime | None) -> list[Record]:
    rows = await CaseRow.filter(id__in=ids).using_db(reader())
    found = EventRow.filter(case_id__in=ids).using_db(reader())
    if as_of is not None:
        found = found.filter(at__lte=as_of)
    by_case: dict[int, list[EventRow]] = {}
    for event in await found.order_by("case_id", "seq"):
        by_case.setdefault(event.case_id, []).append(event)
    known = [row for row in rows if row.id in by_case]
    return await asyncio.to_thread(lambda: [_record(row, by_case[row.id], sealer) for row in known])


async def create(events: Sequence[Event], sealer: Sealer, bench: Bench) -> Record:
    """Write a new case with its first events. Raises models.errors.Conflict on a repeated external number."""
    case = fold(events)
    row = await CaseRow.create(
        no=case.no,
        centre_id=case.centre,
        registered_at=bench.now,
        source=case.source,
        external_no=case.external_no or None,
        rules_version=case.rules,
        phone_index=sealer.blind(case.private.phone) if case.private.phone else None,
        **await _columns(case, bench, frozenset()),
    )
    last = await _write_events(row.id, case.no, events, GENESIS, sealer)
    return Record(row.id, row.version, case, tuple(events), last)


async def append(record: Record, events: Sequence[Event], sealer: Sealer, bench: Bench) -> Record | None:
    """Append events and move the row on; None when somebody else wrote first (try again with a fresh record)."""
    history = (*record.events, *events)
    case = _under(fold(history), record.case.rules)
    sent = await sent_steps(record.id)
    if not await compare_and_set(record.id, record.version, **await _columns(case, bench, sent)):
        return None
    if case.units != record.case.units:
        await CaseDepartment.filter(case_id=record.id).delete()
        for place, unit in enumerate(unit for unit in case.units if unit.id):
            await CaseDepartment.create(case_id=record.id, department_id=unit.id, is_lead=place == 0)
    last = await _write_events(record.id, case.no, events, record.last_hash, sealer)
    return Record(record.id, record.version + 1, case, history, last)


async def sent_steps(case_id: int) -> frozenset[tuple[int, str, int, str]]:
    """The steps of the clock this case has had already."""
    rows = await StepRow.filter(case_id=case_id).values_list("round", "stage", "level", "audience")
    return frozenset((int(r), str(s), int(le), str(a)) for r, s, le, a in rows)


async def _columns(case: Case, bench: Bench, sent: frozenset[tuple[int, str, int, str]]) -> dict[str, Any]:
    lead = case.lead.id if case.lead and case.lead.id else None
    ripe = due_steps(case, bench, sent)
    next_due = bench.now if ripe.send or ripe.skip else ripe.next_at
    return {
        "state": case.state.value,
        "round": case.round,
        "turn": case.turn,
        "category": case.category.value if case.category else None,
        "kind": case.kind or None,
        "level": int(case.level),
        "received_at": case.received_at,
        "due_at": case.running.at if case.running else None,
        "provisional": bool(case.running and case.running.provisional),
        "next_due_at": next_due if case.state.is_open else None,
        "is_open": case.state.is_open,
        "lead_department_id": lead,
        "closed_at": case.closed_at,
        "public": {"events": case.seq, "title": case.title},
    }


async def _write_events(case_id: int, no: str, events: Sequence[Event], prev: str, sealer: Sealer) -> str:
    rows = []
    for event in events:
        data = canonical(dict(event.data))
        sealed = sealer.seal(dict(event.private), f"events:{case_id}:{event.seq}") if event.private else None
        digest = link(prev, no, event, data, sealed)
        rows.append(
            EventRow(
                case_id=case_id,
                seq=event.seq,
                type=event.type,
                at=event.at,
                actor=event.actor,
                role=event.role,
                via=event.via,
                data=data,
                sealed=sealed,
                prev_hash=prev,
                hash=digest,
            )
        )
        prev = digest
    await EventRow.bulk_create(rows)
    return prev
