"""The robot's ordinary messages: to a group, one-to-one to up to twenty people, who read them, and taking them back."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from sandbox.city.people import Group
from sandbox.city.world import World
from sandbox.dingtalk.ding import Ding
from sandbox.dingtalk.errors import BAD_PARAMETER, DingError
from sandbox.dingtalk.forms import PARAM_INVALID, from_key
from sandbox.dingtalk.parts import json_body, strings, text
from sandbox.dingtalk.state import Send

PARAM_BYTES = 15000
RECEIVERS = 20
KEYS = 20
READERS = 200
SEND_FIELDS = {"robotCode", "msgKey", "msgParam"}


def _known(body: Mapping[str, Any], fields: set[str]) -> None:
    unknown = sorted(set(body) - fields)
    if unknown:
        raise DingError(BAD_PARAMETER, f"unknown field {unknown[0]}")


def _check_robot(ding: Ding, body: Mapping[str, Any]) -> None:
    if text(body, "robotCode", "invalidParameter.robotCode.empty") != ding.world.city.ding.client_id:
        raise DingError("invalidParameter.robotCode.auth", "robotCode与应用不匹配")


def _message(world: World, body: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    key = text(body, "msgKey", "invalidParameter.msgKey.empty")
    raw = text(body, "msgParam", "invalidParameter.msgParam.empty")
    if len(raw.encode()) > PARAM_BYTES:
        raise DingError("invalidParameter.msgParam.tooLong", f"msgParam has more than {PARAM_BYTES} bytes")
    try:
        param = json.loads(raw)
    except json.JSONDecodeError as error:
        raise DingError(PARAM_INVALID, "msgParam must be JSON") from error
    if not isinstance(param, dict):
        raise DingError(PARAM_INVALID, "msgParam must be a JSON object")
    return from_key(world, key, param)


def _group(ding: Ding, body: Mapping[str, Any]) -> Group:
    group = ding.world.city.conversation(text(body, "openConversationId", "invalid.openConversationId"))
    if group is None:
        raise DingError("invalid.openConversationId", "无效的openConversationId")
    return group


def _group_with_robot(ding: Ding, body: Mapping[str, Any]) -> Group:
    group = _group(ding, body)
    if not group.bot_inside:
        raise DingError("invalidParameter.robotCode.notExsit", "机器人不存在，请检查机器人是否在群内")
    return group


def _remember(ding: Ding, conversation_id: str) -> Send:
    send = Send(secrets.token_urlsafe(24) + "=", conversation_id)
    ding.sends[send.key] = send
    return send


async def group_send(world: World, request: web.Request) -> dict[str, Any]:
    """groupMessages/send: no mention, no idempotency key."""
    body, ding = await json_body(request), world.part(Ding)
    _known(body, SEND_FIELDS | {"openConversationId", "coolAppCode"})
    _check_robot(ding, body)
    kind, content = _message(world, body)
    group = _group_with_robot(ding, body)
    send = _remember(ding, group.conversation_id)
    send.messages.append(ding.post(group.chatid, kind, **content))
    return {"processQueryKey": send.key}


async def single_send(world: World, request: web.Request) -> dict[str, Any]:
    """oToMessages/batchSend: HTTP 200 although some ids are invalid or flow-controlled; those got nothing."""
    body, ding = await json_body(request), world.part(Ding)
    _known(body, SEND_FIELDS | {"userIds"})
    _check_robot(ding, body)
    over = "invalidParameter.userIds.overMax"
    users = strings(body, "userIds", empty="invalidParameter.userIds.empty", over=over, most=RECEIVERS)
    kind, content = _message(world, body)
    send = _remember(ding, "")
    invalid, held = [], []
    for user in dict.fromkeys(users):
        person = world.city.staff_by("staff_id", user)
        if person is None:
            invalid.append(user)
        elif world.faults.take("flow_control", user):
            held.append(user)
        else:
            send.messages.append(ding.post(person.ding_chat, kind, **content))
    return {"processQueryKey": send.key, "invalidStaffIdList": invalid, "flowControlledStaffIdList": held}


def _send(ding: Ding, key: object, conversation_id: str) -> Send | None:
    found = ding.sends.get(key) if isinstance(key, str) else None
    return found if found is not None and found.conversation_id == conversation_id else None


async def group_query(world: World, request: web.Request) -> dict[str, Any]:
    """groupMessages/query: who has read a message, by staff id, page by page."""
    body, ding = await json_body(request), world.part(Ding)
    _known(body, {"robotCode", "openConversationId", "processQueryKey", "maxResults", "nextToken"})
    _check_robot(ding, body)
    group = _group(ding, body)
    send = _send(ding, text(body, "processQueryKey", "invalidParameter.processQueryKey.missing"), group.conversation_id)
    if send is None:
        raise DingError("invalid.processQueryKey", "无效的processQueryKey")
    most = body.get("maxResults", READERS)
    if isinstance(most, bool) or not isinstance(most, int) or not 1 <= most <= READERS:
        raise DingError("invalidParameter.pageSize.invalid", f"maxResults must be 1 to {READERS}")
    token = body.get("nextToken") or "0"
    if not isinstance(token, str) or not token.isdigit():
        raise DingError("invalidParameter.cursor.invalid", "无效的nextToken")
    people = (world.city.somebody(name) for message in send.messages for name in sorted(message.read_by))
    readers = [person.staff_id for person in people if person is not None and person.staff_id]
    start = int(token)
    more = start + most < len(readers)
    recalled = all(message.status == "recalled" for message in send.messages)
    return {
        "sendStatus": "RECALLED" if recalled else "SUCCESS",
        "readUserIds": readers[start : start + most],
        "nextToken": str(start + most) if more else "",
        "hasMore": more,
    }


def _recall(ding: Ding, body: Mapping[str, Any], conversation_id: str) -> dict[str, Any]:
    missing = "invalidParameter.processQueryKey.missing"
    keys = strings(body, "processQueryKeys", empty=missing, over=BAD_PARAMETER, most=KEYS)
    done, failed = [], {}
    for key in keys:
        send = _send(ding, key, conversation_id)
        if send is None or send.card:
            failed[key] = "invalid.processQueryKey"
            continue
        for message in send.messages:
            ding.world.chats.recall(message)
        done.append(key)
    return {"successResult": done, "failedResult": failed}


async def group_recall(world: World, request: web.Request) -> dict[str, Any]:
    """groupMessages/recall: up to twenty messages of one group."""
    body, ding = await json_body(request), world.part(Ding)
    _known(body, {"robotCode", "openConversationId", "processQueryKeys"})
    _check_robot(ding, body)
    return _recall(ding, body, _group(ding, body).conversation_id)


async def single_recall(world: World, request: web.Request) -> dict[str, Any]:
    """otoMessages/batchRecall: up to twenty one-to-one sends."""
    body, ding = await json_body(request), world.part(Ding)
    _known(body, {"robotCode", "processQueryKeys"})
    _check_robot(ding, body)
    return _recall(ding, body, "")
