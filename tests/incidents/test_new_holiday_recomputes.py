"""alaveteli #7292: holidays came late; open requests kept limits on days nobody worked, and nobody was told."""

from __future__ import annotations

from datetime import date

from domain import commands as c
from domain.events import EventType
from domain.lifecycle import decide
from domain.timeline import sentence
from domain.vocabulary import Category
from services.rules.calendar_import import apply_calendar, preview
from tests.kit.cases import HOUSING, LIAISON, RULES, SOCIAL, SYSTEM, Story, on
from tests.kit.town import GROUPS, Town, shown
from tests.unit.calendar.shipped import calendar_with, table_with

NOTICE = "国办发明电〔2026〕1号"


def _told(story: Story, *holidays: str) -> Story:
    story.calendar = calendar_with(*(on(day) for day in holidays))
    story.do("11-24 10:00", SYSTEM, c.Recalculate(NOTICE))
    return story


def test_a_counted_limit_is_counted_again_from_the_receipt():
    story = _told(Story().given(), "11-25", "11-26")
    assert story.case.running is not None
    assert story.case.running.date == on("11-30")
    assert story.case.remarks == ("日历调整，期限由2026-11-26改为2026-11-30",)


def test_a_date_that_was_chosen_stays_unless_nobody_works_then():
    """民法典第二百零三条: it gives way to the next working day."""
    kept, moved = Story().given(Category.UNWILLING), Story().given(Category.UNWILLING)
    for story in (kept, moved):
        story.do("11-23 15:00", LIAISON, c.Promise(on("12-04")))
    _told(kept, "11-25")
    _told(moved, "12-04")
    assert kept.case.running is not None
    assert moved.case.running is not None
    assert (kept.case.running.date, moved.case.running.date) == (on("12-04"), on("12-07"))


def test_the_reminders_follow_the_new_limit():
    story = _told(Story().given(), "11-26")
    assert story.heard("11-25 09:00") == {("nudge-1d", "unit:11")}
    assert story.heard("11-26 15:00") == set()
    assert story.heard("11-27 09:00") == {("nudge-0d", "unit:11")}


def test_who_is_affected_hears_of_it():
    heard = {(str(notice.to), notice.message.name) for notice in RULES.heard(EventType.RECALCULATED)}
    assert heard == {("department", "redraw"), ("liaisons", "line")}


async def test_the_import_moves_the_open_cases_it_touches_and_tells_only_their_departments(town: Town):
    touched = await town.dispatched("人社局", category="办不了")
    untouched = await town.dispatched("医保局", category="不给办", content="反映医保报销窗口推诿的另一件事")
    closed = await town.closed("住建局", category="办不了", content="反映公租房申请的又一件事情")
    calendar, before = calendar_with(date(2026, 11, 26)), town.last
    moves = await preview(town.app, calendar)
    assert [(move.no, move.before, move.after) for move in moves] == [(touched, on("11-26"), on("11-27"))]
    assert (await town.record(touched)).case.running.date == on("11-26")
    assert await apply_calendar(town.app, table_with(date(2026, 11, 26)), calendar, moves) == 1
    await town.settle()
    assert (await town.record(touched)).case.running.date == on("11-27")
    said = [message for message in await town.since(before) if "放假安排调整" in shown(message)]
    assert [message["chat"] for message in said] == ["app:chenjing"]
    assert "11-27 17:00前" in shown((await town.messages(chat=GROUPS["人社局"]))[-1])
    for no in (untouched, closed):
        assert "recalculated" not in await town.events(no)


def _together(*holidays: str) -> Story:
    story = Story().given(Category.COMPLEX, SOCIAL, HOUSING).deliver("11-23 10:02", HOUSING)
    return _told(story, *holidays)


def test_a_co_departments_limit_moves_with_the_leads():
    """第七条: it stays one working day before the lead's, over the new holiday too."""
    story = _together("11-26", "11-27")
    order = story.case.orders[0]
    assert story.case.running is not None
    assert (story.case.running.date, order.clock.date) == (on("12-02"), on("12-01"))
    assert "日历调整，配合单位住建局期限由2026-11-27改为2026-12-01" in story.case.remarks
    assert not decide(story.case, c.Recalculate(NOTICE), SYSTEM, story.context("11-24 10:00"))


def test_a_co_departments_limit_gives_way_even_when_the_leads_stays():
    """The lead was granted another date: what the helper owes is tied to it no longer, and nobody works that day."""
    story = Story().given(Category.COMPLEX, SOCIAL, HOUSING).deliver("11-23 10:02", HOUSING)
    story.do("11-23 15:00", LIAISON, c.Plan(on("12-04"), "先核档再补办"))
    _told(story, "11-27")
    assert story.case.running is not None
    assert (story.case.running.date, story.case.orders[0].clock.date) == (on("12-04"), on("11-30"))
    assert sentence(story.events[-1]) == "工作日历调整，重新计算期限，配合单位住建局 2026-11-30"


async def test_the_preview_names_the_co_department_and_its_liaison_hears_its_own_date(town: Town):
    no = await town.push()
    for text in (f"/确认 {no}", f"/分类 {no} 复杂", f"/转办 {no} 人社局,住建局"):
        await town.say("zhaogang", "app", text)
    calendar, before = calendar_with(date(2026, 11, 26), date(2026, 11, 27)), town.last
    moves = await preview(town.app, calendar)
    assert [(move.departments, move.before, move.after) for move in moves] == [
        ("牵头：人社局；配合：住建局", on("11-30"), on("12-02")),
        ("配合：住建局", on("11-27"), on("12-01")),
    ]
    assert await apply_calendar(town.app, table_with(date(2026, 11, 26), date(2026, 11, 27)), calendar, moves) == 1
    await town.settle()
    said = {m["chat"]: shown(m) for m in await town.since(before) if "放假安排调整" in shown(m)}
    assert "期限改为 12-02" in said["app:chenjing"]
    assert "期限改为 12-01" in said["app:wuqiang"]
    assert "12-01 17:00前" in shown((await town.messages(chat=GROUPS["住建局"]))[-1])
