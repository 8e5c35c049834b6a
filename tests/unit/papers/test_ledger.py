import csv
import io
import zipfile
from datetime import date, datetime
from xml.etree import ElementTree

import openpyxl
import pytest
from openpyxl.utils.escape import unescape

from domain.ledger_form import HEADERS, NOTES, TITLE
from papers.drawing.ledger import lines_in, write_ledger

# Copied from the form itself (附件3), so that a slip in the constants is seen.
FORM_HEADERS = (
    "序号 姓名或单位名称 单位联系人 联系方式 主要诉求 诉求类别 政务服务部门及牵头部门 分办转办时间 要求办理期限",
    "是否催办及时间 是否督办及时间 是否退回重办及时间 实际办结时间 办理情况 回访时间 办理结果满意度 备注",
)
FORM_NOTES = [
    "注：1. “单位联系人”栏仅适用于反映人为单位的情形。",
    "2. 仅涉及多个政务服务部门的需明确牵头部门。",
    "3. “备注”栏标明“是否超期及超期时间”等。",
]


def row(**cells: str) -> list[str]:
    texts = {"序号": "1", "姓名或单位名称": "王某某", "单位联系人": "—", "联系方式": "00012345678", **cells}
    return [texts.get(header, "否") for header in HEADERS]


def ledger(rows, *, masked=False, centre="湛河区政务服务中心"):
    file = io.BytesIO()
    write_ledger(file, rows, centre=centre, period="2026年11月", made_on=date(2026, 11, 23), masked=masked)
    return file


def sheet_of(file):
    return openpyxl.load_workbook(io.BytesIO(file.getvalue())).active


def xml_of(file):
    with zipfile.ZipFile(file) as package:
        return ElementTree.fromstring(package.read("xl/worksheets/sheet1.xml"))


def test_the_headers_stand_in_row_3_byte_for_byte_in_order():
    sheet = sheet_of(ledger([row()]))
    assert [cell.value.encode() for cell in sheet[3]] == " ".join(FORM_HEADERS).encode().split(b" ")
    assert sheet.max_column == 17


def test_title_and_sub_line_frame_the_form():
    sheet = sheet_of(ledger([row()]))
    assert sheet["A1"].value == TITLE == "政务服务大厅、便民服务中心“有诉即办”问题工作台账"
    assert sheet["A2"].value == "单位：湛河区政务服务中心　期间：2026年11月（含个人信息，注意保密）"
    assert sheet["M2"].value == "制表日期：2026年11月23日"
    assert {str(merged) for merged in sheet.merged_cells.ranges} >= {"A1:Q1", "A2:L2", "M2:Q2"}


def test_a_masked_ledger_says_so():
    assert sheet_of(ledger([row()], masked=True))["A2"].value.endswith("期间：2026年11月（个人信息已脱敏）")


@pytest.mark.parametrize("count", [0, 1, 30])
def test_the_three_notes_follow_the_last_row(count):
    sheet = sheet_of(ledger([row()] * count))
    assert [sheet.cell(4 + count + n, 1).value for n in range(3)] == FORM_NOTES == list(NOTES)
    assert sheet.max_row == 6 + count


def test_it_prints_on_a4_landscape_one_page_wide_with_the_header_on_each_page():
    sheet = sheet_of(ledger([row()] * 3))
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (int(sheet.page_setup.fitToWidth or 1), int(sheet.page_setup.fitToHeight)) == (1, 0)
    assert sheet.print_title_rows == "$3:$3"
    assert sheet.freeze_panes == "C4"
    assert sheet.oddFooter.center.text == "第&P页/共&N页"
    assert sheet.page_margins.left == pytest.approx(12.5 / 25.4)


def test_the_columns_fill_the_page():
    tree = xml_of(ledger([row()]))
    widths = {}
    for group in (element for element in tree.iter() if element.tag.endswith("}col")):
        for number in range(int(group.get("min")), int(group.get("max")) + 1):
            widths[number] = float(group.get("width")) * 7 * 25.4 / 96
    millimetres = [round(widths[number]) for number in range(1, 18)]
    assert millimetres == [7, 15, 10, 22, 62, 10, 15, 22, 25, 20, 20, 20, 22, 36, 22, 10, 22]


def test_cells_are_wrapped_bordered_text():
    sheet = sheet_of(ledger([row(联系方式="00012345678")]))
    cell = sheet["D4"]
    assert (cell.value, cell.data_type, cell.number_format) == ("00012345678", "s", "@")
    assert cell.alignment.wrap_text
    assert cell.alignment.vertical == "top"
    assert cell.border.left.style == cell.border.bottom.style == "thin"


@pytest.mark.parametrize(
    ("header", "text", "value", "number_format"),
    [
        ("序号", "12", 12, "0"),
        ("分办转办时间", "2026-11-23 09:05", datetime(2026, 11, 23, 9, 5), "yyyy-mm-dd hh:mm"),  # noqa: DTZ001
        ("要求办理期限", "2026-11-26", datetime(2026, 11, 26), "yyyy-mm-dd"),  # noqa: DTZ001
        ("实际办结时间", "2026-11-26 10:00", datetime(2026, 11, 26, 10), "yyyy-mm-dd hh:mm"),  # noqa: DTZ001
        ("回访时间", "2026-11-26 10:30", datetime(2026, 11, 26, 10, 30), "yyyy-mm-dd hh:mm"),  # noqa: DTZ001
    ],
)
def test_a_number_is_a_number_and_a_date_a_date(header, text, value, number_format):
    cell = sheet_of(ledger([row(**{header: text})])).cell(4, HEADERS.index(header) + 1)
    assert (cell.value, cell.number_format) == (value, number_format)
    assert cell.data_type in "nd"


@pytest.mark.parametrize("text", ["2026-11-26（暂定）", "方案：2026-11-26；结果：2026-12-04", "—（当场）", ""])
def test_what_is_more_than_a_date_stays_text(text):
    value = sheet_of(ledger([row(要求办理期限=text)])).cell(4, HEADERS.index("要求办理期限") + 1).value
    assert (value or "").replace("\n", "") == text


def test_fifteen_ordinary_cases_take_two_pages():
    """By the heights of the rows and the scale that the width of the columns asks for; seen so in LibreOffice too."""
    busy = row(
        主要诉求="诉" * 120,
        是否催办及时间="是 2026-11-25 09:00（第1次）；2026-11-26 09:00（第2次）",
        办理情况="办" * 60,
        备注="未超期｜热线单号PDS20261120000123｜2026-11-26销号",
    )
    sheet = sheet_of(ledger([busy] * 15))
    scale = 272 / sum(sheet.column_dimensions[column].width * 7 * 25.4 / 96 for column in "ABCDEFGHIJKLMNOPQ")
    heights = [sheet.row_dimensions[number].height or 15 for number in range(1, sheet.max_row + 1)]
    page = 180 / 25.4 * 72 / scale
    assert sum(heights) < 2 * page - 42, "the head stands on the second page again"
    assert scale > 0.7, "and it can still be read"


INJECTIONS = [
    "=1+1",
    "+1",
    "-1",
    "@x",
    "\t=1",
    " =1",
    "\n=1",
    "　=1",
    "＝1+1",
    "－1",
    "=HYPERLINK(\"http://example.invalid\",\"点此\")",
    "{=1+1}",
    "http://example.invalid",
    "mailto:a@example.invalid",
    "<r><t>x</t></r>",
    "</t></is></c><c r=\"A9\"><f>1+1</f></c>",
    "_x003D_1",
]  # fmt: skip


@pytest.mark.parametrize("text", INJECTIONS)
def test_nothing_a_complaint_contains_becomes_a_formula_or_a_link(text):
    file = ledger([row(主要诉求=text)])
    cell = sheet_of(file)["E4"]
    assert (cell.data_type, cell.hyperlink) == ("s", None)
    assert unescape(cell.value).removeprefix("'") == text
    tags = {element.tag.rpartition("}")[2] for element in xml_of(file).iter()}
    assert not tags & {"f", "hyperlink"}


@pytest.mark.parametrize("text", INJECTIONS)
def test_saved_as_csv_it_is_still_harmless(text):
    out = io.StringIO()
    csv.writer(out).writerow([sheet_of(ledger([row(主要诉求=text)]))["E4"].value])
    (cell,) = next(csv.reader(io.StringIO(out.getvalue())))
    assert not cell.lstrip().startswith(tuple("=+-@＝＋－＠"))


def test_the_name_of_a_centre_is_no_formula_either():
    assert sheet_of(ledger([], centre="=1+1"))["A2"].value.startswith("单位：=1+1")


def test_ordinary_text_is_left_alone():
    text = "是 2026-11-25 09:00（第1次）；\n2026-11-26 09:00（第2次）—3<5 & “引号”"
    assert sheet_of(ledger([row(是否催办及时间=text)]))["J4"].value == text


def test_characters_that_no_xml_may_hold_are_dropped():
    assert sheet_of(ledger([row(主要诉求="a\x00b\ud800c\uffffd")]))["E4"].value == "abcd"


def test_an_overlong_text_is_cut_visibly():
    value = sheet_of(ledger([row(主要诉求="诉" * 40_000)]))["E4"].value
    assert value.endswith("…（全文见工作单）")
    assert len(value) < 32_767


def test_a_row_of_another_length_is_refused_before_anything_is_written(tmp_path):
    path = tmp_path / "台账.xlsx"
    with pytest.raises(ValueError, match="row 2 has 16 cells"):
        write_ledger(
            path, [row(), row()[:-1]], centre="中心", period="2026年11月", made_on=date(2026, 11, 23), masked=True
        )
    assert not path.exists()


def test_it_writes_to_a_path_and_equal_input_gives_equal_bytes(tmp_path):
    path = tmp_path / "台账.xlsx"
    write_ledger(
        path,
        [row()],
        centre="湛河区政务服务中心",
        period="2026年11月",
        made_on=date(2026, 11, 23),
        masked=False,
    )
    assert path.read_bytes() == ledger([row()]).getvalue()


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 13, 1),
        ("否", 13, 1),
        ("2026年\n11月", 13, 2),
        ("诉" * 10, 36, 1),
        ("诉" * 60, 36, 5),
        ("2026-11-25 09:00", 13, 3),
        ("a" * 100, 13, 15),
        ("一\n\n二", 13, 3),
    ],
)
def test_the_lines_of_a_cell_are_counted_so_that_none_is_hidden(text, width, lines):
    assert lines_in(text, width) == lines


def test_a_row_is_as_high_as_its_longest_cell_and_never_higher_than_excel_allows():
    sheet = sheet_of(ledger([row(), row(主要诉求="诉" * 130), row(主要诉求="诉" * 9_000)]))
    heights = [sheet.row_dimensions[number].height for number in (4, 5, 6)]
    assert heights == sorted(heights)
    assert heights[1] >= 6 * 11.5
    assert 400 < heights[2] <= 409
