"""Rows of a long table on their way to a file: kept in a private temporary file, a part at a time in memory."""

from __future__ import annotations

import pickle
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Row = tuple[str, ...]


@dataclass
class Spool(Collection[Row]):
    """Rows in a file of ours, read back in their order as often as somebody goes through them.

    It lies in a folder that only this user may read and that whoever made it removes.
    """

    path: Path
    count: int = 0

    def add(self, rows: Sequence[Row]) -> None:
        """Put rows behind those that are there."""
        with self.path.open("ab") as file:
            for row in rows:
                pickle.dump(row, file, pickle.HIGHEST_PROTOCOL)
        self.count += len(rows)

    def __len__(self) -> int:
        return self.count

    def __contains__(self, row: Any) -> bool:
        return any(each == row for each in self)

    def __iter__(self) -> Iterator[Row]:
        if not self.count:
            return
        with self.path.open("rb") as file:
            for _ in range(self.count):
                yield pickle.load(file)  # noqa: S301 - what this process wrote a moment ago
