"""The sheets of an .xlsx file."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Sequence
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import range_boundaries

from services.files.cells import MAX_COLUMNS, MAX_ROWS, Formula, Table, check_rows, put_down, shown
from services.files.text import TooBig, Unreadable

MAX_UNPACKED_BYTES = 20_000_000
#: Merged cells of a sheet; more than this is no office's sheet.
MAX_MERGED = 20_000
_MERGED = re.compile(rb"""mergeCell[^>]*?\bref=["']([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})["']""")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")


def read_xlsx(content: bytes) -> list[Table]:
    """Read the visible sheets. Raises Unreadable."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(member.file_size for member in packed.infolist()) > MAX_UNPACKED_BYTES:
                raise TooBig("文件解压后过大，请检查")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return _sheets(content, packed)
    except Unreadable:
        raise
    except Exception as error:  # openpyxl has no error class of its own: a broken file raises anything
        raise Unreadable("无法作为 .xlsx 文件打开，请重新另存后再导入；设了打开密码的，请先去掉密码") from error


def _sheets(content: bytes, packed: zipfile.ZipFile) -> list[Table]:
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    raw = [packed.read(sheet._worksheet_path) for sheet in sheets]
    rows = [_rows(sheet) for sheet in sheets]
    book.close()
    if any(_FORMULA.search(text) for text in raw):
        _mark_formulas(content, [sheet.title for sheet in sheets], rows)
    for text, cells in zip(raw, rows, strict=True):
        _fill_merged(text, cells)
    return [Table(sheet.title, list(enumerate(cells, start=1))) for sheet, cells in zip(sheets, rows, strict=True)]


def _rows(sheet: Any) -> list[list[str]]:
    rows = [[_cell(cell) for cell in row] for row in sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS)]
    check_rows(len(rows))
    return rows


def _cell(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return shown(value, cell.number_format)
    return str(value).strip()


def _mark_formulas(content: bytes, names: Sequence[str], rows: Sequence[list[list[str]]]) -> None:
    """Mark what a formula came to: read once more, this time for the formulas themselves."""
    book = load_workbook(io.BytesIO(content), read_only=True)
    for name, cells in zip(names, rows, strict=True):
        again = book[name].iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS)
        for row, formulas in zip(cells, again, strict=False):
            for column, cell in enumerate(formulas[: len(row)]):
                if cell.value is not None and cell.data_type == "f":
                    row[column] = Formula(row[column] or cell.value)
    book.close()


def _fill_merged(raw: bytes, rows: list[list[str]]) -> None:
    found = _MERGED.findall(raw)
    if len(found) > MAX_MERGED:
        raise TooBig("合并的单元格太多，请检查")
    for reference in found:
        left, top, _, bottom = range_boundaries(reference.decode())
        if bottom > top:
            put_down(rows, top - 1, bottom - 1, left - 1)
