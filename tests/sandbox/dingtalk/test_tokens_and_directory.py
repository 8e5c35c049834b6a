"""Access tokens of both APIs, bodies that are none, and the directory."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.dingtalk.conftest import TOKEN_HEADER, Town, sample
from tests.sandbox.dingtalk.test_robot import SEND, Body, group_body


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
