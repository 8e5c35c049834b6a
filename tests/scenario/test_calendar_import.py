"""A new year's holidays are imported while the bot runs: provisional limits are counted again and everybody is told."""

from __future__ import annotations

import pytest

from in_force import calendar_with, load_in_force
from main import build_app
from services.rules.calendar_import import apply_calendar, preview, read_calendar
from tests.kit.town import Town, heard_by, shown, words

#: Invented days in the wording of the yearly notice.
NOTICE = """国务院办公厅关于2027年部分节假日安排的通知
国办发明电〔2026〕99号

各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
经国务院批准，现将2027年元旦、春节放假调休日期的具体安排通知如下。

一、元旦：1月1日（周五）至4日（周一）放假调休，共4天。1月10日（周日）上班。
二、春节：2月6日（周六）至12日（周五）放假调休，共7天。2月20日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班。
国务院办公厅
2026年12月31日
"""


@pytest.fixture
def start() -> str:
    return "2026-12-30T09:00:00+08:00"


async def imported(town: Town) -> list[str]:
    """What the operator's command does, beside the running bot; the numbers of the cases that move."""
    app = build_app(town.config)
    app.clock.turn(town.app.clock.now())
    await load_in_force(app)
    table = read_calendar(NOTICE)
    calendar = await calendar_with(app.rules, table)
    moves = await preview(app, calendar)
    await apply_calendar(app, table, calendar, moves)
    return [move.no for move in moves]


async def test_a_provisional_limit_is_counted_again_and_the_department_told(town: Town):
    no = await town.dispatched(category="办不了")
    case = await town.case(no)
    assert (case["due_at"], case["provisional"]) == ("2027-01-05T17:00:00+08:00", True)
    assert "暂定" in shown(await town.expect("人社局", no))
    assert await imported(town) == [no]
    came = await town.turn("2026-12-30 09:30")
    assert "放假安排调整，期限改为 01-06" in heard_by(came, "chenjing")
    case = await town.case(no)
    assert (case["due_at"], case["provisional"]) == ("2027-01-06T17:00:00+08:00", False)
    card = shown(await town.expect("人社局", no, "01-06 17:00前"))
    assert "暂定" not in card
    assert "日历调整，期限由2027-01-05改为2027-01-06" in (await town.row(no))["备注"]


async def test_the_running_bot_counts_and_reminds_by_the_new_days(town: Town):
    no = await town.dispatched(category="办不了", external_no="A")
    await imported(town)
    await town.turn("2026-12-30 09:30")
    assert not [m for m in await town.turn("2027-01-04 09:00") if no in shown(m)], "a day off now"
    assert no in words([m for m in await town.turn("2027-01-05 09:00") if m["chat"].startswith("wrk")])
    later = await town.dispatched(category="办不了", external_no="B")
    assert (await town.case(later))["due_at"] == "2027-01-08T17:00:00+08:00"
    assert "休息日" in words(await town.say("chenjing", "人社局", f"/延期 {later} 2027-02-08 忙"))
    again = await town.dispatched(category="不给办", external_no="C")
    said = words(await town.say("chenjing", "人社局", f"/承诺 {again} 2027-01-09"))
    assert "2027-01-10" in said, "the make-up Sunday is proposed"


async def test_what_does_not_move_is_left_alone_and_a_restart_keeps_the_days(town: Town):
    no = await town.dispatched(category="不给办")
    assert (await town.case(no))["due_at"] == "2026-12-31T17:00:00+08:00"
    assert await imported(town) == []
    await town.restart()
    assert "recalculated" not in await town.events(no)
    later = await town.dispatched(category="办不了", external_no="B")
    assert (await town.case(later))["due_at"] == "2027-01-06T17:00:00+08:00"


async def test_the_morning_digest_asks_for_the_missing_notice_until_it_is_there(town: Town):
    await town.dispatched(category="办不了")
    assert "2027 年放假通知尚未导入" in heard_by(await town.turn("2026-12-31 09:00"), "zhaogang")
    await imported(town)
    assert "尚未导入" not in heard_by(await town.turn("2027-01-05 09:00"), "zhaogang")
