"""/台账: the summary, the rows, the pages, the workbook; masked for the manager, full for the lead."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from domain.case import OPERATOR
from domain.ledger_form import HEADERS
from models.bookkeeping import AccessLog
from services.directory.people import first_centre
from services.papers import ledger
from services.store import event_store as archive
from tests.kit.town import Town, words

# fmt: off
HEADER_ROW = [
    "序号", "姓名或单位名称", "单位联系人", "联系方式", "主要诉求", "诉求类别",
    "政务服务部门及牵头部门", "分办转办时间", "要求办理期限", "是否催办及时间", "是否督办及时间", "是否退回重办及时间",
    "实际办结时间", "办理情况", "回访时间", "办理结果满意度", "备注",
]
# fmt: on


def table(book):
    """The rows of the ledger sheet from the header on."""
    rows = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    first = next(n for n, row in enumerate(rows) if row[0] == "序号")
    return rows[first:]


async def test_the_summary_counts_by_state_and_department_and_shows_the_month(town: Town):
    await town.dispatched(category="办不了", external_no="A")
    await town.answered("住建局", external_no="B")
    await town.push(external_no="C")
    said = words(await town.say("zhaogang", "app", "/台账"))
    for part in ("在办 3 件", "已超期 0 件", "待核对 1", "待质检 1", "人社局 1", "本月趋势"):
        assert part in said
    await town.turn("11-27 10:00")
    said = words(await town.say("lijianguo", "app", "/台账"))
    assert "已超期 1 件" in said
    assert "人社局 1（超期1）" in said


async def test_rows_come_ten_to_a_page(town: Town):
    numbers = [await town.push(external_no=f"A{n}") for n in range(12)]
    first = words(await town.say("zhaogang", "app", "/台账 本月"))
    assert "第 1/2 页" in first
    assert numbers[9] in first
    assert numbers[10] not in first
    assert "/台账 本月 2" in first
    second = words(await town.say("zhaogang", "app", "/台账 本月 2"))
    assert numbers[10] in second
    assert numbers[0] not in second
    head = words(await town.say("zhaogang", "app", "/台账"))
    offered = head.rpartition("下一页：")[2].strip()
    assert numbers[11] in words(await town.say("zhaogang", "app", offered)), "the next page it offers must work"


async def test_the_ledger_is_filtered_by_department_and_lateness(town: Town):
    mine = await town.dispatched(category="办不了", external_no="A")
    other = await town.dispatched("住建局", "很难办", external_no="B")
    said = words(await town.say("zhaogang", "app", "/台账 人社局"))
    assert mine in said
    assert other not in said
    await town.turn("11-27 10:00")
    said = words(await town.say("zhaogang", "app", "/台账 逾期"))
    assert mine in said
    assert other not in said
    assert "没有“教育局”" in words(await town.say("zhaogang", "app", "/台账 教育局")).replace("名册里", "")


async def test_one_row_in_a_chat_leaves_the_complainant_out(town: Town):
    no = await town.dispatched()
    said = words(await town.say("zhaogang", "app", f"/台账 {no}"))
    assert "要求办理期限：2026-11-24" in said
    assert "测甲一" not in said


async def test_the_managers_workbook_is_masked(town: Town):
    no = await town.answered()
    await town.say("zhaogang", "app", "/台账 导出")
    rows = table(await town.workbook("zhaogang"))
    assert rows[0] == HEADER_ROW == list(HEADERS)
    cells = " ".join(str(cell) for cell in rows[1])
    assert "测甲一" not in cells
    assert "00012340001" not in cells
    assert rows[1][1] == "测某"
    assert (await AccessLog.filter(what="ledger_masked").count()) == 1
    assert no.startswith("YS")


async def test_the_leads_workbook_is_full_and_the_export_is_written_down(town: Town):
    await town.answered()
    await town.say("lijianguo", "app", "/台账 导出")
    rows = table(await town.workbook("lijianguo"))
    assert rows[0] == HEADER_ROW
    assert rows[1][1] == "测甲一"
    assert rows[1][3] == "00012340001"
    assert (await AccessLog.filter(what="ledger_full").count()) == 1


async def test_an_export_asked_in_a_group_comes_one_to_one(town: Town):
    await town.answered()
    came = await town.say("lijianguo", "人社局", "/台账 导出")
    assert [m["chat"] for m in came if m["file"]] == ["app:lijianguo"]


async def test_the_window_reads_the_ledger_and_may_not_export_it(town: Town):
    await town.dispatched()
    assert "在办 1 件" in words(await town.say("wangmin", "app", "/台账"))
    assert "导出台账由管理机构" in words(await town.say("wangmin", "app", "/台账 导出"))


async def test_a_liaison_sees_the_rows_of_the_own_department_only(town: Town):
    mine = await town.dispatched(external_no="A")
    other = await town.dispatched("住建局", external_no="B")
    said = words(await town.say("chenjing", "app", "/台账"))
    assert mine in said
    assert other not in said


async def test_each_reader_has_an_overview_of_their_own(town: Town):
    """The liaison's and the leader's of a department, the manager's and the lead's with what waits for them, 纪检's."""
    no = await town.dispatched()
    await town.turn("11-25 09:00")
    assert "已超期、还没有督办 1 件" in words(await town.say("zhaogang", "app", "/台账"))
    assert f"请督促办理：{no}" in words(await town.say("chenjing", "app", "/台账"))
    superior = words(await town.say("zhenghua", "app", "/台账"))
    assert "已超期 1 件" in superior
    assert "测甲一" not in superior
    assert "导出台账由" in words(await town.say("zhenghua", "app", "/台账 导出"))
    assert "目前没有抄送给您的诉求" in words(await town.say("fenglei", "app", "/台账"))
    await town.say("zhaogang", "app", f"/督办 {no}")
    await town.turn("11-30 09:00")
    assert "待您签发通报、报告、抄送 1 件" in words(await town.say("lijianguo", "app", "/台账"))
    await town.say("lijianguo", "app", f"/签发 {no}")
    copied = words(await town.say("fenglei", "app", "/台账"))
    assert "共 1 件，尚未办结 1 件" in copied
    assert no in copied
    assert "测甲一" not in copied


async def test_the_hotlines_own_people_are_told_whose_the_ledger_is(town: Town):
    await town.dispatched()
    await town.reassign("fenglei", "热线")
    assert "由窗口、管理机构、负责人查看" in words(await town.say("fenglei", "app", "/台账"))


@pytest.mark.parametrize("word", ["11月", "2026年11月", "本周", "今天", "本月"])
async def test_a_period_lists_its_rows(town: Town, word: str):
    no = await town.push()
    assert no in words(await town.say("zhaogang", "app", f"/台账 {word}"))
    assert no not in words(await town.say("zhaogang", "app", "/台账 10月"))
    assert no not in words(await town.say("zhaogang", "app", "/台账 上月"))


async def test_a_keyword_lists_its_rows(town: Town):
    no = await town.push(external_no="A")
    other = await town.push(external_no="B", content="停车场收费没有明码标价，请求核查。")
    said = words(await town.say("zhaogang", "app", "/台账 停车场"))
    assert other in said
    assert no not in said


FINDABLE = ("测甲一", "测甲", "00012340001", "0001 234 0001", "40001", "退休手续", "虚构路", "PDS77")


@pytest.mark.parametrize("sought", FINDABLE)
async def test_the_window_finds_a_case_by_name_number_or_keyword(town: Town, sought: str):
    no = await town.push(external_no="PDS77")
    other = await town.push(
        external_no="B", name="测乙二", phone="00012340002", address="别处", content="停车场收费没有明码标价"
    )
    said = words(await town.say("wangmin", "app", f"/查 {sought}"))
    assert no in said
    assert other not in said


async def test_a_search_shows_each_only_what_they_may_see(town: Town):
    """A department finds its own cases by their matter, never by who complains; a group sees no name's cases."""
    mine = await town.dispatched(external_no="A")
    await town.dispatched("住建局", external_no="B")
    found = words(await town.say("chenjing", "app", "/查 退休手续"))
    assert mine in found
    assert "YS20261123-0002" not in found
    for personal in ("测甲一", "00012340001", "虚构路"):
        assert "没有找到" in words(await town.say("chenjing", "app", f"/查 {personal}"))
        assert "没有找到" in words(await town.say("fenglei", "app", f"/查 {personal}"))
    before = town.last
    await town.say("zhaogang", "人社局", "/查 测甲一")
    seen = await town.since(before)
    assert mine not in words([m for m in seen if m["chat"].startswith("wrk")])
    assert mine in words([m for m in seen if m["chat"] == "app:zhaogang"])
    await town.say("tangxia", "app", "/查 测甲一")
    assert mine not in words(await town.messages("tangxia"))


@pytest.mark.parametrize("typed", ["/查", "/查 一", "/查 从来没有的词"])
async def test_a_search_for_nothing_says_how(town: Town, typed: str):
    await town.push()
    said = words(await town.say("wangmin", "app", typed))
    assert "至少两个字" in said or "没有找到含" in said


async def test_every_cell_is_derived_from_what_happened(town: Town):
    no = await town.dispatched(category="办不了")
    await town.turn("11-25 09:00")
    await town.turn("11-27 10:00")
    await town.say("chenjing", "人社局", f"/答复 {no} 已为群众办结")
    await town.say("zhaogang", "app", f"/质检 {no} 通过")
    await town.turn("11-27 11:00")
    await town.say("wangmin", "app", f"/回访 {no} 未接通")
    await town.say("wangmin", "app", f"/回访 {no} 满意")
    row = await town.row(no, masked=True)
    assert row["联系方式"] == "000****0001"
    assert row["诉求类别"] == "投诉／办不了"
    assert row["政务服务部门及牵头部门"] == "人社局"
    assert row["分办转办时间"] == "2026-11-23 09:00"
    assert row["要求办理期限"] == "2026-11-26"
    assert row["是否催办及时间"] == "是 2026-11-25 09:00（第1次）"
    assert row["是否督办及时间"] == "否"
    assert row["实际办结时间"] == "2026-11-27 10:00"
    assert row["回访时间"] == "2026-11-27 11:00；2026-11-27 11:00"
    assert "超期1个工作日（答复意见应11-26，实11-27）" in row["备注"]
    assert datetime.fromisoformat((await town.case(no))["closed_at"]).hour == 11


async def test_a_long_ledger_is_opened_and_masked_beside_the_event_loop(town: Town, monkeypatch):
    """Folding thousands of cases takes seconds: the bot must go on answering meanwhile."""
    numbers = [await town.push(external_no=f"L{n}", content=f"第{n}件不同的事情，请尽快处理答复") for n in range(5)]
    threads: dict[str, set[int]] = {"fold": set(), "mask": set()}

    def spied(what: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def spy(*args: Any, **named: Any) -> Any:
            threads[what].add(threading.get_ident())
            return function(*args, **named)

        return spy

    monkeypatch.setattr(archive, "PART", 2)
    monkeypatch.setattr(archive, "_record", spied("fold", archive._record))
    monkeypatch.setattr(ledger, "ledger_rows", spied("mask", ledger.ledger_rows))
    cases = await ledger.ledger_cases(town.app, (await first_centre()).id, ledger.Filter())
    assert [case.no for case in cases] == numbers, "in number order, whatever the parts"
    await ledger.export_ledger(town.app, await first_centre(), OPERATOR, full=False, since=None)
    assert all(seen and threading.get_ident() not in seen for seen in threads.values())
