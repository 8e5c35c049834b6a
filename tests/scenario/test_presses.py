"""Buttons under stress: pressed twice, by two people, late, by strangers, across a restart."""

from __future__ import annotations

import asyncio

from tests.kit.town import GROUPS, LIAISONS, WINDOW, Town, shown, words
from tests.kit.town_fixtures import on_both_databases


async def confirmed(town: Town) -> str:
    """A complaint that waits for dispatch."""
    no = await town.push(town.world.city.samples[0]["text"])
    await town.say("wangmin", "app", f"/确认 {no}")
    return no


@on_both_databases
async def test_two_managers_pressing_at_once_lead_to_one_act(town: Town):
    no = await confirmed(town)
    await town.say("lijianguo", "app", f"/查 {no}")
    presses = [await town.find_button(user, "转办人社局") for user in ("zhaogang", "lijianguo")]
    before = town.last
    await asyncio.gather(
        *(
            town.call("press", {"user": user, "message_id": message["id"], "key": button["key"], "wait": WINDOW})
            for user, (message, button) in zip(("zhaogang", "lijianguo"), presses, strict=True)
        )
    )
    await town.settle()
    events = await town.events(no)
    assert (events.count("dispatched"), events.count("reassigned")) == (1, 0)
    assert len([m for m in await town.since(before) if m["chat"] == GROUPS["人社局"] and no in shown(m)]) == 1
    assert (await town.case(no))["state"] == "B1"


@on_both_databases
async def test_two_managers_typing_different_departments_leave_one_that_knows_and_one_that_is_told_off(town: Town):
    """A typed command carries no age: the second one changes the department of a case that has one (第七条)."""
    no = await confirmed(town)
    await town.say("zhaogang", "app", f"/分类 {no} 不给办")
    await asyncio.gather(
        town.call("say", {"user": "zhaogang", "chat": "app", "text": f"/转办 {no} 人社局"}),
        town.call("say", {"user": "lijianguo", "chat": "app", "text": f"/转办 {no} 住建局"}),
    )
    await town.settle()
    events = await town.events(no)
    assert (events.count("dispatched"), events.count("reassigned")) == (1, 1)
    case = await town.case(no)
    assert case["state"] == "B1"
    (left,) = case["departments"]
    gone = {"人社局": "住建局", "住建局": "人社局"}[left]
    assert no in words(await town.messages(chat=left))
    assert f"已改由{left}承办" in words(await town.messages(LIAISONS[gone], "app"))


@on_both_databases
async def test_the_same_card_pressed_by_two_people_at_once_is_one_call(town: Town):
    no = await town.reviewed()
    presses = [await town.find_button(user, "满意") for user in ("wangmin", "liujie")]
    await asyncio.gather(
        *(
            town.call("press", {"user": user, "message_id": message["id"], "key": button["key"], "wait": WINDOW})
            for user, (message, button) in zip(("wangmin", "liujie"), presses, strict=True)
        )
    )
    await town.settle()
    assert (await town.events(no)).count("called") == 1
    assert (await town.case(no))["state"] == "Z1"


async def test_a_double_tap_is_one_act(town: Town):
    no = await town.dispatched()
    message, button = await town.find_button("chenjing", "签收", "人社局")
    body = {"user": "chenjing", "message_id": message["id"], "key": button["key"], "wait": WINDOW}
    await asyncio.gather(town.call("press", body), town.call("press", body))
    await town.settle()
    assert (await town.events(no)).count("accepted") == 1


async def test_a_stale_press_changes_nothing_and_shows_the_fresh_card(town: Town):
    no = await town.dispatched()
    message, button = await town.find_button("chenjing", "签收", "人社局")
    await town.say("chenjing", "app", f"/答复 {no} 已办结")
    before = await town.events(no)
    came = await town.press_on("chenjing", message, button)
    assert await town.events(no) == before
    assert "这张卡片已过时" in words(came)
    assert "待质检" in shown(await town.expect("人社局", no, user="chenjing"))
    redrawn = next(m for m in await town.messages("chenjing", "人社局") if m["id"] == message["id"])
    assert "签收" not in [b["text"] for b in redrawn["buttons"]]


async def test_a_member_of_the_group_who_is_no_liaison_cannot_press_for_the_department(town: Town):
    no = await town.dispatched()
    message, button = await town.find_button("zhenghua", "签收", "人社局")
    came = await town.press_on("zhenghua", message, button)
    assert "accepted" not in await town.events(no)
    assert "联络员" in words(came)


async def test_a_liaison_of_another_department_cannot_press_a_card_of_this_one(town: Town):
    no = await town.dispatched()
    town.world.city.groups[GROUPS["人社局"]].members.append("sunwei")
    for caption in ("签收", "详情"):
        message, button = await town.find_button("sunwei", caption, "人社局")
        came = words(await town.press_on("sunwei", message, button))
        assert no in came or "不归" in came or "只有其联络员" in came
        assert "系统没开" not in came
    assert (await town.events(no))[-1] == "delivered"
    await town.say("sunwei", "人社局", "我来答复一下")
    assert (await town.events(no))[-1] == "delivered"


async def test_a_key_no_card_of_ours_carries_is_answered_politely(town: Town):
    no = await town.dispatched()
    message, button = await town.find_button("chenjing", "签收", "人社局")
    sent = next(m for m in town.world.chats.messages if m.id == message["id"])
    for key in ("accept", "y1|accept|999|1|", "y1|nothing|1|1|", "y1|accept|1|x|", "y2|accept|1|1|"):
        assert sent.card is not None
        sent.card["button_list"][0]["key"] = key
        sent.views.clear()
        before = town.last
        await town.call("press", {"user": "chenjing", "message_id": message["id"], "key": key, "wait": 0.3})
        await town.settle()
        assert "不是本系统当前发出的" in words(await town.since(before)), key
    assert "accepted" not in await town.events(no)
    assert button["text"] == "签收"


async def test_a_press_by_somebody_who_left_the_office_does_nothing(town: Town):
    no = await town.dispatched()
    message, button = await town.find_button("chenjing", "签收", "人社局")
    await town.deactivate("chenjing")
    came = await town.press_on("chenjing", message, button)
    assert "不在有诉即办人员名册里" in words(came)
    assert "accepted" not in await town.events(no)


async def test_a_card_drawn_before_a_restart_still_works_after_it(town: Town):
    no = await town.dispatched()
    await town.restart()
    await town.press("chenjing", "签收", "人社局")
    assert (await town.case(no))["state"] == "B2"


async def test_a_press_while_the_bot_is_away_can_be_pressed_again(town: Town):
    no = await town.dispatched()
    message, button = await town.find_button("chenjing", "签收", "人社局")
    await town.fault("lose_press")
    lost = await town.call("press", {"user": "chenjing", "message_id": message["id"], "key": button["key"]})
    assert not lost["ok"]
    await town.press("chenjing", "签收", "人社局")
    assert (await town.case(no))["state"] == "B2"


async def test_a_press_in_the_group_redraws_the_card_for_everybody_there(town: Town):
    no = await town.dispatched()
    await town.press("chenjing", "签收", "人社局")
    seen = await town.expect(GROUPS["人社局"], no, "办理中", user="zhaogang")
    assert "签收" not in [button["text"] for button in seen["buttons"]]
