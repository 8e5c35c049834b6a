"""Changing the data key: everything sealed is sealed anew under the present key, beside whoever works.

A row that was done is told by the fingerprint in its own text, so a rotation that was killed goes on where it was and
one that is repeated does nothing. Every row is exchanged only if it still holds what was read. Hashes are not touched.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from domain.fold import fold
from models.cases import CaseRow
from models.sealed import SEALED, SealedColumn, exchange, exchange_index, sealed_otherwise
from models.sealing import Sealer, SealError
from services.store.event_store import Record, read_many
from services.store.key_check import check_data_key, leave_only, noted_keys

#: Rows exchanged in one transaction: others wait no longer than that takes.
PART = 200

Say = Callable[[str, int], None]


@dataclass
class Rotated:
    """How many places were changed, what could not be (table and row), and whether one key remains."""

    changed: int = 0
    faults: list[str] = field(default_factory=list)
    done: bool = False


async def rotate(sealer: Sealer, say: Say) -> Rotated:
    """Seal everything under the sealer's present key; `say` hears of the progress (place, rows done).

    Sweeps until one finds nothing, for rows that came meanwhile under a former key. Raises key_check.WrongDataKey.
    """
    await check_data_key(sealer)
    noted = await noted_keys()
    result = Rotated()
    while True:
        before = result.changed
        result.faults = []
        for place in SEALED:
            await _reseal(place, sealer, result, say)
        await _reindex(sealer, result, say)
        if result.faults:
            return result
        if result.changed == before:
            break
    result.done = await leave_only(sealer, noted)
    return result


async def _reseal(place: SealedColumn, sealer: Sealer, result: Rotated, say: Say) -> None:
    after, done = 0, 0
    while rows := await sealed_otherwise(place, sealer.fingerprint, after, PART):
        after = int(rows[-1]["id"])
        texts, faults = await asyncio.to_thread(_anew, place, sealer, rows)
        done += await exchange(place, texts)
        result.faults += faults
        say(place.table, done)
    result.changed += done


def _anew(
    place: SealedColumn, sealer: Sealer, rows: list[dict[str, Any]]
) -> tuple[list[tuple[int, str, str]], list[str]]:
    texts, faults = [], []
    for row in rows:
        old, context = str(row[place.column]), place.context_of(row)
        try:
            texts.append((int(row["id"]), old, sealer.seal(sealer.open(old, context), context)))
        except SealError:
            faults.append(f"{place.table} {row['id']}")
    return texts, faults


async def _reindex(sealer: Sealer, result: Rotated, say: Say) -> None:
    """A blind index does not say under which key it was made: it is computed again from the case's own telephone."""
    after, done = 0, 0
    while rows := await _indexed(after):
        after = rows[-1][0]
        ids = [id_ for id_, _ in rows]
        try:
            records = {record.id: record for record in await read_many(ids, sealer)}
        except SealError:
            return  # said already: an event that does not open
        texts = []
        for id_, index in rows:
            phone = _phone_of(records[id_], index, sealer) if id_ in records else None
            if phone is None:
                result.faults.append(f"cases {id_}")
            elif index != sealer.blind(phone):
                texts.append((id_, index, sealer.blind(phone)))
        done += await exchange_index("cases", "phone_index", texts)
        say("cases", done)
    result.changed += done


async def _indexed(after: int) -> list[tuple[int, str]]:
    found = CaseRow.filter(id__gt=after, phone_index__isnull=False).order_by("id").limit(PART)
    return [(int(id_), str(index)) for id_, index in await found.values_list("id", "phone_index")]


def _phone_of(record: Record, index: str, sealer: Sealer) -> str | None:
    """The telephone an index was made of: the case's own, or the one it had before a correction."""
    for length in (len(record.events), *range(1, len(record.events))):
        phone = fold(record.events[:length]).private.phone
        if phone and index in sealer.blinds(phone):
            return phone
    return None
