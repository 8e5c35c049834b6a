"""The long connection against a strict server on a real socket: whatever happens to a frame, its acknowledgement."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web

from platforms.contract import Button, Card, IncomingKind, Place, Recipient
from platforms.dingtalk.frames import StreamFrame
from platforms.dingtalk.websocket import DingTalkSocket, PendingAck
from platforms.shared.connection_state import ConnectionState
from tests.platform.dingtalk import fake as dt
from tests.platform.dingtalk.conftest import FAST, HASTY, Door, held
from tests.platform.dingtalk.fake import frame, until

DATA = Path(__file__).parent / "data"
CHAT = Recipient(Place.CHAT, "cidGroup==")
CARD = Card(title="投诉工单", buttons=(Button("签收", "k1"),))
DONE = Card(title="已签收")


def sample(name: str) -> dict:
    return json.loads((DATA / f"{name}.json").read_text())


def text(number: int, chat: str = CHAT.id, **extra) -> dict:
    data = {
        "msgId": f"msg{number}", "msgtype": "text", "text": {"content": str(number)}, "conversationType": "2",
        "conversationId": chat, "senderStaffId": "zhangsan", "senderId": "$:1", **extra,
    }  # fmt: skip
    return frame("CALLBACK", dt.BOT_TOPIC, data, f"m{number}")


def press(message_id: str = "p1", track: str = "t1", **extra) -> dict:
    content = {"cardPrivateData": {"actionIds": ["g0"], "params": {"key": "k1"}}}
    data = {"outTrackId": track, "userId": "zhangsan", "userIdType": 1, "spaceId": CHAT.id,
            "content": json.dumps(content), **extra}  # fmt: skip
    return frame("CALLBACK", dt.CARD_TOPIC, data, message_id)


async def acked(fake, message_id: str) -> dict:
    await until(lambda: fake.ack_of(message_id))
    return fake.ack_of(message_id)[0][1]


async def test_what_is_subscribed(fake, build):
    async with held(build()):
        assert [item["topic"] for item in fake.bodies(dt.GATEWAY)[0]["subscriptions"]] == [
            "*", dt.BOT_TOPIC, dt.CARD_TOPIC,
        ]  # fmt: skip


async def test_a_ping_is_echoed(fake, build):
    async with held(build()):
        await fake.push(sample("frame_system_ping"))
        ack = await acked(fake, "213d841d_972_1898bb26334_70a7")
    assert ack == sample("ack_system_ping")


async def test_recorded_frames_are_acknowledged_as_recorded(fake, build):
    async with held(build()) as door:
        await fake.push(sample("frame_callback_bot_message"))
        ack = await acked(fake, "212ca9d7_974_1898c159aa6_1783b")
        assert (ack["code"], json.loads(ack["data"])) == (200, {"response": None})
        await fake.push(sample("frame_event"))
        ack = await acked(fake, "213d841d_972_1898bb26334_70a7")
        assert json.loads(ack["data"]) == json.loads(sample("ack_event")["data"])
        await fake.push(sample("frame_callback_card_action"))
        ack = await acked(fake, "xxxx")
        assert json.loads(ack["data"]) == {"response": {}}
    # Somebody joined: taken note of and ignored.
    assert [incoming.kind for incoming in door.incoming] == [IncomingKind.TEXT, IncomingKind.PRESS]
    assert door.incoming[0].text == "测试数据"


async def test_everybody_who_left_is_reported(fake, build, counter):
    async with held(build()) as door:
        data = {"userId": ["zhangsan", "lisi"]}
        await fake.push(frame("EVENT", "*", data, "e", eventType="user_leave_org", eventId="E1"))
        ack = await acked(fake, "e")
    assert json.loads(ack["data"])["status"] == "SUCCESS"
    assert [(who.kind, who.event_key) for who in door.incoming] == [
        (IncomingKind.LEFT, "E1/zhangsan"),
        (IncomingKind.LEFT, "E1/lisi"),
    ]
    assert counter.this_month("stream") == 0


async def test_an_unknown_topic_is_not_found(fake, build):
    async with held(build()) as door:
        await fake.push(frame("CALLBACK", "/v1.0/graph/api/invoke", {}, "g"))
        assert (await acked(fake, "g"))["code"] == 404
        await fake.push(frame("SYSTEM", "KEEPALIVE", {}, "s"))
        await fake.push(frame("NOVELTY", "x", {}, "n"))
        await fake.sockets[-1].send_str("no json")
        await fake.sockets[-1].send_bytes(b"\x00")
        await fake.push(text(1))
        await acked(fake, "m1")
    assert not fake.ack_of("s")
    assert not fake.ack_of("n")
    assert len(door.incoming) == 1


async def test_a_doubled_frame_is_one_event_and_acknowledged_each_time(fake, build):
    async with held(build()) as door:
        for _ in range(2):
            await fake.push(text(1))
        await until(lambda: len(fake.ack_of("m1")) == 2)
        again = text(1)
        again["headers"]["messageId"] = "other"
        await fake.push(again)
        await acked(fake, "other")
    assert {incoming.event_key for incoming in door.incoming} == {"msg1"}


async def test_one_conversation_in_order_others_beside_it(fake, build):
    gate = asyncio.Event()
    door = Door()

    async def slow(incoming) -> None:
        if incoming.text == "1":
            await gate.wait()

    door.handler = slow
    async with held(build(), door):
        for number, chat in ((1, "a"), (2, "a"), (3, "b")):
            await fake.push(text(number, chat))
        await acked(fake, "m3")
        # The first is acknowledged although its handler still works; the second has not started, so it is not.
        await acked(fake, "m1")
        assert not fake.ack_of("m2")
        assert [incoming.text for incoming in door.incoming] == ["1", "3"]
        gate.set()
        await acked(fake, "m2")
    assert all(len(fake.ack_of(name)) == 1 for name in ("m1", "m2", "m3"))


async def test_what_could_not_be_stored_is_asked_for_again(fake, build):
    async def broken(incoming) -> None:
        raise RuntimeError("no database")

    door = Door()
    door.handler = broken
    async with held(build(), door):
        await fake.push(text(1))
        assert (await acked(fake, "m1"))["code"] == 500
        await fake.push(press())
        assert (await acked(fake, "p1"))["code"] == 500
        await fake.push(frame("EVENT", "*", {"userId": ["a"]}, "e", eventType="user_leave_org", eventId="E"))
        assert json.loads((await acked(fake, "e"))["data"]) == {"status": "LATER"}
    assert door.alarms == ["incoming_failed"] * 3


async def test_a_malformed_message_is_refused_and_the_rest_goes_on(fake, build):
    async with held(build()) as door:
        await fake.push(frame("CALLBACK", dt.BOT_TOPIC, {"msgId": {"a": 1}}, "bad"))
        assert (await acked(fake, "bad"))["code"] == 500
        await fake.push(frame("CALLBACK", dt.BOT_TOPIC, {}, "empty"))
        assert (await acked(fake, "empty"))["code"] == 200
        await fake.push(text(1))
        await acked(fake, "m1")
    assert len(door.incoming) == 1


async def test_a_late_answer_to_a_press_redraws_the_card(fake, build):
    platform = build(HASTY)
    await platform.send(CHAT, CARD, key="t1")
    door = Door()
    answered = []

    async def slow(incoming) -> None:
        await until(lambda: fake.ack_of("p1"))
        answered.append(await platform.respond(incoming, card=DONE))

    door.handler = slow
    async with held(platform, door):
        await fake.push(press())
        await until(lambda: answered)
    assert answered == [True]
    assert json.loads(fake.ack_of("p1")[0][1]["data"]) == {"response": {}}
    assert fake.cards["t1"]["title"] == "已签收"
    assert json.loads(fake.cards["t1"]["sys_full_json_obj"]) == {"msgButtons": []}


async def test_a_press_that_is_not_answered_is_acknowledged_when_the_handler_is_through(fake, build):
    async with held(build(replace(FAST, press_window=30.0))) as door:
        await fake.push(press())
        await acked(fake, "p1")
    assert door.incoming[0].reply_to["window"]


async def test_an_update_waits_for_the_press_that_is_being_answered(fake, build):
    platform = build()
    receipt = await platform.send(CHAT, CARD, key="t1")
    door = Door()
    order = []

    async def handler(incoming) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(updating())
            await asyncio.sleep(0.03)
            order.append("respond")
            assert await platform.respond(incoming, card=DONE)

    async def updating() -> None:
        assert await platform.update(receipt, Card(title="又变了"), key="t1")
        order.append("updated")

    door.handler = handler
    async with held(platform, door):
        await fake.push(press())
        await until(lambda: len(order) == 2)
    assert order == ["respond", "updated"]
    assert fake.cards["t1"]["title"] == "又变了"


async def test_a_press_whose_socket_died_is_answered_by_redrawing(fake, build):
    platform = build()
    await platform.send(CHAT, CARD, key="t1")
    door = Door()
    answered = []

    async def handler(incoming) -> None:
        await fake.sockets[0].close()
        await until(lambda: len(fake.sockets) == 2)
        answered.append(await platform.respond(incoming, card=DONE))

    door.handler = handler
    async with held(platform, door):
        await fake.push(press())
        await until(lambda: answered)
    assert answered == [True]
    assert fake.cards["t1"]["title"] == "已签收"


async def test_rotation_opens_the_new_line_first_and_owed_acknowledgements_leave_on_the_old(fake, build):
    gate = asyncio.Event()
    door = Door()

    async def slow(incoming) -> None:
        if incoming.text == "1":
            await gate.wait()

    door.handler = slow
    async with held(build(replace(FAST, message_window=1.0)), door):
        await fake.push(text(1))
        await until(lambda: door.incoming)
        await fake.push(sample("frame_system_disconnect"))
        await until(lambda: len(fake.sockets) == 2)
        assert not fake.sockets[0].closed
        await fake.push(text(2, "other"))
        await acked(fake, "m2")
        gate.set()
        await acked(fake, "m1")
        assert (fake.ack_of("m1")[0][0], fake.ack_of("m2")[0][0]) == (0, 1)
        await until(lambda: fake.sockets[0].closed)
        assert not fake.sockets[1].closed
    assert door.alarms == []


async def test_a_lost_connection_is_taken_up_again_with_a_new_ticket(fake, build):
    platform = build()
    async with held(platform) as door:
        for number in range(2, 5):
            await fake.sockets[-1].close()
            await until(lambda number=number: len(fake.sockets) == number)
        await fake.push(text(1))
        await acked(fake, "m1")
    assert fake.opened == 4
    assert len(door.incoming) == 1
    assert platform.health()[1].ok


@pytest.mark.parametrize(
    "answer",
    [
        lambda: web.Response(text="<html>", content_type="text/html", status=502),
        lambda: web.json_response({"endpoint": "wss://evil.test/connect", "ticket": "t"}),
        lambda: web.json_response({"endpoint": "not a url", "ticket": "t"}),
        lambda: web.json_response({"ticket": "t"}),
        lambda: web.json_response({"endpoint": 5, "ticket": []}),
        lambda: web.json_response({"code": "system.busy"}, status=500),
        lambda: web.json_response([]),
    ],
)
async def test_a_strange_gateway_answer_is_waited_out(fake, build, answer):
    fake.answers[dt.GATEWAY].append(answer)
    async with held(build()):
        assert fake.opened == 1
        assert len(fake.sockets) == 1


async def test_a_dead_ticket_is_replaced(fake, build):
    dead = {"endpoint": fake.base.replace("http", "ws") + "/connect", "ticket": "dead"}
    fake.answers[dt.GATEWAY].append(dead)
    async with held(build()):
        assert len(fake.sockets) == 1


async def test_five_failures_in_a_row_are_reported_once(fake, build):
    for _ in range(8):
        fake.answers[dt.GATEWAY].append("hang up")
    async with held(build()) as door:
        assert door.alarms == ["stream_offline"]


async def test_a_wrong_secret_ends_the_connection_with_one_alarm(fake, build):
    platform = build(client_secret="wrong")
    async with held(platform) as door:
        await until(lambda: door.alarms)
        assert platform._stream.state is ConnectionState.STOPPED
    assert door.alarms == ["invalidClientIdOrSecret"]
    assert not fake.bodies(dt.GATEWAY)
    assert [line.ok for line in platform.health()] == [False, False, True]


async def test_a_gateway_that_refuses_the_secret_ends_the_connection(fake, build):
    platform = build()
    fake.answers[dt.GATEWAY].append(lambda: web.json_response({"code": "authFailed"}, status=401))
    async with held(platform) as door:
        await until(lambda: door.alarms)
    assert door.alarms == ["authFailed"]
    assert fake.opened == 0


async def test_a_silent_connection_is_replaced(fake, build):
    async with held(build(replace(FAST, idle=0.05))):
        await until(lambda: len(fake.sockets) >= 2)


async def test_a_socket_that_only_looks_open_is_replaced(fake, build):
    fake.deaf = True
    async with held(build(replace(FAST, heartbeat=0.05))):
        await until(lambda: len(fake.sockets) >= 2)


async def test_an_acknowledgement_is_given_once(fake, build):
    line = DingTalkSocket(_Deaf(), 1.0)
    owed = PendingAck(line, StreamFrame())
    assert line.owed == 1
    assert await owed.answer(200, "{}")
    assert not await owed.answer(500, "{}")
    assert line.owed == 0
    assert len(line._socket.sent) == 1


class _Deaf:
    """The one thing of a socket an acknowledgement needs."""

    def __init__(self) -> None:
        self.sent = []

    async def send_str(self, text: str) -> None:
        self.sent.append(text)


async def test_a_server_that_turns_us_away_at_once_is_not_run_against(fake, build):
    platform = build(replace(FAST, backoff_first=0.08, backoff_cap=0.08))
    async with held(platform):
        for number in range(1, 4):
            await until(lambda number=number: len(fake.sockets) >= number)
            await fake.push(sample("frame_system_disconnect"), number - 1)
        started = asyncio.get_running_loop().time()
        await until(lambda: len(fake.sockets) == 4)
        assert asyncio.get_running_loop().time() - started >= 0.02


@pytest.mark.parametrize("moment", ["token", "gateway", "connected", "handling", "waiting"])
async def test_cancelling_ends_quickly_at_any_time(fake, build, moment):
    hang = asyncio.Event()

    async def never():
        await hang.wait()
        return "hang up"

    platform = build(replace(FAST, request=30.0, backoff_first=30.0, backoff_cap=30.0))
    door = Door()
    door.handler = lambda incoming: hang.wait()
    if moment == "token":
        fake.token_delay = 0.2
    if moment == "gateway":
        fake.answers[dt.GATEWAY].append(never)
    if moment == "waiting":
        fake.answers[dt.GATEWAY].append("hang up")
    reached = {
        "token": lambda: fake.bodies(dt.TOKEN),
        "gateway": lambda: fake.bodies(dt.GATEWAY),
        "connected": lambda: fake.sockets,
        "handling": lambda: door.incoming,
        "waiting": lambda: platform._stream.state is ConnectionState.WAITING,
    }[moment]
    async with asyncio.TaskGroup() as group:
        task = group.create_task(platform.run(door.on_incoming, door.on_alarm))
        if moment == "handling":
            await until(lambda: fake.sockets)
            await fake.push(text(1))
        await until(reached)
        started = asyncio.get_running_loop().time()
        task.cancel()
        async with asyncio.timeout(2):
            await asyncio.wait([task])
        assert asyncio.get_running_loop().time() - started < 1.5
    hang.set()
    assert platform._stream.state in (ConnectionState.IDLE, ConnectionState.STOPPED)


async def test_too_much_at_once_is_refused_and_reported_once(fake, build):
    platform = build()
    gate = asyncio.Event()
    door = Door()
    door.handler = lambda incoming: gate.wait()
    async with held(platform, door):
        for number in range(1010):
            await fake.push(text(number))
        await until(lambda: door.alarms)
        await until(lambda: any(ack["code"] == 500 for _, ack in fake.acks))
        assert door.alarms == ["incoming_overflow"]
        gate.set()


async def test_somebody_without_an_account_is_looked_up_once(fake, build):
    fake.people["wangwu"] = "U-wangwu"
    async with held(build()) as door:
        for number, union in ((1, "U-wangwu"), (2, "U-wangwu"), (3, "U-gone"), (4, "U-gone"), (5, "")):
            await fake.push(text(number, senderStaffId="", senderUnionId=union))
            await acked(fake, f"m{number}")
    accounts = [incoming.account for incoming in door.incoming]
    assert accounts[:2] == ["wangwu", "wangwu"]
    assert accounts[2].startswith("outside:")
    assert accounts[2] == accounts[3] == accounts[4]
    assert len(fake.bodies(dt.BY_UNION)) == 2


async def test_what_an_administrator_can_put_right_is_tried_again_slowly(fake, build):
    platform = build(replace(FAST, denied=0.02))
    fake.answers[dt.GATEWAY].extend(["Forbidden.AccessDenied.IpNotInWhiteList"] * 3)
    async with held(platform) as door:
        assert platform._stream.state is ConnectionState.READY
    assert door.alarms == ["Forbidden.AccessDenied.IpNotInWhiteList"]
