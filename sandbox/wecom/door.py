"""WeCom as the city uses it: the long connection of the aibot and the callbacks of the application."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from sandbox.city.chats import Message
from sandbox.city.doors import Body
from sandbox.city.errors import ActError
from sandbox.city.faults import Fault
from sandbox.city.people import WECOM, City, Group, Person
from sandbox.city.sent_media import Sent
from sandbox.city.world import World
from sandbox.wecom import aibot_media
from sandbox.wecom.aibot import Hub
from sandbox.wecom.callback import Callback

GLANCE = 0.01  # seconds between looks at a card that may be redrawn
APP_QUIET = 0.6  # an application press is over when the bot has been silent that long


class WeComDoor:
    """The aibot (`bot`, groups) and the application (`app`)."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.hub = Hub(world)
        self.callback = Callback(world)
        world.put(self.hub)
        world.put(self.callback)

    @property
    def acts(self) -> Mapping[str, Callable[[Body], Awaitable[Body]]]:
        """Further acts of the control API."""
        return {"verify_callback": self._verify}

    @property
    def reachable(self) -> bool:
        """Whether somebody is subscribed."""
        return self.hub.connected

    @property
    def spoken(self) -> set[str]:
        """Conversations in which the aibot may speak unasked."""
        return self.hub.spoken

    async def say(self, who: Person, where: Group | str, text: str) -> Body:
        """A member writes in a group, to the application or to the aibot."""
        world = self.world
        if where == "app":
            message = world.chats.add(f"app:{who.id}", who.id, "text", "person", to=["app"], text=text)
            delivery = await self.callback.say(who.id, text)
            told = {"delivered": delivery.ok, "tries": delivery.tries, "answered_ms": delivery.answered_ms}
            return {"ok": True, "message_id": message.id, **told, "problem": delivery.problem}
        if not isinstance(where, Group):
            message = world.chats.add(f"bot:{who.id}", who.id, "text", "person", to=["bot"], text=text)
            return {"ok": True, "message_id": message.id, "delivered": await self.hub.say(who, None, text)}
        message = world.chats.add(where.chatid, who.id, "text", "person", to=where.members, text=text)
        heard = _addressed(world, text) if where.bot_inside else None
        delivered = heard is not None and await self.hub.say(who, where, heard)
        return {"ok": True, "message_id": message.id, "delivered": delivered}

    async def send(self, who: Person, where: Group | str, sent: Sent) -> Body:
        """A member sends pictures, files, voice, or a quote."""
        world = self.world
        if where == "app":
            return await self._send_app(who, sent)
        group = where if isinstance(where, Group) else None
        chat, to = (group.chatid, group.members) if group else (f"bot:{who.id}", ["bot"])
        heard = sent if group is None else _addressed_sent(world, group, sent)
        said = aibot_media.message(world, heard, in_group=group is not None) if heard is not None else None
        for media in sent.media or (None,):
            kept = world.store(media.kind, media.name, media.content) if media else None
            file = {"id": kept.id, "name": kept.name, "size": len(kept.content)} if kept else None
            kind = media.kind if media else "text"
            message = world.chats.add(chat, who.id, kind, "person", to=to, text=sent.text, file=file)
        delivered = said is not None and await self.hub.hear(who, group, said)
        return {"ok": True, "message_id": message.id, "delivered": delivered}

    async def _send_app(self, who: Person, sent: Sent) -> Body:
        if sent.quote or len(sent.media) != 1 or sent.media[0].kind == "file" or sent.text:
            raise ActError("the application is told of one picture, voice or video at a time, and of no file")
        media = sent.media[0]
        kept = self.world.store(media.kind, media.name, media.content)
        file = {"id": kept.id, "name": kept.name, "size": len(kept.content)}
        message = self.world.chats.add(f"app:{who.id}", who.id, media.kind, "person", to=["app"], file=file)
        delivery = await self.callback.send(who.id, media.kind, kept.id)
        return {"ok": True, "message_id": message.id, "delivered": delivery.ok, "problem": delivery.problem}

    async def enter(self, who: Person, where: str) -> Body:
        """A member opens the application or the chat with the aibot."""
        if where == "app":
            return {"ok": True, "delivered": (await self.callback.enter(who.id)).ok}
        return {"ok": True, "delivered": await self.hub.enter(who)}

    async def press(
        self,
        who: Person,
        message: Message,
        button: Mapping[str, Any],
        selected: dict[str, list[str]],
        wait: float | None,
    ) -> Body:
        """A member presses a button: the aibot's card by the long connection, the application's by a callback."""
        world = self.world
        window = world.window if wait is None else min(wait, world.window)
        before, started = len(message.history), time.monotonic()
        answered: int | None = None
        problem = ""
        by_line = message.channel == "aibot"
        if by_line:
            group = world.city.groups.get(message.chat)
            ok = await self.hub.press(who, group, message, button["key"], selected) is not None
            problem = "" if ok else "机器人没有连接，这次点击丢了"
        else:
            menu = button["kind"] == "menu"
            delivery, _ = await self.callback.press(who.id, message, button["key"], menu, selected)
            ok, answered, problem = delivery.ok, delivery.answered_ms, delivery.problem
        updated = ok and await _redrawn(world, message, before, started + window, patient=by_line)
        if updated:
            answered = round((time.monotonic() - started) * 1000)
        elif ok and not problem and by_line:
            problem = "机器人没有在时限内更新卡片"
        return {"ok": ok, "updated": updated, "answered_ms": answered, "problem": problem}

    async def fault(self, fault: Fault) -> bool:
        """Another subscriber, a cut line, dead tokens."""
        match fault.kind:
            case "kick":
                await self.hub.kick()
            case "drop_connection":
                self.hub.cut()
            case "expire_token":
                self.world.dead_tokens |= set(self.world.tokens)
            case _:
                return False
        return True

    async def bot_moved(self) -> bool:
        """Verify the callback address at once, as the administrator's console does."""
        self.callback.verified = False
        return WECOM in self.world.city.platforms and bool(self.world.bot_url) and await self.callback.verify()

    async def _verify(self, body: Body) -> Body:
        verified = bool(self.world.bot_url) and await self.callback.verify()
        return {"verified": verified, "problem": self.callback.problem}

    def channels(self) -> Body:
        """The long connection and the callbacks."""
        return {"aibot": self.hub.to_json(), "callback": self.callback.to_json()}

    def quota(self) -> Body:
        """WeCom counts no month."""
        return {}

    def env(self, base: str) -> dict[str, str]:
        """Credentials and addresses as the bot's environment."""
        return _env(self.world.city, base)

    def cut(self) -> None:
        """Cut the long connection."""
        self.hub.cut()


def _addressed(world: World, text: str) -> str | None:
    """The text as the bot receives it from a group: None without a mention, and a space after the mention."""
    mention = f"@{world.city.bot.name}"
    before, found, after = text.partition(mention)
    if not found:
        return None
    return before + mention + (after if after[:1] in (" ", "\u2005", "\n") else f" {after}")


def _addressed_sent(world: World, group: Group, sent: Sent) -> Sent | None:
    """What the bot is told of a group: words that mention it, with their pictures or quote; else nothing."""
    heard = _addressed(world, sent.text) if group.bot_inside else None
    return replace(sent, text=heard) if heard is not None else None


async def _redrawn(world: World, message: Message, before: int, until: float, *, patient: bool) -> bool:
    while len(message.history) == before:
        if time.monotonic() >= until or (not patient and world.traffic.quiet_for() > APP_QUIET):
            return False
        await asyncio.sleep(GLANCE)
    return True


def _env(city: City, base: str) -> dict[str, str]:
    corp, bot = city.corp, city.bot
    groups = [group for group in city.groups.values() if group.department and group.platform == WECOM]
    return {
        "WECOM_API_BASE": base,
        "WECOM_CORP_ID": corp.corp_id,
        "WECOM_AGENT_ID": str(corp.agent_id),
        "WECOM_SECRET": corp.secret,
        "WECOM_TOKEN": corp.token,
        "WECOM_AES_KEY": corp.aes_key,
        "WECOM_BOT_WS_URL": base.replace("http", "ws", 1) + "/aibot",
        "WECOM_BOT_ID": bot.bot_id,
        "WECOM_BOT_SECRET": bot.secret,
        "WECOM_OAUTH_BASE": base + "/connect/oauth2/authorize",
        "WECOM_GROUP_WEBHOOKS": ",".join(f"{group.department}:{group.webhook_key}" for group in groups),
    }
