"""The robot's ordinary messages, files and sessionWebhooks."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest

from tests.sandbox.dingtalk.conftest import GROUP, MENTION, Town, sample

SEND = "/v1.0/robot/groupMessages/send"
QUERY = "/v1.0/robot/groupMessages/query"
RECALL = "/v1.0/robot/groupMessages/recall"
SINGLE = "/v1.0/robot/oToMessages/batchSend"
SINGLE_RECALL = "/v1.0/robot/otoMessages/batchRecall"
Body = dict[str, Any]


def group_body(town: Town, **more: Any) -> Body:
    body = sample("api_group_messages_send")["request"]["body"]
    return {**body, "openConversationId": town.cid(), "robotCode": town.robot_code, **more}


def single_body(town: Town, *users: str, **more: Any) -> Body:
    body = sample("api_oto_batch_send")["request"]["body"]
    return {**body, "userIds": list(users) or ["SunWei.ZRZY"], "robotCode": town.robot_code, **more}


async def hook(town: Town, chat: str = GROUP) -> str:
    """A sessionWebhook of somebody's message."""
    socket = await town.connected()
    await town.act("say", user="sunwei", chat=chat, text=f"{MENTION} 你好")
    return (await socket.heard())["sessionWebhook"]


async def post(town: Town, url: str, body: Any) -> Body:
    async with town.session.post(url, json=body) as answer:
        assert answer.status == 200
        return await answer.json()


async def test_the_documented_group_message_is_shown(town: Town) -> None:
    status, answer = await town.call("POST", SEND, group_body(town))
    assert (status, set(answer)) == (200, {"processQueryKey"})
    (shown,) = await town.messages()
    assert (shown["text"], shown["from"], shown["channel"]) == ("钉钉，让进步发生", "bot", "dingtalk")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"robotCode": None}, "invalidParameter.robotCode.empty"),
        ({"robotCode": "dingother"}, "invalidParameter.robotCode.auth"),
        ({"openConversationId": "cidNobody=="}, "invalid.openConversationId"),
        ({"msgKey": ""}, "invalidParameter.msgKey.empty"),
        ({"msgKey": "sampleNothing"}, "invalidParameter.msgKey.invalid"),
        ({"msgParam": {"content": "x"}}, "invalidParameter.msgParam.empty"),
        ({"msgParam": "x"}, "invalidParameter.msgParam.invalid"),
        ({"msgParam": '{"text": "x"}'}, "invalidParameter.msgParam.invalid"),
        ({"msgParam": json.dumps({"content": "x" * 15000})}, "invalidParameter.msgParam.tooLong"),
        ({"at": {"isAtAll": True}}, "invalidParameter.param.invalid"),
    ],
)
async def test_a_wrong_group_message_is_refused(town: Town, change: Body, code: str) -> None:
    assert await town.code("POST", SEND, group_body(town, **change)) == code
    assert await town.messages() == []


async def test_the_robot_must_be_in_the_group(town: Town) -> None:
    await town.act("group", chatid=GROUP, bot_inside=False)
    assert await town.code("POST", SEND, group_body(town)) == "invalidParameter.robotCode.notExsit"


async def test_one_to_one_some_ids_get_nothing_and_the_answer_says_which(town: Town) -> None:
    await town.act("fault", kind="flow_control", match="ZhaoGang01")
    body = single_body(town, "SunWei.ZRZY", "ZhaoGang01", "zhaogang01", "nobody")
    status, answer = await town.call("POST", SINGLE, body)
    assert (status, set(answer)) == (200, set(sample("api_oto_batch_send")["response"]))
    assert answer["invalidStaffIdList"] == ["zhaogang01", "nobody"]
    assert answer["flowControlledStaffIdList"] == ["ZhaoGang01"]
    (shown,) = await town.messages()
    assert (shown["chat"], shown["from"], shown["text"]) == ("app:sunwei", "app", "hello text")


async def test_twenty_people_a_call(town: Town) -> None:
    many = [f"u{n}" for n in range(21)]
    assert await town.code("POST", SINGLE, single_body(town, *many)) == "invalidParameter.userIds.overMax"
    assert await town.code("POST", SINGLE, single_body(town, *many[:20])) == ""
    assert await town.code("POST", SINGLE, {**single_body(town), "userIds": []}) == "invalidParameter.userIds.empty"


async def test_an_action_card_shows_its_buttons(town: Town) -> None:
    param = {
        "title": "工单",
        "text": "### 请签收",
        "actionTitle1": "签收",
        "actionURL1": "dtmd://dingtalkclient/sendMessage?content=%E7%AD%BE%E6%94%B6+1",
        "actionTitle2": "坏的",
        "actionURL2": "dtmd://dingtalkClient/sendMessage?content=x",
        "actionTitle3": "详情",
        "actionURL3": "https://example.cn/",
    }
    body = group_body(town, msgKey="sampleActionCard3", msgParam=json.dumps(param))
    assert await town.code("POST", SEND, body) == ""
    (shown,) = await town.messages()
    assert (shown["kind"], shown["card"]) == ("actionCard", {"title": "工单", "text": "### 请签收"})
    assert [(b["key"], b["kind"], b["disabled"]) for b in shown["buttons"]] == [
        ("dtmd:1", "button", False),
        ("", "link", True),
        ("", "link", False),
    ]
    del param["actionURL3"]
    body["msgParam"] = json.dumps(param)
    assert await town.code("POST", SEND, body) == "invalidParameter.msgParam.invalid"


async def test_a_file_is_uploaded_and_sent(town: Town) -> None:
    form = aiohttp.FormData()
    form.add_field("media", b"PK-a-workbook", filename="台账.xlsx")
    url = f"{town.url}/dingtalk/oapi/media/upload"
    query = {"access_token": await town.token(), "type": "file"}
    async with town.session.post(url, data=form, params=query) as answer:
        stored = await answer.json()
    assert (stored["errcode"], stored["type"]) == (0, "file")
    param = {"mediaId": stored["media_id"], "fileName": "台账.xlsx", "fileType": "xlsx"}
    body = single_body(town, msgKey="sampleFile", msgParam=json.dumps(param))
    assert await town.code("POST", SINGLE, body) == ""
    file = (await town.messages())[-1]["file"]
    assert (file["name"], file["size"]) == ("台账.xlsx", 13)
    async with town.session.get(town.url + file["url"]) as answer:
        assert await answer.read() == b"PK-a-workbook"
    body["msgParam"] = json.dumps({**param, "mediaId": "@lNobody"})
    assert await town.code("POST", SINGLE, body) == "invalidParameter.msgParam.invalid"
    async with town.session.post(url, data={"x": "y"}, params=query) as answer:
        assert (await answer.json())["errcode"] == 41005


async def test_who_has_read_a_message_is_told_page_by_page(town: Town) -> None:
    _, sent = await town.call("POST", SEND, group_body(town))
    query = {**sample("api_group_read_status")["request"]["body"], "openConversationId": town.cid()}
    query |= {"robotCode": town.robot_code, "processQueryKey": sent["processQueryKey"], "maxResults": 1}
    del query["nextToken"]
    _, answer = await town.call("POST", QUERY, query)
    assert (answer["readUserIds"], answer["hasMore"]) == ([], False)
    await town.act("say", user="sunwei", chat=GROUP, text="收到")
    await town.act("read", user="zhaogang", message_id=(await town.messages())[0]["id"])
    assert "error" in await town.act("read", user="wangmin", message_id=(await town.messages())[0]["id"])
    _, first = await town.call("POST", QUERY, query)
    assert set(first) == set(sample("api_group_read_status")["response"])
    assert (first["sendStatus"], first["readUserIds"], first["hasMore"]) == ("SUCCESS", ["SunWei.ZRZY"], True)
    _, second = await town.call("POST", QUERY, {**query, "nextToken": first["nextToken"]})
    assert (second["readUserIds"], second["hasMore"]) == (["ZhaoGang01"], False)
    assert await town.code("POST", QUERY, {**query, "maxResults": 201}) == "invalidParameter.pageSize.invalid"
    assert await town.code("POST", QUERY, {**query, "processQueryKey": "x"}) == "invalid.processQueryKey"


async def test_messages_are_taken_back(town: Town) -> None:
    _, sent = await town.call("POST", SEND, group_body(town))
    body = {"robotCode": town.robot_code, "openConversationId": town.cid()}
    _, answer = await town.call("POST", RECALL, {**body, "processQueryKeys": [sent["processQueryKey"], "x"]})
    assert answer["successResult"] == [sent["processQueryKey"]]
    assert list(answer["failedResult"]) == ["x"]
    _, sent = await town.call("POST", SINGLE, single_body(town))
    body = {"robotCode": town.robot_code, "processQueryKeys": [sent["processQueryKey"]]}
    assert (await town.call("POST", SINGLE_RECALL, body))[1]["successResult"] == [sent["processQueryKey"]]
    assert {message["status"] for message in await town.messages()} == {"recalled"}


# sessionWebhook


@pytest.mark.parametrize("name", ["text_at", "markdown_at", "actioncard_btns", "actioncard_dtmd_buttons"])
async def test_the_documented_webhook_bodies_are_shown(town: Town, name: str) -> None:
    body = sample(f"api_webhook_{name}")
    assert await post(town, await hook(town), body.get("body", body)) == sample("api_webhook_response")
    shown = (await town.messages())[-1]
    assert (shown["chat"], shown["from"], shown["channel"]) == (GROUP, "bot", "dingtalk")


async def test_only_who_is_named_twice_is_called(town: Town) -> None:
    body = {"msgtype": "text", "text": {"content": "@SunWei.ZRZY 请签收"}}
    body["at"] = {"atUserIds": ["SunWei.ZRZY", "ZhaoGang01", "manager7312"]}
    url = await hook(town)
    await post(town, url, body)
    shown = (await town.messages())[-1]
    assert (shown["text"], shown["mentions"]) == ("@孙伟 请签收", ["sunwei"])
    await post(town, url, {**body, "at": {"isAtAll": True}})
    assert "lijianguo" in (await town.messages())[-1]["mentions"]


async def test_a_session_lives_ninety_minutes_of_the_citys_time(town: Town) -> None:
    url = await hook(town, "app")
    body = {"msgtype": "text", "text": {"content": "收到"}}
    await town.act("clock", seconds=89 * 60)
    assert (await post(town, url, body))["errcode"] == 0
    assert (await town.messages())[-1]["chat"] == "app:sunwei"
    await town.act("clock", seconds=2 * 60)
    assert (await post(town, url, body))["errmsg"] == "session.expired"
    assert (await post(town, url + "x", body))["errmsg"] == "session.notExisted"


@pytest.mark.parametrize(
    ("body", "errcode"),
    [
        ({"msgtype": "feedCard", "feedCard": {}}, 400105),
        ({"msgtype": "text"}, 40035),
        ({"msgtype": "markdown", "markdown": {"text": "x"}}, 40035),
        ({"msgtype": "text", "text": {"content": "x" * 20000}}, 460101),
        ({"msgtype": "text", "text": {"content": "x"}, "at": {"atUserIds": ["u"] * 51}}, 40035),
        ({"msgtype": "actionCard", "actionCard": {"title": "t", "text": "x", "btns": []}}, 40035),
        ({"msgtype": "text", "text": {"content": "x"}, "markdown": {}}, 40035),
    ],
)
async def test_a_wrong_webhook_body_is_refused(town: Town, body: Body, errcode: int) -> None:
    url = await hook(town)
    assert (await post(town, url, body))["errcode"] == errcode
