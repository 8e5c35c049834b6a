"""ruoyi #1018: after a task was sent back and returned, its reminders never came again."""

from __future__ import annotations

from tests.kit.town import Town, shown


async def test_the_second_round_climbs_the_whole_ladder_again(town: Town):
    no = await town.dispatched(category="办不了")
    for moment in ("11-25 09:00", "11-26 09:00", "11-26 15:00"):
        await town.turn(moment)
    await town.say("chenjing", "人社局", f"/答复 {no} 已说明")
    await town.say("zhaogang", "app", f"/质检 {no} 不合格 没有联系群众")
    assert (await town.case(no))["level"] == 0
    came = [await town.turn(moment) for moment in ("11-30 09:00", "12-01 09:00", "12-01 15:00", "12-02 09:00")]
    assert [any(no in shown(m) for m in messages if m["chat"].startswith("wrk")) for messages in came[:3]] == [True] * 3
    assert any("督办单草稿" in shown(m) for m in came[3])
    events = await town.events(no)
    assert events.count("nudged") == 6
    assert events.count("supervision_drafted") == 1


async def test_an_extension_rearms_the_reminders_of_its_stage(town: Town):
    no = await town.dispatched(category="办不了")
    await town.turn("11-25 09:00")
    await town.say("chenjing", "人社局", f"/延期 {no} 2026-11-30 需现场核验")
    await town.say("lijianguo", "app", f"/准 {no}")
    came = [await town.turn(moment) for moment in ("11-27 09:00", "11-30 09:00", "11-30 15:00")]
    assert [any(no in shown(m) for m in messages if m["chat"].startswith("wrk")) for messages in came] == [True] * 3
