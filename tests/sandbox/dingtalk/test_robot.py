"""Tokens, the robot's ordinary messages, sessionWebhooks, the directory, files, quotas and ordered refusals."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest

from tests.sandbox.dingtalk.conftest import GROUP, MENTION, TOKEN_HEADER, Town, sample

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


# Tokens


async def test_a_repeated_call_gets_the_same_token_on_both_apis(town: Town) -> None:
    ding = town.world.city.ding
    body = {"appKey": ding.client_id, "appSecret": ding.client_secret}
    _, first = await town.call("POST", "/v1.0/oauth2/accessToken", body, token="")
    _, second = await town.call("POST", "/v1.0/oauth2/accessToken", body, token="")
    assert first == second
    assert first["expireIn"] == sample("api_token_v1")["response"]["expireIn"]
    query = {"appkey": ding.client_id, "appsecret": ding.client_secret}
    async with town.session.get(f"{town.url}/dingtalk/oapi/gettoken", params=query) as answer:
        old = await answer.json()
    assert set(old) == set(sample("api_gettoken_old")["response"])
    assert old["access_token"] == first["accessToken"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"appKey": "x", "appSecret": "y"}, "invalidClientIdOrSecret"),
        ({"appSecret": "y"}, "MissingappKey"),
        (None, "MissingBody"),
    ],
)
async def test_wrong_credentials_get_no_token(town: Town, body: Any, code: str) -> None:
    status, answer = await town.call("POST", "/v1.0/oauth2/accessToken", body, token="")
    assert (status, answer["code"]) == (400, code)


async def test_the_old_gettoken_refuses_with_http_200(town: Town) -> None:
    async with town.session.get(f"{town.url}/dingtalk/oapi/gettoken?appkey=a&appsecret=b") as answer:
        assert (answer.status, (await answer.json())["errcode"]) == (200, 40096)


async def test_a_dead_token_is_refused_as_on_the_real_wire(town: Town) -> None:
    token = await town.token()
    await town.act("fault", kind="expire_token")
    status, answer = await town.call("POST", SEND, group_body(town), token=token)
    wanted = sample("api_error_token_invalid_v1")
    assert (status, answer["code"], answer["message"]) == (400, wanted["code"], wanted["message"])
    assert set(answer) == set(wanted)
    assert await town.old("/topapi/v2/user/get", {"userid": "x"}, token=token) == sample("api_error_token_invalid_old")
    assert (await town.call("POST", SEND, group_body(town)))[0] == 200


async def test_a_body_must_be_json(town: Town) -> None:
    headers = {TOKEN_HEADER: await town.token()}
    for data, kind, code in (
        (b"{", "application/json", "InvalidBody"),
        (b"[1]", "application/json", "InvalidBody"),
        (b"{}", "text/plain", "InvalidContentType"),
        (b"", "application/json", "MissingBody"),
    ):
        url, head = f"{town.url}/dingtalk/api{SEND}", {**headers, "Content-Type": kind}
        async with town.session.post(url, data=data, headers=head) as answer:
            assert (answer.status, (await answer.json())["code"]) == (400, code)


# Messages


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


# Directory


async def test_a_person_is_found_by_both_ids(town: Town) -> None:
    answer = await town.old("/topapi/v2/user/get", {"userid": "SunWei.ZRZY", "language": "zh_CN"})
    wanted = sample("api_user_get")["response"]
    assert set(answer) == set(wanted)
    # No mobile without its own permission; nobody here has a manager.
    assert set(wanted["result"]) - set(answer["result"]) == {"mobile", "manager_userid"}
    assert (answer["result"]["name"], answer["result"]["dept_id_list"]) == ("孙伟", [12])
    union = {"unionid": answer["result"]["unionid"]}
    assert (await town.old("/topapi/user/getbyunionid", union))["result"]["userid"] == "SunWei.ZRZY"


@pytest.mark.parametrize(
    ("path", "body", "errcode"),
    [
        ("v2/user/get", {"userid": "sunwei.zrzy"}, 60121),
        ("v2/user/get", {}, 33012),
        ("user/getbyunionid", {"unionid": "Lvl5GVeT6iswW21b7ESEOQiEiE"}, 60121),
        ("v2/department/listsub", {"dept_id": 99}, 60003),
        ("user/listsimple", {"dept_id": 12, "cursor": 0, "size": 101}, 40035),
    ],
)
async def test_the_directory_says_no_with_a_code(town: Town, path: str, body: Body, errcode: int) -> None:
    assert (await town.old(f"/topapi/{path}", body))["errcode"] == errcode


async def test_departments_and_their_members(town: Town) -> None:
    subs = (await town.old("/topapi/v2/department/listsub", {"dept_id": 1}))["result"]
    assert [unit["dept_id"] for unit in subs] == [2, 3, 4]
    assert (await town.old("/topapi/v2/department/get", {"dept_id": 12}))["result"]["name"] == "自然资源局"
    page = (await town.old("/topapi/user/listsimple", {"dept_id": 2, "cursor": 0, "size": 5}))["result"]
    assert (len(page["list"]), page["has_more"], page["next_cursor"]) == (5, True, 5)
    rest = (await town.old("/topapi/user/listsimple", {"dept_id": 2, "cursor": 5, "size": 5}))["result"]
    assert rest["has_more"] is False
    assert page["list"][0] == {"userid": "manager7312", "name": "王敏"}


# Quotas and weather


async def quota(town: Town) -> tuple[int, int]:
    counted = (await town.get("state"))["quota"]
    assert (counted["api"]["limit"], counted["stream"]["limit"]) == (5000, 3000)
    return counted["api"]["used"], counted["stream"]["used"]


async def test_what_counts_and_what_is_free(town: Town) -> None:
    url = await hook(town, "app")
    await town.old("/topapi/v2/user/get", {"userid": "SunWei.ZRZY"})
    assert await quota(town) == (0, 1)
    await town.call("POST", SEND, group_body(town))
    await post(town, url, {"msgtype": "text", "text": {"content": "收到"}})
    assert await quota(town) == (1, 2)
    await town.act("leave", user="heqing")
    assert await quota(town) == (1, 2)


async def test_over_the_months_quota_calls_are_refused_until_the_next_month(town: Town) -> None:
    url = await hook(town, "app")
    await town.act("quota", api=4999, stream=3000)
    assert await town.code("POST", SEND, group_body(town)) == ""
    status, answer = await town.call("POST", SEND, group_body(town))
    assert (status, answer["code"]) == (403, "Forbidden.AccessDenied.ApiCountLimitForOrg")
    assert (await post(town, url, {"msgtype": "text", "text": {"content": "x"}}))["errcode"] == 90020
    assert (await town.old("/topapi/v2/user/get", {"userid": "SunWei.ZRZY"}))["errcode"] == 0
    await town.act("clock", to="2026-12-01T00:00:00+08:00")
    assert (await town.get("state"))["quota"]["month"] == "2026-12"
    assert await quota(town) == (0, 0)
    assert await town.code("POST", SEND, group_body(town)) == ""


async def test_over_quota_a_message_comes_without_its_text(town: Town) -> None:
    socket = await town.connected()
    await town.act("quota", stream=3000)
    await town.act("say", user="sunwei", chat="app", text="秘密")
    heard = await socket.heard()
    assert (heard["errorCode"], heard["errorMessage"]) == ("20001", sample("bot_message_over_quota")["errorMessage"])
    assert "text" not in heard
    assert "秘密" not in json.dumps(heard, ensure_ascii=False)
    card = await town.shown_card()
    pressed = await town.act("press", user="sunwei", message_id=card["id"], key="accept")
    assert (pressed["ok"], "用完" in pressed["problem"]) == (False, True)


async def test_twenty_calls_a_second_of_one_api(town: Town) -> None:
    token = await town.token()
    codes = [(await town.call("POST", SEND, group_body(town), token=token)) for _ in range(25)]
    assert [status for status, _ in codes[:20]] == [200] * 20
    assert codes[-1][0] == 403
    assert codes[-1][1]["code"] == "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi"
    assert (await quota(town))[0] < 25
    assert (await town.call("POST", SINGLE, single_body(town), token=token))[0] == 200


async def test_a_quota_is_a_number(town: Town) -> None:
    assert "error" in await town.act("quota", api="many")
    assert "error" in await town.act("quota", minutes=1)


async def test_ordered_weather_meets_the_dingtalk_doors(town: Town) -> None:
    await town.act("fault", kind="api_error", match="groupMessages/send", code="send.too.fast")
    assert await town.code("POST", SEND, group_body(town)) == "send.too.fast"
    await town.act("fault", kind="api_error", match="groupMessages/send")
    assert (await town.call("POST", SEND, group_body(town)))[0] == 500
    await town.act("fault", kind="api_error", match="user/get", errcode=15)
    assert (await town.old("/topapi/v2/user/get", {"userid": "SunWei.ZRZY"}))["errcode"] == 15
    await town.act("fault", kind="http_error", match="groupMessages/send", errcode=504)
    url, headers = f"{town.url}/dingtalk/api{SEND}", {TOKEN_HEADER: await town.token()}
    async with town.session.post(url, json=group_body(town), headers=headers) as answer:
        assert (answer.status, await answer.text()) == (504, "bad gateway")
    await town.act("fault", kind="slow", match="groupMessages/send", seconds=0.2)
    with pytest.raises(TimeoutError):
        async with town.session.post(url, json={}, headers=headers, timeout=aiohttp.ClientTimeout(total=0.05)):
            pass


async def test_settling_counts_dingtalk_calls_as_words_of_the_bot(town: Town) -> None:
    socket = await town.connected()
    await town.act("settle")
    await town.act("say", user="sunwei", chat="app", text="你好")
    assert (await town.act("settle", max_ms=60))["settled"] is False
    await socket.heard()
    await town.call("POST", SINGLE, single_body(town))
    assert (await town.act("settle", max_ms=60, quiet_ms=200))["settled"] is False
    assert (await town.act("settle", quiet_ms=200))["settled"] is True
