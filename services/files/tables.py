"""The tables of a .csv, .xlsx or .xls file: every visible sheet of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import PurePath

from services.files.cells import Line, Table
from services.files.text import Unreadable, decoded

SUFFIXES = (".csv", ".xlsx", ".xls")
#: How the file begins says what it is; its name is only what somebody called it.
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_WEB = (b"<html", b"<!doctype", b"<table", b"<meta", b"<?xml")
_DELIMITERS = (",", "\t", ";")


def read_tables(content: bytes, filename: str) -> list[Table]:
    """Read every visible sheet of a file, told apart by its content. Raises Unreadable."""
    suffix = PurePath(filename).suffix.lower()
    if suffix not in SUFFIXES:
        raise Unreadable(f"只能导入 {'、'.join(SUFFIXES)} 文件")
    if content.startswith(_ZIP):
        from services.files.xlsx import read_xlsx  # half a second to import, and few commands need it

        return read_xlsx(content)
    if content.startswith(_OLE):
        from services.files.xls import read_xls

        return read_xls(content)
    if content.lstrip()[:20].lower().startswith(_WEB):
        raise Unreadable("这个文件其实是网页格式。请在 Excel 或 WPS 里打开，“另存为”选 .xlsx，再导入")
    if suffix != ".csv":
        raise Unreadable(f"无法作为 {suffix} 文件打开，请重新另存后再导入")
    return [Table("", list(_csv_lines(decoded(content))))]


def _csv_lines(text: str) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    start = 1
    try:
        for cells in reader:
            yield start, [cell.strip() for cell in cells]
            start = reader.line_num + 1
    except csv.Error:
        raise Unreadable("这一行的引号不成对，无法读取", start) from None


def _delimiter(text: str) -> str:
    """What divides the cells: Excel's text files have tabs, those of some settings semicolons."""
    return max(_DELIMITERS, key=lambda mark: (sum(line.count(mark) > 1 for line in text.splitlines()), mark == ","))
