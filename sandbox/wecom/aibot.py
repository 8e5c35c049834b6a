"""The 智能机器人 long connection (path/101463): one WebSocket per bot, frames in, frames out, no mercy.

The hub owns who is subscribed; the frames the bot may send are in `aibot_frames`.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from dataclasses import dataclass
from typing import Any

from aiohttp import WSMsgType, web

from sandbox.city.budget import MINUTE, Budget
from sandbox.city.chats import Message
from sandbox.city.people import Group, Person
from sandbox.city.timemachine import TimeMachine
from sandbox.city.world import WORLD, World
from sandbox.wecom import aibot_frames
from sandbox.wecom.aibot_state import Asked, HubState
from sandbox.wecom.errors import BAD_BOT_CREDENTIALS, BAD_PARAMETER, TOO_OFTEN, WireError

DEAF_SECONDS = 100.0  # real time without a frame: the bot pings every 30 s, three misses and the line is dead
FRAME_BYTES = 2 << 20


@dataclass(slots=True, eq=False)
class AibotSocket:
    """One open socket. `chosen` once it has subscribed; then it is the bot until it is kicked."""

    socket: web.WebSocketResponse
    request: web.Request
    chosen: bool = False


class Hub(HubState):
    """The bot's one line, the conversations it may speak in, and what it was asked."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.line: AibotSocket | None = None
        self.subscribe_budget = Budget((60, MINUTE))
        self.entered: dict[str, str] = {}
        self.subscribed_at = ""
        self.kicks = 0

    @property
    def connected(self) -> bool:
        """Whether somebody is subscribed right now."""
        return self.line is not None and not self.line.socket.closed

    def to_json(self) -> dict[str, Any]:
        """The channel's state for the page."""
        return {
            "connected": self.connected,
            "subscribed_at": self.subscribed_at,
            "kicks": self.kicks,
            "spoken": sorted(self.spoken),
        }

    async def door(self, request: web.Request) -> web.StreamResponse:
        """GET /aibot: the socket, from open to close."""
        socket = web.WebSocketResponse(max_msg_size=FRAME_BYTES, autoping=True)
        await socket.prepare(request)
        line = AibotSocket(socket, request)
        try:
            await self._listen(line)
        finally:
            if self.line is line:
                self.line = None
                self.tell_state()
            await socket.close()
        return socket

    async def _listen(self, line: AibotSocket) -> None:
        while not line.socket.closed:
            try:
                frame = await line.socket.receive(timeout=DEAF_SECONDS)
            except TimeoutError:
                return
            if frame.type is not WSMsgType.TEXT:
                return
            await self._answer(line, frame.data)

    async def _answer(self, line: AibotSocket, raw: str) -> None:
        req_id = ""
        cmd = ""
        try:
            cmd, req_id, body = _read_frame(raw)
            if cmd != "ping":
                self.world.traffic.hear()
            if self.world.faults.take("silence", cmd) if cmd != "ping" else self._deaf_to_pings():
                return
            answer = await self._obey(line, cmd, req_id, body)
        except WireError as refusal:
            answer = refusal.to_json()
        if cmd not in ("ping", "aibot_subscribe") and self.world.faults.take("lose_ack", cmd):
            return
        await _send(line, {"headers": {"req_id": req_id}, **answer})
        if cmd != "ping":
            self.world.traffic.hear()

    def _deaf_to_pings(self) -> bool:
        orders = [fault for fault in self.world.faults.waiting if fault.kind == "silence" and fault.match == "ping"]
        return bool(orders) and self.world.faults.take("silence", "ping") is not None

    async def _obey(self, line: AibotSocket, cmd: str, req_id: str, body: dict[str, Any]) -> dict[str, Any]:
        if cmd == "aibot_subscribe":
            await self._subscribe(line, body)
            return {"errcode": 0, "errmsg": "ok"}
        if not line.chosen or self.line is not line:
            raise WireError(BAD_BOT_CREDENTIALS, "subscribe first")
        if cmd == "ping":
            return {"errcode": 0, "errmsg": "ok"}
        slow = self.world.faults.take("slow", cmd)
        if slow:
            await asyncio.sleep(slow.seconds)
        refusal = self.world.faults.take("refuse_send", cmd)
        if refusal:
            raise WireError(refusal.errcode or TOO_OFTEN, "ordered by /sandbox/fault")
        command = aibot_frames.COMMANDS.get(cmd)
        if command is None:
            raise WireError(BAD_PARAMETER, f"unknown cmd {cmd}")
        extra = command(self, req_id, body)
        return {"errcode": 0, "errmsg": "ok", **({"body": extra} if extra else {})}

    async def _subscribe(self, line: AibotSocket, body: dict[str, Any]) -> None:
        bot = self.world.city.bot
        if not self.subscribe_budget.take("bot", self.world.clock.unix()):
            raise WireError(TOO_OFTEN, "api freq out of limit")
        given = str(body.get("secret", "")).encode()
        if body.get("bot_id") != bot.bot_id or not secrets.compare_digest(given, bot.secret.encode()):
            raise WireError(BAD_BOT_CREDENTIALS, "invalid bot_id or secret")
        before, self.line = self.line, line
        line.chosen = True
        self.subscribed_at = self.world.clock.iso()
        if before is not None and before is not line:
            await self._kick(before)
        self.tell_state()
        self.world.spawn(self.world.part(TimeMachine).introduce())

    async def _kick(self, line: AibotSocket) -> None:
        line.chosen = False
        self.kicks += 1
        event = {"msgtype": "event", "event": {"eventtype": "disconnected_event"}}
        await _send(line, _frame("aibot_event_callback", secrets.token_hex(8), {**self._head(), **event}))
        # The old line's close handshake must not hold up the newcomer's acknowledgement.
        self.world.spawn(line.socket.close())

    async def kick(self) -> None:
        """Play another subscriber: the bot hears disconnected_event and loses its line."""
        line, self.line = self.line, None
        if line is not None:
            await self._kick(line)
            self.tell_state()

    def cut(self) -> None:
        """Cut the line without a word, as a broken network does."""
        if self.line is not None and self.line.request.transport is not None:
            self.line.request.transport.abort()

    def tell_state(self) -> None:
        """Tell the page that the line is up or down."""
        self.world.chats.tell("connection", self.to_json())

    def _head(self) -> dict[str, Any]:
        now = int(self.world.clock.unix())
        return {"msgid": secrets.token_urlsafe(24), "create_time": now, "aibotid": self.world.city.bot.bot_id}

    def place(self, person: Person, group: Group | None) -> dict[str, Any]:
        """The part of a body that says who and where."""
        who = {"from": {"userid": self.world.city.shown_to_bot(person)}}
        if group is None:
            return {**who, "chattype": "single"}
        return {**who, "chatid": group.chatid, "chattype": "group"}

    async def tell(self, cmd: str, asked: Asked, body: dict[str, Any]) -> bool:
        """Send the bot a frame it may answer; False when nobody is subscribed: then it is lost for ever."""
        line = self.line
        if line is None or line.socket.closed:
            return False
        req_id = secrets.token_urlsafe(18)
        self.asked[req_id] = asked
        self.world.traffic.tell()
        return await _send(line, _frame(cmd, req_id, {**self._head(), **body}))

    async def say(self, person: Person, group: Group | None, text: str) -> bool:
        """A member wrote to the bot (in a group: mentioned it). From now on the bot may speak there."""
        return await self.hear(person, group, {"msgtype": "text", "text": {"content": text}})

    async def hear(self, person: Person, group: Group | None, said: dict[str, Any]) -> bool:
        """The same for any message: `said` is its own part of the body."""
        chat = group.chatid if group else f"bot:{person.id}"
        if chat not in self.spoken:
            self.spoken.add(chat)
            self.tell_state()
        body = {**self.place(person, group), **said}
        asked = Asked("message", chat, person.id, time.monotonic(), self.world.clock.unix())
        return await self.tell("aibot_msg_callback", asked, body)

    async def enter(self, person: Person) -> bool:
        """A member opened the one-to-one chat: told once a day of the city."""
        today = self.world.clock.now().date().isoformat()
        if self.entered.get(person.id) == today:
            return False
        self.entered[person.id] = today
        event = {"msgtype": "event", "event": {"eventtype": "enter_chat"}}
        asked = Asked("enter", f"bot:{person.id}", person.id, time.monotonic(), self.world.clock.unix())
        return await self.tell("aibot_event_callback", asked, {**self.place(person, None), **event})

    async def press(
        self, person: Person, group: Group | None, message: Message, key: str, selected: dict[str, list[str]]
    ) -> Asked | None:
        """A member pressed a button: told once, five seconds to answer, never again. None when it was lost."""
        card = message.card_for(person.id) or {}
        pressed: dict[str, Any] = {"card_type": card.get("card_type", ""), "event_key": key, "task_id": message.task_id}
        if selected:
            items = [{"question_key": name, "option_ids": {"option_id": ids}} for name, ids in selected.items()]
            pressed["selected_items"] = {"selected_item": items}
        event = {"eventtype": "template_card_event", "template_card_event": pressed}
        body = {**self.place(person, group), "msgtype": "event", "event": event}
        chat = group.chatid if group else f"bot:{person.id}"
        asked = Asked("press", chat, person.id, time.monotonic(), self.world.clock.unix(), message, message.task_id)
        return asked if await self.tell("aibot_event_callback", asked, body) else None


def _frame(cmd: str, req_id: str, body: dict[str, Any]) -> dict[str, Any]:
    return {"cmd": cmd, "headers": {"req_id": req_id}, "body": body}


async def _send(line: AibotSocket, frame: dict[str, Any]) -> bool:
    try:
        await line.socket.send_json(frame)
    except (ConnectionError, RuntimeError):
        return False
    return True


def _read_frame(raw: str) -> tuple[str, str, dict[str, Any]]:
    try:
        frame = json.loads(raw)
    except json.JSONDecodeError as error:
        raise WireError(BAD_PARAMETER, "the frame is not JSON") from error
    if not isinstance(frame, dict) or not isinstance(frame.get("cmd"), str):
        raise WireError(BAD_PARAMETER, "cmd is required")
    headers = frame.get("headers")
    req_id = headers.get("req_id") if isinstance(headers, dict) else None
    if not isinstance(req_id, str) or not req_id:
        raise WireError(BAD_PARAMETER, "headers.req_id is required")
    body = frame.get("body", {})
    if not isinstance(body, dict):
        raise WireError(BAD_PARAMETER, "body must be an object")
    return frame["cmd"], req_id, body


async def door(request: web.Request) -> web.StreamResponse:
    """The WebSocket's address."""
    return await request.app[WORLD].part(Hub).door(request)
