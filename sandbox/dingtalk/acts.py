"""What people do on DingTalk: write to the robot, press its cards and its dtmd buttons, leave the organisation."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

from sandbox.city.chats import Message
from sandbox.city.errors import ActError
from sandbox.city.people import DINGTALK, Group, Person
from sandbox.city.sent_media import Sent
from sandbox.city.world import World
from sandbox.dingtalk import card_store, inbound, sent_media, session
from sandbox.dingtalk.card import Card
from sandbox.dingtalk.ding import Ding
from sandbox.dingtalk.errors import DingError, OldError
from sandbox.dingtalk.forms import spoken_by
from sandbox.dingtalk.frames import AckError, Push

GLANCE = 0.01  # real seconds between looks at a pressed card
QUIET = 0.6  # a press is over when its callback is answered and the bot has been silent that long
DTMD = "dtmd:"
NO_ADDRESS = "城市不知道机器人的地址"


async def say(world: World, who: Person, group: Group | None, text: str) -> dict[str, Any]:
    """A member writes to the robot or in a group; in a group only a mention of the robot reaches the bot."""
    ding = world.part(Ding)
    chat, to = (group.chatid, group.members) if group else (who.ding_chat, ["app"])
    world.chats.read_all(chat, who.id)
    message = world.chats.add(chat, who.id, "text", "person", to=to, text=text, platform=DINGTALK)
    said = {"ok": True, "message_id": message.id}
    if group is None:
        push = inbound.bot_message(ding, who, None, text)
    else:
        heard = inbound.addressed(ding, group, text) if group.bot_inside else None
        if heard is None:
            return {**said, "delivered": False, "problem": ""}
        ding.spoken.add(group.chatid)
        push = inbound.bot_message(ding, who, group, *heard)
    delivered = await _tell(ding, push, chat)
    return {**said, "delivered": delivered, "problem": "" if delivered else push.lost}


async def send(world: World, who: Person, group: Group | None, sent: Sent) -> dict[str, Any]:
    """A member sends pictures, files, voice, or answers to a message."""
    ding = world.part(Ding)
    chat, to = (group.chatid, group.members) if group else (who.ding_chat, ["app"])
    world.chats.read_all(chat, who.id)
    heard: tuple[str, list[dict[str, str]]] | None = (sent.text, [])
    if group is not None:
        heard = inbound.addressed(ding, group, sent.text) if group.bot_inside else None
    said = sent_media.message(world, sent, heard[0], in_group=group is not None) if heard is not None else None
    for media in sent.media or (None,):
        kept = world.store(media.kind, media.name, media.content) if media else None
        file = {"id": kept.id, "name": kept.name, "size": len(kept.content)} if kept else None
        kind = media.kind if media else "text"
        message = world.chats.add(chat, who.id, kind, "person", to=to, text=sent.text, file=file, platform=DINGTALK)
    outcome = {"ok": True, "message_id": message.id}
    if heard is None or said is None:
        return {**outcome, "delivered": False, "problem": ""}
    if group is not None:
        ding.spoken.add(group.chatid)
    push = inbound.told(ding, who, group, said, heard[1])
    delivered = await _tell(ding, push, chat)
    return {**outcome, "delivered": delivered, "problem": "" if delivered else push.lost}


async def _tell(ding: Ding, push: Push, chat: str) -> bool:
    """A bot message by stream or over HTTP, where the answer may be a message itself."""
    if ding.mode == "stream":
        return await ding.stream.start(push)
    if not ding.world.bot_url:
        push.lost = NO_ADDRESS
        return False
    answer = await ding.http.message(push)
    if answer and answer.get("msgtype") != "empty":
        try:
            session.post(ding, chat, answer)
        except OldError as refusal:
            ding.complain(f"the HTTP answer to a bot message is no message: {refusal}")
    return answer is not None


async def press(
    world: World, who: Person, message: Message, button: Mapping[str, Any], wait: float | None
) -> dict[str, Any]:
    """A member presses a button: a dtmd one makes them speak, a card's one asks the bot."""
    world.chats.read_all(message.chat, who.id)
    group = world.city.groups.get(message.chat)
    if str(button["key"]).startswith(DTMD):
        return await _speak(world, who, group, spoken_by(button))
    card = world.part(Ding).cards[message.task_id]
    window = world.pace.card if wait is None else min(wait, world.pace.card)
    return await _Press(world.part(Ding), who, message, card).carry_out(str(button["key"]), window)


async def _speak(world: World, who: Person, group: Group | None, text: str) -> dict[str, Any]:
    words = f"@{world.city.bot.name} {text}" if group else text
    said = await say(world, who, group, words)
    outcome = {"ok": said["delivered"], "updated": False, "answered_ms": None, "problem": said["problem"]}
    return {**outcome, "message_id": said["message_id"]}


class _Press:
    """One press on a card and what the presser sees of it until the card's two seconds are over."""

    def __init__(self, ding: Ding, who: Person, message: Message, card: Card) -> None:
        self.ding, self.who, self.message, self.card = ding, who, message, card
        self.before = len(message.history)
        self.started = time.monotonic()
        self.answered_ms: int | None = None
        self.problem = ""

    def _since(self) -> float:
        return time.monotonic() - self.started

    def take(self, update: dict[str, Any]) -> None:
        """The callback's answer; raises `AckError` when it comes too late or is no update."""
        if self._since() > self.ding.world.pace.card:
            raise AckError("a card's callback was answered after its two seconds: the update is ignored")
        self.answered_ms = round(self._since() * 1000)
        try:
            card_store.answer(self.ding, self.card, self.who.id, update)
        except DingError as refusal:
            self.problem = "机器人的应答不合规，卡片没有更新"
            raise AckError(f"a card's callback was answered with something that is no update: {refusal}") from refusal

    async def carry_out(self, key: str, window: float) -> dict[str, Any]:
        """Ask the bot and watch the card."""
        action = self.card.action(self.who.id, key)
        if self.who.outside or not self.card.callback_type or action is None:
            return self._outcome(False, "这次点击没有回调：卡片没有登记回调，或点的是组织外的人")
        group = self.ding.world.city.groups.get(self.message.chat)
        space = group.conversation_id if group else self.who.single_chat_id
        user = self.card.id_of(self.who)
        push = inbound.card_action(self.ding, self.card.out_track_id, user, self.card.user_id_type, space, action)
        ok = await (self._by_stream(push) if self.card.callback_type == "STREAM" else self._by_http(push))
        if not ok:
            return self._outcome(False, push.lost or "机器人没有收到这次点击")
        updated = await self._watch(window)
        if updated:
            self.answered_ms = self.answered_ms or round(self._since() * 1000)
        silent = "" if updated or self.answered_ms is not None else "机器人没有在 2 秒内应答"
        return self._outcome(True, self.problem or silent)

    def _outcome(self, ok: bool, problem: str) -> dict[str, Any]:
        updated = len(self.message.history) > self.before
        return {"ok": ok, "updated": updated, "answered_ms": self.answered_ms, "problem": problem}

    async def _by_stream(self, push: Push) -> bool:
        push.answer = self.take
        return await self.ding.stream.start(push)

    async def _by_http(self, push: Push) -> bool:
        answer = await self.ding.http.card(push, self.ding.routes[self.card.route_key])
        if answer is None:
            return False
        try:
            self.take(answer)
        except AckError as problem:
            self.ding.complain(str(problem))
        return True

    async def _watch(self, window: float) -> bool:
        """Whether the card is redrawn in time, by the answer or by an update of its own."""
        while len(self.message.history) == self.before:
            over = self.answered_ms is not None and self.ding.world.traffic.quiet_for() > QUIET
            if over or self._since() >= window:
                return False
            await asyncio.sleep(GLANCE)
        return True


async def leave(world: World, who: Person) -> dict[str, Any]:
    """A member leaves the organisation: the directory forgets them and the bot hears user_leave_org."""
    if DINGTALK not in who.accounts or who.outside:
        raise ActError(f"{who.id} is not in DingTalk's directory")
    ding = world.part(Ding)
    world.city.leave_dingtalk(who)
    world.chats.tell("groups", {})
    push = inbound.event(ding, "user_leave_org", {"userId": [who.staff_id]})
    if ding.mode == "stream":
        delivered = await ding.stream.start(push)
    else:
        delivered = bool(world.bot_url) and await ding.http.event(push)
    return {"ok": True, "delivered": delivered, "problem": "" if delivered else push.lost}
