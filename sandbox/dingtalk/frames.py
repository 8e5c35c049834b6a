"""The frames of Stream mode: what the city pushes, and how strictly it reads the acknowledgements."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

BOT_TOPIC = "/v1.0/im/bot/messages/get"
CARD_TOPIC = "/v1.0/card/instances/callback"
EVENT_TOPIC = "*"
# The subscriptions the gateway takes; the last two exist and are never pushed here.
TOPICS = {
    ("EVENT", EVENT_TOPIC),
    ("CALLBACK", BOT_TOPIC),
    ("CALLBACK", CARD_TOPIC),
    ("CALLBACK", "/v1.0/im/bot/messages/delegate"),
    ("CALLBACK", "/v1.0/graph/api/invoke"),
}
DONE, NOT_MINE = 200, 404
CODES = (DONE, 400, NOT_MINE, 500)


class AckError(ValueError):
    """The bot's acknowledgement is not what DingTalk takes; the text says why."""


@dataclass(eq=False, slots=True)
class Push:
    """One thing the bot is told, however often it takes. `over` is what it hears instead once the quota is used up.

    `answer` is called with the acknowledged update, at most once; `lost` says why the bot will never hear of it.
    """

    type: str
    topic: str
    data: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)
    over: dict[str, Any] | None = None
    free: bool = False
    answer: Callable[[dict[str, Any]], None] | None = None
    born: float = field(default_factory=time.monotonic)
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    attempts: int = 0
    lost: str = ""


def new_message_id() -> str:
    """A messageId like DingTalk's: `213d841d_972_1898bb26334_70a7`."""
    return f"{secrets.token_hex(4)}_{secrets.randbelow(900) + 100}_{secrets.token_hex(6)[:11]}_{secrets.token_hex(2)}"


def frame_of(push: Push, message_id: str, place: dict[str, str]) -> dict[str, Any]:
    """The frame as it goes over the wire; `place` are the connection's own headers."""
    headers = {**place, "contentType": "application/json", "messageId": message_id, "topic": push.topic, **push.headers}
    data = json.dumps(push.data, ensure_ascii=False)
    return {"specVersion": "1.0", "type": push.type, "headers": headers, "data": data}


def system(topic: str, data: dict[str, Any], message_id: str = "") -> dict[str, Any]:
    """A SYSTEM frame; a disconnect has no messageId and wants no answer."""
    headers = {"topic": topic, "contentType": "application/json"}
    if message_id:
        headers["messageId"] = message_id
    return {"specVersion": "1.0", "type": "SYSTEM", "headers": headers, "data": json.dumps(data)}


@dataclass(frozen=True, slots=True)
class Ack:
    """An acknowledgement whose outer shape is right."""

    code: int
    message_id: str
    data: Any


def read_ack(raw: str) -> Ack:
    """The acknowledgement's outer shape: code, headers with the messageId, and `data` as a JSON string."""
    try:
        frame = json.loads(raw)
    except json.JSONDecodeError as error:
        raise AckError("the frame is not JSON") from error
    if not isinstance(frame, dict):
        raise AckError("the frame is not an object")
    headers = frame.get("headers")
    if not isinstance(headers, dict):
        raise AckError("the ack has no headers")
    if headers.get("contentType", "application/json") != "application/json":
        raise AckError("headers.contentType must be application/json")
    code = frame.get("code")
    if isinstance(code, bool) or code not in CODES:
        raise AckError(f"code must be one of {', '.join(map(str, CODES))}, not {code!r}")
    if not isinstance(frame.get("message", ""), str):
        raise AckError("message must be a string")
    data = frame.get("data")
    if not isinstance(data, str):
        raise AckError("data must be a JSON string")
    try:
        return Ack(code, str(headers.get("messageId") or ""), json.loads(data))
    except json.JSONDecodeError as error:
        raise AckError("data is a string but not JSON") from error


def response_of(push: Push, ack: Ack) -> dict[str, Any] | None:
    """What a 200 says: a card's update, {} for anything else that is done, None for an event to be told LATER."""
    if not isinstance(ack.data, dict):
        raise AckError("data must hold an object")
    if push.type == "EVENT":
        if ack.data.get("status") not in ("SUCCESS", "LATER"):
            raise AckError('an event is acknowledged with {"status": "SUCCESS"} or {"status": "LATER"}')
        return {} if ack.data["status"] == "SUCCESS" else None
    if "response" not in ack.data:
        raise AckError('a callback is acknowledged with {"response": …}')
    if push.topic != CARD_TOPIC:
        return {}
    if not isinstance(ack.data["response"], dict):
        raise AckError("a card callback's response must be an object, {} for no update")
    return ack.data["response"]
