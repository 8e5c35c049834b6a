"""The .docx of every paper: page, fonts, places, odd inputs, equal bytes."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from functools import cache

import docx
import openpyxl
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Pt
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from domain.papers import PaperName
from domain.privacy import leaks
from papers import text as p
from papers.drawing.letter import TITLE_EMS, balanced
from papers.drawing.paper import DRAWINGS, draw
from papers.drawing.sheet import STAND_INS, clean, ems
from tests.kit.cases import Story
from tests.unit.papers.papers_kit import CENTRE, every_paper, genre, grave, ignored

PAPERS = {genre(paper): paper for paper in every_paper()}
FONTS = {"方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"}
ODD = '=HYPERLINK("http://x")<b>&amp;]]>\x00\x07\u202e倒😀👩‍👩‍👧{{ 7*7 }}{% raw %}\ud800\r\n第二行\t@SUM(1)'


@cache
def drawn(paper):
    return draw(paper)


def opened(paper):
    return docx.Document(io.BytesIO(drawn(paper)))


def everything(sheet):
    """Body paragraphs and cells in the order they are read; a merged cell once."""
    lines = []
    for block in sheet.iter_inner_content():
        if hasattr(block, "rows"):
            cells = dict.fromkeys(cell._tc for row in block.rows for cell in row.cells)
            lines += ["\n".join(docx.table._Cell(tc, block).text.split("\n")) for tc in cells]
        else:
            lines.append(block.text)
    return lines


def work_order(**changes):
    values = dict.fromkeys(p.WorkOrder.__dataclass_fields__, "")
    return p.WorkOrder(**{**values, "number": "YS20261123-0007", **changes})


each_paper = pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS.keys())


def test_every_class_of_paper_has_a_drawing_and_was_drawn_here():
    assert {type(paper) for paper in PAPERS.values()} == set(DRAWINGS)


@each_paper
def test_the_page_is_that_of_the_standard(paper):
    section = opened(paper).sections[0]
    assert [round(side.mm) for side in (section.page_width, section.page_height)] == [210, 297]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(margin.mm) for margin in margins] == [37, 35, 28, 26]


@each_paper
def test_every_run_names_its_font_for_chinese_too(paper):
    sheet = opened(paper)
    runs = sheet.element.body.findall(f".//{qn('w:r')}")
    assert runs
    for run in runs:
        fonts = run.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")
        assert fonts.get(qn("w:eastAsia")) in FONTS
        assert fonts.get(qn("w:eastAsia")) == fonts.get(qn("w:ascii"))


@each_paper
def test_every_line_has_a_fixed_height(paper):
    for paragraph in opened(paper).element.body.xpath(".//w:p[not(ancestor::w:tc[1]/w:tcPr/w:vMerge[not(@w:val)])]"):
        assert paragraph.find(f"{qn('w:pPr')}/{qn('w:spacing')}").get(qn("w:lineRule")) == "exact"


@each_paper
def test_every_page_says_that_it_is_a_draft(paper):
    sheet = opened(paper)
    section = sheet.sections[0]
    assert sheet.settings.odd_and_even_pages_header_footer
    for header in (section.header, section.even_page_header):
        assert header.paragraphs[0].text == "（草稿，用印后生效）"


@each_paper
def test_page_numbers_stand_outside_between_dashes(paper):
    section = opened(paper).sections[0]
    sides = []
    for footer in (section.footer, section.even_page_footer):
        number = footer.paragraphs[0]
        assert number.text == "— 1 —"
        assert " PAGE " in "".join(node.text for node in number._element.iter(qn("w:instrText")))
        assert {run.font.size for run in number.runs} == {Pt(14)}
        sides.append(number.alignment)
    assert sides == [WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.LEFT]


@each_paper
def test_equal_papers_give_equal_bytes_without_a_clock(paper):
    first = draw(paper)
    assert first == draw(paper)
    with zipfile.ZipFile(io.BytesIO(first)) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = package.read("docProps/core.xml").decode()
        assert "thumbnail" not in " ".join(package.namelist())
    assert "created" not in core
    assert "python-docx" not in core


def test_the_font_table_names_a_stand_in_for_every_font():
    with zipfile.ZipFile(io.BytesIO(drawn(PAPERS[PaperName.CIRCULAR]))) as package:
        table = etree.fromstring(package.read("word/fontTable.xml"))
    assert {font.get(qn("w:name")): font[0].get(qn("w:val")) for font in table} == STAND_INS


def test_table_properties_stand_in_the_order_the_format_demands():
    """Word refuses a file whose table margins come after the look."""
    properties = opened(PAPERS[PaperName.WORK_ORDER]).tables[0]._tbl.tblPr
    names = [etree.QName(child).localname for child in properties]
    assert names == ["tblStyle", "tblW", "jc", "tblLayout", "tblCellMar", "tblLook"]


def test_the_work_order_has_its_labels_byte_for_byte_and_in_order():
    lines = everything(opened(PAPERS[PaperName.WORK_ORDER]))
    assert tuple(lines[:2]) == p.WORK_ORDER_TITLE
    labels = [line for line in lines[3:] if line in p.WORK_ORDER_LABELS]
    assert tuple(labels) == p.WORK_ORDER_LABELS


def test_every_value_of_the_work_order_follows_its_label():
    order = PAPERS[PaperName.WORK_ORDER]
    cells = everything(opened(order))[3:]
    for label, value in zip(p.WORK_ORDER_LABELS, order.values, strict=True):
        at = cells.index(label)
        assert cells[at + 1] == value
        cells = cells[at + 1 :]


def test_a_letter_stands_as_the_standard_wants():
    letter = PAPERS[PaperName.REFERRAL]
    paragraphs = [line for line in opened(letter).paragraphs if line.text]
    number, title, addressee, first = paragraphs[:4]
    assert (number.text, number.alignment) == ("示政服函〔2026〕7号", WD_ALIGN_PARAGRAPH.RIGHT)
    assert title.text.replace("\n", "") == letter.title
    assert (title.alignment, title.runs[0].font.size) == (WD_ALIGN_PARAGRAPH.CENTER, Pt(22))
    assert title.runs[0].font.name == "方正小标宋简体"
    assert (addressee.text, addressee.paragraph_format.first_line_indent) == ("示例市虚构区税务局：", None)
    assert first.paragraph_format.first_line_indent == Pt(32)
    assert first._element.pPr.ind.get(qn("w:firstLineChars")) == "200"
    assert first.paragraph_format.line_spacing_rule is WD_LINE_SPACING.EXACTLY
    assert Pt(28) <= first.paragraph_format.line_spacing <= Pt(29)
    day = next(line for line in paragraphs if line.text == "2026年11月23日")
    assert day.alignment is WD_ALIGN_PARAGRAPH.RIGHT
    assert day.paragraph_format.right_indent >= Pt(4 * 16)


def test_headings_are_in_heiti_and_stay_with_their_text():
    heads = [line for line in opened(PAPERS[PaperName.CIRCULAR]).paragraphs if line.text[1:2] == "、"]
    assert [head.text for head in heads] == ["一、基本情况", "二、催办督办经过", "三、存在问题", "四、工作要求"]
    assert {head.runs[0].font.name for head in heads} == {"黑体"}
    assert all(head.paragraph_format.keep_with_next for head in heads)


def test_the_signature_never_stands_alone_on_a_page():
    paragraphs = opened(PAPERS[PaperName.REPORT]).paragraphs
    last = next(at for at, line in enumerate(paragraphs) if line.text == "特此报告。")
    day = next(at for at, line in enumerate(paragraphs) if line.text == "2026年12月2日")
    assert all(line.paragraph_format.keep_with_next for line in paragraphs[last:day])


def test_several_attachments_are_numbered_and_one_is_not():
    report = [line.text for line in opened(PAPERS[PaperName.REPORT]).paragraphs]
    assert "附件：1. “有诉即办”问题工作单（个人信息已隐去）" in report
    assert "　　　2. “有诉即办”督办单" in report
    assert "附件：“有诉即办”问题工作单" in [line.text for line in opened(PAPERS[PaperName.REFERRAL]).paragraphs]


def test_the_report_names_its_signer_beside_its_number():
    assert opened(PAPERS[PaperName.REPORT]).paragraphs[0].text == "示政服〔2026〕13号\t签发人：负甲"


def test_the_circular_ends_with_whom_it_is_copied_to():
    line = opened(PAPERS[PaperName.CIRCULAR]).paragraphs[-1]
    assert line.text == f"抄送：{CENTRE.government}，{CENTRE.discipline}，{CENTRE.bureau}。"


def test_the_files_that_leave_the_centre_hold_no_personal_data_in_any_part():
    story = ignored()
    for letter in grave(story):
        with zipfile.ZipFile(io.BytesIO(draw(letter))) as package:
            for name in ("word/document.xml", "docProps/core.xml", "word/header1.xml"):
                words = "\n".join(etree.fromstring(package.read(name)).itertext())
                assert leaks(words, story.case.private.known) == []


def test_a_long_complaint_goes_to_a_further_page_in_full():
    content = "".join(f"第{n}次到窗口仍未办理。" for n in range(400))
    lines = everything(opened(work_order(content=content)))
    assert any(line.endswith("…（见附页）") and len(line) < 600 for line in lines)
    assert lines[-1] == content
    assert "附页" in lines


def test_a_form_that_fits_has_no_further_page():
    assert "附页" not in everything(opened(PAPERS[PaperName.WORK_ORDER]))


@pytest.mark.parametrize("field", [name for name in p.WorkOrder.__dataclass_fields__ if name not in ("number", "copy")])
@pytest.mark.parametrize("filling", ["长" * 5000, "\n" * 300, "W" * 2000, "短\n" * 100])
def test_whatever_is_long_is_cut_on_the_form_and_whole_on_the_further_page(field, filling):
    sheet = opened(work_order(**{field: filling}))
    shown = [cell.text for row in sheet.tables[0].rows for cell in row.cells]
    assert max(map(len, shown)) < 800
    assert max(text.count("\n") for text in shown) < 40
    after = everything(sheet)
    rest = after[after.index("附页") + 3 :]
    assert "".join(rest) == filling.replace("\n", "")


@each_paper
def test_odd_text_is_printed_as_it_is_without_what_no_page_can_show(paper):
    sheet = opened(_with(paper, ODD))
    said = "".join(everything(sheet))
    for part in ('=HYPERLINK("http://x")<b>&amp;]]>倒😀👩‍👩‍👧{{ 7*7 }}{% raw %}', "第二行", "@SUM(1)"):
        assert part in said
    assert "\u202e" not in said


@each_paper
def test_an_empty_paper_is_a_paper(paper):
    assert opened(_with(paper, "")).sections


def _with(paper, text):
    """The same paper with every free text replaced."""
    if isinstance(paper, p.WorkOrder):
        return replace(paper, **dict.fromkeys(p.WorkOrder.__dataclass_fields__, text))
    if isinstance(paper, p.Form):
        rows = tuple(tuple(replace(cell, value=text) for cell in row) for row in paper.rows)
        return replace(paper, number=text, rows=rows, notes=(text,))
    return replace(
        paper, title=text, number=text, addressee=text, body=(p.Paragraph(text),), signature=text, day=text, note=text,
        attachments=(text,) if text else (), copies=(text,) if text else (),
    )  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(content=st.text(max_size=400))
def test_no_complaint_can_break_the_work_order(content):
    lines = everything(opened(work_order(content=content)))
    assert clean(content).replace("\n", "").replace("\t", "")[:20] in "".join(lines).replace("\n", "").replace("\t", "")


@given(title=st.text(st.sampled_from("关于办理诉求的函“”《》（），2026"), min_size=1, max_size=70))
def test_a_title_is_broken_but_never_changed(title):
    assert balanced(title).replace("\n", "") == title


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("关于转交诉求的函", ["关于转交诉求的函"]),
        (
            "关于退回重办“社保转移材料已交齐仍不办理”诉求的通知\n（第1次）",
            ["关于退回重办", "“社保转移材料已交齐仍不办理”诉求的通知", "（第1次）"],
        ),
        ("关于转请办理“社保转移材料已交齐仍不办理”诉求的函", ["关于转请办理", "“社保转移材料已交齐仍不办理”诉求的函"]),
        ("关于人社局、住建局“有诉即办”诉求逾期情况的通报", ["关于人社局、住建局", "“有诉即办”诉求逾期情况的通报"]),
    ],
)
def test_a_long_title_breaks_before_a_quotation_rather_than_in_it(title, lines):
    assert balanced(title).split("\n") == lines
    assert all(ems(line) <= TITLE_EMS for line in lines)


def test_an_unknown_paper_is_refused():
    with pytest.raises(KeyError):
        draw(Story().case)


def test_the_picture_of_the_month_is_a_chart_with_its_numbers_and_the_workbook_to_edit_it_from():
    with zipfile.ZipFile(io.BytesIO(drawn(PAPERS[PaperName.MONTH]))) as package:
        names = package.namelist()
        assert "word/charts/chart1.xml" in names
        chart = etree.fromstring(package.read("word/charts/chart1.xml"))
        book = openpyxl.load_workbook(io.BytesIO(package.read("word/embeddings/chart1.xlsx")))
        assert "/word/charts/chart1.xml" in package.read("[Content_Types].xml").decode()
    shown = [node.text for node in chart.iter() if node.tag.endswith("}v")]
    assert shown == [
        *("受理", "人力资源和社会保障局", "住房和城乡建设局", "未转办", "200", "130", "10"),
        *("办结", "人力资源和社会保障局", "住房和城乡建设局", "未转办", "180", "120", "0"),
    ]
    assert list(book.active.values) == [
        (None, "受理", "办结"),
        ("人力资源和社会保障局", 200, 180),
        ("住房和城乡建设局", 130, 120),
        ("未转办", 10, 0),
    ]


@each_paper
def test_no_word_processor_is_asked_for_a_font_or_a_language_that_no_office_has(paper):
    with zipfile.ZipFile(io.BytesIO(drawn(paper))) as package:
        parts = {name: etree.fromstring(package.read(name)) for name in package.namelist() if name.endswith(".xml")}
    fonts, languages = set(), set()
    for part in parts.values():
        for node in part.iter(etree.Element):
            tag = node.tag.rpartition("}")[2]
            if tag == "rFonts":
                named = {name.rpartition("}")[2]: value for name, value in node.attrib.items()}
                fonts |= {value for name, value in named.items() if name != "hint"}
                assert not [name for name in named if name.endswith("Theme")], "it would be the theme's"
            elif tag in {"latin", "ea", "cs", "font"} and node.get("typeface") is not None:
                fonts.add(node.get("typeface"))
            elif tag in {"lang", "themeFontLang"}:
                languages |= set(node.attrib.values())
            languages |= {node.get("lang"), node.get("altLang")} - {None}
    assert fonts <= FONTS
    assert languages == {"zh-CN"}
    theme = parts["word/theme/theme1.xml"]
    faces = [node.get("typeface") for node in theme.iter() if node.tag.endswith(("}latin", "}ea"))]
    assert faces == ["宋体"] * 4
