"""Draws the 工作单 (annex 2) on one page: six columns, labels as printed; what does not fit goes to an 附页."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from docx.document import Document as Sheet
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.shared import Mm
from docx.table import Table

from papers.drawing.grid import CELL_LINE, PADDING_MM, grid, height, label, value
from papers.drawing.sheet import (
    BOTH,
    CENTRE,
    ERHAO,
    FANGSONG,
    HEITI,
    LEFT,
    SIHAO,
    TITLE_LINE,
    WIDTH,
    XIAOBIAOSONG,
    XIAOSI,
    blank,
    clean,
    ems,
    put,
    saved,
)
from papers.text.shapes import DRAFT, WORK_ORDER_LABELS, WORK_ORDER_TITLE, WorkOrder

WIDTHS = (28, 28, 28, 23, 21, 28)
Place = tuple[int, int, int, int]
#: For each label of the form: (row, column of the label, first and last column of its value).
PLACES: tuple[Place, ...] = (
    (0, 0, 1, 1), (0, 2, 3, 3), (0, 4, 5, 5),
    (1, 0, 1, 1), (1, 2, 3, 3), (1, 4, 5, 5),
    (2, 0, 1, 2), (2, 3, 4, 5), (3, 3, 4, 5),
    (4, 0, 1, 2), (4, 3, 4, 5),
    (5, 0, 1, 5),
)  # fmt: skip
CONTENT = (2, 0)
#: Least height in millimetres of the rows around the two that share what is left of the page.
LEAST_MM = {0: 14.0, 1: 14.0, 4: 11.0, 5: 20.0}
#: Lines a value of these rows may take; together they leave 诉求主要内容 its 70 mm.
MOST_LINES = {0: 4, 1: 5, 4: 2, 5: 5}
#: The 版心 less title, number line and the empty paragraph that must follow a table, and a little.
TABLE_MM = 183.0
LABEL_SIZE = 10.5
#: 诉求主要内容 is set smaller before it moves to the 附页: (characters, lines) in points.
SIZES = ((XIAOSI, CELL_LINE), (10.5, 15.0))
MORE = "…（见附页）"
POINTS_PER_MM = 72 / 25.4


@dataclass(frozen=True, slots=True)
class Shown:
    """What a cell shows of its value, and how large (points)."""

    text: str
    size: float
    line: float


def draw_work_order(order: WorkOrder) -> bytes:
    """The 工作单 as .docx."""
    sheet = blank("".join(WORK_ORDER_TITLE), "", DRAFT)
    for line in WORK_ORDER_TITLE:
        put(sheet.add_paragraph(), line, XIAOBIAOSONG, ERHAO, CENTRE, line=TITLE_LINE)
    head = put(sheet.add_paragraph(), f"{order.copy}\t编号：{order.number}", FANGSONG, XIAOSI, LEFT, line=22)
    head.paragraph_format.tab_stops.add_tab_stop(Mm(WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    table = grid(sheet, 6, WIDTHS)
    _merge(table)
    shown = _fill(table, dict(zip(PLACES, order.values, strict=True)))
    overflow: list[tuple[str, str]] = []
    for place, name, text in zip(PLACES, WORK_ORDER_LABELS, order.values, strict=True):
        row, at, first, _ = place
        put_in = shown[place]
        label(table.cell(row, at), name, LABEL_SIZE)
        value(table.cell(row, first), put_in.text, put_in.size, top=(row, at) == CONTENT, line=put_in.line)
        if put_in.text != clean(text):
            overflow.append((name, text))
    put(sheet.add_paragraph(), "", line=1)
    if overflow:
        _further_page(sheet, order, overflow)
    return saved(sheet)


def _fill(table: Table, texts: Mapping[Place, str]) -> dict[Place, Shown]:
    """Set the heights and say what each cell can show: the outer rows first, the two in the middle share the rest."""
    size, line = SIZES[0]
    shown = {
        place: Shown(fitting(text, place, MOST_LINES[place[0]]), size, line)
        for place, text in texts.items()
        if place[0] in LEAST_MM
    }
    heights = {row: max(least, _tallest(row, shown)) for row, least in LEAST_MM.items()}
    left = TABLE_MM - sum(heights.values())
    heights |= {2: left / 2, 3: left / 2}
    for row, millimetres in sorted(heights.items()):
        height(table, row, millimetres)
    for place, text in texts.items():
        if place not in shown:
            shown[place] = _sized(text, place, left if place[:2] == CONTENT else left / 2)
    return shown


def _sized(text: str, place: Place, millimetres: float) -> Shown:
    """The largest size at which the whole text fits, or as much of it as the smallest allows."""
    for size, line in SIZES:
        shown = Shown(fitting(text, place, int(millimetres * POINTS_PER_MM / line), size), size, line)
        if shown.text == clean(text):
            break
    return shown


def _tallest(row: int, shown: Mapping[Place, Shown]) -> float:
    """Millimetres the fullest value of a row needs."""
    lines = (_lines(put_in.text, _room(place, put_in.size)) for place, put_in in shown.items() if place[0] == row)
    return (max(lines) * CELL_LINE + 2) / POINTS_PER_MM


def fitting(text: str, place: Place, lines: int, size: float = XIAOSI) -> str:
    """`text` if it fits into `lines` of its cell, else its beginning and where the rest is."""
    text, room = clean(text), _room(place, size)
    if _lines(text, room) <= lines:
        return text
    # A text of line breaks only is long too.
    shown = "\n".join(text.split("\n")[:lines])[: int(2 * lines * room)]
    while shown and _lines(shown + MORE, room) > lines:
        shown = shown[:-1]
    return shown + MORE


def _room(place: Place, size: float) -> float:
    """Characters of `size` points on a line of a cell; one less than there are, for punctuation is not split off."""
    _, _, first, last = place
    return (sum(WIDTHS[first : last + 1]) - 2 * PADDING_MM) * POINTS_PER_MM / size - 0.5


def _lines(text: str, room: float) -> int:
    return sum(max(1, ceil(ems(part) / room)) for part in text.split("\n"))


def _merge(table: Table) -> None:
    """诉求主要内容 stands beside two rows, the other wide values beside one."""
    table.cell(2, 0).merge(table.cell(3, 0))
    table.cell(2, 1).merge(table.cell(3, 2))
    for row, at, first, last in PLACES:
        if last > first and (row, at) != CONTENT:
            table.cell(row, first).merge(table.cell(row, last))


def _further_page(sheet: Sheet, order: WorkOrder, overflow: Sequence[tuple[str, str]]) -> None:
    """附页: the whole of every value that did not fit."""
    head = put(sheet.add_paragraph(), "附页", HEITI, align=LEFT)
    head.paragraph_format.page_break_before = True
    put(sheet.add_paragraph(), f"编号：{order.number}", FANGSONG, SIHAO, LEFT)
    for name, text in overflow:
        put(sheet.add_paragraph(), name, HEITI, align=LEFT, indent=2).paragraph_format.keep_with_next = True
        for part in clean(text).split("\n"):
            put(sheet.add_paragraph(), part, align=BOTH, indent=2)
