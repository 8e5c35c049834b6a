"""The clerk's hand: a draft is thrown away, mended and filled in before it is confirmed."""

from __future__ import annotations

import io
from datetime import date

import pytest
from docx import Document
from openpyxl import load_workbook

from domain.case import OPERATOR
from services.directory.people import first_centre
from services.papers.ledger import export_ledger
from services.papers.papers import month_file
from services.store.statistics import summary
from services.upkeep.verify import verify
from tests.kit.town import Town, shown, words


async def test_a_draft_that_was_no_complaint_is_in_no_list_and_no_count(town: Town):
    kept = await town.push(external_no="A1")
    no = await town.push(external_no="A2", content="打印机没纸了，谁去领一下")
    said = words(await town.say("wangmin", "app", f"/放弃 {no}"))
    assert "已放弃" in said
    assert no not in words(await town.say("wangmin", "app", "/我的"))
    assert no not in words(await town.say("wangmin", "app", "/台账"))
    centre = await first_centre()
    assert centre is not None
    counts = await summary(centre.id, town.app.clock.now())
    assert (counts.open, sum(week.registered for week in counts.trend)) == (1, 1)
    sheet = load_workbook(io.BytesIO((await export_ledger(town.app, centre, OPERATOR, full=True)).content)).active
    assert len([row for row in sheet.iter_rows(values_only=True) if row[0] and str(row[0]).isdigit()]) == 1
    assert not [m for m in await town.turn("11-23 09:31") if no in shown(m)]
    assert "不是诉求" in words(await town.say("wangmin", "app", f"/查 {no}"))
    assert (await verify(town.app)).faults == []
    assert await town.push(external_no="A3") == "YS20261123-0003", "the number stays used"
    assert kept == "YS20261123-0001"


async def test_the_month_does_not_count_what_was_thrown_away(town: Town):
    for number in ("A1", "A2"):
        no = await town.push(external_no=number)
    await town.say("wangmin", "app", f"/放弃 {no}")
    centre = await first_centre()
    assert centre is not None
    _, content = await month_file(town.app, centre, date(2026, 11, 1), OPERATOR)
    table = Document(io.BytesIO(content)).tables[0]
    received = next(texts for row in table.rows if "期内登记" in (texts := [cell.text for cell in row.cells]))
    assert received[received.index("期内登记") + 1].startswith("1")


async def test_an_order_that_was_thrown_away_may_be_pushed_again(town: Town):
    no = await town.push(external_no="A1")
    assert "/放弃 1123-1" in shown(await town.expect("app", no, "待核对", user="wangmin"))
    await town.say("wangmin", "app", "/放弃 1123-1")
    assert (await town.case(no))["state"] == "Z8"
    again = (await town.push_raw({"fields": {"content": "窗口无人值守，请求安排人员。", "external_no": "A1"}}))[
        "answer"
    ]
    assert again["created"]
    assert again["case_no"] != no


async def test_a_case_that_was_confirmed_is_not_thrown_away(town: Town):
    no = await town.push()
    await town.say("wangmin", "app", f"/确认 {no}")
    said = words(await town.say("wangmin", "app", f"/放弃 {no}"))
    assert "不能放弃" in said
    assert (await town.case(no))["state"] == "A1"


ENTRIES = (
    ("姓名：孟老根", lambda case: case.private.name, "孟老根"),
    ("标题：养老待遇迟迟未核定", lambda case: case.title, "养老待遇迟迟未核定"),
    ("来源：万人助万企", lambda case: case.source, "万人助万企窗口"),
    ("编号：PDS20261123000777", lambda case: case.external_no, "PDS20261123000777"),
    ("时限：2026-11-27 12:00", lambda case: case.external_due.isoformat(), "2026-11-27T12:00:00+08:00"),
    ("反映时间：11月20日上午9点", lambda case: case.reported_at.isoformat(), "2026-11-20T09:00:00+08:00"),
    ("诉求类别：求助", lambda case: case.kind, "求助"),
    ("类别：很难办", lambda case: case.category, "很难办"),
    ("单位联系人：测乙二", lambda case: case.private.contact, "测乙二"),
    ("电话：000 1234 0077", lambda case: case.private.phones, ("00012340077",)),
    ("地址：示例市另一条路9号", lambda case: case.private.address, "示例市另一条路9号"),
    ("内容：退休金三个月没有核定", lambda case: case.private.content, "退休金三个月没有核定"),
    ("是否单位：是", lambda case: case.private.is_unit, True),
    ("匿名：是", lambda case: case.anonymous, True),
    ("保密：是", lambda case: case.confidential, True),
)


@pytest.mark.parametrize("command", ["/改", "/补充"])
async def test_every_entry_of_a_draft_can_be_put_right_at_once(town: Town, command: str):
    no = await town.push(external_no="A1")
    for words_, value_of, value in ENTRIES:
        said = words(await town.say("wangmin", "app", f"{command} {no} {words_}"))
        assert no in said
        case = (await town.record(no)).case
        assert value_of(case) == value, words_
    assert (await town.case(no))["state"] == "D"
    assert (await verify(town.app)).faults == []
    again = await town.push_raw(
        {"fields": {"content": "同一件再推", "external_no": "PDS20261123000777", "source": "万人助万企窗口"}}
    )
    assert again["answer"]["case_no"] == no, "the row is found by its new number"


async def test_several_entries_in_one_message(town: Town):
    no = await town.push()
    said = words(await town.say("wangmin", "app", f"/改 {no} 姓名：孟老根；电话：00012340077"))
    private = (await town.record(no)).case.private
    assert (private.name, private.phone) == ("孟老根", "00012340077")
    assert "姓名或单位名称、联系电话" in said


async def test_after_confirmation_the_sentence_says_how_and_works(town: Town):
    no = await town.push()
    await town.say("wangmin", "app", f"/确认 {no}")
    said = words(await town.say("wangmin", "app", f"/改 {no} 标题：养老待遇迟迟未核定"))
    assert "/更正 1123-1 标题：养老待遇迟迟未核定 理由" in said
    await town.say("wangmin", "app", "/更正 1123-1 标题：养老待遇迟迟未核定 标题看不出事由")
    await town.say("zhaogang", "app", f"/准 {no}")
    assert (await town.record(no)).case.title == "养老待遇迟迟未核定"


async def test_an_order_number_somebody_has_is_refused_by_name(town: Town):
    first = await town.push(external_no="A1")
    no = await town.push(external_no="A2")
    said = words(await town.say("wangmin", "app", f"/改 {no} 编号：A1"))
    assert first in said
    assert (await town.record(no)).case.external_no == "A2"


@pytest.mark.parametrize(
    ("given", "lacking", "left"),
    [
        ("诉求类别：投诉", {"kind": ""}, ()),
        ("投诉", {"kind": ""}, ()),
        ("00012340099", {"phone": "", "kind": ""}, ("kind",)),
        ("单位联系人：测乙二", {"name": "测试商贸有限公司", "is_unit": True}, ()),
        ("测乙二", {"name": "测试商贸有限公司", "is_unit": True}, ()),
    ],
)
async def test_what_is_missing_is_given_in_the_words_it_is_asked_with(
    town: Town, given: str, lacking: dict, left: tuple
):
    no = await town.push(**lacking)
    assert (await town.record(no)).case.missing
    asked = words(await town.press("wangmin", "补充"))
    assert "仍缺" in asked
    await town.say("wangmin", "app", given)
    assert (await town.record(no)).case.missing == left


async def test_what_is_missing_can_be_given_after_confirmation_too(town: Town):
    no = await town.push(kind="")
    await town.say("wangmin", "app", f"/确认 {no}")
    said = words(await town.say("wangmin", "app", f"/补充 {no} 诉求类别：投诉"))
    assert "填入诉求类别" in said
    assert (await town.record(no)).case.kind == "投诉"
    said = words(await town.say("wangmin", "app", f"/补充 {no} 姓名：孟老根"))
    assert "没有改" in said
    assert "/更正" in said
    assert (await town.record(no)).case.private.name == "测甲一"


@pytest.mark.parametrize(
    ("slip", "answer"),
    [
        ("姓名", "可以改："),
        ("颜色：红", "可以改："),
        ("电话：没有", "看不懂，没有改"),
        ("反映时间：改天", "看不懂，没有改"),
        ("", "可以改："),
    ],
)
async def test_a_slip_in_改_says_what_would_work(town: Town, slip: str, answer: str):
    no = await town.push()
    said = words(await town.say("wangmin", "app", f"/改 {no} {slip}".strip()))
    assert answer in said
    assert (await town.events(no)) == ["registered"]
