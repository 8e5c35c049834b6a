"""Znuny #200, zammad #3105: a merged ticket went on escalating, and who owned the target never heard of the merge."""

from __future__ import annotations

from domain import commands as c
from domain.escalation import timetable
from tests.kit.cases import MANAGER, Story
from tests.kit.town import GROUPS, Town, shown

OTHER = "反映同一窗口的退休手续仍被退件，与上一位群众说的是同一件事情。"


def test_the_merged_case_asks_for_nothing_more():
    story = Story().given()
    assert timetable(story.case, story.context("11-23 14:00"))
    story.do("11-23 15:00", MANAGER, c.MergeInto("YS20261123-0001"))
    assert timetable(story.case, story.context("11-23 15:00")) == []
    assert story.case.running is None


async def test_only_the_target_is_pressed_for_and_its_department_hears_of_the_merge(town: Town):
    master = await town.dispatched("人社局", category="办不了")
    merged = await town.dispatched("医保局", category="办不了", content=OTHER, name="测乙二", phone="00012340002")
    before = town.last
    await town.say("zhaogang", "app", f"/并单 {master} {merged}")
    told = {m["chat"]: shown(m) for m in await town.since(before)}
    assert "并入一件相同诉求" in told["app:chenjing"]
    assert "不必再办" in told["app:heqing"]
    assert (await town.case(merged))["state"] == "Z6"
    before = town.last
    for moment in ("11-25 09:00", "11-26 09:00", "11-26 15:00", "11-27 09:00"):
        await town.turn(moment)
    came = [m for m in await town.since(before) if m["chat"] != "app:lijianguo"]
    assert [m for m in came if master in shown(m) and m["chat"] == GROUPS["人社局"]]
    assert not [m for m in came if merged in shown(m)]


async def test_both_complainants_are_called_before_the_number_is_cleared(town: Town):
    master = await town.dispatched("人社局", category="办不了")
    merged = await town.dispatched("人社局", category="办不了", content=OTHER, name="测乙二", phone="00012340002")
    await town.say("zhaogang", "app", f"/并单 {master} {merged}")
    await town.say("chenjing", "人社局", f"/答复 {master} 已分别告知")
    await town.say("zhaogang", "app", f"/质检 {master} 通过")
    await town.say("wangmin", "app", f"/回访 {master} 满意")
    assert (await town.case(master))["state"] == "C2"
    await town.say("wangmin", "app", f"/回访 {merged} 基本满意")
    assert (await town.case(master))["state"] == "Z1"
    assert (await town.row(merged))["办理结果满意度"] == "基本满意"
