"""What the people of the city do: write, press, open a chat, push a complaint from the hotline."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from typing import Any

import aiohttp

from sandbox.city import sent_media
from sandbox.city.chats import SHOWN, Message
from sandbox.city.errors import ActError
from sandbox.city.people import DINGTALK, WECOM, Group, Person
from sandbox.city.world import World

INTAKE_PATH = "/api/v1/complaints"
INTAKE_PATIENCE = 30.0


def person(world: World, userid: object) -> Person:
    """The member, or `ActError`."""
    found = world.city.somebody(userid) if isinstance(userid, str) else None
    if found is None:
        raise ActError(f"nobody is called {userid!r}")
    return found


def _group(world: World, chat: object, member: Person) -> Group:
    group = world.city.groups.get(chat) if isinstance(chat, str) else None
    if group is None:
        raise ActError(f"no conversation {chat!r}: a group's chatid, app, bot or ding")
    if member.id not in group.members:
        raise ActError(f"{member.id} is not in {group.chatid}")
    return group


def _alone_on(who: Person, chat: object) -> tuple[str, str]:
    """The platform of a one-to-one conversation and its name (`app`, `bot`, `ding`); both empty for a group."""
    for name, platform in (("app", who.home), ("bot", WECOM), ("ding", DINGTALK)):
        if chat in (name, f"{name}:{who.id}"):
            if who.outside:
                raise ActError(f"{who.id} is not of the organisation and only speaks in groups")
            if platform not in who.accounts:
                raise ActError(
                    f"{who.id} has no conversation {name!r}: accounts on {', '.join(who.accounts) or 'nothing'}"
                )
            return platform, name
    return "", ""


async def say(world: World, user: object, chat: object, text: object) -> dict[str, Any]:
    """A member writes in a group, to the application (`app`), the aibot (`bot`) or the DingTalk robot (`ding`)."""
    who = person(world, user)
    if not isinstance(text, str) or not text.strip():
        raise ActError("text is empty")
    platform, name = _alone_on(who, chat)
    if platform:
        return await world.doors[platform].say(who, name, text)
    group = _group(world, chat, who)
    return await world.doors[group.platform].say(who, group, text)


async def send(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """A member sends pictures, files, voice or a quote: `media` of `{kind, name, content (base64), says}`, `quote`."""
    who, chat = person(world, body.get("user")), body.get("chat")
    sent = sent_media.read(body)
    platform, name = _alone_on(who, chat)
    if platform:
        return await world.doors[platform].send(who, name, sent)
    group = _group(world, chat, who)
    return await world.doors[group.platform].send(who, group, sent)


async def enter(world: World, user: object, chat: object) -> dict[str, Any]:
    """A member opens the one-to-one chat with the application or the aibot; DingTalk tells nobody."""
    who = person(world, user)
    platform, name = _alone_on(who, chat)
    if not platform:
        raise ActError("only app, bot and ding are entered")
    return await world.doors[platform].enter(who, name)


def _pressable(world: World, who: Person, message_id: object, key: object) -> tuple[Message, dict[str, Any]]:
    message = world.chats.get(message_id) if isinstance(message_id, str) else None
    if message is None:
        raise ActError(f"no message {message_id!r}")
    if message.status != SHOWN:
        raise ActError("this message is not there any more")
    group = world.city.groups.get(message.chat)
    if message.chat.partition(":")[2] != who.id and not (group and who.id in group.members):
        raise ActError(f"{who.id} does not see this message")
    offered = [button for button in message.buttons_for(who.id) if not button["disabled"]]
    for button in offered:
        if button["key"] == key and button["kind"] != "link":
            return message, button
    keys = ", ".join(button["key"] for button in offered) or "none"
    raise ActError(f"this card has no button {key!r} to press now; it has: {keys}")


async def press(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """A member presses a button and watches the card until it is redrawn or the window closes.

    `answered_ms` is how long the redraw took (for the application: the HTTP answer, when no redraw came).
    """
    who = person(world, body.get("user"))
    message, button = _pressable(world, who, body.get("message_id"), body.get("key"))
    selected = body.get("selected") or {}
    wait = float(body["wait"]) if "wait" in body else None
    if world.faults.take("lose_press"):
        return {"ok": False, "updated": False, "answered_ms": None, "problem": "这次点击在路上丢了"}
    return await world.doors[message.platform].press(who, message, button, selected, wait)


async def push_complaint(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """The hotline's system pushes a complaint, signed over the city's time; the bot's answer comes back as it is."""
    intake = world.city.intake
    payload: dict[str, Any] = dict(body.get("fields") or {})
    payload |= {name: body[name] for name in ("text", "source", "centre") if name in body}
    raw = json.dumps(payload, ensure_ascii=False).encode()
    timestamp, nonce = str(int(world.clock.unix())), secrets.token_hex(12)
    signed = "\n".join((timestamp, nonce, hashlib.sha256(raw).hexdigest())).encode()
    headers = {
        "Content-Type": "application/json",
        "X-Yousu-Key": intake.key_id,
        "X-Yousu-Timestamp": timestamp,
        "X-Yousu-Nonce": nonce,
        "X-Yousu-Signature": hmac.new(intake.secret.encode(), signed, hashlib.sha256).hexdigest(),
    }
    if not world.bot_url:
        raise ActError("the city does not know the bot's address")
    world.traffic.tell()
    try:
        timeout = aiohttp.ClientTimeout(total=INTAKE_PATIENCE)
        url = world.bot_url + INTAKE_PATH
        async with world.session.post(url, data=raw, headers=headers, timeout=timeout) as response:
            text = await response.text()
            status = response.status
    except (aiohttp.ClientError, TimeoutError) as error:
        return {"ok": False, "status": 0, "answer": None, "problem": f"没有应答（{type(error).__name__}）"}
    world.traffic.hear()
    try:
        answer = json.loads(text)
    except json.JSONDecodeError:
        answer = text
    return {"ok": status in (200, 201), "status": status, "answer": answer, "problem": ""}
