"""Importing the directory file: good files, and every kind of bad row."""

from __future__ import annotations

import io
import time
import zipfile
from datetime import UTC, datetime

import pytest
from openpyxl import Workbook

from domain.vocabulary import Role
from main import BUILDERS
from models.bookkeeping import MetaRow
from models.people import Account, Centre, Department, Person
from models.sealing import Sealer
from platforms.known import KNOWN, Known
from services.directory.file import HEADER, read_directory
from services.directory.people import BadDirectory, import_directory, people, person, person_by_account

SEALER = Sealer(bytes(32))
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
HEAD = ",".join(HEADER)
LINES = [
    "示例市政务服务中心,市,,王窗口,窗口、热线,WangCk,",
    "示例市政务服务中心,市,,李管理,管理机构,ligl,ding-li",
    "示例市政务服务中心,市,住房和城乡建设局,张联络,联络员,zhangll,",
    "示例市政务服务中心,市,住房和城乡建设局,赵分管,分管领导,,ding-zhao",
    "示例县政务服务中心,县区,人力资源和社会保障局,钱联络,联络员,qianll,",
]


def file_of(*lines: str) -> bytes:
    return "\n".join([HEAD, *lines]).encode("utf-8-sig")


def xlsx_of(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in (list(HEADER), *rows):
        book.active.append(row)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def faults(content: bytes, filename: str = "org.csv") -> list[tuple[int, str]]:
    with pytest.raises(BadDirectory) as caught:
        read_directory(content, filename)
    return caught.value.errors


async def test_a_good_file_brings_centres_departments_and_people(database: str) -> None:
    summary = await import_directory(file_of(*LINES), "org.csv", NOW, SEALER)
    assert (summary.centres_added, summary.departments_added, summary.people_added) == (2, 2, 5)
    window = await person_by_account("wecom", "wangck")
    assert window is not None
    assert (window.name, window.department, window.roles) == ("王窗口", "", {Role.WINDOW, Role.HOTLINE})
    superior = await person_by_account("dingtalk", "DING-ZHAO")
    assert superior is not None
    assert (superior.department, dict(superior.accounts)) == ("住房和城乡建设局", {"dingtalk": "ding-zhao"})
    assert (await MetaRow.get(key="directory_imported_at")).value == NOW.isoformat()


async def test_the_same_file_again_changes_nothing(database: str) -> None:
    await import_directory(file_of(*LINES), "org.csv", NOW, SEALER)
    before = await Person.all().order_by("id").values()
    again = await import_directory(file_of(*LINES), "org.csv", NOW, SEALER)
    assert (again.people_added, again.people_changed, again.people_deactivated, again.departments_added) == (0, 0, 0, 0)
    assert await Person.all().order_by("id").values() == before


async def test_what_disappears_is_deactivated_and_comes_back_as_the_same_person(database: str) -> None:
    await import_directory(file_of(*LINES), "org.csv", NOW, SEALER)
    liaison = await person_by_account("wecom", "zhangll")
    assert liaison is not None
    gone = await import_directory(file_of(LINES[0], LINES[1], LINES[4]), "org.csv", NOW, SEALER)
    assert (gone.people_deactivated, gone.departments_deactivated) == (2, 1)
    assert await person_by_account("wecom", "zhangll") is None
    kept = await person(liaison.id)
    assert kept is not None
    assert not kept.active
    back = await import_directory(file_of(*LINES), "org.csv", NOW, SEALER)
    assert (back.people_added, back.people_changed, back.departments_added) == (0, 2, 0)
    assert (await person_by_account("wecom", "zhangll")) == liaison
    assert await Person.all().count() == 5


async def test_a_changed_row_changes_the_person_and_keeps_the_id(database: str) -> None:
    await import_directory(file_of(*LINES), "org.csv", NOW, SEALER)
    old = await person_by_account("wecom", "zhangll")
    line = "示例县政务服务中心,县区,人力资源和社会保障局,张联络员,联络员、负责人,ZhangLL,ding-zhang"
    summary = await import_directory(file_of(*LINES[:2], line, *LINES[3:]), "org.csv", NOW, SEALER)
    new = await person_by_account("dingtalk", "ding-zhang")
    assert old is not None
    assert new is not None
    assert (summary.people_changed, new.id, new.name) == (1, old.id, "张联络员")
    assert (new.centre, new.department) == ("示例县政务服务中心", "人力资源和社会保障局")


async def test_accounts_may_change_hands_within_one_file(database: str) -> None:
    line = "示例市政务服务中心,市,,{},窗口,{},{}".format
    await import_directory(file_of(line("甲", "a", "x"), line("乙", "b", "y")), "org.csv", NOW, SEALER)
    first, second = await person_by_account("wecom", "a"), await person_by_account("wecom", "b")
    await import_directory(file_of(line("甲", "a", "y"), line("乙", "b", "x")), "org.csv", NOW, SEALER)
    assert first is not None
    assert second is not None
    swapped = await person_by_account("dingtalk", "y")
    assert swapped is not None
    assert (swapped.id, swapped.name) == (first.id, "甲")
    merged = await import_directory(file_of(line("甲", "a", "x")), "org.csv", NOW, SEALER)
    assert merged.people_deactivated == 1
    holder = await person_by_account("dingtalk", "x")
    assert holder is not None
    assert holder.id == first.id


async def test_an_xlsx_file_is_read_like_a_csv_even_with_numbers_for_accounts(database: str) -> None:
    rows: list[list[object]] = [["示例市政务服务中心", "市", None, "王窗口", "窗口", 10086, None], [None] * 7]
    await import_directory(xlsx_of(*rows), "通讯录.XLSX", NOW, SEALER)
    found = await person_by_account("wecom", "10086")
    assert found is not None
    assert [card.id for card in await people(found.centre_id, role="窗口")] == [found.id]


async def test_one_bad_row_and_nothing_is_imported(database: str) -> None:
    bad = "示例市政务服务中心,市,,孙某某,局长,sun,"
    with pytest.raises(BadDirectory) as caught:
        await import_directory(file_of(*LINES, bad), "org.csv", NOW, SEALER)
    assert [line for line, _ in caught.value.errors] == [7]
    assert "局长" in str(caught.value)
    assert await Centre.all().count() + await Department.all().count() + await Person.all().count() == 0


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (",市,,王窗口,窗口,w,", "“中心”不能为空"),
        ("示例中心,省,,王窗口,窗口,w,", "“层级”应为"),
        ("示例中心,市,,,窗口,w,", "“姓名”不能为空"),
        ("示例中心,市,,王窗口,,w,", "“角色”不能为空"),
        ("示例中心,市,,王窗口,窗口主任,w,", "没有“窗口主任”这种角色"),
        ("示例中心,市,,王窗口,系统,w,", "没有“系统”这种角色"),
        ("示例中心,市,,张联络,联络员,w,", "联络员必须填写“部门”"),
        ("示例中心,市,,王窗口,窗口,,", "至少填一个"),
        ("示例中心,市,,王窗口,窗口,w w,", "账号里不能有空格"),
        ("示例中心,市,,王窗口,窗口,w,,多余", "只有 7 列"),
        ("示例中心,市,,王窗口,窗口", "至少填一个"),
        (f"示例中心,市,,{'长' * 201},窗口,w,", "超过 200 个字"),
        ('示例中心,市,,"王窗口,窗口,w,', "引号不成对"),
    ],
)
def test_each_bad_row_is_told_apart(line: str, told: str) -> None:
    ((number, message),) = faults(file_of(line))
    assert number == 2
    assert told in message


def test_an_account_on_two_rows_is_refused_and_says_what_to_do() -> None:
    again = "示例市政务服务中心,市,住房和城乡建设局,张联络,联络员,ZHANGLL,"
    ((number, message),) = faults(file_of(*LINES, again))
    assert number == 7
    assert "第 4 行重复" in message
    assert "只占一行" in message


def test_a_centre_with_two_levels_is_refused() -> None:
    ((number, message),) = faults(file_of(*LINES, "示例县政务服务中心,市,,周窗口,窗口,zhou,"))
    assert number == 7
    assert "第 6 行是“县区”" in message


def test_every_fault_is_reported_in_the_order_of_the_lines() -> None:
    bad = ["示例中心,省,,,窗口,w,", "", "示例中心,市,,王窗口,窗口,,"]
    assert [line for line, _ in faults(file_of(*bad))] == [2, 2, 4]


def test_line_numbers_count_lines_inside_quoted_cells() -> None:
    assert [line for line, _ in faults(file_of('"示例\n中心",市,,王窗口,窗口,w,', "示例中心,市,,,窗口,v,"))] == [4]


@pytest.mark.parametrize(
    ("content", "filename", "told"),
    [
        (b"", "org.csv", "空的"),
        (HEAD.encode(), "org.csv", "没有人员"),
        (file_of(*LINES).replace("层级".encode(), "级别".encode()), "org.csv", "表头应为"),
        (b"\xff\xff\xff" + HEAD.encode(), "org.csv", "UTF-8"),
        (b"<html><table><tr><td>", "org.xls", "网页格式"),
        (file_of(*LINES), "org.txt", "只能导入"),
        (file_of(*LINES), "org.xlsx", "无法作为 .xlsx"),
        (b"x" * 10_000_001, "org.csv", "超过 10 MB"),
    ],
)
def test_a_file_that_is_no_directory_says_why(content: bytes, filename: str, told: str) -> None:
    assert told in faults(content, filename)[0][1]


def _sheet(rows: str) -> bytes:
    """A workbook whose only sheet has these rows of XML."""
    made = io.BytesIO()
    Workbook().save(made)
    packed = io.BytesIO()
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            if name.startswith("xl/worksheets/"):
                space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
                text = f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'.encode()
            new.writestr(name, text)
    return packed.getvalue()


BOMBS = {
    "a far row": '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
    "many far columns": "".join(f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(1, 25_000)),
    "gigabytes": "<row><c><v>1</v></c></row>" * 1_000_000,
}


@pytest.mark.parametrize("rows", BOMBS.values(), ids=BOMBS)
def test_a_small_sheet_that_unpacks_to_a_huge_one_is_refused(rows: str):
    began = time.process_time()
    with pytest.raises(BadDirectory) as refused:
        read_directory(_sheet(rows), "a.xlsx")
    assert "不像是通讯录" in str(refused.value) or "表头" in str(refused.value)
    assert time.process_time() - began < 30, "it took minutes before"


# Accounts


def test_every_known_platform_has_a_column_and_a_builder() -> None:
    assert HEADER[-len(KNOWN) :] == tuple(known.column for known in KNOWN.values())
    assert list(BUILDERS) == list(KNOWN)


async def test_an_account_leaves_its_holder_when_the_file_gives_it_away_in_other_capitals(database: str) -> None:
    line = "示例市政务服务中心,市,,{},窗口,{},{}".format
    await import_directory(file_of(line("甲", "a", ""), line("乙", "", "Ding-Y")), "org.csv", NOW, SEALER)
    await import_directory(file_of(line("甲", "a", "ding-y")), "org.csv", NOW, SEALER)
    assert await Account.all().order_by("platform").values_list("platform", "account") == [
        ("dingtalk", "ding-y"),
        ("wecom", "a"),
    ]


async def test_an_account_of_a_platform_this_release_does_not_know_stays_and_is_not_spoken_to(database: str) -> None:
    await import_directory(file_of(*LINES), "org.csv", NOW, SEALER)
    window = await person_by_account("wecom", "wangck")
    assert window is not None
    await Account.create(person_id=window.id, platform="feishu", account="ou_1")
    assert await person_by_account("wecom", "wangck") == window
    assert dict(window.accounts) == {"wecom": "wangck"}


async def test_a_third_platform_needs_its_row_in_the_table_and_nothing_else(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(KNOWN, "feishu", Known("飞书", "飞书账号"))
    monkeypatch.setattr("services.directory.file.HEADER", (*HEADER, "飞书账号"))
    content = "\n".join([f"{HEAD},飞书账号", "示例市政务服务中心,市,,王窗口,窗口,,,ou_Wang"]).encode()
    await import_directory(content, "org.csv", NOW, SEALER)
    found = await person_by_account("feishu", "OU_wang")
    assert found is not None
    assert dict(found.accounts) == {"feishu": "ou_Wang"}
    ((_, told),) = faults("\n".join([f"{HEAD},飞书账号", "示例市政务服务中心,市,,王窗口,窗口,,,"]).encode())
    assert "“飞书账号”至少填一个" in told
