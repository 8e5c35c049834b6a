"""A table as a file has it: sheets of rows of cells, each as the person who saved it sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.files.text import TooBig

#: A sheet may claim its last row at 1,048,576 and its last column at 16,384, and every cell between them is made.
MAX_ROWS, MAX_COLUMNS = 20_000, 50


class Number(str):
    """A cell that held a number: what Excel keeps of it has no leading zeros and fifteen digits at most."""

    __slots__ = ()


class Formula(str):
    """A cell that held a formula; the text is what it last came to."""

    __slots__ = ()


class Filled(str):
    """A cell under a merged one, with the merged cell's text."""

    __slots__ = ()


Line = tuple[int, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet: its name ("" for a .csv) and its rows with the number each has in the file."""

    name: str
    lines: Sequence[Line]


def check_rows(count: int) -> None:
    """Raises TooBig for a sheet with too many rows."""
    if count > MAX_ROWS:
        raise TooBig(f"超过 {MAX_ROWS} 行。请删去表格末尾的空行，或分开导入")


def put_down(rows: list[list[str]], top: int, bottom: int, column: int) -> None:
    """Repeat a merged cell's text in the cells it covers below; `top`, `bottom` and `column` count from 0."""
    if top >= len(rows) or column >= len(rows[top]):
        return
    text = rows[top][column]
    for row in rows[top + 1 : bottom + 1]:
        if column < len(row) and not row[column]:
            row[column] = Filled(text)


def shown(value: float, number_format: str) -> str:
    """A number as the person sees it: whole ones without decimals, with the zeros its format puts in front."""
    whole = isinstance(value, int) or value.is_integer()
    text = str(int(value)) if whole else repr(value)
    if whole and set(number_format) == {"0"} and len(text) <= len(number_format):
        return text.zfill(len(number_format))  # zeros that stand in the format are seen, so they are meant
    return Number(text)
