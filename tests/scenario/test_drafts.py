"""The clerk's hand: a draft is thrown away, mended and filled in before it is confirmed."""

from __future__ import annotations

import io
from datetime import date

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
    await town.press("wangmin", "放弃")
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
