"""Stream mode: the gateway, tickets, frames as documented, acknowledgements, redelivery and the weather."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from sandbox.dingtalk.frames import BOT_TOPIC, CARD_TOPIC
from tests.sandbox.dingtalk.conftest import GROUP, MENTION, SUBSCRIPTIONS, Town, sample


async def say(town: Town, text: str = "你好", **more: Any) -> dict[str, Any]:
    return await town.act("say", **{"user": "sunwei", "chat": "app", "text": text, **more})


async def test_the_documented_request_opens_a_connection(town: Town) -> None:
    body = sample("stream_open_request")
    ding = town.world.city.ding
    status, answer = await town.open({**body, "clientId": ding.client_id, "clientSecret": ding.client_secret})
    assert status == 200
    assert set(answer) == set(sample("stream_open_response"))
    assert answer["endpoint"].startswith("ws://")
    await town.dial(answer)
    state = (await town.get("state"))["connection"]["dingtalk"]
    assert (state["connected"], state["connections"], state["mode"]) == (True, 1, "stream")


async def test_without_accept_json_the_gateway_answers_xml(town: Town) -> None:
    url = f"{town.url}/dingtalk/api/v1.0/gateway/connections/open"
    async with town.session.post(url, json=town.opening()) as answer:
        assert answer.content_type == "application/xml"
        assert "<ticket>" in await answer.text()


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"clientSecret": "wrong"}, 401, "authFailed"),
        ({"clientId": ""}, 400, "MissingclientId"),
        ({"subscriptions": []}, 400, "Missingsubscriptions"),
        ({"subscriptions": [{"type": "EVENT", "topic": "user_leave_org"}]}, 400, "invalidParameter.param.invalid"),
        ({"subscriptions": [{"type": "CALLBACK", "topic": "/v1.0/im/bot"}]}, 400, "invalidParameter.param.invalid"),
    ],
)
async def test_the_gateway_refuses(town: Town, change: dict[str, Any], status: int, code: str) -> None:
    got, answer = await town.open({**town.opening(), **change})
    assert (got, answer["code"]) == (status, code)
    assert set(answer) == {"code", "message", "requestid"}


async def test_a_ticket_is_good_for_one_connection(town: Town) -> None:
    _, answer = await town.open(town.opening())
    await town.dial(answer)
    for bad in (answer, {**answer, "ticket": "never-given"}):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
            await town.dial(bad)
        assert refusal.value.status == 401


async def test_a_dead_ticket_opens_nothing(town: Town) -> None:
    await town.act("fault", kind="dead_ticket")
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await town.connected()
    await town.connected()


async def test_the_first_connection_is_told_the_time(town: Town) -> None:
    await town.connected()
    await town.act("settle")
    assert len(town.bot.clocks) == 1


async def test_a_bot_message_frame_looks_like_the_documented_one(town: Town) -> None:
    socket = await town.connected()
    await say(town, chat=GROUP, text=f"{MENTION} 测试数据")
    frame, wanted = await socket.frame(), sample("frame_callback_bot_message")
    assert set(frame) == set(wanted)
    assert set(wanted["headers"]) <= set(frame["headers"])
    assert (frame["type"], frame["headers"]["topic"]) == ("CALLBACK", BOT_TOPIC)
    assert set(json.loads(wanted["data"])) <= set(json.loads(frame["data"]))
    await socket.ack(frame, json.loads(sample("ack_bot_message")["data"]))
    await socket.nothing(0.5)
    assert await town.problems() == []


async def test_only_subscribed_topics_are_pushed(town: Town) -> None:
    socket = await town.connected([("CALLBACK", CARD_TOPIC)])
    assert (await say(town))["delivered"] is False
    await socket.nothing()


async def test_without_a_connection_a_message_is_lost(town: Town) -> None:
    said = await say(town)
    assert said["delivered"] is False
    assert "没有连接" in said["problem"]


@pytest.mark.parametrize(
    ("ack", "complaint"),
    [
        ("no json", "not JSON"),
        ({"code": 200, "data": "{}"}, "no headers"),
        ({"code": 200, "headers": {"messageId": "other"}, "data": '{"response": null}'}, "nothing waits"),
        ({"code": 200, "headers": {}, "data": {"response": None}}, "JSON string"),
        ({"code": 200, "headers": {}, "data": "ok"}, "not JSON"),
        ({"code": 200, "headers": {}, "data": "{}"}, '"response"'),
        ({"code": "200", "headers": {}, "data": '{"response": null}'}, "code must be"),
        ({"code": 404, "headers": {}, "data": '{"response": null}'}, "no handler"),
    ],
)
async def test_a_malformed_ack_is_a_problem_everybody_sees(town: Town, ack: Any, complaint: str) -> None:
    socket = await town.connected()
    await say(town)
    frame = await socket.frame()
    if isinstance(ack, dict) and "headers" in ack:
        ack["headers"].setdefault("messageId", frame["headers"]["messageId"])
    await socket.socket.send_str(ack if isinstance(ack, str) else json.dumps(ack))
    await asyncio.sleep(0.05)
    assert [complaint in problem for problem in await town.problems()] == [True]


async def test_what_is_not_acknowledged_comes_twice_more_with_another_message_id(town: Town) -> None:
    socket = await town.connected()
    await say(town)
    frames = [await socket.frame() for _ in range(3)]
    assert len({frame["headers"]["messageId"] for frame in frames}) == 3
    assert len({json.loads(frame["data"])["msgId"] for frame in frames}) == 1
    await socket.nothing(0.5)


async def test_an_acknowledged_message_does_not_come_again(town: Town) -> None:
    socket = await town.connected()
    await say(town)
    await socket.heard()
    await socket.nothing(0.5)


async def test_an_event_told_later_comes_again_as_the_same_event(town: Town) -> None:
    socket = await town.connected()
    assert (await town.act("leave", user="sunwei"))["delivered"] is True
    first = await socket.frame()
    wanted = sample("frame_event")
    assert set(wanted["headers"]) <= set(first["headers"])
    assert first["headers"]["eventType"] == "user_leave_org"
    assert json.loads(first["data"])["userId"] == ["SunWei.ZRZY"]
    await socket.ack(first, {"status": "LATER"})
    second = await socket.frame()
    assert second["headers"]["eventId"] == first["headers"]["eventId"]
    assert second["headers"]["messageId"] != first["headers"]["messageId"]
    await socket.ack(second, json.loads(sample("ack_event")["data"]))
    await socket.nothing(0.5)
    assert await town.problems() == []


async def test_an_event_acknowledged_without_a_status_is_told_again(town: Town) -> None:
    socket = await town.connected()
    await town.act("leave", user="sunwei")
    await socket.ack(await socket.frame(), {"response": "OK"})
    await socket.frame()
    assert "SUCCESS" in (await town.problems())[0]


async def test_each_push_goes_to_one_of_several_connections(town: Town) -> None:
    sockets = [await town.connected(), await town.connected()]

    async def count(socket: Any) -> int:
        heard = 0
        try:
            while True:
                frame = await socket.frame(0.3)
                await socket.ack(frame, {"response": None})
                heard += 1
        except TimeoutError:
            return heard

    counting = asyncio.gather(*(count(socket) for socket in sockets))
    for _ in range(24):
        await say(town)
    heard = await counting
    assert sum(heard) == 24
    assert all(heard)


async def test_pings_are_answered_or_the_line_is_cut(town: Town) -> None:
    town.world.pace = replace(town.world.pace, ping=0.1)
    socket = await town.connected()
    with pytest.raises(TimeoutError):
        await socket.frame(0.25)
    assert socket.pings
    assert await town.problems() == []
    await asyncio.sleep(0.6)
    kinds = [(await socket.socket.receive(timeout=1)).type for _ in range(4)]
    assert kinds[-1] in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
    assert "pings" in (await town.problems())[0]
    await town.connected(SUBSCRIPTIONS)


async def test_a_disconnect_frame_stops_the_pushes_and_the_socket_closes_later(town: Town) -> None:
    old = await town.connected()
    await town.act("fault", kind="stream_disconnect")
    frame = await old.frame()
    assert (frame["type"], frame["headers"]["topic"]) == ("SYSTEM", "disconnect")
    assert json.loads(frame["data"]) == json.loads(sample("frame_system_disconnect")["data"])
    new = await town.connected()
    await say(town)
    assert (await new.heard())["text"]["content"] == "你好"
    message = await old.socket.receive(timeout=2)
    while message.type is aiohttp.WSMsgType.TEXT:
        message = await old.socket.receive(timeout=2)
    assert message.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.ERROR)


async def test_a_cut_line_is_gone_at_once_and_what_it_had_comes_to_the_next(town: Town) -> None:
    old = await town.connected()
    await say(town)
    lost = json.loads((await old.frame())["data"])["msgId"]
    await town.act("fault", kind="stream_cut")
    await asyncio.sleep(0.02)
    assert (await town.get("state"))["connection"]["dingtalk"]["connected"] is False
    new = await town.connected()
    assert (await new.heard())["msgId"] == lost


async def test_a_rival_takes_every_second_push(town: Town) -> None:
    socket = await town.connected()
    await town.act("fault", kind="stream_rival", seconds=30)
    said = [await say(town, text) for text in ("一", "二", "三", "四")]
    assert [each["delivered"] for each in said] == [False, True, False, True]
    assert [(await socket.heard())["text"]["content"] for _ in range(2)] == ["二", "四"]
    await socket.nothing(0.5)


async def test_a_doubled_push_comes_twice_with_two_message_ids(town: Town) -> None:
    socket = await town.connected()
    await town.act("fault", kind="stream_double")
    await say(town)
    frames = [await socket.frame(), await socket.frame()]
    assert frames[0]["data"] == frames[1]["data"]
    assert frames[0]["headers"]["messageId"] != frames[1]["headers"]["messageId"]
    for frame in frames:
        await socket.ack(frame, {"response": None})
    await socket.nothing(0.5)
    assert await town.problems() == []


async def test_a_delayed_push_is_overtaken(town: Town) -> None:
    socket = await town.connected()
    await town.act("fault", kind="stream_delay", seconds=0.1)
    await say(town, "一")
    await say(town, "二")
    assert [(await socket.heard())["text"]["content"] for _ in range(2)] == ["二", "一"]


async def test_a_lost_push_never_comes(town: Town) -> None:
    socket = await town.connected()
    await town.act("fault", kind="stream_lose")
    assert (await say(town))["delivered"] is False
    await socket.nothing(0.5)
