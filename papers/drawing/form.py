"""Draws the one-page forms: title, number at the right, a table of labelled fields, notes."""

from __future__ import annotations

from papers.drawing.grid import grid, height, label, value
from papers.drawing.sheet import (
    BOTH,
    CENTRE,
    ERHAO,
    FANGSONG,
    RIGHT,
    SIHAO,
    TITLE_LINE,
    XIAOBIAOSONG,
    XIAOSI,
    blank,
    put,
    saved,
)
from papers.text.shapes import Cell, Form

WIDTHS = (32, 46, 32, 46)
LINE_MM, TALL_MM = 9.0, 24.0


def draw_form(form: Form) -> bytes:
    """The form as .docx."""
    sheet = blank(form.title, "", form.mark)
    put(sheet.add_paragraph(), form.title, XIAOBIAOSONG, ERHAO, CENTRE, line=TITLE_LINE)
    put(sheet.add_paragraph(), f"编号：{form.number}", FANGSONG, SIHAO, RIGHT, line=24)
    table = grid(sheet, len(form.rows), WIDTHS)
    for number, row in enumerate(form.rows):
        cells = table.rows[number].cells
        height(table, number, TALL_MM if any(cell.tall for cell in row) else LINE_MM)
        if len(row) == 1:
            cells[1].merge(cells[3])
        for place, cell in enumerate(row):
            label(cells[2 * place], cell.label)
            value(cells[2 * place + 1], _text(cell))
    put(sheet.add_paragraph(), "", line=6)
    for note in form.notes:
        put(sheet.add_paragraph(), note, FANGSONG, XIAOSI, BOTH, line=18, indent=2)
    return saved(sheet)


def _text(cell: Cell) -> str:
    """Room above a place to sign."""
    return f"\n{cell.value}" if cell.tall and cell.value.startswith("签") else cell.value
