"""The directory as counties have it: what an office sheet looks like is read, what spoils an account is reported."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from domain.vocabulary import Role
from models.people import Department, Person
from models.sealing import Sealer
from services.directory.file import HEADER, BadDirectory, DirectoryFile, read_directory
from services.directory.people import import_directory, people, person_by_account

SEALER = Sealer(bytes(32))
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
CENTRE = "示例县政务服务中心"
Rows = Sequence[Sequence[object]]
ROWS: Rows = [
    [CENTRE, "县区", "", "王窗口", "窗口、热线", "wangck", ""],
    [CENTRE, "县区", "", "李管理", "管理机构", "ligl", ""],
    [CENTRE, "县区", "住房和城乡建设局", "张联络", "联络员", "zhangll", "0148624069208255"],
]


def workbook(sheets: Mapping[str, Rows], merged: Mapping[str, Sequence[str]] | None = None) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        for cells in (merged or {}).get(name, ()):
            sheet.merge_cells(cells)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def sheet(*rows: Sequence[object], merged: Sequence[str] = ()) -> DirectoryFile:
    return read_directory(workbook({"名册": rows}, {"名册": merged}), "名册.xlsx")


def text(*rows: Sequence[object], head: Sequence[str] = HEADER) -> str:
    return "\r\n".join(",".join(map(str, row)) for row in [head, *rows])


def faults(content: bytes, filename: str = "名册.csv") -> list[tuple[int, str]]:
    with pytest.raises(BadDirectory) as caught:
        read_directory(content, filename)
    return caught.value.errors


def who(read: DirectoryFile) -> list[tuple[object, ...]]:
    return [(row.name, row.departments, "、".join(row.roles), dict(row.accounts)) for row in read.people]


EXPECTED = who(sheet(HEADER, *ROWS))


# What a sheet of an office looks like


def test_a_title_a_remark_and_a_footer_are_no_people() -> None:
    read = sheet(
        ["示例县“有诉即办”工作人员名册"],
        ["填报单位（盖章）：示例县政务服务和大数据管理局", None, None, None, None, "填报日期：2026年11月20日"],
        HEADER,
        *ROWS,
        ["备注：账号以管理后台为准"],
        ["填表人：孙某", None, "审核人：周某", None, "联系电话：0375-1234567"],
        ["合计", None, None, 3],
        merged=["A1:G1", "A7:G7"],
    )
    assert who(read) == EXPECTED
    assert [line for line, _ in read.aside] == [7, 8, 9]
    assert "填表人" in read.aside[1][1]


def test_serial_numbers_and_further_columns_in_any_order() -> None:
    order = ["姓名", "职务", "角色", "部门", "层级", "中心", "钉钉账号", "企业微信账号"]
    head = ["序号", *order, "备注"]
    place = {name: HEADER.index(name) for name in order if name in HEADER}
    rows = [
        [number, *(row[place[name]] if name in place else "科员" for name in order), "新任" if number == 2 else None]
        for number, row in enumerate(ROWS, start=1)
    ]
    empty = [[number, *[None] * 9] for number in (4, 5)]
    assert who(sheet(head, *rows, *empty)) == EXPECTED


def test_heads_as_other_offices_write_them() -> None:
    head = ["所属中心", "层 级", "单位名称", "姓\n名", "角色（可多选）", "企业微信帐号*", "钉钉UserID"]
    assert who(sheet(head, *ROWS)) == EXPECTED


def test_the_very_name_of_a_column_goes_before_another_for_it() -> None:
    head = ["单位", *HEADER]
    assert who(sheet(head, *(["县大数据局", *row] for row in ROWS))) == EXPECTED


def test_a_merged_centre_and_a_merged_department_hold_for_the_rows_below() -> None:
    rows = [
        [CENTRE, "县区", "", "王窗口", "窗口、热线", "wangck", ""],
        ["", "", "", "李管理", "管理机构", "ligl", ""],
        ["", "", "住房和城乡建设局", "张联络", "联络员", "zhangll", ""],
        ["", "", "", "赵分管", "分管领导", "zhaofg", ""],
        ["", "", "", "", "", "", ""],
    ]
    read = sheet(HEADER, *rows, merged=["A2:A6", "B2:B6", "C4:C5"])
    assert [(row.centre, row.level, row.departments) for row in read.people] == [
        (CENTRE, "县区", ()),
        (CENTRE, "县区", ()),
        (CENTRE, "县区", ("住房和城乡建设局",)),
        (CENTRE, "县区", ("住房和城乡建设局",)),
    ]


def test_a_merged_centre_saved_as_csv_is_written_once() -> None:
    rows = [ROWS[0], ["", "", *ROWS[1][2:]], ["", "", *ROWS[2][2:]]]
    assert who(read_directory(text(*rows).encode(), "名册.csv")) == EXPECTED


def test_a_sheet_of_notes_first_and_centres_on_sheets_of_their_own() -> None:
    town = ["示例镇便民服务中心", "乡镇街道", "无", "周镇", "窗口", "zhouz", "/"]
    content = workbook(
        {"填表说明": [["一、请逐人填写"], ["二、账号见后台"]], "县": [HEADER, *ROWS], "镇": [HEADER, town]}
    )
    assert who(read_directory(content, "名册.xlsx")) == [*EXPECTED, ("周镇", (), "窗口", {"wecom": "zhouz"})]


def test_a_fault_says_on_which_sheet_it_is() -> None:
    content = workbook({"县": [HEADER, *ROWS], "镇": [HEADER, [CENTRE, "县区", "", "周镇", "镇长", "zhouz", ""]]})
    ((line, told),) = faults(content, "名册.xlsx")
    assert line == 2
    assert "工作表“镇”" in told


def test_a_head_printed_again_on_every_page_is_no_person() -> None:
    assert who(sheet(HEADER, ROWS[0], HEADER, *ROWS[1:])) == EXPECTED


@pytest.mark.parametrize("written", ["区县", "县（市、区）", "县级", "区", "县区 "])
def test_the_level_in_other_words(written: str) -> None:
    assert sheet(HEADER, [CENTRE, written, *ROWS[0][2:]]).people[0].level == "县区"


@pytest.mark.parametrize("marks", ["、", "，", ",", "/", "／", " ", "　", "；", "\n"])
def test_roles_divided_by_whatever_people_write(marks: str) -> None:
    row = [CENTRE, "县区", "", "王窗口", marks.join(["窗口", "热线"]), "wangck", ""]
    assert sheet(HEADER, row).people[0].roles == (Role.WINDOW, Role.HOTLINE)


@pytest.mark.parametrize("empty", ["无", "/", "／", "-", "—", "暂无"])
def test_a_word_for_nothing_is_nothing(empty: str) -> None:
    row = [CENTRE, "县区", empty, "王窗口", "窗口", "wangck", empty]
    assert who(sheet(HEADER, row)) == [("王窗口", (), "窗口", {"wecom": "wangck"})]


@pytest.mark.parametrize("encoding", ["gb18030", "gbk", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_csv_in_any_encoding(encoding: str) -> None:
    assert who(read_directory(text(*ROWS).encode(encoding), "名册.csv")) == EXPECTED


def test_a_csv_with_tabs_as_excel_saves_unicode_text() -> None:
    assert who(read_directory(text(*ROWS).replace(",", "\t").encode("utf-16"), "名册.csv")) == EXPECTED


def test_an_xls_file_is_read_like_an_xlsx() -> None:
    content = (Path(__file__).parent / "data" / "roster.xls").read_bytes()
    read = read_directory(content, "名册.xls")
    assert who(read) == EXPECTED
    assert [row.centre for row in read.people] == [CENTRE] * 3, "merged there"
    assert who(read_directory(content, "名册.xlsx")) == EXPECTED, "whatever it is called"


def test_names_as_wide_as_three_characters_and_broken_lines_are_one_name() -> None:
    row = [CENTRE, "县区", "住房和城乡\n建设局", "王　敏", "联络员", "wangm", ""]
    assert who(sheet(HEADER, row)) == [("王敏", ("住房和城乡建设局",), "联络员", {"wecom": "wangm"})]


def test_a_missing_column_is_named() -> None:
    ((line, told),) = faults(workbook({"名册": [["名册"], [*HEADER[:4], *HEADER[5:]], ROWS[0]]}), "名册.xlsx")
    assert line == 2
    assert "缺少：角色" in told


def test_a_department_without_anybody_is_reported() -> None:
    found = faults(text(*ROWS, [CENTRE, "县区", "档案馆", "", "", "", ""]).encode())
    assert {line for line, _ in found} == {5}
    assert any("“姓名”不能为空" in told for _, told in found)


# What a spreadsheet or a hand makes of an account


@pytest.mark.parametrize(
    ("account", "told"),
    [
        ("1.48624E+14", "科学记数法"),
        ("1.48624069208255E+017", "科学记数法"),
        ('"=""0148624069208255"""', "等号"),
        ("=B2", "等号"),
        ("王联络", "汉字"),
        ("wang王", "汉字"),
        ("ｗａｎｇｌｌ", "全角"),
        ("１４８６２４", "全角"),
        ("wang\u200bll", "看不见"),
        ("\u202awangll", "看不见"),
        ("\ufeffwangll", "看不见"),
        ("wang ll", "不能有空格"),
        ("wang\u00a0ll", "不能有空格"),
        ("'0148624", "不像账号"),
        ("wang#ll", "不像账号"),
        ("x" * 65, "不像账号"),
        ("148624069208255000", "末尾的几位"),
    ],
)
@pytest.mark.parametrize("column", [5, 6])
def test_what_cannot_be_an_account_is_reported_with_its_line_and_nothing_is_imported(
    account: str, told: str, column: int
) -> None:
    row = [CENTRE, "县区", "档案馆", "孙联络", "联络员", "", ""]
    row[column] = account
    ((line, message),) = faults(text(*ROWS, row).encode())
    assert line == 5
    assert told in message
    assert HEADER[column] in message


@pytest.mark.parametrize("number", [148624069208255, 1.48624069208255e17, 148624069208, 1.5])
def test_an_account_kept_as_a_number_is_reported(number: float) -> None:
    row = [CENTRE, "县区", "档案馆", "孙联络", "联络员", "", number]
    ((line, message),) = faults(workbook({"名册": [HEADER, *ROWS, row]}), "名册.xlsx")
    assert line == 5
    assert "文本" in message


def test_a_formula_is_reported_whatever_it_came_to() -> None:
    row = [CENTRE, "县区", "档案馆", "孙联络", "联络员", '="0148624069208256"', ""]
    ((line, message),) = faults(workbook({"名册": [HEADER, *ROWS, row]}), "名册.xlsx")
    assert line == 5
    assert "公式" in message


def test_a_leading_zero_that_the_others_of_the_column_have_is_missed() -> None:
    row = [CENTRE, "县区", "档案馆", "孙联络", "联络员", "", "148624069208256"]
    ((line, message),) = faults(text(*ROWS, row).encode())
    assert line == 5
    assert "丢了开头的 0" in message


def test_a_zero_that_the_format_of_the_cell_shows_is_meant() -> None:
    book = Workbook()
    for row in [HEADER, *ROWS, [CENTRE, "县区", "档案馆", "孙联络", "联络员", 123, ""]]:
        book.active.append(list(row))
    book.active.cell(5, 6).number_format = "00000"
    packed = io.BytesIO()
    book.save(packed)
    assert read_directory(packed.getvalue(), "名册.xlsx").people[-1].accounts == {"wecom": "00123"}


# One person, several departments


@pytest.mark.parametrize(
    "rows",
    [
        [["住房和城乡建设局", "zhangll"], ["城市管理局", "ZhangLL"]],
        [["住房和城乡建设局、城市管理局", "zhangll"]],
        [["住房和城乡建设局\n城市管理局", "zhangll"]],
    ],
    ids=["two rows", "one row", "one cell, two lines"],
)
async def test_one_liaison_of_two_departments_is_one_person(database: str, rows: Sequence[Sequence[str]]) -> None:
    lines = [[CENTRE, "县区", department, "张联络", "联络员", account, ""] for department, account in rows]
    content = workbook({"名册": [HEADER, ROWS[0], *lines]})
    for _ in range(2):
        summary = await import_directory(content, "名册.xlsx", NOW, SEALER)
    assert (summary.people, summary.people_changed, summary.people_added) == (2, 0, 0)
    found = await person_by_account("wecom", "zhangll")
    assert found is not None
    for department in await Department.all():
        assert department.id in found.departments
        assert await people(found.centre_id, role=Role.LIAISON, department_id=department.id) == [found]
    fewer = workbook({"名册": [HEADER, ROWS[0], [CENTRE, "县区", "城市管理局", "张联络", "联络员", "zhangll", ""]]})
    summary = await import_directory(fewer, "名册.xlsx", NOW, SEALER)
    assert (summary.people_changed, summary.departments_deactivated, await Person.all().count()) == (1, 1, 2)
    left = await person_by_account("wecom", "zhangll")
    assert left is not None
    assert (left.id, left.department, left.further) == (found.id, "城市管理局", frozenset())


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ([CENTRE, "县区", "城市管理局", "张另", "联络员", "zhangll", ""], "姓名"),
        (["另一中心", "县区", "城市管理局", "张联络", "联络员", "zhangll", ""], "一个中心"),
        ([CENTRE, "县区", "城市管理局", "张联络", "分管领导", "zhangll", ""], "角色要相同"),
        ([CENTRE, "县区", "", "张联络", "纪检", "zhangll", ""], "角色要相同"),
        ([CENTRE, "县区", "城市管理局", "张联络", "联络员", "zhangll", "other"], "账号"),
        ([CENTRE, "县区", "城市管理局", "张联络", "联络员", "zhangll", "0148624069208277"], "账号"),
    ],
)
def test_rows_of_one_account_that_contradict_each_other_are_reported(row: list[str], told: str) -> None:
    ((line, message),) = faults(text(*ROWS, row).encode())
    assert line == 5
    assert "第 4 行" in message
    assert told in message
