"""A case in rows: read its events, fold them, append new ones with their place in the keyed chain."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.case import Case, Event
from domain.changing import replace
from domain.escalation import due_steps
from domain.events import event_type
from domain.fold import fold
from domain.recusal import kept_away
from domain.refusals import Refused
from domain.rules import DecisionContext
from domain.tellings import owed
from domain.vocabulary import NO_CASE
from domain.waiting import asks
from models.cases import CaseDepartment, CaseRecusal, CaseRow, EventRow, StepRow, compare_and_set
from models.database import reader
from models.sealing import Sealer
from services.store.audit_chain import ALTERED, COVERED, GENESIS, OLD_CHAIN_BROKEN, RecordKey
from services.store.audit_chain import canonical as canonical
from services.store.record_key import record_key

log = logging.getLogger(__name__)

#: What is read of a step; the first four are its key.
STEP = ("round", "stage", "level", "audience", "outcome", "at")
MARKS = frozenset({ALTERED, OLD_CHAIN_BROKEN})
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
    #: The row as read; None of a case as just written.
    row: CaseRow | None = None
    #: What stands in the place of its `mac` if the row was found altered.
    mark: str = ""


def plain_event(row: EventRow) -> Event:
    """The event a row stores, its private part left sealed."""
    return _event(row, {})


def _event(row: EventRow, private: Mapping[str, Any]) -> Event:
    return Event(row.seq, event_type(row.type), row.at, row.actor, row.role, row.via, json.loads(row.data), private)


def event_from(row: EventRow, sealer: Sealer) -> Event:
    """The event a row stores, opened. Raises models.sealing.SealError."""
    return _event(row, sealer.open(row.sealed, f"events:{row.case_id}:{row.seq}") if row.sealed else {})


def _record(row: CaseRow, events: Sequence[EventRow], sealer: Sealer) -> Record:
    history = tuple(event_from(event, sealer) for event in events)
    return Record(row.id, row.version, _under(fold(history), row.rules_version), history, events[-1].hash, row)


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


async def create(events: Sequence[Event], sealer: Sealer, context: DecisionContext) -> Record:
    """Write a new case with its first events. Raises models.errors.Conflict on a repeated external number."""
    case = fold(events)
    key = await record_key(sealer)
    columns = await _columns(case, context, frozenset(), 0) | {
        "rules_version": case.rules,
        "steps_hash": key.steps(case.no, ()),
    }
    rows = linked(key, case.no, events, GENESIS)
    last = rows[-1].hash
    row = await CaseRow.create(
        no=case.no,
        centre_id=case.centre,
        registered_at=events[0].at,
        **_look_up(case, sealer),
        mac=key.row(case.no, 0, last, columns),
        **columns,
    )
    await _write_events(row.id, rows, events, sealer)
    await _keep_away(row.id, case)
    return Record(row.id, row.version, case, tuple(events), last)


async def append(record: Record, events: Sequence[Event], sealer: Sealer, context: DecisionContext) -> Record | None:
    """Append events and move the row on; None when somebody else wrote first (try again with a fresh record).

    Raises Refused when the case would be filed under another one's number.
    """
    history = (*record.events, *events)
    case = _under(fold(history), record.case.rules)
    key = await record_key(sealer)
    steps = await all_steps(record.id)
    sent = frozenset(step[:4] for step in steps)
    columns = await _columns(case, context, sent, record.version + 1) | {
        "rules_version": case.rules,
        "steps_hash": key.steps(case.no, steps),
    }
    rows = linked(key, case.no, events, record.last_hash)
    last = rows[-1].hash if rows else record.last_hash
    mark = record.mark or _mark(key, record)
    mac = mark or key.row(case.no, record.version + 1, last, columns)
    renamed = _renamed(record.case, case, sealer)
    order = order_of(case)
    if order is not None and renamed.keys() & {"source", "external_no"}:
        await ensure_order_is_free(record.id, case.source, order)
    columns |= renamed
    if not await compare_and_set(record.id, record.version, mac=mac, **columns):
        return None  # also when somebody wrote between the reading of the row and of its events
    if mark and not record.mark:
        log.error("a case row was altered by hand", extra={"action": "record_altered", "case": case.no})
    if case.units != record.case.units:
        await CaseDepartment.filter(case_id=record.id).delete()
        for place, unit in enumerate(unit for unit in case.units if unit.id):
            await CaseDepartment.create(case_id=record.id, department_id=unit.id, is_lead=place == 0)
    if kept_away(case) != kept_away(record.case):
        await _keep_away(record.id, case)
    if rows:
        await _write_events(record.id, rows, events, sealer)
    return Record(record.id, record.version + 1, case, history, last, mark=mark)


async def _keep_away(case_id: int, case: Case) -> None:
    """Write whom lists and counts must leave the case out for (回避)."""
    kept = kept_away(case)
    await CaseRecusal.filter(case_id=case_id).delete()
    for person in [*sorted(kept.people), *([None] if kept.clerks else [])]:
        await CaseRecusal.create(case_id=case_id, person_id=person)


def _mark(key: RecordKey, record: Record) -> str:
    """What stays in the place of the `mac` of a row that is not as the program left it: writing on heals nothing."""
    row = record.row
    if row is None or row.mac == row_mac(key, row, record.last_hash):
        return ""
    return row.mac if row.mac in MARKS else ALTERED


def row_mac(key: RecordKey, row: CaseRow, last_hash: str) -> str:
    """The `mac` a case row as read ought to have."""
    return key.row(row.no, row.version, last_hash, {name: getattr(row, name) for name in COVERED})


def _renamed(before: Case, after: Case, sealer: Sealer) -> dict[str, Any]:
    """The columns one looks a case up by, where an event changed them."""
    found, changed = _look_up(before, sealer), _look_up(after, sealer)
    return {name: value for name, value in changed.items() if value != found[name]}


async def ensure_order_is_free(case_id: int, source: str, external_no: str) -> None:
    """Raise Refused when another case stands for this order of that channel."""
    other = await CaseRow.filter(source=source, external_no=external_no).exclude(id=case_id).first()
    if other is not None:
        raise Refused("order_taken", external=external_no, no=other.no)


def _look_up(case: Case, sealer: Sealer) -> dict[str, Any]:
    return {
        "source": case.source,
        "external_no": order_of(case),
        "phone_index": sealer.blind(case.private.phone) if case.private.phone else None,
    }


def order_of(case: Case) -> str | None:
    """The other system's number a row is found by; what was no case keeps it from nobody."""
    return None if case.state in NO_CASE else case.external_no or None


async def sent_steps(case_id: int) -> frozenset[tuple[int, str, int, str]]:
    """The steps of the clock this case has had already."""
    return frozenset(step[:4] for step in await all_steps(case_id))


async def all_steps(case_id: int) -> list[tuple[Any, ...]]:
    """The same with what came of each and when."""
    return list(await StepRow.filter(case_id=case_id).values_list(*STEP))


async def _columns(
    case: Case, context: DecisionContext, sent: frozenset[tuple[int, str, int, str]], version: int
) -> dict[str, Any]:
    lead = case.lead.id if case.lead and case.lead.id else None
    ripe = due_steps(case, context, sent)
    next_due = context.now if ripe.send or ripe.skip else ripe.next_at
    return {
        "state": case.state.value,
        "round": case.round,
        "turn": case.epoch,
        "category": case.category.value if case.category else None,
        "kind": case.kind or None,
        "level": int(case.level),
        "received_at": case.received_at,
        "due_at": case.running.at if case.running else None,
        "provisional": bool(case.running and case.running.provisional),
        # A case that was given away is closed, but its complainant may still have to be told (第六条).
        "next_due_at": next_due if case.state.is_open or owed(case) else None,
        "is_open": case.state.is_open,
        "lead_department_id": lead,
        "closed_at": case.closed_at,
        "public": {"events": case.seq, "title": case.title},
        "settled_version": None if asks(case) else version,
    }


def linked(key: RecordKey, no: str, events: Sequence[Event], prev: str) -> list[EventRow]:
    """The rows of new events, each with its place in the chain, not yet sealed."""
    rows = []
    for event in events:
        data, private = canonical(dict(event.data)), key.private(no, event.seq, event.private)
        same = {name: getattr(event, name) for name in ("seq", "type", "at", "actor", "role", "via")}
        digest = key.link(prev, no, event, data, private)
        rows.append(EventRow(data=data, private_hash=private, prev_hash=prev, hash=digest, **same))
        prev = digest
    return rows


async def _write_events(case_id: int, rows: Sequence[EventRow], events: Sequence[Event], sealer: Sealer) -> None:
    for row, event in zip(rows, events, strict=True):
        row.case_id = case_id
        row.sealed = sealer.seal(dict(event.private), f"events:{case_id}:{event.seq}") if event.private else None
    await EventRow.bulk_create(rows)
