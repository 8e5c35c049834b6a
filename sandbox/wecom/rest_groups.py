"""Groups over HTTP: appchat (path/90245, 90248) and the group webhook (path/91770). Neither shows buttons."""

from __future__ import annotations

import re
import secrets
import string
from typing import Any

from aiohttp import web

from sandbox.city.people import Group
from sandbox.city.world import World
from sandbox.wecom.card_tables import WEBHOOK
from sandbox.wecom.cards import validate
from sandbox.wecom.errors import BAD_MSGTYPE, BAD_PARAMETER, TOO_OFTEN, WireError
from sandbox.wecom.rest_parts import content_of, json_body

CHATID = re.compile(r"[0-9A-Za-z]{1,32}")
APPCHAT_KINDS = ("text", "markdown", "textcard", "news", "file", "image")
WEBHOOK_KINDS = ("text", "markdown", "markdown_v2", "news", "file")
APPCHAT_MARKDOWN_BYTES = 2048
WEBHOOK_MARKDOWN_BYTES = 4096


async def create(world: World, request: web.Request) -> dict[str, Any]:
    """Make a group of 2 to 2000 members; the chatid is ours to choose or the city's."""
    body = await json_body(request)
    members = body.get("userlist")
    name = body.get("name", "")
    if not isinstance(name, str) or len(name) > 50:
        raise WireError(BAD_PARAMETER, "name has more than 50 characters")
    if not isinstance(members, list) or not 2 <= len(members) <= 2000:
        raise WireError(86220, "userlist must have 2 to 2000 members")
    strangers = [str(member) for member in members if world.city.person(str(member)) is None]
    if strangers or (body.get("owner") and body["owner"] not in members):
        raise WireError(86216, "illegal members: " + "|".join(strangers or [str(body.get("owner"))]))
    chatid = body.get("chatid") or "".join(secrets.choice(string.ascii_letters) for _ in range(32))
    if not isinstance(chatid, str) or not CHATID.fullmatch(chatid):
        raise WireError(86001, "chatid must be 1 to 32 of 0-9 A-Z a-z")
    if chatid in world.city.groups:
        raise WireError(86215, "chatid exists")
    world.city.groups[chatid] = Group(chatid, name or "群聊", list(members), by_app=True, bot_inside=False)
    world.chats.tell("groups", {"chatid": chatid})
    return {"chatid": chatid}


def _own_group(world: World, chatid: object) -> Group:
    group = world.city.groups.get(chatid) if isinstance(chatid, str) else None
    if not chatid:
        raise WireError(86001, "chatid is missing")
    if group is None:
        raise WireError(86003, "chatid does not exist")
    if not group.by_app:
        raise WireError(86008, "this group was not created by the application")
    return group


async def get(world: World, request: web.Request) -> dict[str, Any]:
    """A group the application made."""
    group = _own_group(world, request.query.get("chatid"))
    info = {"chatid": group.chatid, "name": group.name, "owner": group.members[0], "userlist": group.members}
    return {"chat_info": info}


async def send(world: World, request: web.Request) -> dict[str, Any]:
    """Post into a group the application made. template_card is refused: appchat has none."""
    body = await json_body(request)
    group = _own_group(world, body.get("chatid"))
    content = content_of(world, body, APPCHAT_KINDS, APPCHAT_MARKDOWN_BYTES)
    if world.appchat_budget.take(group.chatid, world.clock.unix()):
        world.chats.add(group.chatid, "app", body["msgtype"], "appchat", to=group.members, **content)
    return {}


async def webhook(world: World, request: web.Request) -> dict[str, Any]:
    """Post into the group behind a webhook key: 20 a minute, cards without buttons only."""
    group = world.city.group_by_webhook(request.query.get("key", ""))
    if group is None:
        raise WireError(93000, "invalid webhook url")
    body = await json_body(request)
    kind = body.get("msgtype")
    if kind == "template_card":
        content = {"card": validate(body.get("template_card"), WEBHOOK)}
    elif kind in WEBHOOK_KINDS:
        content = content_of(world, body, WEBHOOK_KINDS, WEBHOOK_MARKDOWN_BYTES)
    else:
        raise WireError(BAD_MSGTYPE, f"invalid message type {kind!r}")
    if not world.webhook_budget.take(group.webhook_key, world.clock.unix()):
        raise WireError(TOO_OFTEN, "api freq out of limit: 20 messages a minute per webhook")
    world.chats.add(group.chatid, "webhook", str(kind), "webhook", to=group.members, **content)
    return {}
