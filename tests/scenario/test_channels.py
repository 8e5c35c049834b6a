"""Channels that break: the message arrives some other way, once, or somebody who can act is told."""

from __future__ import annotations

import pytest

from models.people import Chat
from models.queues import OutboxRow
from sandbox.wecom.aibot import Hub
from services.directory.people import bind_chat, department_named, first_centre
from tests.kit.town import GROUPS, Town, shown, words

GROUP = GROUPS["人社局"]


async def in_group(town: Town, no: str) -> int:
    return len([m for m in await town.messages(chat="人社局") if m["from"] == "bot" and no in shown(m)])


async def test_a_bot_thrown_out_of_the_group_reaches_the_liaison_one_to_one(town: Town):
    await town.call("group", {"chatid": GROUP, "bot_inside": False})
    no = await town.dispatched()
    card = await town.expect("app", no, "签收", user="chenjing")
    assert "系统没开" in shown(card), "one-to-one the work order has its text"
    assert any("单聊" in event["text"] for event in (await town.case(no))["events"])
    await town.press("chenjing", "签收", "app")
    assert (await town.case(no))["state"] == "B2"
    await town.nothing_is_lost()


async def test_a_group_that_does_not_exist_any_more_falls_back_and_is_remembered_as_gone(town: Town):
    centre = await first_centre()
    department = (await department_named(centre.id, "人社局")).department
    await Chat.filter(chat_id=GROUP).delete()
    await bind_chat("wecom", "wrkGoneForEver", department.id, town.app.clock.now())
    no = await town.dispatched()
    await town.expect("app", no, "签收", user="chenjing")
    assert (await Chat.get(chat_id="wrkGoneForEver")).state != "ok"


async def test_when_nobody_can_be_reached_the_manager_is_told_what_to_do(town: Town):
    await town.reassign("chenjing", "案例发布")
    await town.call("group", {"chatid": GROUP, "bot_inside": False})
    no = await town.dispatched()
    told = await town.expect("app", "没有送到", no, user="zhaogang")
    assert "/绑定 人社局" in shown(told)
    assert (await town.case(no))["due_at"] is None, "what never arrived starts no clock"
    assert await OutboxRow.filter(state="failed").count() == 1


async def test_a_department_without_group_or_liaison_is_not_dispatched_to(town: Town):
    await town.reassign("chenjing", "案例发布")
    await Chat.filter(chat_id=GROUP).delete()
    no = await town.push()
    await town.say("wangmin", "app", f"/确认 {no}")
    await town.say("zhaogang", "app", f"/分类 {no} 不给办")
    said = words(await town.say("zhaogang", "app", f"/转办 {no} 人社局"))
    assert "无人能收到" in said
    assert "/绑定 人社局" in said
    assert (await town.case(no))["state"] == "A1"


async def test_a_department_without_a_group_is_served_one_to_one(town: Town):
    await Chat.filter(chat_id=GROUP).delete()
    no = await town.dispatched()
    await town.expect("app", no, "签收", user="chenjing")
    assert (await town.case(no))["state"] == "B1"


async def test_a_bot_put_back_into_the_group_is_used_again_once_it_was_called(town: Town):
    await town.call("group", {"chatid": GROUP, "bot_inside": False})
    await town.dispatched(external_no="A")
    await town.call("group", {"chatid": GROUP, "bot_inside": True})
    await town.say("zhaogang", "人社局", "/绑定 人社局")
    assert await in_group(town, await town.dispatched(external_no="B")) == 1


async def test_an_expired_token_is_renewed_and_nobody_notices(town: Town):
    await town.push(external_no="A")
    await town.fault("expire_token")
    no = await town.push(external_no="B")
    await town.expect("app", no, "待核对", user="wangmin")
    await town.nothing_is_lost()


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("lose_ack", {"match": "aibot_send_msg"}),
        ("silence", {"match": "aibot_send_msg"}),
        ("refuse_send", {"match": "aibot_send_msg", "errcode": 6000}),
        ("refuse_send", {"match": "aibot_send_msg", "errcode": -1}),
        ("refuse_send", {"match": "aibot_send_msg", "errcode": 45009}),
    ],
)
async def test_a_group_card_arrives_exactly_once_whatever_the_wire_does(town: Town, kind: str, more):
    await town.fault(kind, **more)
    no = await town.dispatched()
    await town.turn("11-23 09:10")
    assert await in_group(town, no) == 1
    assert (await town.case(no))["received_at"] is not None
    await town.nothing_is_lost()


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("api_error", {"match": "message/send", "errcode": -1}),
        ("api_error", {"match": "message/send", "errcode": 45009}),
        ("api_error", {"match": "message/send", "errcode": 45033}),
        ("http_error", {"match": "message/send", "errcode": 502}),
        ("http_error", {"match": "gettoken", "errcode": 500}),
        ("api_error", {"match": "gettoken", "errcode": -1}),
    ],
)
async def test_a_card_to_a_person_arrives_exactly_once_whatever_the_wire_does(town: Town, kind: str, more):
    if more["match"] == "gettoken":
        await town.fault("expire_token")
    await town.fault(kind, **more)
    no = await town.push()
    await town.turn("11-23 09:10")
    assert len([m for m in await town.messages("wangmin", "app") if no in shown(m) and m["card"]]) == 1
    await town.nothing_is_lost()


async def test_a_longer_outage_of_the_wire_delays_and_loses_nothing(town: Town):
    await town.fault("http_error", match="message/send", times=6)
    no = await town.push()
    for moment in ("11-23 09:05", "11-23 09:15", "11-23 09:40", "11-23 10:30"):
        await town.turn(moment)
    assert len([m for m in await town.messages("wangmin", "app") if no in shown(m) and m["card"]]) == 1
    await town.nothing_is_lost()


async def test_a_repeated_callback_is_one_act(town: Town):
    no = await town.push()
    await town.fault("repeat_callback", times=3)
    await town.press("wangmin", "确认")
    came = await town.say("wangmin", "app", "/我的")
    assert (await town.events(no)).count("confirmed") == 1
    assert len(came) == 1


async def test_a_broken_line_is_taken_up_again_and_what_waited_is_sent(town: Town):
    no = await town.push()
    await town.say("wangmin", "app", f"/确认 {no}")
    await town.say("zhaogang", "app", f"/分类 {no} 不给办")
    await town.fault("drop_connection")
    await town.say("zhaogang", "app", f"/转办 {no} 人社局")
    await town.until(lambda: town.world.part(Hub).connected, "the bot did not come back")
    await town.turn("11-23 09:05")
    assert await in_group(town, no) == 1
    await town.nothing_is_lost()


async def test_a_bot_replaced_by_another_subscriber_does_not_fight_and_says_so(town: Town):
    for _ in range(2):
        await town.until(lambda: town.world.part(Hub).connected, "the bot did not come back")
        await town.fault("kick")
    no = await town.dispatched()
    await town.turn("11-23 09:30")
    await town.expect("app", no, "签收", user="chenjing")
    readers = [m for user in ("zhaogang", "lijianguo") for m in await town.messages(user, "app")]
    assert "接替" in words(readers) or "顶下线" in words(readers)
    assert not town.world.part(Hub).connected
    async with town.session.get(f"{town.url}/readyz") as answer:
        assert answer.status == 503


async def test_a_card_that_could_not_be_redrawn_is_shown_anew_and_the_case_moved_on(town: Town):
    no = await town.dispatched()
    message, button = await town.find_button("chenjing", "签收", "人社局")
    await town.fault("refuse_send", match="aibot_respond_update_msg", errcode=846608)
    await town.call("press", {"user": "chenjing", "message_id": message["id"], "key": button["key"], "wait": 0.5})
    await town.settle()
    assert (await town.case(no))["state"] == "B2"
    fresh = await town.expect("人社局", no, "办理中")
    assert fresh["id"] != message["id"]


async def test_a_slow_wire_delays_and_repeats_nothing(town: Town):
    await town.fault("slow", match="message/send", seconds=1.2, times=2)
    no = await town.push()
    assert len([m for m in await town.messages("wangmin", "app") if no in shown(m) and m["card"]]) == 1


async def test_a_burst_beyond_a_persons_budget_is_spread_out_and_nothing_vanishes(town: Town):
    numbers = [await town.push(external_no=f"A{n}") for n in range(36)]
    await town.turn("11-23 09:05")
    await town.turn("11-23 09:10")
    seen = words(await town.messages("wangmin", "app"))
    assert [no for no in numbers if no not in seen] == []
    assert not [m for m in town.world.chats.messages if m.status == "dropped"]
    await town.nothing_is_lost()


@pytest.mark.parametrize(
    ("fault", "more"),
    [
        ("api_error", {"match": "message/send", "errcode": -1}),
        ("http_error", {"match": "message/send", "errcode": 502}),
    ],
)
async def test_the_answer_to_a_command_arrives_although_the_wire_fails_once(town: Town, fault: str, more):
    no = await town.dispatched()
    await town.fault(fault, **more)
    await town.say("chenjing", "app", f"/签收 {no}")
    assert (await town.case(no))["state"] == "B2"
    await town.expect_soon("app", "已签收", user="chenjing")


async def test_the_answer_in_a_group_arrives_although_the_wire_fails_once(town: Town):
    no = await town.dispatched()
    await town.fault("refuse_send", match="aibot_respond_msg", errcode=45009)
    await town.say("chenjing", "人社局", f"/签收 {no}")
    await town.expect_soon("人社局", "已签收")
