"""Draws a chart into a .docx as the word processors' own (DrawingML): vector, in the paper's fonts, with its numbers.

No drawing library is needed: a chart is one XML part and the small workbook it can be edited from.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from xml.sax.saxutils import escape

import xlsxwriter
from docx.document import Document as Sheet
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.shared import Mm
from xlsxwriter.utility import xl_col_to_name

from papers.drawing.sheet import CENTRE, SONGTI, WIDTH, XIAOSI, clean, dress, put
from papers.text.shapes import Chart

HEIGHT_MM = 75
#: Told apart in black and white too.
COLOURS = ("1F4E79", "9DC3E6", "7F7F7F")
_CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"


def draw_chart(sheet: Sheet, chart: Chart) -> None:
    """Columns side by side, one group for each name."""
    package = sheet.part.package
    number = 1 + sum(rel.reltype == RELATIONSHIP_TYPE.CHART for rel in sheet.part.rels.values())
    book = Part(PackURI(f"/word/embeddings/chart{number}.xlsx"), _BOOK_TYPE, _workbook(chart), package)
    part = Part(PackURI(f"/word/charts/chart{number}.xml"), _CHART_TYPE, b"", package)
    part._blob = _xml(chart, part.relate_to(book, RELATIONSHIP_TYPE.PACKAGE)).encode()
    key = sheet.part.relate_to(part, RELATIONSHIP_TYPE.CHART)
    # A line of a fixed height cuts what is higher, so it is as high as the picture.
    line = put(sheet.add_paragraph(), "", SONGTI, align=CENTRE, line=Mm(HEIGHT_MM).pt + 4)
    dress(line.add_run(), SONGTI, XIAOSI)._element.append(parse_xml(_frame(key, chart, number)))


def _frame(key: str, chart: Chart, number: int) -> str:
    title = escape(clean(chart.title), {'"': "&quot;"})
    return (
        f'<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:wp="{_WP}"'
        f' xmlns:a="{_A}" xmlns:c="{_C}" xmlns:r="{_R}"><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{Mm(WIDTH)}" cy="{Mm(HEIGHT_MM)}"/><wp:docPr id="{number}" name="图{number}" descr="{title}"/>'
        f'<wp:cNvGraphicFramePr/><a:graphic><a:graphicData uri="{_C}"><c:chart r:id="{key}"/>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing>"
    )


def _xml(chart: Chart, book: str) -> str:
    last = len(chart.names) + 1
    cells = [f"Sheet1!${(letter := xl_col_to_name(n))}$2:${letter}${last}" for n in range(1, len(chart.series) + 1)]
    series = "".join(
        f'<c:ser><c:idx val="{index}"/><c:order val="{index}"/>'
        f"<c:tx>{_strings(f'Sheet1!${xl_col_to_name(index + 1)}$1', (name,))}</c:tx>"
        f'<c:spPr><a:solidFill><a:srgbClr val="{COLOURS[index % len(COLOURS)]}"/></a:solidFill></c:spPr>'
        f'<c:invertIfNegative val="0"/>{_labels()}<c:cat>{_strings(f"Sheet1!$A$2:$A${last}", chart.names)}</c:cat>'
        f"<c:val>{_numbers(cells[index], values)}</c:val>"
        "</c:ser>"
        for index, (name, values) in enumerate(chart.series)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<c:chartSpace xmlns:c="{_C}" xmlns:a="{_A}" xmlns:r="{_R}"><c:date1904 val="0"/><c:lang val="zh-CN"/>'
        f'<c:roundedCorners val="0"/><c:chart><c:title><c:tx><c:rich><a:bodyPr/><a:p><a:pPr>{_font(1200, "a:defRPr")}'
        f"</a:pPr><a:r>{_font(1200, 'a:rPr')}<a:t>{escape(clean(chart.title))}</a:t></a:r></a:p></c:rich></c:tx>"
        '<c:overlay val="0"/></c:title><c:autoTitleDeleted val="0"/><c:plotArea><c:layout/><c:barChart>'
        f'<c:barDir val="col"/><c:grouping val="clustered"/><c:varyColors val="0"/>{series}<c:gapWidth val="80"/>'
        '<c:axId val="1"/><c:axId val="2"/></c:barChart>'
        '<c:catAx><c:axId val="1"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="0"/>'
        '<c:axPos val="b"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>'
        '<c:crossAx val="2"/></c:catAx>'
        '<c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/><c:min val="0"/></c:scaling>'
        '<c:delete val="0"/><c:axPos val="l"/><c:majorGridlines><c:spPr><a:ln w="6350"><a:solidFill>'
        '<a:srgbClr val="D9D9D9"/></a:solidFill></a:ln></c:spPr></c:majorGridlines><c:numFmt formatCode="0"'
        ' sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>'
        '<c:crossAx val="1"/></c:valAx></c:plotArea><c:legend><c:legendPos val="b"/><c:overlay val="0"/></c:legend>'
        '<c:plotVisOnly val="1"/></c:chart>'
        f'<c:txPr><a:bodyPr/><a:p><a:pPr>{_font(900, "a:defRPr")}</a:pPr><a:endParaRPr lang="zh-CN"/></a:p></c:txPr>'
        f'<c:externalData r:id="{book}"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
    )


def _font(size: int, tag: str) -> str:
    return (
        f'<{tag} lang="zh-CN" altLang="zh-CN" sz="{size}" b="0"><a:latin typeface="{SONGTI}"/>'
        f'<a:ea typeface="{SONGTI}"/><a:cs typeface="{SONGTI}"/></{tag}>'
    )


def _labels() -> str:
    """The number over each column: the picture says what the table says."""
    shown = "".join(
        f'<c:show{name} val="{int(name == "Val")}"/>'
        for name in ("LegendKey", "Val", "CatName", "SerName", "Percent", "BubbleSize")
    )
    return f'<c:dLbls><c:dLblPos val="outEnd"/>{shown}</c:dLbls>'


def _strings(where: str, texts: tuple[str, ...]) -> str:
    points = "".join(f'<c:pt idx="{n}"><c:v>{escape(clean(text))}</c:v></c:pt>' for n, text in enumerate(texts))
    return f'<c:strRef><c:f>{where}</c:f><c:strCache><c:ptCount val="{len(texts)}"/>{points}</c:strCache></c:strRef>'


def _numbers(where: str, values: tuple[int, ...]) -> str:
    points = "".join(f'<c:pt idx="{n}"><c:v>{value}</c:v></c:pt>' for n, value in enumerate(values))
    return (
        f"<c:numRef><c:f>{where}</c:f><c:numCache><c:formatCode>0</c:formatCode>"
        f'<c:ptCount val="{len(values)}"/>{points}</c:numCache></c:numRef>'
    )


def _workbook(chart: Chart) -> bytes:
    """What the chart is edited from; equal charts give equal bytes."""
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True}) as book:
        book.set_properties({"created": datetime(1980, 1, 1, tzinfo=UTC)})
        page = book.add_worksheet("Sheet1")
        for row, name in enumerate(chart.names, start=1):
            page.write_string(row, 0, clean(name))
        for column, (name, values) in enumerate(chart.series, start=1):
            page.write_string(0, column, clean(name))
            for row, value in enumerate(values, start=1):
                page.write_number(row, column, value)
    return packed.getvalue()
