"""oncall #3161: pressing Acknowledge on a resolved alert un-resolved it."""

from __future__ import annotations

from tests.kit.town import Town, words


async def test_an_old_sign_button_does_not_reopen_an_answered_case(town: Town):
    no = await town.dispatched()
    old = await town.find_button("chenjing", "签收", "人社局")
    await town.say("chenjing", "app", f"/答复 {no} 已办结")
    await town.say("zhaogang", "app", f"/质检 {no} 通过")
    await town.say("wangmin", "app", f"/回访 {no} 满意")
    before = await town.case(no)
    came = await town.press_on("chenjing", *old)
    assert "已过时" in words(came)
    assert await town.case(no) == before


async def test_an_old_supervise_button_does_nothing_after_the_answer(town: Town):
    no = await town.dispatched(category="办不了")
    await town.turn("11-27 09:00")
    old = await town.find_button("zhaogang", "督办", about=no)
    await town.say("chenjing", "人社局", f"/答复 {no} 已办结")
    await town.press_on("zhaogang", *old)
    assert "supervised" not in await town.events(no)


async def test_the_buttons_of_round_one_are_dead_in_round_two(town: Town):
    no = await town.dispatched()
    old = await town.find_button("chenjing", "签收", "人社局")
    await town.say("chenjing", "app", f"/答复 {no} 已办结")
    await town.say("zhaogang", "app", f"/质检 {no} 不合格 没有联系群众")
    came = await town.press_on("chenjing", *old)
    assert "已过时" in words(came)
    assert (await town.case(no))["state"] == "R"
