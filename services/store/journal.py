"""Chained journals: looks at personal data, and changes of the directory, the rules and the calendars."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from models.bookkeeping import AccessLog
from models.database import query, transaction
from models.people import Centre, Department, Deputy, Person, whole
from models.record import ChangeRow
from models.rulebook import RuleSetRow, YearTableRow
from models.sealing import Sealer
from services.store.audit_chain import GENESIS, RecordKey
from services.store.record_key import record_key

ACCESS, CHANGES = "access", "changes"
#: Tables the journal of changes watches, by their names.
TABLES: dict[str, type[Any]] = {
    "centres": Centre,
    "departments": Department,
    "persons": Person,
    "deputies": Deputy,
    "rule_sets": RuleSetRow,
    "year_tables": YearTableRow,
}
#: What stands in rows of its own and is part of a watched row.
WITH_PARTS = {"persons": whole}
OPEN_JOURNAL = """
INSERT INTO journals (name, count, hash, mac) VALUES (?1, 0, ?2, ?3)
ON CONFLICT (name) DO UPDATE SET count = journals.count RETURNING count, hash
"""
CLOSE_JOURNAL = "UPDATE journals SET count = ?2, hash = ?3, mac = ?4 WHERE name = ?1 RETURNING id"


async def end_of(name: str, key: RecordKey) -> tuple[int, str]:
    """How long a journal is and its last hash; its row stays locked until the running transaction ends."""
    found = (await query(OPEN_JOURNAL, name, GENESIS, key.journal(name, 0, GENESIS)))[0]
    return int(found["count"]), str(found["hash"])


async def set_end(name: str, key: RecordKey, count: int, last: str) -> None:
    """Keep the new end of a journal."""
    await query(CLOSE_JOURNAL, name, count, last, key.journal(name, count, last))


async def note_look(sealer: Sealer, row: AccessLog) -> None:
    """Append one look at personal data: two statements beside the row itself."""
    key = await record_key(sealer)
    async with transaction():
        count, last = await end_of(ACCESS, key)
        row.hash = key.look(last, row)
        await row.save(force_create=True)
        await set_end(ACCESS, key, count + 1, row.hash)


async def note_all(sealer: Sealer, now: datetime) -> None:
    """Append an entry for every watched row that has none: for the first start with a chain key only."""
    key = await record_key(sealer)
    for name in TABLES:
        known = await last_digests(name)
        rows = [row for row in await _rows(name) if row.id not in known]
        await _note(key, now, name, rows)


@asynccontextmanager
async def watched(sealer: Sealer, now: datetime, *names: str) -> AsyncIterator[None]:
    """A transaction that changes rows of these tables: what it changed goes into the journal, nothing else does.

    A row somebody altered by hand before is not explained by it, unless it is written anew.
    """
    key = await record_key(sealer)
    async with transaction():
        before = {name: await contents(key, name) for name in names}
        yield
        for name in names:
            now_there = await contents(key, name)
            ids = [ref for ref, digest in now_there.items() if before[name].get(ref) != digest]
            await _note(key, now, name, await _rows(name, id__in=ids))


async def _note(key: RecordKey, now: datetime, name: str, rows: Sequence[Any]) -> None:
    if not rows:
        return
    async with transaction():
        count, last = await end_of(CHANGES, key)
        entries = []
        for row in rows:
            entry = ChangeRow(what=name, ref=row.id, digest=key.content(name, row), at=now)
            entry.hash = last = key.change(last, entry)
            entries.append(entry)
        await ChangeRow.bulk_create(entries)
        await set_end(CHANGES, key, count + len(entries), last)


async def contents(key: RecordKey, name: str) -> dict[int, str]:
    """The digest of every row of a watched table as it now stands, by id."""
    return {row.id: key.content(name, row) for row in await _rows(name)}


async def _rows(name: str, **which: Any) -> list[Any]:
    """Rows of a watched table by id, with the rows of others that belong to them."""
    found = TABLES[name].filter(**which).order_by("id")
    return list(await (WITH_PARTS[name](found) if name in WITH_PARTS else found))


async def last_digests(name: str) -> dict[int, str]:
    """What the journal last says of each row of a table."""
    rows = await ChangeRow.filter(what=name).order_by("id").values_list("ref", "digest")
    return {int(ref): str(digest) for ref, digest in rows}
