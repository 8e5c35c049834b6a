"""The sheets of an .xls file, the binary form of Excel 97 to 2003, which WPS still saves."""

from __future__ import annotations

import io
from typing import Any

import xlrd

from services.files.cells import MAX_COLUMNS, Table, check_rows, put_down, shown
from services.files.text import Unreadable


def read_xls(content: bytes) -> list[Table]:
    """Read the visible sheets. Raises Unreadable."""
    try:
        book = xlrd.open_workbook(file_contents=content, formatting_info=True, logfile=io.StringIO())
        return [_table(book, sheet) for sheet in book.sheets() if sheet.visibility == 0]
    except Unreadable:
        raise
    except Exception as error:  # a broken file raises anything, whatever xlrd's own error says
        raise Unreadable("无法作为 .xls 文件打开，请另存为 .xlsx 再导入；设了打开密码的，请先去掉密码") from error


def _table(book: Any, sheet: Any) -> Table:
    check_rows(sheet.nrows)
    columns = min(sheet.ncols, MAX_COLUMNS)
    rows = [[_cell(book, sheet.cell(row, column)) for column in range(columns)] for row in range(sheet.nrows)]
    for top, below, left, _ in sheet.merged_cells:
        if below - top > 1:
            put_down(rows, top, below - 1, left)
    return Table(sheet.name, list(enumerate(rows, start=1)))


def _cell(book: Any, cell: Any) -> str:
    match cell.ctype:
        case xlrd.XL_CELL_NUMBER:
            return shown(cell.value, book.format_map[book.xf_list[cell.xf_index].format_key].format_str)
        case xlrd.XL_CELL_DATE:
            return str(xlrd.xldate_as_datetime(cell.value, book.datemode))
        case xlrd.XL_CELL_TEXT:
            return str(cell.value).strip()
        case xlrd.XL_CELL_ERROR:
            return str(xlrd.error_text_from_code.get(cell.value, "#N/A"))
    return ""
