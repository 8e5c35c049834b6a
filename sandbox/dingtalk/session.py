"""sessionWebhook: the answer into the conversation a message came from, with mentions, for ninety minutes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from sandbox.city.chats import Message
from sandbox.city.people import Person
from sandbox.city.world import World
from sandbox.dingtalk.ding import Ding
from sandbox.dingtalk.errors import OldError
from sandbox.dingtalk.forms import URLS, content

BODY_BYTES = 20000
MOST_CALLED = 50
GONE = 400101
BAD_BODY = 40035
UNKNOWN_TYPE = 400105
TOO_LONG = 460101
FIELDS = {"msgtype", "at", "msgUuid"}


def _text(part: object, name: str, kind: str) -> str:
    value = part.get(name) if isinstance(part, dict) else None
    if not isinstance(value, str) or not value:
        raise OldError(BAD_BODY, f"缺少参数 {kind}.{name}")
    return value


def _pairs(part: Mapping[str, Any]) -> list[tuple[str, str]]:
    if "btns" not in part:
        return [(_text(part, "singleTitle", "actionCard"), _text(part, "singleURL", "actionCard"))]
    if not isinstance(part["btns"], list) or not part["btns"]:
        raise OldError(BAD_BODY, "actionCard.btns must be a list")
    if part.get("btnOrientation", "0") not in ("0", "1"):
        raise OldError(BAD_BODY, 'actionCard.btnOrientation must be "0" or "1"')
    return [(_text(button, "title", "btns"), _text(button, "actionURL", "btns")) for button in part["btns"]]


def read_body(body: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """(kind, content for `Ding.post`) of a webhook body: text, markdown or actionCard."""
    kind = body.get("msgtype")
    if kind not in ("text", "markdown", "actionCard"):
        raise OldError(UNKNOWN_TYPE, f"不支持的消息类型 {kind!r}")
    unknown = sorted(set(body) - FIELDS - {kind})
    if unknown:
        raise OldError(BAD_BODY, f"unknown field {unknown[0]}")
    part = body.get(kind)
    if kind == "text":
        return kind, content(kind, {"content": _text(part, "content", kind)})
    param = {name: _text(part, name, kind) for name in ("title", "text")}
    pairs = _pairs(part) if kind == "actionCard" and isinstance(part, dict) else []
    if not all(url.lower().startswith(URLS) for _, url in pairs):
        raise OldError(BAD_BODY, "a button's address must be a URL")
    return kind, content(kind, param, pairs)


def _called(ding: Ding, body: Mapping[str, Any], chat: str, words: str) -> list[Person]:
    """Those named in `at` and in the words: an id that is only in one of the two calls nobody."""
    at = body.get("at", {})
    if not isinstance(at, dict):
        raise OldError(BAD_BODY, "at must be an object")
    users = at.get("atUserIds") or []
    if not isinstance(users, list) or len(users) > MOST_CALLED:
        raise OldError(BAD_BODY, f"at.atUserIds has at most {MOST_CALLED} ids")
    if not isinstance(at.get("isAtAll", False), bool):
        raise OldError(BAD_BODY, "at.isAtAll must be true or false")
    inside = ding.seen_in(chat)
    if at.get("isAtAll"):
        everybody = (ding.world.city.somebody(name) for name in inside)
        return [person for person in everybody if person is not None]
    found = (ding.world.city.staff_by("staff_id", user) for user in users)
    return [person for person in found if person and person.id in inside and f"@{person.staff_id}" in words]


def post(ding: Ding, chat: str, body: Mapping[str, Any]) -> Message:
    """Show a webhook body in a conversation."""
    kind, shown = read_body(body)
    card = shown.get("card", {})
    words = str(shown.get("text") or card.get("text", ""))
    called = _called(ding, body, chat, words)
    for person in called:
        words = words.replace(f"@{person.staff_id}", f"@{person.name}")
    named = {"card": {**card, "text": words}} if card else {"text": words}
    return ding.post(chat, kind, mentions=[person.id for person in called], **{**shown, **named})


async def send_by_session(world: World, request: web.Request) -> dict[str, Any]:
    """oapi robot/sendBySession: the session in the query is the whole credential."""
    ding = world.part(Ding)
    session = ding.sessions.get(request.query.get("session", ""))
    if session is None:
        raise OldError(GONE, "session.notExisted")
    if ding.millis() > session.expires:
        raise OldError(GONE, "session.expired")
    group = world.city.groups.get(session.chat)
    if group is not None and not group.bot_inside:
        raise OldError(400106, "机器人不存在")
    raw = await request.read()
    if request.content_type != "application/json":
        raise OldError(43004, "无效的HTTP HEADER Content-Type")
    if len(raw) > BODY_BYTES:
        raise OldError(TOO_LONG, f"message too long, exceed {BODY_BYTES} bytes")
    body = json.loads(raw)
    if not isinstance(body, dict):
        raise OldError(BAD_BODY, "缺少参数 json")
    post(ding, session.chat, body)
    return {}
