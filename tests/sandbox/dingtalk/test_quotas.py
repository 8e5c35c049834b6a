"""What a month may use, how fast, and ordered weather at the doors."""

from __future__ import annotations

import json

import aiohttp
import pytest

from tests.sandbox.dingtalk.conftest import TOKEN_HEADER, Town, sample
from tests.sandbox.dingtalk.test_robot import SEND, SINGLE, group_body, hook, post, single_body


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
    assert (await town.act("settle", max_ms=60, quiet_ms=20))["settled"] is False
    await town.call("POST", SINGLE, single_body(town))
    assert (await town.act("settle", max_ms=60, quiet_ms=200))["settled"] is False
    assert (await town.act("settle", quiet_ms=200))["settled"] is True
