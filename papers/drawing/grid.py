"""Bordered tables in millimetres, for forms and indicator tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx.document import Document as Sheet
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.table import Table, _Cell

from papers.drawing.sheet import CENTRE, FANGSONG, HEITI, LEFT, RIGHT, XIAOSI, clean, put

CELL_LINE = 18.0
PADDING_MM = 1.0


def grid(sheet: Sheet, rows: int, widths: Sequence[int]) -> Table:
    """An empty bordered table of fixed columns (millimetres)."""
    table: Table = sheet.add_table(rows, len(widths))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(round(PADDING_MM * 1440 / 25.4)))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    properties: Any = table._element.tblPr
    properties.find(qn("w:tblLook")).addprevious(margins)
    return table


def height(table: Table, row: int, millimetres: float) -> None:
    """The least height of a row; rows do not break across pages."""
    target = table.rows[row]
    target.height, target.height_rule = Mm(millimetres), WD_ROW_HEIGHT_RULE.AT_LEAST
    properties: Any = target._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))


def repeat(table: Table, row: int) -> None:
    """Print a row again at the head of every page."""
    properties: Any = table.rows[row]._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:tblHeader"))


def label(cell: _Cell, text: str, size: float = XIAOSI) -> None:
    """A printed label: 黑体, centred, in one run so that it stays as it is worded."""
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    put(cell.paragraphs[0], text, HEITI, size, CENTRE, line=CELL_LINE)


def value(cell: _Cell, text: str, size: float = XIAOSI, *, top: bool = False, line: float = CELL_LINE) -> None:
    """A filled-in value: one paragraph a line; a place to sign (签字, 年月日) moves to the right."""
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.TOP if top else WD_CELL_VERTICAL_ALIGNMENT.CENTER
    paragraph = cell.paragraphs[0]
    for count, part in enumerate(clean(text).split("\n")):
        if count:
            paragraph = cell.add_paragraph()
        put(paragraph, part, FANGSONG, size, _side(part), line=line)


def _side(text: str) -> WD_ALIGN_PARAGRAPH:
    return RIGHT if text.startswith("　　年") else LEFT
