"""HTTP mode: published vectors, signatures, replays, and what each door answers."""

import asyncio
import base64
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platforms.contract import Button, Callback, Card, IncomingKind, Misconfigured, Place, Recipient
from platforms.dingtalk import BadCallback
from platforms.dingtalk.crypto import EventCrypto, card_secret, card_sign, robot_sign
from tests.platform.dingtalk import fake as dt
from tests.platform.dingtalk.conftest import HASTY, Door, held
from tests.platform.dingtalk.fake import until

DATA = Path(__file__).parent / "data"
SIGNS = json.loads((DATA / "sign_vectors.json").read_text())
SEALED = json.loads((DATA / "crypto_vectors.json").read_text())
TOKEN, AES_KEY = "tok", "Yue0EfdN5900c1ce5cf6A152c63DDe1808a60c5ecd7"
EVENTS = {"event_token": TOKEN, "event_aes_key": AES_KEY}
CHAT = Recipient(Place.CHAT, "cidGroup==")


def test_published_signatures():
    assert robot_sign(SIGNS[0]["timestamp"], SIGNS[0]["secret"]) == SIGNS[0]["sign"]
    assert robot_sign(SIGNS[1]["timestamp"], SIGNS[1]["secret"]) == SIGNS[1]["sign_raw"]
    assert card_sign(SIGNS[2]["timestamp"], SIGNS[2]["apiSecret"]) == SIGNS[2]["sign"]


@pytest.mark.parametrize("vector", SEALED, ids=lambda vector: vector["ownerKey"])
def test_published_events(vector):
    crypto = EventCrypto(vector["token"], vector["encodingAesKey"], vector["ownerKey"])
    assert crypto.signature(vector["timestamp"], vector["nonce"], vector["encrypt"]) == vector["msg_signature"]
    assert crypto.open(vector, vector["encrypt"]) == vector["plain"]
    assert crypto._encrypt(vector["random16"].encode(), vector["plain"].encode()) == vector["encrypt"]
    with pytest.raises(BadCallback, match="receiver"):
        EventCrypto(vector["token"], vector["encodingAesKey"], "other").open(vector, vector["encrypt"])


@settings(deadline=None)
@given(st.text(max_size=300), st.text(alphabet="0123456789", max_size=13), st.text(max_size=8))
def test_what_is_sealed_is_opened(message, timestamp, nonce):
    crypto = EventCrypto(TOKEN, AES_KEY, dt.CLIENT_ID)
    sealed = crypto.seal(message, timestamp, nonce)
    query = {"msg_signature": sealed["msg_signature"], "timestamp": timestamp, "nonce": nonce}
    assert crypto.open(query, sealed["encrypt"]) == message


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_nothing_but_a_refusal_comes_of_nonsense(raw):
    crypto = EventCrypto(TOKEN, AES_KEY, dt.CLIENT_ID)
    sealed = base64.b64encode(raw).decode()
    query = {"signature": crypto.signature("1", "n", sealed), "timestamp": "1", "nonce": "n"}
    with pytest.raises(BadCallback):
        crypto.open(query, sealed)


@pytest.mark.parametrize("key", ["short", "x" * 42, "汉" * 43, "!" * 43])
def test_an_impossible_key_is_a_setting(build, key):
    with pytest.raises(Misconfigured, match="aes_key"):
        EventCrypto(TOKEN, key, dt.CLIENT_ID)


def stamp(clock, **shift) -> str:
    clock_now = clock.now
    clock.advance(**shift)
    milliseconds = str(int(clock.now.timestamp() * 1000))
    clock.now = clock_now
    return milliseconds


def robot(clock, data: dict, *, at: str = "", secret: str = dt.SECRET) -> Callback:
    at = at or stamp(clock)
    return Callback("POST", {}, {"timestamp": at, "sign": robot_sign(at, secret)}, json.dumps(data).encode())


def card(clock, data: dict, *, at: str = "", secret: str = "") -> Callback:
    at = at or stamp(clock)
    sign = card_sign(at, secret or card_secret(dt.SECRET))
    headers = {"x-ddpaas-signature-timestamp": at, "x-ddpaas-signature": sign}
    return Callback("POST", {}, headers, json.dumps(data).encode())


def event(data: dict, name: str = "msg_signature") -> Callback:
    sealed = EventCrypto(TOKEN, AES_KEY, dt.CLIENT_ID).seal(json.dumps(data), "1795395600000", "abc")
    query = {name: sealed["msg_signature"], "timestamp": "1795395600000", "nonce": "abc"}
    return Callback("POST", query, {}, json.dumps({"encrypt": sealed["encrypt"]}).encode())


def message(fake, **extra) -> dict:
    return {
        "msgId": "m1", "msgtype": "text", "text": {"content": " 您好"}, "conversationType": "2",
        "conversationId": CHAT.id, "senderStaffId": "zhangsan", "senderId": "$:1", "createAt": 1795395600000,
        "sessionWebhook": fake.session_url(), "sessionWebhookExpiredTime": 1795402800000, **extra,
    }  # fmt: skip


def pressed(track: str = "t1") -> dict:
    content = {"cardPrivateData": {"actionIds": ["g0"], "params": {"key": "k1"}}}
    return {"type": "actionCallback", "outTrackId": track, "userId": "zhangsan", "content": json.dumps(content)}


@pytest.fixture
def http(build):
    return lambda **parts: build(mode="http", **EVENTS, **parts)


async def test_doors_are_open_in_http_mode_only(build, http):
    assert set(http().callback_routes()) == {"dingtalk/robot", "dingtalk/card", "dingtalk/event"}
    assert set(build(mode="http").callback_routes()) == {"dingtalk/robot", "dingtalk/card"}
    assert build(**EVENTS).callback_routes() == {}
    assert [line.channel for line in http().health()] == ["dingtalk.application", "dingtalk.quota"]


async def test_a_message(fake, http, clock, counter):
    platform, door = http(), Door()
    answer = await platform.callback_routes()["dingtalk/robot"](robot(clock, message(fake)), door.on_incoming)
    assert (json.loads(answer.body), answer.content_type) == ({"msgtype": "empty"}, "application/json")
    assert (door.incoming[0].text, door.incoming[0].chat_id) == ("您好", CHAT.id)
    assert counter.this_month("stream") == 1
    assert await platform.respond(door.incoming[0], text="收到")
    assert fake.bodies(dt.SESSION)


async def test_a_session_address_elsewhere_is_not_believed(fake, http, clock):
    platform, door = http(), Door()
    data = message(fake, sessionWebhook="https://evil.test/robot/sendBySession?session=s1")
    await platform.callback_routes()["dingtalk/robot"](robot(clock, data), door.on_incoming)
    assert door.incoming[0].reply_to["webhook"] == ""
    assert await platform.respond(door.incoming[0], text="收到")
    assert len(fake.bodies(dt.GROUP)) == 1


@pytest.mark.parametrize(
    ("shift", "status"), [({"minutes": 59}, 0), ({"minutes": -59}, 0), ({"minutes": 61}, 401), ({"minutes": -61}, 401)]
)
async def test_an_old_signature_of_a_message(fake, http, clock, shift, status):
    request = robot(clock, message(fake), at=stamp(clock, **shift))
    await refused_with(http(), "dingtalk/robot", request, status)


@pytest.mark.parametrize(("shift", "status"), [({"minutes": 9}, 0), ({"minutes": 11}, 401), ({"minutes": -11}, 401)])
async def test_an_old_signature_of_a_press(http, clock, shift, status):
    await refused_with(http(timing=HASTY), "dingtalk/card", card(clock, pressed(), at=stamp(clock, **shift)), status)


async def refused_with(platform, path: str, request: Callback, status: int) -> None:
    door = Door()
    if not status:
        await platform.callback_routes()[path](request, door.on_incoming)
        return
    with pytest.raises(BadCallback) as error:
        await platform.callback_routes()[path](request, door.on_incoming)
    assert error.value.status == status
    assert door.incoming == []


@pytest.mark.parametrize(
    ("path", "spoil", "status"),
    [
        ("dingtalk/robot", lambda r: replace(r, headers={}), 401),
        ("dingtalk/robot", lambda r: replace(r, headers={**r.headers, "sign": "wrong"}), 401),
        ("dingtalk/robot", lambda r: replace(r, headers={**r.headers, "timestamp": "汉字"}), 401),
        ("dingtalk/robot", lambda r: replace(r, body=b"[]"), 400),
        ("dingtalk/robot", lambda r: replace(r, body=b"\xff"), 400),
        ("dingtalk/robot", lambda r: replace(r, body=b"[" * 200_000), 400),
        ("dingtalk/robot", lambda r: replace(r, body=b"x" * 300_000), 400),
        ("dingtalk/robot", lambda r: replace(r, body=b'{"msgId":{"a":1}}'), 400),
        ("dingtalk/card", lambda r: replace(r, headers={}), 401),
        ("dingtalk/card", lambda r: replace(r, body=b'{"outTrackId":[]}'), 400),
        ("dingtalk/event", lambda r: replace(r, query={}), 401),
        ("dingtalk/event", lambda r: replace(r, body=b'{"encrypt":5}'), 401),
        ("dingtalk/event", lambda r: replace(r, body=b'{"encrypt":"AAAA"}'), 401),
        ("dingtalk/event", lambda r: replace(r, body=b""), 400),
    ],
)
async def test_what_is_not_genuine_is_refused(fake, http, clock, path, spoil, status):
    genuine = {
        "dingtalk/robot": robot(clock, message(fake)),
        "dingtalk/card": card(clock, pressed()),
        "dingtalk/event": event({"EventType": "user_leave_org", "UserId": ["a"]}),
    }[path]
    await refused_with(http(), path, spoil(genuine), status)


async def test_a_timestamp_that_is_no_number(http, clock):
    await refused_with(http(), "dingtalk/robot", robot(clock, {}, at="soon"), 400)


async def test_the_robots_secret_does_not_sign_presses(http, clock):
    await refused_with(http(), "dingtalk/card", card(clock, pressed(), secret=dt.SECRET), 401)


async def test_one_signature_is_good_for_one_body(fake, http, clock):
    platform, door = http(), Door()
    enter = platform.callback_routes()["dingtalk/robot"]
    request = robot(clock, message(fake))
    await enter(request, door.on_incoming)
    assert json.loads((await enter(request, door.on_incoming)).body) == {"msgtype": "empty"}
    assert len(door.incoming) == 1
    with pytest.raises(BadCallback, match="replay"):
        await enter(robot(clock, message(fake, senderStaffId="lisi")), door.on_incoming)


async def test_what_could_not_be_stored_may_come_again(fake, http, clock):
    platform, door = http(), Door()

    async def broken(incoming) -> None:
        raise RuntimeError("no database")

    request = robot(clock, message(fake))
    enter = platform.callback_routes()["dingtalk/robot"]
    with pytest.raises(RuntimeError):
        await enter(request, broken)
    await enter(request, door.on_incoming)
    assert len(door.incoming) == 1


async def test_a_press_is_answered_in_the_answer(fake, http, clock):
    platform = http()
    await platform.send(CHAT, Card(title="工单", buttons=(Button("签收", "k1"),)), key="t1")
    created = fake.bodies(dt.CREATE)[0]
    assert (created["callbackType"], created["callbackRouteKey"]) == ("HTTP", "yousu")
    said = []
    async with asyncio.TaskGroup() as background:

        async def work(incoming) -> None:
            said.append(await platform.respond(incoming, card=Card(title="已签收")))

        async def accept(incoming) -> None:
            assert (incoming.kind, incoming.key, incoming.chat_id) == (IncomingKind.PRESS, "k1", CHAT.id)
            background.create_task(work(incoming))

        answer = await platform.callback_routes()["dingtalk/card"](card(clock, pressed()), accept)
    assert said == [True]
    update = json.loads(answer.body)
    assert update["cardData"]["cardParamMap"]["title"] == "已签收"
    assert "response" not in update
    assert not fake.bodies(dt.UPDATE)


async def test_a_press_that_takes_longer_is_redrawn_afterwards(fake, http, clock):
    platform, door = http(timing=HASTY), Door()
    await platform.send(CHAT, Card(title="工单", buttons=(Button("签收", "k1"),)), key="t1")
    answer = await platform.callback_routes()["dingtalk/card"](card(clock, pressed()), door.on_incoming)
    assert answer.body == "{}"
    assert await platform.respond(door.incoming[0], card=Card(title="已签收"))
    assert fake.cards["t1"]["title"] == "已签收"


@pytest.mark.parametrize("name", ["msg_signature", "signature"])
async def test_an_event(http, name):
    platform, door = http(), Door()
    answer = await platform.callback_routes()["dingtalk/event"](
        event({"EventType": "user_leave_org", "UserId": ["a", "b"], "TimeStamp": "1"}, name), door.on_incoming
    )
    assert [(who.kind, who.account) for who in door.incoming] == [(IncomingKind.LEFT, "a"), (IncomingKind.LEFT, "b")]
    sealed = json.loads(answer.body)
    query = {"msg_signature": sealed["msg_signature"], "timestamp": sealed["timeStamp"], "nonce": sealed["nonce"]}
    assert EventCrypto(TOKEN, AES_KEY, dt.CLIENT_ID).open(query, sealed["encrypt"]) == "success"


async def test_the_address_check_is_answered(http):
    platform, door = http(), Door()
    answer = await platform.callback_routes()["dingtalk/event"](event({"EventType": "check_url"}), door.on_incoming)
    assert json.loads(answer.body)["encrypt"]
    assert door.incoming == []


async def test_the_card_address_is_registered_until_it_is(fake, http):
    fake.answers[dt.REGISTER].append("Forbidden.AccessDenied.AccessTokenPermissionDenied")
    async with held(http()) as door:
        await until(lambda: door.alarms)
    assert door.alarms == ["Forbidden.AccessDenied.AccessTokenPermissionDenied"]
    async with held(http()):
        await until(lambda: len(fake.bodies(dt.REGISTER)) == 2)
    assert fake.bodies(dt.REGISTER)[1] == {
        "callbackRouteKey": "yousu",
        "callbackUrl": "https://e.test/callback/dingtalk/card",
        "apiSecret": card_secret(dt.SECRET),
        "forceUpdate": True,
    }


async def test_without_a_public_address_there_is_an_alarm(http):
    async with held(http(public_url="")) as door:
        await until(lambda: door.alarms)
    assert door.alarms == ["public_url"]


async def test_a_wrong_secret_is_reported_in_http_mode_too(http):
    async with held(http(client_secret="wrong")) as door:
        await until(lambda: door.alarms)
    assert door.alarms == ["invalidClientIdOrSecret"]
