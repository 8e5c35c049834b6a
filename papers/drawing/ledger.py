"""Draws the 台账 (annex 3) as an .xlsx: A4 landscape, one page wide, the header on every page.

A number is a number and a date a date, so that whoever has the sheet can sort, filter and count; all else is text. What
a spreadsheet could read as a formula gets a visible leading apostrophe: in the .xlsx a text cell is harmless anyway,
but the hidden apostrophe of Excel (quotePrefix) is lost when somebody saves the sheet as CSV, and then `=HYPERLINK(…)`
from a complaint would run on the next opening. The price is one visible character.

Writing is streamed (constant memory; rows pass through a private temporary file). Equal input gives equal bytes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from math import ceil
from os import PathLike
from typing import Any, BinaryIO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from domain.ledger_form import HEADERS, NOTES, TITLE

TITLE_ROW, SUBLINE_ROW, HEADER_ROW = 0, 1, 2
FIRST_ROW = HEADER_ROW + 1
LAST_COLUMN = len(HEADERS) - 1
SUBLINE_SPLIT = 12  # the first column of the right half of the sub-line

# Column widths in millimetres. A4 landscape has 272 mm between margins of 12.5 mm: printed, all is made smaller to fit.
WIDTHS_MM = (7, 15, 10, 22, 62, 10, 15, 22, 25, 20, 20, 20, 22, 36, 22, 10, 22)
NUMBERS = frozenset({HEADERS.index("序号")})
DATES = frozenset(map(HEADERS.index, ("分办转办时间", "要求办理期限", "实际办结时间", "回访时间")))
#: Several moments in a cell stand one under the other.
MOMENTS = frozenset(map(HEADERS.index, ("是否催办及时间", "是否督办及时间", "是否退回重办及时间"))) | DATES
DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2})?")
MARGINS_INCH = {"left": 12.5 / 25.4, "right": 12.5 / 25.4, "top": 15 / 25.4, "bottom": 15 / 25.4}
FOOTER = "&C第&P页/共&N页"
A4 = 9
PIXELS_PER_MM = 96 / 25.4
POINTS_PER_MM = 72 / 25.4

FONT_POINTS = 8
LINE_POINTS = 11.5  # room for the taller fonts that replace a missing 宋体
PADDING_POINTS = 4
MAX_ROW_POINTS = 409  # Excel's limit
NARROW_EM = 0.55  # a Latin letter or digit: 0.5 in 宋体, somewhat more in its replacements

MASKED = "（个人信息已脱敏）"
FULL = "（含个人信息，注意保密）"

# What a line may be broken between: Latin words and numbers stay whole up to a hyphen, the rest stands alone.
UNBROKEN = re.compile(r"[!-,.-~]+-?|.")

# Full-width signs as well: Excel with an East Asian locale takes them for the plain ones.
FORMULA_STARTS = tuple("=+-@＝＋－＠")
# xlsxwriter copies a streamed cell of this shape into the file as raw XML.
RICH_TEXT = re.compile(r"<r>.*</r>", re.DOTALL)
NOT_IN_XML = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
MAX_LENGTH = 16_000  # Excel holds 32767 UTF-16 units
CUT = "…（全文见工作单）"

_SMALL = {"font_name": "宋体", "font_size": FONT_POINTS}
_CELL = {**_SMALL, "align": "left", "valign": "top", "border": 1}
#: A date does not wrap, and what is too wide for its column is shown as ###: it is made smaller instead.
_DATED = {**_CELL, "shrink": True}
FORMATS: Mapping[str, Mapping[str, Any]] = {
    "title": {"font_name": "方正小标宋简体", "font_size": 18, "align": "center", "valign": "vcenter"},
    "left": {"font_name": "宋体", "font_size": 10, "align": "left", "valign": "vcenter"},
    "right": {"font_name": "宋体", "font_size": 10, "align": "right", "valign": "vcenter"},
    "header": {**_CELL, "font_name": "黑体", "align": "center", "valign": "vcenter", "text_wrap": True},
    "cell": {**_CELL, "text_wrap": True},
    "number": {**_CELL, "align": "center", "num_format": "0"},
    "date": {**_DATED, "num_format": "yyyy-mm-dd"},
    "moment": {**_DATED, "num_format": "yyyy-mm-dd hh:mm"},
    "note": {**_SMALL, "align": "left", "valign": "vcenter"},
}
GB2312 = 134  # charset: tells Excel to replace a missing font by a Chinese one
TEXT_FORMAT = "@"  # a phone number stays text when somebody edits it


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The sheet being drawn and its styles by name."""

    sheet: Worksheet
    styles: Mapping[str, Format]


def write_ledger(
    path_or_file: str | PathLike[str] | BinaryIO,
    rows: Collection[Sequence[str]],
    *,
    centre: str,
    period: str,
    made_on: date,
    masked: bool,
) -> None:
    """Write the ledger of `centre` for `period` (as printed, e.g. 2026年11月) to a path or a binary file.

    `rows` hold one text for each of `HEADERS`, already ordered, and already masked when `masked` (it only says so on
    paper); they are gone through twice, and may be read from a file. Raises `ValueError` before writing when a row has
    another length.
    """
    for number, row in enumerate(rows, 1):
        if len(row) != len(HEADERS):
            raise ValueError(f"row {number} has {len(row)} cells instead of {len(HEADERS)}")
    target = path_or_file if hasattr(path_or_file, "write") else str(path_or_file)
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
        created = datetime.combine(made_on, time(), UTC)
        book.set_properties({"title": TITLE, "company": inert(centre), "created": created})
        common = {"num_format": TEXT_FORMAT, "font_charset": GB2312}
        styles = {name: book.add_format({**common, **look}) for name, look in FORMATS.items()}
        page = _Sheet(book.add_worksheet("工作台账"), styles)
        _lay_out(page.sheet, len(rows))
        _write_head(page, f"单位：{centre}　期间：{period}{MASKED if masked else FULL}", made_on)
        _write_rows(page, rows)
        for offset, note in enumerate(NOTES):
            _write_across(page, FIRST_ROW + len(rows) + offset, 0, LAST_COLUMN, note, "note")


def inert(text: str) -> str:
    """`text` as a cell that no spreadsheet runs, and no XML reader chokes on, even after a detour through CSV."""
    text = NOT_IN_XML.sub("", text)
    if len(text) > MAX_LENGTH:
        text = text[:MAX_LENGTH] + CUT
    if text.lstrip().startswith(FORMULA_STARTS) or text.startswith("\t") or RICH_TEXT.fullmatch(text):
        return "'" + text
    return text


def _lay_out(sheet: Worksheet, count: int) -> None:
    """Page, print titles, panes and column widths; everything but the cells."""
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(**MARGINS_INCH)
    sheet.fit_to_pages(1, 0)
    sheet.center_horizontally()
    sheet.set_footer(FOOTER)
    sheet.repeat_rows(HEADER_ROW)
    sheet.freeze_panes(FIRST_ROW, 2)
    for column, width in enumerate(WIDTHS_MM):
        sheet.set_column_pixels(column, column, round(width * PIXELS_PER_MM))
    if count:
        sheet.autofilter(HEADER_ROW, 0, HEADER_ROW + count, LAST_COLUMN)
        sheet.ignore_errors({"number_stored_as_text": f"A{FIRST_ROW + 1}:Q{FIRST_ROW + count}"})


def _write_head(page: _Sheet, left: str, made_on: date) -> None:
    """Title, sub-line and the seventeen headers."""
    page.sheet.set_row(TITLE_ROW, 30)
    _write_across(page, TITLE_ROW, 0, LAST_COLUMN, TITLE, "title")
    page.sheet.set_row(SUBLINE_ROW, 18)
    _write_across(page, SUBLINE_ROW, 0, SUBLINE_SPLIT - 1, left, "left")
    made = f"制表日期：{made_on.year}年{made_on.month}月{made_on.day}日"
    _write_across(page, SUBLINE_ROW, SUBLINE_SPLIT, LAST_COLUMN, made, "right")
    page.sheet.set_row(HEADER_ROW, 42)
    for column, header in enumerate(HEADERS):
        page.sheet.write_string(HEADER_ROW, column, header, page.styles["header"])


def _write_rows(page: _Sheet, rows: Iterable[Sequence[str]]) -> None:
    """The cases. Heights are set because LibreOffice does not fit rows to wrapped text when it opens a file."""
    for index, row in enumerate(rows, FIRST_ROW):
        texts = [_stacked(column, inert(text)) for column, text in enumerate(row)]
        page.sheet.set_row(index, row_height(texts))
        for column, text in enumerate(texts):
            _write_cell(page, index, column, text)


def _stacked(column: int, text: str) -> str:
    return re.sub(r"；\n?", "；\n", text) if column in MOMENTS else text


def _write_cell(page: _Sheet, row: int, column: int, text: str) -> None:
    if column in NUMBERS and text.isdecimal():
        page.sheet.write_number(row, column, int(text), page.styles["number"])
    elif column in DATES and DATE.fullmatch(text):
        style = page.styles["moment" if " " in text else "date"]
        page.sheet.write_datetime(row, column, datetime.fromisoformat(text), style)
    else:
        page.sheet.write_string(row, column, text, page.styles["cell"])


def row_height(texts: Sequence[str]) -> float:
    """Points that show every wrapped line of a row, as far as Excel allows."""
    wrapped = (
        1 if column in DATES and DATE.fullmatch(text) else lines_in(text, width)
        for column, (text, width) in enumerate(zip(texts, WIDTHS_MM, strict=True))
    )
    lines = max(wrapped)
    return min(lines * LINE_POINTS + PADDING_POINTS, MAX_ROW_POINTS)


def lines_in(text: str, width_mm: float) -> int:
    """How many lines `text` takes in a column of `width_mm`; rather one too many than one too few."""
    room = (width_mm * POINTS_PER_MM - PADDING_POINTS) / FONT_POINTS
    if "\n" not in text and len(text) <= room:
        return 1
    return sum(_wrapped(paragraph, room) for paragraph in text.split("\n"))


def _wrapped(paragraph: str, room: float) -> int:
    """Lines of one paragraph in `room` ems, filled greedily; a word longer than a line is broken."""
    lines, used = 1, 0.0
    for piece in UNBROKEN.findall(paragraph):
        size = len(piece) * (NARROW_EM if piece.isascii() else 1.0)
        used += size
        if used > room:
            lines += ceil(size / room)
            used = size % room
    return lines


def _write_across(page: _Sheet, row: int, first: int, last: int, text: str, style: str) -> None:
    """One text over merged cells. merge_range would guess a type from the text, so it gets none."""
    page.sheet.merge_range(row, first, row, last, "", page.styles[style])
    page.sheet.write_string(row, first, inert(text), page.styles[style])
