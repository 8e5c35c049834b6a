"""Every place where sealed text stands: which column of which table, and the context it is bound to.

The one list a change of keys walks through; `tests/service/test_rotation.py` looks for sealed text outside of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from models.database import query, transaction
from models.sealing import VERSION


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column that may hold sealed text; `context` is filled from `needs`, other columns of the row."""

    table: str
    column: str
    needs: tuple[str, ...]
    context: str

    def context_of(self, row: Mapping[str, Any]) -> str:
        """What the text in this row is bound to."""
        return self.context.format_map(row)


SEALED = (
    SealedColumn("events", "sealed", ("case_id", "seq"), "events:{case_id}:{seq}"),
    SealedColumn("inbox", "payload", ("platform",), "inbox:{platform}"),
    SealedColumn("meta", "value", ("key",), "meta:{key}"),
    SealedColumn("blobs", "sealed", ("origin",), "blobs:{origin}"),
)


async def sealed_otherwise(place: SealedColumn, fingerprint: str, after: int, most: int) -> list[dict[str, Any]]:
    """The next rows whose text is sealed under another key than that one, by id."""
    columns = ", ".join(f'"{name}"' for name in ("id", place.column, *place.needs))
    wanted = (
        f'SELECT {columns} FROM {place.table} WHERE id > ?1 AND "{place.column}" LIKE ?2 '  # noqa: S608 - names of ours
        f'AND "{place.column}" NOT LIKE ?3 ORDER BY id LIMIT {int(most)}'
    )
    return await query(wanted, after, f"{VERSION}.%", f"{VERSION}.{fingerprint}.%")


async def exchange(place: SealedColumn, texts: Iterator[tuple[int, str, str]] | list[tuple[int, str, str]]) -> int:
    """Put new texts in the place of old ones (row id, old, new), in one transaction; how many were still the old."""
    return await _exchange(place.table, place.column, list(texts))


async def exchange_index(table: str, column: str, texts: list[tuple[int, str, str]]) -> int:
    """The same for a blind index."""
    return await _exchange(table, column, texts)


async def _exchange(table: str, column: str, texts: list[tuple[int, str, str]]) -> int:
    change = f'UPDATE {table} SET "{column}" = ?3 WHERE id = ?1 AND "{column}" = ?2 RETURNING id'  # noqa: S608
    async with transaction():
        return sum([len(await query(change, *text)) for text in texts])
