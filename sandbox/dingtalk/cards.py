"""The card APIs: createAndDeliver, the update, and the registration of an HTTP callback address."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from sandbox.city.chats import Message
from sandbox.city.people import Group
from sandbox.city.world import World
from sandbox.dingtalk.card_store import (
    ID_TYPES,
    USER_UNKNOWN,
    Card,
    change,
    options,
    person_of,
    private_data,
    public_data,
    user_id_type,
)
from sandbox.dingtalk.card_templates import template
from sandbox.dingtalk.ding import Ding
from sandbox.dingtalk.errors import DingError, ordered
from sandbox.dingtalk.parts import json_body, mapping, text
from sandbox.dingtalk.state import CallbackRoute, Send

TRACK_CHARS = 64
SPACE = re.compile(r"dtv1\.card//(IM_GROUP|IM_ROBOT)\.(.+)")
EVERYBODY = "@ALL"
REFUSED = "param.contentUnsafe"
CREATE_FIELDS = {
    "cardTemplateId", "outTrackId", "cardData", "privateData", "callbackType", "callbackRouteKey", "openSpaceId",
    "imGroupOpenSpaceModel", "imGroupOpenDeliverModel", "imRobotOpenSpaceModel", "imRobotOpenDeliverModel",
    "userId", "userIdType", "cardAtUserIds",
}  # fmt: skip
UPDATE_FIELDS = {"outTrackId", "cardData", "privateData", "cardUpdateOptions", "userIdType"}
REGISTER_FIELDS = {"callbackRouteKey", "callbackUrl", "apiSecret", "forceUpdate"}


def _known(body: Mapping[str, Any], fields: set[str]) -> None:
    unknown = sorted(set(body) - fields)
    if unknown:
        raise DingError("param.invalid", f"unknown field {unknown[0]}")


def _callback(ding: Ding, body: Mapping[str, Any]) -> tuple[str, str]:
    kind, key = body.get("callbackType", ""), body.get("callbackRouteKey", "")
    if kind not in ("", "STREAM", "HTTP"):
        raise DingError("param.invalid", "callbackType must be STREAM or HTTP")
    if kind == "HTTP" and key not in ding.routes:
        raise DingError("param.callbackRouteKeyInvalid", "callbackRouteKey 没有注册")
    return kind, key


def _spaces(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    given = text(body, "openSpaceId", "param.openSpaceIdEmpty")
    found = [SPACE.fullmatch(part) for part in given.split(";")]
    if not all(found):
        raise DingError("param.openSpaceIdInvalid", "openSpaceId 格式不正确")
    return [(match[1], match[2]) for match in found if match]


def _check_models(ding: Ding, body: Mapping[str, Any], kinds: set[str]) -> None:
    """The delivery model each space needs, with our own robot's code in it."""
    wanted = {
        "IM_GROUP": ("imGroupOpenDeliverModel", "param.openDeliverModelEmpty"),
        "IM_ROBOT": ("imRobotOpenDeliverModel", "param.spaceDeliverModelEmpty"),
    }
    for kind in kinds:
        name, code = wanted[kind]
        model = mapping(body, name, "param.openDeliverModelError")
        if not model:
            raise DingError(code, f"{name} is required for {kind}")
        if model.get("robotCode") != ding.world.city.ding.client_id:
            raise DingError("param.openDeliverModelError", f"{name}.robotCode is not this application's robot")
        if kind == "IM_ROBOT" and model.get("spaceType") != kind:
            raise DingError("param.openDeliverModelError", f'{name}.spaceType must be "IM_ROBOT"')
    for name in ("imGroupOpenSpaceModel", "imRobotOpenSpaceModel"):
        if name in body and not isinstance(mapping(body, name, "param.invalid").get("supportForward"), bool):
            raise DingError("param.invalid", f"{name}.supportForward is required")


def _member(ding: Ding, group: Group, user: object, kind: int) -> str:
    person = person_of(ding, user, kind)
    if person.id not in group.members:
        raise DingError(USER_UNKNOWN, f"{user} is not in the group")
    return person.id


def _called(ding: Ding, body: Mapping[str, Any], group: Group, kind: int) -> list[str]:
    """Who `atUserIds` calls, by person id."""
    model = mapping(body, "imGroupOpenDeliverModel", "param.openDeliverModelError")
    at = mapping(model, "atUserIds", "param.openDeliverModelError")
    if not all(isinstance(name, str) for name in at.values()):
        raise DingError("param.openDeliverModelError", "atUserIds is a map of userId to name")
    if EVERYBODY in at:
        return list(group.members)
    return [_member(ding, group, user, kind) for user in at]


def _seen_by(ding: Ding, body: Mapping[str, Any], group: Group, kind: int) -> list[str]:
    """`recipients`, the only ones to see the card; everybody without it."""
    recipients = mapping(body, "imGroupOpenDeliverModel", "param.openDeliverModelError").get("recipients")
    if not recipients:
        return list(group.members)
    if not isinstance(recipients, list):
        raise DingError("param.openDeliverModelError", "recipients must be a list")
    return [_member(ding, group, user, kind) for user in recipients]


def _to_group(ding: Ding, body: Mapping[str, Any], card: Card, cid: str) -> Message | str:
    group = ding.world.city.conversation(cid)
    if group is None:
        return "openConversationId 不存在"
    if not group.bot_inside:
        return "机器人不在群内"
    kind = card.user_id_type
    called, to = _called(ding, body, group, kind), _seen_by(ding, body, group, kind)
    return _show(ding, card, group.chatid, to, called)


def _to_person(ding: Ding, card: Card, user: str) -> Message | str:
    person = ding.world.city.staff_by(ID_TYPES[card.user_id_type], user)
    if person is None:
        return "用户不存在"
    return _show(ding, card, person.ding_chat, [person.id], [])


def _show(ding: Ding, card: Card, chat: str, to: list[str], called: list[str]) -> Message:
    views = {user: view for user, view in card.views().items() if user in to}
    message = ding.post(
        chat, "ding_card", to=to, card=card.face_for(""), views=views, task_id=card.out_track_id, mentions=called
    )
    card.messages.append(message)
    return message


def _check_calls(ding: Ding, body: Mapping[str, Any], spaces: list[tuple[str, str]], kind: int) -> None:
    """Refuse strangers among those called before anything is created."""
    for space, name in spaces:
        group = ding.world.city.conversation(name) if space == "IM_GROUP" else None
        if group is not None:
            _called(ding, body, group, kind)
            _seen_by(ding, body, group, kind)


def _new_card(ding: Ding, body: Mapping[str, Any]) -> Card:
    shape = template(ding.world.city, text(body, "cardTemplateId", "param.cardTemplateIdEmpty"))
    track = text(body, "outTrackId", "param.outTrackIdEmpty")
    if len(track) > TRACK_CHARS:
        raise DingError("outTrackId.outOfLimit", f"outTrackId has more than {TRACK_CHARS} characters")
    public = public_data(shape, body)
    if public is None:
        raise DingError("param.cardDataEmpty", "cardData is required")
    kind = user_id_type(body)
    if body.get("userId"):
        person_of(ding, body["userId"], kind)
    private = private_data(ding, shape, body, kind)
    return Card(track, shape, public, private, kind, *_callback(ding, body))


async def create_and_deliver(world: World, request: web.Request) -> dict[str, Any]:
    """Make a card and put it into its spaces; HTTP 200 says nothing about the delivery, `deliverResults` do."""
    body, ding = await json_body(request), world.part(Ding)
    fault = world.faults.take("refuse_card", "create")
    if fault:
        raise ordered(fault.code or REFUSED)
    _known(body, CREATE_FIELDS)
    card, spaces = _new_card(ding, body), _spaces(body)
    _check_models(ding, body, {space for space, _ in spaces})
    _check_calls(ding, body, spaces, card.user_id_type)
    if card.out_track_id in ding.cards:
        raise DingError("param.cardAlreadyExist", "outTrackId 对应的卡片已存在")
    ding.cards[card.out_track_id] = card
    results = [_deliver(ding, body, card, space, name) for space, name in spaces]
    return {"success": True, "result": {"outTrackId": card.out_track_id, "deliverResults": results}}


def _deliver(ding: Ding, body: Mapping[str, Any], card: Card, space: str, name: str) -> dict[str, Any]:
    fault = ding.world.faults.take("refuse_card", "deliver")
    if fault:
        done: Message | str = fault.code or "SYSTEM_ERROR"
    else:
        done = _to_group(ding, body, card, name) if space == "IM_GROUP" else _to_person(ding, card, name)
    head = {"spaceType": space, "spaceId": name}
    if isinstance(done, str):
        return {**head, "success": False, "carrierId": "", "errorMsg": done}
    send = Send(secrets.token_urlsafe(24) + "=", name, [done], card=True)
    ding.sends[send.key] = send
    return {**head, "success": True, "carrierId": send.key, "errorMsg": ""}


async def update(world: World, request: web.Request) -> dict[str, Any]:
    """PUT card/instances: overwrites unless cardUpdateOptions says by key."""
    body, ding = await json_body(request), world.part(Ding)
    _known(body, UPDATE_FIELDS)
    card = ding.cards.get(text(body, "outTrackId", "param.outTrackIdEmpty"))
    if card is None:
        raise DingError("param.cardNotExist", "卡片不存在")
    private = private_data(ding, card.template, body, user_id_type(body))
    public = public_data(card.template, body)
    if public is None and not private:
        raise DingError("param.invalid", "neither cardData nor privateData")
    change(ding, card, public, private, options(body), "app")
    return {"success": True, "result": True}


async def register(world: World, request: web.Request) -> dict[str, Any]:
    """card/callbacks/register: an HTTP address under a route key; another one only with forceUpdate."""
    body, ding = await json_body(request), world.part(Ding)
    _known(body, REGISTER_FIELDS)
    key, url = text(body, "callbackRouteKey"), text(body, "callbackUrl")
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise DingError("param.invalid", "callbackUrl must be an http address")
    force = body.get("forceUpdate", False)
    secret = body.get("apiSecret") or secrets.token_hex(16)
    if not isinstance(force, bool) or not isinstance(secret, str):
        raise DingError("param.invalid", "forceUpdate must be true or false and apiSecret a string")
    if key in ding.routes and ding.routes[key] != CallbackRoute(url, secret) and not force:
        raise DingError("param.callbackRouteKeyExist", "callbackRouteKey 已注册，覆盖请传 forceUpdate")
    ding.routes[key] = CallbackRoute(url, secret)
    return {"success": True, "result": {"callbackUrl": url, "apiSecret": secret}}
