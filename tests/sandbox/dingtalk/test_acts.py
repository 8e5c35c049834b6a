"""What people do and what the bot hears of it: groups, one-to-one, cards, dtmd buttons, leaving."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote_plus

import pytest

from sandbox.dingtalk.frames import CARD_TOPIC
from tests.sandbox.dingtalk.conftest import BUILT_IN, GROUP, MENTION, Socket, Town, sample

UPDATE = json.loads(sample("ack_card_action")["data"])["response"]


def redraw(**params: str) -> dict[str, Any]:
    """An update by key, as the documented answer has it."""
    return {"cardUpdateOptions": UPDATE["cardUpdateOptions"], "cardData": {"cardParamMap": params}}


async def pressed(
    town: Town, socket: Socket, card: dict[str, Any], response: Any, user: str = "sunwei"
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Press 签收 while the bot acknowledges with `response` (None: not at all): (the frame, what the presser sees)."""
    pressing = asyncio.ensure_future(town.act("press", user=user, message_id=card["id"], key="accept"))
    frame = await socket.frame()
    if response is not None:
        await socket.ack(frame, {"response": response})
    return frame, await pressing


async def test_only_a_mention_reaches_the_bot_from_a_group(town: Town) -> None:
    socket = await town.connected()
    quiet = await town.act("say", user="sunwei", chat=GROUP, text="大家好")
    assert (quiet["ok"], quiet["delivered"]) == (True, False)
    said = await town.act("say", user="sunwei", chat=GROUP, text=f"{MENTION} /绑定 自然资源局")
    assert said["delivered"] is True
    heard, wanted = await socket.heard(), sample("bot_message_group_text_wire_2026")
    assert set(wanted) == set(heard)
    assert heard["text"] == {"content": " /绑定 自然资源局"}
    assert (heard["conversationId"], heard["conversationType"]) == (town.cid(), "2")
    assert (heard["senderStaffId"], heard["senderNick"]) == ("SunWei.ZRZY", "孙伟")
    assert heard["isInAtList"] is True
    assert heard["atUsers"] == [{"dingtalkId": heard["chatbotUserId"]}]
    assert heard["robotCode"] == town.robot_code
    await socket.nothing()
    shown = (await town.messages(chat=GROUP, user="sunwei"))[-1]
    assert shown["text"] == f"{MENTION} /绑定 自然资源局"
    assert shown["platform"] == "dingtalk"


async def test_other_mentions_are_cut_out_and_listed(town: Town) -> None:
    socket = await town.connected()
    await town.act("say", user="sunwei", chat=GROUP, text=f"{MENTION} 请 @赵刚 和 @外部张三 看看")
    heard = await socket.heard()
    assert heard["text"]["content"] == " 请  和  看看"
    assert [user.get("staffId") for user in heard["atUsers"]] == ["ZhaoGang01", None, None]


async def test_times_on_the_wire_are_the_citys(town: Town) -> None:
    socket = await town.connected()
    await town.act("clock", to="2026-12-24T10:00:00+08:00")
    await town.act("say", user="chenjing", chat="app", text="在吗")
    heard = await socket.heard()
    assert set(sample("bot_message_single_text")) <= set(heard)
    assert 0 <= heard["createAt"] - 1798077600000 < 5000
    assert heard["sessionWebhookExpiredTime"] - heard["createAt"] == 5_400_000
    assert heard["conversationType"] == "1"
    assert "conversationTitle" not in heard


async def test_an_outsider_has_no_staff_id(town: Town) -> None:
    socket = await town.connected()
    await town.act("say", user="waibu", chat=GROUP, text=f"{MENTION} 我也要办")
    heard = await socket.heard()
    assert heard["senderStaffId"] == ""
    assert heard["senderId"].startswith("$:LWCP_v1:$")
    assert "senderCorpId" not in heard


async def test_an_outsider_speaks_in_the_group_only_and_presses_in_vain(town: Town) -> None:
    socket = await town.connected()
    assert "only speaks in groups" in (await town.act("say", user="waibu", chat="app", text="你好"))["error"]
    card = await town.shown_card()
    assert (await town.act("press", user="waibu", message_id=card["id"], key="accept"))["ok"] is False
    await socket.nothing()


async def test_there_is_no_aibot_on_dingtalk(town: Town) -> None:
    assert "bot" in (await town.act("say", user="sunwei", chat="bot", text="你好"))["error"]
    assert await town.act("enter", user="sunwei", chat="app") == {"ok": True, "delivered": False}
    assert "not in" in (await town.act("say", user="wangmin", chat=GROUP, text="你好"))["error"]


async def test_the_robot_taken_out_of_a_group_hears_nothing_there(town: Town) -> None:
    socket = await town.connected()
    await town.act("group", chatid=GROUP, bot_inside=False)
    assert (await town.act("say", user="sunwei", chat=GROUP, text=f"{MENTION} 在吗"))["delivered"] is False
    await socket.nothing()


async def test_a_press_tells_the_bot_as_documented(town: Town) -> None:
    socket = await town.connected()
    card = await town.shown_card()
    frame, seen = await pressed(town, socket, card, {})
    assert frame["headers"]["topic"] == CARD_TOPIC
    body, wanted = json.loads(frame["data"]), sample("card_action_data_decoded")
    assert set(body) == set(wanted)
    assert (body["userId"], body["outTrackId"]) == ("SunWei.ZRZY", card["task_id"])
    assert (body["spaceId"], body["spaceType"]) == (town.cid(), "im")
    content = json.loads(body["content"])["cardPrivateData"]
    assert content == {"actionIds": ["accept"], "params": {"action": "accept", "task": "0001"}}
    assert (seen["ok"], seen["updated"], seen["problem"]) == (True, False, "")
    assert 0 <= seen["answered_ms"] < 60_000


async def test_the_ack_redraws_the_card_for_all_and_for_the_presser(town: Town) -> None:
    socket = await town.connected()
    card = await town.shown_card()
    response = {**redraw(tips="孙伟已签收"), "userPrivateData": {"cardParamMap": {"title": "您已签收"}}}
    _, seen = await pressed(town, socket, card, response)
    assert (seen["ok"], seen["updated"], seen["problem"]) == (True, True, "")
    (mine,) = [m for m in await town.messages(user="sunwei", chat=GROUP) if m["id"] == card["id"]]
    (others,) = [m for m in await town.messages(user="zhaogang", chat=GROUP) if m["id"] == card["id"]]
    assert (mine["card"]["title"], mine["card"]["tips"]) == ("您已签收", "孙伟已签收")
    assert (others["card"]["title"], others["card"]["tips"]) == ("工单 12345-0001", "孙伟已签收")
    assert [button["text"] for button in others["buttons"]] == ["签收", "退回"]
    assert mine["history"][0]["by"] == "answer"


async def test_an_answer_without_options_overwrites(town: Town) -> None:
    socket = await town.connected()
    card = await town.shown_card()
    await pressed(town, socket, card, {"cardData": {"cardParamMap": {"markdown": "只剩这些"}}})
    shown = (await town.messages())[-1]
    assert shown["card"] == {"markdown": "只剩这些"}
    assert shown["buttons"] == []


@pytest.mark.parametrize(
    "response",
    [
        {"cardData": {"cardParamMap": {"tips": 1}}},
        {"cardData": {"cardParamMap": {"unknown": "x"}}},
        {"privateData": {"cardParamMap": {"tips": "x"}}},
        {"cardUpdateOptions": {"updateCardDataByKey": "true"}, "cardData": {"cardParamMap": {}}},
        {"cardData": {"cardParamMap": {"markdown": "字" * 1025}}},
        "OK",
        None,
    ],
)
async def test_an_answer_that_is_no_update_changes_nothing(town: Town, response: Any) -> None:
    socket = await town.connected()
    card = await town.shown_card()
    pressing = asyncio.ensure_future(town.act("press", user="sunwei", message_id=card["id"], key="accept"))
    await socket.ack(await socket.frame(), {"response": response})
    assert (await pressing)["updated"] is False
    assert (await town.messages())[-1]["card"] == card["card"]
    assert len(await town.problems()) == 1


async def test_an_unanswered_press_says_so_and_a_late_answer_is_ignored(town: Town) -> None:
    socket = await town.connected()
    card = await town.shown_card()
    frame, seen = await pressed(town, socket, card, None)
    assert (seen["ok"], seen["updated"], seen["answered_ms"]) == (True, False, None)
    assert seen["problem"]
    await socket.ack(frame, {"response": redraw(tips="晚了")})
    await asyncio.sleep(0.05)
    assert (await town.messages())[-1]["card"] == card["card"]
    assert "ignored" in (await town.problems())[0]


async def test_an_update_within_the_window_counts_as_the_answer(town: Town) -> None:
    socket = await town.connected()
    card = await town.shown_card()
    pressing = asyncio.ensure_future(town.act("press", user="sunwei", message_id=card["id"], key="accept"))
    await socket.ack(await socket.frame(), {"response": {}})
    body = {"outTrackId": card["task_id"], **redraw(tips="改好了")}
    assert (await town.call("PUT", "/v1.0/card/instances", body))[0] == 200
    seen = await pressing
    assert (seen["updated"], seen["problem"]) == (True, "")


async def test_without_a_connection_a_press_is_lost(town: Town) -> None:
    card = await town.shown_card()
    seen = await town.act("press", user="sunwei", message_id=card["id"], key="accept")
    assert (seen["ok"], seen["updated"]) == (False, False)
    assert "没有连接" in seen["problem"]
    await town.act("fault", kind="lose_press")
    assert "丢了" in (await town.act("press", user="sunwei", message_id=card["id"], key="accept"))["problem"]


async def test_only_what_is_offered_can_be_pressed(town: Town) -> None:
    buttons = [
        {"text": "签收", "id": "accept", "request": True},
        {"text": "已退回", "id": "reject", "color": "gray"},
        {"text": "看详情", "url": "https://example.cn/"},
        {"text": "停用", "id": "off", "request": True, "status": "disabled"},
    ]
    params = {"markdown": "诉求", "sys_full_json_obj": json.dumps({"msgButtons": buttons})}
    card = await town.shown_card(cardData={"cardParamMap": params})
    kinds = [(button["key"], button["kind"], button["disabled"]) for button in card["buttons"]]
    assert kinds == [
        ("accept", "button", False),
        ("reject", "button", True),
        ("", "link", False),
        ("off", "button", True),
    ]
    for key in ("reject", "off", "", "nothing"):
        assert "no button" in (await town.act("press", user="sunwei", message_id=card["id"], key=key))["error"]
    assert "does not see" in (await town.act("press", user="wangmin", message_id=card["id"], key="accept"))["error"]


async def test_a_card_without_callback_type_tells_nobody(town: Town) -> None:
    await town.connected()
    body = town.card()
    del body["callbackType"]
    await town.create(body)
    card = (await town.messages())[-1]
    assert (await town.act("press", user="sunwei", message_id=card["id"], key="accept"))["ok"] is False


@pytest.mark.parametrize("where", ["group", "alone"])
async def test_a_dtmd_button_makes_its_presser_speak(town: Town, where: str) -> None:
    socket = await town.connected()
    body = sample("api_webhook_actioncard_dtmd_buttons")["body"]
    chat = GROUP if where == "group" else "app"
    await town.act("say", user="sunwei", chat=chat, text=f"{MENTION} 你好")
    hook = (await socket.heard())["sessionWebhook"]
    body["actionCard"]["text"] = f"[也可以点这里](dtmd://dingtalkclient/sendMessage?content={quote_plus('查 0001')})"
    async with town.session.post(hook, json=body) as answer:
        assert await answer.json() == {"errcode": 0, "errmsg": "ok"}
    shown = (await town.messages())[-1]
    assert [(b["key"], b["text"]) for b in shown["buttons"]] == [
        ("dtmd:1", "签收"),
        ("dtmd:2", "退回"),
        ("dtmd:3", "也可以点这里"),
    ]
    seen = await town.act("press", user="sunwei", message_id=shown["id"], key="dtmd:1")
    assert (seen["ok"], seen["updated"]) == (True, False)
    heard = await socket.heard()
    assert heard["text"]["content"].strip() == "签收 0001"
    assert heard["senderStaffId"] == "SunWei.ZRZY"
    said = (await town.messages())[-1]
    assert said["text"] == ("@有诉即办 签收 0001" if where == "group" else "签收 0001")
    assert said["from"] == "sunwei"


async def test_who_left_is_unknown_everywhere(town: Town) -> None:
    await town.connected()
    await town.act("leave", user="sunwei")
    assert (await town.old("/topapi/v2/user/get", {"userid": "SunWei.ZRZY"}))["errcode"] == 60121
    body = {"robotCode": town.robot_code, "userIds": ["SunWei.ZRZY"], "msgKey": "sampleText"}
    body["msgParam"] = '{"content": "您好"}'
    _, answer = await town.call("POST", "/v1.0/robot/oToMessages/batchSend", body)
    assert answer["invalidStaffIdList"] == ["SunWei.ZRZY"]
    delivered = await town.create(town.card(openSpaceId="dtv1.card//IM_ROBOT.SunWei.ZRZY", **to_person(town)))
    assert delivered["success"] is False
    assert "error" in await town.act("say", user="sunwei", chat="app", text="我还在")
    assert "sunwei" not in [m for g in (await town.get("state"))["groups"] for m in g["members"]]
    assert "error" in await town.act("leave", user="sunwei")
    assert "孙伟" not in await org(town)


def to_person(town: Town) -> dict[str, Any]:
    return {"imRobotOpenDeliverModel": {"spaceType": "IM_ROBOT", "robotCode": town.robot_code}}


async def org(town: Town) -> str:
    async with town.session.get(f"{town.url}/sandbox/org") as answer:
        return await answer.text()


async def test_a_card_one_to_one_is_shown_and_pressed(town: Town) -> None:
    socket = await town.connected()
    card = await town.shown_card(openSpaceId="dtv1.card//IM_ROBOT.ZhaoGang01", **to_person(town))
    assert (card["chat"], card["from"], card["kind"], card["channel"]) == (
        "app:zhaogang",
        "app",
        "ding_card",
        "dingtalk",
    )
    frame, seen = await pressed(town, socket, card, redraw(title="好了"), "zhaogang")
    assert json.loads(frame["data"])["userId"] == "ZhaoGang01"
    assert seen["updated"] is True


async def test_a_card_by_unionid_calls_back_with_unionids(town: Town) -> None:
    socket = await town.connected()
    person = town.world.city.somebody("sunwei")
    assert person is not None
    body = town.card(userIdType=2)
    body["imGroupOpenDeliverModel"]["atUserIds"] = {person.unionid: "孙伟"}
    await town.create(body)
    card = (await town.messages())[-1]
    assert card["mentions"] == ["sunwei"]
    frame, _ = await pressed(town, socket, card, {})
    assert json.loads(frame["data"])["userId"] == person.unionid


@pytest.mark.parametrize(
    ("own", "readable", "count"),
    [
        (lambda town: BUILT_IN, {"title", "markdown", "tips"}, 2),
        (lambda town: "589420e2-c1e2-46ef-a5ed-b8728e654da9.schema", {"title", "markdown"}, 0),
        (lambda town: town.world.city.ding.template_id, {"title", "body"}, 1),
    ],
)
async def test_each_template_shows_its_readable_variables(
    town: Town, own: Callable[[Town], str], readable: set[str], count: int
) -> None:
    template = own(town)
    params = {
        BUILT_IN: town.card()["cardData"]["cardParamMap"],
        "589420e2-c1e2-46ef-a5ed-b8728e654da9.schema": {"title": "标题", "markdown": "正文", "logo": "@lADPxxx"},
    }.get(template, {"title": "标题", "body": "正文", "tone": "red", "buttons": '[{"text":"签收","id":"accept"}]'})
    card = await town.shown_card(cardTemplateId=template, cardData={"cardParamMap": params})
    assert set(card["card"]) == readable
    assert len(card["buttons"]) == count
