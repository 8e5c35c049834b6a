"""What the people of the city do: write, press, open a chat, push a complaint from the hotline."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import secrets
import time
from typing import Any

import aiohttp

from sandbox.chats import SHOWN, Message
from sandbox.city import DINGTALK, WECOM, Group, Person
from sandbox.dingtalk import acts as on_dingtalk
from sandbox.errors import ActError
from sandbox.world import World

INTAKE_PATH = "/api/v1/complaints"
INTAKE_PATIENCE = 30.0
GLANCE = 0.01  # seconds between looks at a card that may be redrawn
APP_QUIET = 0.6  # an application press is over when the bot has been silent that long


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


def _alone_on(who: Person, chat: object) -> str:
    """The platform of a one-to-one conversation; empty for a group."""
    for name, platform in (("app", who.home), ("bot", WECOM), ("ding", DINGTALK)):
        if chat in (name, f"{name}:{who.id}"):
            if who.outside:
                raise ActError(f"{who.id} is not of the organisation and only speaks in groups")
            if platform not in who.accounts:
                raise ActError(
                    f"{who.id} has no conversation {name!r}: accounts on {', '.join(who.accounts) or 'nothing'}"
                )
            return platform
    return ""


def _addressed(world: World, text: str) -> str | None:
    """The text as the bot receives it from a group: None without a mention, and a space after the mention."""
    mention = f"@{world.city.bot.name}"
    before, found, after = text.partition(mention)
    if not found:
        return None
    return before + mention + (after if after[:1] in (" ", "\u2005", "\n") else f" {after}")


async def say(world: World, user: object, chat: object, text: object) -> dict[str, Any]:
    """A member writes in a group, to the application (`app`), the aibot (`bot`) or the DingTalk robot (`ding`)."""
    who = person(world, user)
    if not isinstance(text, str) or not text.strip():
        raise ActError("text is empty")
    if _alone_on(who, chat) == DINGTALK:
        return await on_dingtalk.say(world, who, None, text)
    if chat in ("app", f"app:{who.id}"):
        message = world.chats.add(f"app:{who.id}", who.id, "text", "person", to=["app"], text=text)
        delivery = await world.callback.say(who.id, text)
        told = {"delivered": delivery.ok, "tries": delivery.tries, "answered_ms": delivery.answered_ms}
        return {"ok": True, "message_id": message.id, **told, "problem": delivery.problem}
    if chat in ("bot", f"bot:{who.id}"):
        message = world.chats.add(f"bot:{who.id}", who.id, "text", "person", to=["bot"], text=text)
        return {"ok": True, "message_id": message.id, "delivered": await world.hub.say(who, None, text)}
    group = _group(world, chat, who)
    if group.platform == DINGTALK:
        return await on_dingtalk.say(world, who, group, text)
    message = world.chats.add(group.chatid, who.id, "text", "person", to=group.members, text=text)
    heard = _addressed(world, text) if group.bot_inside else None
    delivered = heard is not None and await world.hub.say(who, group, heard)
    return {"ok": True, "message_id": message.id, "delivered": delivered}


async def enter(world: World, user: object, chat: object) -> dict[str, Any]:
    """A member opens the one-to-one chat with the application or the aibot; DingTalk tells nobody."""
    who = person(world, user)
    if _alone_on(who, chat) == DINGTALK:
        world.chats.read_all(who.ding_chat, who.id)
        return {"ok": True, "delivered": False}
    if chat in ("app", f"app:{who.id}"):
        return {"ok": True, "delivered": (await world.callback.enter(who.id)).ok}
    if chat in ("bot", f"bot:{who.id}"):
        return {"ok": True, "delivered": await world.hub.enter(who)}
    raise ActError("only app, bot and ding are entered")


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


async def _redrawn(world: World, message: Message, before: int, until: float, *, patient: bool) -> bool:
    while len(message.history) == before:
        if time.monotonic() >= until or (not patient and world.traffic.quiet_for() > APP_QUIET):
            return False
        await asyncio.sleep(GLANCE)
    return True


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
    if message.platform == DINGTALK:
        return await on_dingtalk.press(world, who, message, button, wait)
    window = world.window if wait is None else min(wait, world.window)
    before, started = len(message.history), time.monotonic()
    answered: int | None = None
    problem = ""
    if message.channel == "aibot":
        asked = await world.hub.press(who, world.city.groups.get(message.chat), message, button["key"], selected)
        ok = asked is not None
        problem = "" if ok else "机器人没有连接，这次点击丢了"
    else:
        menu = button["kind"] == "menu"
        delivery, _ = await world.callback.press(who.id, message, button["key"], menu, selected)
        ok, answered, problem = delivery.ok, delivery.answered_ms, delivery.problem
    updated = ok and await _redrawn(world, message, before, started + window, patient=message.channel == "aibot")
    if updated:
        answered = round((time.monotonic() - started) * 1000)
    elif ok and not problem and message.channel == "aibot":
        problem = "机器人没有在时限内更新卡片"
    return {"ok": ok, "updated": updated, "answered_ms": answered, "problem": problem}


async def leave(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """A member leaves the organisation (DingTalk only: the bot hears of it there)."""
    return await on_dingtalk.leave(world, person(world, body.get("user")))


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
