"""The 台账 as .csv for other programs: the seventeen headers, then the rows; marked as UTF-8 so that Excel reads it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from domain.ledger_form import HEADERS
from papers.drawing.ledger import inert


def ledger_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """The bytes of the file; no cell can be run as a formula by whoever opens it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADERS)
    writer.writerows([inert(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")
