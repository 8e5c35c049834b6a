"""HTTP mode: signatures over published vectors, bot messages, card presses and events as posts to the bot."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import quote_plus

import pytest

from sandbox.city.crypto import Envelope, EnvelopeError
from sandbox.dingtalk.signing import card_sign, robot_sign
from tests.sandbox.dingtalk.conftest import GROUP, MENTION, Town, sample

ROUTE = {"callbackRouteKey": "yousu", "apiSecret": "practice-secret"}


@pytest.mark.parametrize("vector", sample("sign_vectors"), ids=lambda vector: vector["kind"][:12])
def test_the_signature_vectors_are_reproduced(vector: dict[str, Any]) -> None:
    if "apiSecret" in vector:
        assert card_sign(vector["timestamp"], vector["apiSecret"]) == vector["sign"]
        return
    made = robot_sign(vector["timestamp"], vector["secret"])
    assert made == vector.get("sign_raw", vector["sign"])
    assert vector["sign"] in (made, quote_plus(made))


@pytest.mark.parametrize("vector", sample("crypto_vectors"), ids=lambda vector: vector["token"])
def test_the_event_vectors_are_reproduced(vector: dict[str, Any]) -> None:
    envelope = Envelope(vector["token"], vector["encodingAesKey"], vector["ownerKey"])
    envelope.check(vector["msg_signature"], vector["timestamp"], vector["nonce"], vector["encrypt"])
    assert envelope.decrypt(vector["encrypt"]).decode() == vector["plain"]
    assert envelope.encrypt(vector["plain"].encode(), vector["random16"].encode()) == vector["encrypt"]
    with pytest.raises(EnvelopeError):
        envelope.check(vector["msg_signature"], vector["timestamp"], "other", vector["encrypt"])


def test_the_documented_callback_is_the_first_vector() -> None:
    call, vector = sample("http_event_callback"), sample("crypto_vectors")[0]
    assert (call["query"]["msg_signature"], call["body"]["encrypt"]) == (vector["msg_signature"], vector["encrypt"])


@pytest.fixture
async def http(town: Town) -> Town:
    assert (await town.act("dingtalk", mode="http"))["mode"] == "http"
    await town.act("settle")
    return town


def hmac_of(key: str, text: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


async def test_the_mode_is_in_the_credentials_and_the_bot_is_told_the_time(http: Town) -> None:
    assert (await http.get("credentials"))["env"]["DINGTALK_MODE"] == "http"
    assert http.bot.clocks
    assert "error" in await http.act("dingtalk", mode="carrier pigeon")


async def test_a_message_is_posted_signed(http: Town) -> None:
    said = await http.act("say", user="sunwei", chat=GROUP, text=f"{MENTION} 你好")
    assert (said["delivered"], said["problem"]) == (True, "")
    ((headers, body),) = http.bot.robot
    assert set(sample("http_robot_callback_headers")) <= set(headers)
    secret = http.world.city.ding.client_secret
    assert headers["sign"] == hmac_of(secret, f"{headers['timestamp']}\n{secret}")
    assert abs(int(headers["timestamp"]) - body["createAt"]) < 2000
    assert set(sample("bot_message_group_text_wire_2026")) == set(body)
    assert body["text"]["content"] == " 你好"
    assert len(await http.messages()) == 1


async def test_the_answer_may_be_a_message(http: Town) -> None:
    http.bot.robot_answer = {"msgtype": "text", "text": {"content": "收到"}}
    await http.act("say", user="sunwei", chat="app", text="你好")
    assert [(m["from"], m["text"]) for m in await http.messages()] == [("sunwei", "你好"), ("app", "收到")]
    http.bot.robot_answer = {"msgtype": "template_card"}
    await http.act("say", user="sunwei", chat="app", text="你好")
    assert "no message" in (await http.problems())[0]


async def test_a_bot_that_is_not_there_gets_nothing(http: Town) -> None:
    await http.act("bot", url="")
    assert (await http.act("say", user="sunwei", chat="app", text="你好"))["delivered"] is False


async def test_the_stream_carries_no_messages_in_http_mode_but_cards_of_its_own(http: Town) -> None:
    socket = await http.connected()
    await http.act("say", user="sunwei", chat="app", text="你好")
    await socket.nothing()
    card = await http.shown_card()
    assert (await http.act("press", user="sunwei", message_id=card["id"], key="accept"))["ok"] is True
    await socket.frame()


async def registered(http: Town) -> dict[str, Any]:
    """A card whose presses go to the bot's registered address."""
    body = {**ROUTE, "callbackUrl": http.world.bot_url + "/callback/dingtalk/card"}
    assert (await http.call("POST", "/v1.0/card/callbacks/register", body))[0] == 200
    return await http.shown_card(callbackType="HTTP", callbackRouteKey="yousu")


async def test_a_press_is_posted_signed_and_its_answer_redraws(http: Town) -> None:
    card = await registered(http)
    http.bot.card_answer = {**sample("card_action_http_response"), "cardData": {"cardParamMap": {"tips": "已签收"}}}
    http.bot.card_answer["userPrivateData"] = {"cardParamMap": {"title": "您的"}}
    seen = await http.act("press", user="sunwei", message_id=card["id"], key="accept")
    assert (seen["ok"], seen["updated"], seen["problem"]) == (True, True, "")
    ((headers, body),) = http.bot.cards
    lower = {name.lower(): value for name, value in headers.items()}
    assert set(sample("http_card_callback_headers")) <= set(lower)
    stamp = lower["x-ddpaas-signature-timestamp"]
    assert lower["x-ddpaas-signature"] == hmac_of(ROUTE["apiSecret"], stamp)
    assert set(sample("http_card_callback_body")) <= set(body)
    assert json.loads(body["content"])["cardPrivateData"]["actionIds"] == ["accept"]
    (mine,) = await http.messages(user="sunwei")
    assert (mine["card"]["tips"], mine["card"]["title"]) == ("已签收", "您的")


async def test_a_wrong_answer_to_a_press_changes_nothing(http: Town) -> None:
    card = await registered(http)
    http.bot.card_answer = {"response": {"cardData": {"cardParamMap": {"tips": "x"}}}}
    seen = await http.act("press", user="sunwei", message_id=card["id"], key="accept")
    assert (seen["ok"], seen["updated"]) == (True, False)
    assert "不合规" in seen["problem"]
    assert len(await http.problems()) == 1


async def test_an_event_is_encrypted_and_wants_the_encrypted_success(http: Town) -> None:
    assert (await http.act("leave", user="sunwei"))["delivered"] is True
    check, event = http.bot.events
    assert check == json.loads(sample("crypto_vectors")[0]["plain"])
    assert (event["EventType"], event["UserId"]) == ("user_leave_org", ["SunWei.ZRZY"])
    http.bot.event_word = b"ok"
    assert (await http.act("leave", user="zhouli"))["delivered"] is False
    assert len(http.bot.events) == 5
    assert len({event.get("eventId") for event in http.bot.events[2:]}) == 1
    assert "success" in (await http.problems())[0]


async def test_over_quota_the_post_has_no_text_either(http: Town) -> None:
    await http.act("quota", stream=3000)
    await http.act("say", user="sunwei", chat="app", text="秘密")
    ((_, body),) = http.bot.robot
    assert body["errorCode"] == "20001"
    assert "text" not in body
