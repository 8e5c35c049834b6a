"""Draws letters: number, title, addressee, text, attachments, signature and date, 附注, 抄送 (GB/T 9704-2012).

The red head is the office's: the first lines leave room for it, and the number stands where the head will want it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from math import ceil

from docx.document import Document as Sheet
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph as Lines

from domain.papers import PaperName
from papers.drawing.chart import draw_chart
from papers.drawing.grid import grid, height, label, repeat, value
from papers.drawing.sheet import (
    BOTH,
    CENTRE,
    ERHAO,
    FANGSONG,
    HEITI,
    KAITI,
    LEFT,
    RIGHT,
    SANHAO,
    SIHAO,
    TITLE_LINE,
    WIDTH,
    XIAOBIAOSONG,
    blank,
    clean,
    dress,
    ems,
    inset,
    put,
    saved,
)
from papers.text.shapes import Chart, Letter, Paragraph, Rank, Table

FONTS = {Rank.BODY: FANGSONG, Rank.FIRST: HEITI, Rank.SECOND: KAITI}
#: 函 carries its number at the right under the first line; the others in the middle.
NUMBER_AT_RIGHT = frozenset({PaperName.REFERRAL, PaperName.TRANSFER, PaperName.COPY})
TABLE_SIZE = 10.5
#: Characters of 2号 on a line.
TITLE_EMS = 20
CLOSING = "”》〕），、：。的"


def draw_letter(letter: Letter) -> bytes:
    """The letter as .docx."""
    return draw_letters((letter,))


def draw_letters(letters: Sequence[Letter]) -> bytes:
    """Several letters as one .docx, each on a page of its own, to be read together."""
    sheet = blank(letters[0].title, letters[0].signature, letters[0].mark)
    for place, letter in enumerate(letters):
        if place:
            sheet.add_paragraph().paragraph_format.page_break_before = True
        _write(sheet, letter)
    return saved(sheet)


def _write(sheet: Sheet, letter: Letter) -> None:
    _head(sheet, letter)
    if letter.addressee:
        put(sheet.add_paragraph(), f"{letter.addressee}：", align=LEFT)
    for part in letter.body:
        if isinstance(part, Table):
            _table(sheet, part)
        elif isinstance(part, Chart):
            draw_chart(sheet, part)
        else:
            _paragraph(sheet, part)
    _keep(sheet, 1)
    _attachments(sheet, letter)
    _signature(sheet, letter)
    if letter.note:
        _keep(sheet, 1)
        put(sheet.add_paragraph(), letter.note, indent=2)
    if letter.copies:
        _copies(sheet, letter)


def _head(sheet: Sheet, letter: Letter) -> None:
    if letter.signer is not None:
        line = put(sheet.add_paragraph(), f"{letter.number}\t签发人：", align=LEFT)
        line.paragraph_format.tab_stops.add_tab_stop(Mm(WIDTH) - Pt(SANHAO), WD_TAB_ALIGNMENT.RIGHT)
        dress(line.add_run(clean(letter.signer or "　　　")), KAITI, SANHAO)
        inset(line, left=1)
    elif letter.number:
        put(sheet.add_paragraph(), letter.number, align=RIGHT if letter.genre in NUMBER_AT_RIGHT else CENTRE)
    put(sheet.add_paragraph(), "")
    put(sheet.add_paragraph(), balanced(clean(letter.title)), XIAOBIAOSONG, ERHAO, CENTRE, line=TITLE_LINE)
    put(sheet.add_paragraph(), "")


def balanced(title: str) -> str:
    """A long title in lines of about equal length (排列对称、长短适宜), quotations and numbers whole if possible."""
    if "\n" in title:
        return "\n".join(map(balanced, title.split("\n")))
    if ems(title) <= TITLE_EMS:
        return title
    lines = ceil(ems(title) / TITLE_EMS)
    breaks = [0]
    for line in range(1, lines):
        want = ems(title) * line / lines
        # The line must not be too long, nor leave more than the other lines hold.
        least, most = ems(title) - TITLE_EMS * (lines - line), ems(title[: breaks[-1]]) + TITLE_EMS
        further = (at for at in range(breaks[-1] + 1, len(title)) if title[at] not in CLOSING)
        badness = partial(_badness, title, want=want, least=least, most=most)
        breaks.append(min(further, key=badness, default=breaks[-1]))
    return "\n".join(title[start:end] for start, end in pairwise((*breaks, len(title))) if start < end)


def _badness(title: str, at: int, *, want: float, least: float, most: float) -> float:
    """How bad a break before `at` is, in characters of imbalance."""
    head, before = title[:at], title[at - 1]
    quoted = sum(head.count(opening) - head.count(closing) for opening, closing in ("“”", "《》", "（）"))
    torn = (before + title[at]).isascii() or before in "“《〔（"
    spills = not least <= ems(head) <= most
    return abs(ems(head) - want) + 8.0 * quoted + 20.0 * torn + 50.0 * spills - 3.0 * (before in "：，")


def _paragraph(sheet: Sheet, part: Paragraph) -> None:
    for text in clean(part.text).split("\n"):
        if text.strip():
            line = put(sheet.add_paragraph(), text.strip(), FONTS[part.rank], align=BOTH, indent=2)
            line.paragraph_format.keep_with_next = part.rank is Rank.FIRST


def _attachments(sheet: Sheet, letter: Letter) -> None:
    """附件：one blank line below the text, two characters in; several are numbered, without a stop at the end."""
    if not letter.attachments:
        return
    put(sheet.add_paragraph(), "")
    several = len(letter.attachments) > 1
    for count, name in enumerate(letter.attachments, start=1):
        number = f"{count}. " if several else ""
        head = "附件：" if count == 1 else "　　　"
        put(sheet.add_paragraph(), f"{head}{number}{name}", align=LEFT, indent=2)
    _keep(sheet, len(letter.attachments) + 1)


def _signature(sheet: Sheet, letter: Letter) -> None:
    """The date four characters from the right, the name centred over it: the seal will cover both.

    Neither may stand on a page without text, so everything from its last paragraph on stays together.
    """
    shift = (ems(letter.signature) - ems(letter.day)) / 2
    of_date = max(4.0, 2.0 + shift)
    put(sheet.add_paragraph(), "")
    name = put(sheet.add_paragraph(), letter.signature, align=RIGHT)
    _keep(sheet, 2)
    inset(name, right=max(of_date - shift, 0.0))
    day = put(sheet.add_paragraph(), letter.day, align=RIGHT)
    inset(day, right=of_date)


def _keep(sheet: Sheet, count: int) -> None:
    """Hold the last paragraphs together with what follows them."""
    for paragraph in sheet.paragraphs[-count:]:
        paragraph.paragraph_format.keep_with_next = True


def _copies(sheet: Sheet, letter: Letter) -> None:
    """版记: 抄送 between two lines, 4号, one character in."""
    put(sheet.add_paragraph(), "")
    line = put(sheet.add_paragraph(), f"抄送：{'，'.join(letter.copies)}。", size=SIHAO, align=LEFT)
    inset(line, left=1, right=1, size=SIHAO)
    _rules(line)


def _rules(line: Lines) -> None:
    borders = OxmlElement("w:pBdr")
    for side in ("top", "bottom"):
        rule = OxmlElement(f"w:{side}")
        for name, setting in (("val", "single"), ("sz", "8"), ("space", "4"), ("color", "auto")):
            rule.set(qn(f"w:{name}"), setting)
        borders.append(rule)
    properties = line._element.get_or_add_pPr()
    properties.insert_element_before(borders, "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")


def _table(sheet: Sheet, part: Table) -> None:
    put(sheet.add_paragraph(), "", line=8)
    table = grid(sheet, len(part.rows) + 1, part.widths)
    for cell, text in zip(table.rows[0].cells, part.header, strict=True):
        label(cell, text, TABLE_SIZE)
    repeat(table, 0)
    for number, texts in enumerate(part.rows, start=1):
        height(table, number, 8)
        for cell, text in zip(table.rows[number].cells, texts, strict=True):
            value(cell, text, TABLE_SIZE, line=14)
    put(sheet.add_paragraph(), "", line=10)
