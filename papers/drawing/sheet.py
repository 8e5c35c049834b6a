"""The blank sheet every paper is drawn on: A4, the margins, fonts and page numbers of GB/T 9704-2012, fixed bytes.

Fonts go by name: 方正小标宋 and the GB2312 ones are licensed and bound to the office's machines, so none is embedded;
the font table names what stands in for them where they are missing.
"""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.document import Document as Sheet
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from papers.drawing.language import in_chinese

XIAOBIAOSONG, FANGSONG, HEITI, KAITI, SONGTI = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"
STAND_INS = {
    XIAOBIAOSONG: "方正小标宋_GBK;小标宋体;华文中宋;宋体",
    FANGSONG: "仿宋;FangSong;华文仿宋;Noto Serif CJK SC",
    HEITI: "SimHei;Noto Sans CJK SC",
    KAITI: "楷体;KaiTi;华文楷体;Noto Serif CJK SC",
    SONGTI: "SimSun;Noto Serif CJK SC",
}

#: 字号 in points.
ERHAO, SANHAO, SIHAO, XIAOSI = 22.0, 16.0, 14.0, 12.0
#: 22 lines fill the 225 mm of the 版心.
LINE = 28.9
TITLE_LINE = 36.0
#: 28 characters fill its 156 mm: 3号 less a quarter of a point.
TIGHTER = -5  # twentieths of a point
WIDTH = 156

LEFT, CENTRE, RIGHT = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
BOTH = WD_ALIGN_PARAGRAPH.JUSTIFY

#: What XML cannot carry, and what turns the reading direction around to show another text than there is.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_EPOCH = (1980, 1, 1, 0, 0, 0)


def clean(text: str) -> str:
    """`text` with what no page can show taken out; line ends become "\\n"."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n"))


def blank(title: str, author: str, mark: str) -> Sheet:
    """An empty sheet with `mark` at the head of every page and “— 1 —” at its foot, outer side."""
    sheet = Document()
    section = sheet.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    # The number stands 7 mm under the 版心: its line ends 35 - 7 - 5 mm above the edge.
    section.header_distance, section.footer_distance = Mm(25), Mm(23)
    sheet.settings.odd_and_even_pages_header_footer = True
    _style(sheet)
    _name_stand_ins(sheet)
    sheet.core_properties.title = clean(title).replace("\n", "")[:255]
    sheet.core_properties.author = clean(author)[:255]
    for header in (section.header, section.even_page_header):
        put(header.paragraphs[0], mark, KAITI, XIAOSI, RIGHT, line=XIAOSI + 4)
    for footer, side in ((section.footer, RIGHT), (section.even_page_footer, LEFT)):
        _number(footer.paragraphs[0], side)
    return sheet


def put(
    paragraph: Paragraph,
    text: str,
    font: str = FANGSONG,
    size: float = SANHAO,
    align: WD_ALIGN_PARAGRAPH = BOTH,
    *,
    line: float = LINE,
    indent: int = 0,
) -> Paragraph:
    """Write one line of text into a paragraph; `indent` is in characters, `size` and `line` are in points."""
    paragraph.alignment = align
    layout = paragraph.paragraph_format
    layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)
    if indent:
        layout.first_line_indent = Pt(indent * size)
        _indents(paragraph).set(qn("w:firstLineChars"), str(indent * 100))
    if text:
        dress(paragraph.add_run(clean(text)), font, size)
    return paragraph


def inset(paragraph: Paragraph, *, left: float = 0, right: float = 0, size: float = SANHAO) -> None:
    """Move a paragraph in from the margins, in characters of `size` points."""
    layout = paragraph.paragraph_format
    for side, chars in (("left", left), ("right", right)):
        if chars:
            setattr(layout, f"{side}_indent", Pt(chars * size))
            _indents(paragraph).set(qn(f"w:{side}Chars"), str(round(chars * 100)))


def dress(run: Run, font: str, size: float) -> Run:
    """Set the font for every script: digits and quotation marks of a Chinese line are Chinese too."""
    run.font.name, run.font.size = font, Pt(size)
    fonts = run._element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:eastAsia", "w:cs"):
        fonts.set(qn(script), font)
    fonts.set(qn("w:hint"), "eastAsia")
    return run


def ems(text: str) -> float:
    """The width of a line in characters; Latin letters and digits take half a one."""
    return sum(0.5 if char.isascii() else 1.0 for char in text)


def saved(sheet: Sheet) -> bytes:
    """The .docx. Equal sheets give equal bytes: no clock, no order of chance."""
    package = BytesIO()
    sheet.save(package)
    fixed = BytesIO()
    with ZipFile(package) as source, ZipFile(fixed, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            entry = ZipInfo(name, _EPOCH)
            entry.compress_type, entry.create_system = ZIP_DEFLATED, 0
            target.writestr(entry, in_chinese(name, source.read(name)))
    return fixed.getvalue()


def _style(sheet: Sheet) -> None:
    """The default of every paragraph: 3号仿宋, fixed lines, no space around, no orphan control to move lines about."""
    normal: Any = sheet.styles["Normal"]
    normal.font.name, normal.font.size = FANGSONG, Pt(SANHAO)
    properties = normal.element.get_or_add_rPr()
    properties.get_or_add_rFonts().set(qn("w:eastAsia"), FANGSONG)
    spacing = OxmlElement("w:spacing")
    spacing.set(qn("w:val"), str(TIGHTER))
    properties.find(qn("w:sz")).addprevious(spacing)
    layout = normal.paragraph_format
    layout.space_before = layout.space_after = Length(0)
    layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(LINE)
    layout.widow_control = False


def _name_stand_ins(sheet: Sheet) -> None:
    """Write the font table, and drop the picture and the dates of the library's own template."""
    package = sheet.part.package
    for key, relation in list(package.rels.items()):
        if relation.reltype == RELATIONSHIP_TYPE.THUMBNAIL:
            package.rels.pop(key)
    core = sheet.core_properties
    core.comments = ""
    for element in list(core._element):
        if element.tag.endswith(("}created", "}modified", "}lastModifiedBy", "}revision")):
            core._element.remove(element)
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/></w:font>' for name, other in STAND_INS.items()
    )
    for relation in sheet.part.rels.values():
        if relation.reltype == RELATIONSHIP_TYPE.FONT_TABLE:
            relation.target_part._blob = (
                '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
                '<w:fonts xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
                f"{fonts}</w:fonts>"
            ).encode()


def _number(paragraph: Paragraph, side: WD_ALIGN_PARAGRAPH) -> None:
    """— 1 — in 4号宋体, one character from the outer edge."""
    put(paragraph, "— ", SONGTI, SIHAO, side, line=SIHAO)
    for kind, text in (("begin", ""), ("", " PAGE "), ("separate", ""), ("", "1"), ("end", "")):
        run = dress(paragraph.add_run(), SONGTI, SIHAO)
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._element.append(mark)
        elif text == "1":
            run.text = text
        else:
            code = OxmlElement("w:instrText")
            code.text = text
            run._element.append(code)
    dress(paragraph.add_run(" —"), SONGTI, SIHAO)
    inset(paragraph, left=1 if side is LEFT else 0, right=1 if side is RIGHT else 0, size=SIHAO)


def _indents(paragraph: Paragraph) -> Any:
    return paragraph._element.get_or_add_pPr().get_or_add_ind()
