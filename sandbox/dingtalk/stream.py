"""Stream mode: tickets in, sockets open, pushes out to one random connection, acknowledgements read without mercy.

What is not acknowledged is pushed again, twice at most, under a new messageId and with the same data.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from sandbox.city.timemachine import TimeMachine
from sandbox.city.world import World
from sandbox.dingtalk.frames import (
    CARD_TOPIC,
    DONE,
    NOT_MINE,
    AckError,
    Push,
    frame_of,
    new_message_id,
    read_ack,
    response_of,
    system,
)
from sandbox.dingtalk.state import DingState

FRAME_BYTES = 2 << 20
REDELIVERIES = 2
DEAF_PINGS = 3
OVER_QUOTA = "本月的 Webhook 与 Stream 调用量已用完，这次没有推送"
RIVAL = "被另一个使用同一 clientId 的连接收走了"


@dataclass(slots=True, eq=False)
class StreamSocket:
    """One open socket and what it subscribed to. `leaving` once it was asked to go."""

    socket: web.WebSocketResponse
    request: web.Request
    topics: frozenset[tuple[str, str]]
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    leaving: bool = False
    pings: dict[str, dict[str, str]] = field(default_factory=dict)

    async def send(self, frame: dict[str, Any]) -> bool:
        """Write a frame; False when the socket is gone."""
        try:
            await self.socket.send_str(json.dumps(frame, ensure_ascii=False))
        except (ConnectionError, RuntimeError):
            return False
        return True

    def cut(self) -> None:
        """Cut the socket without a word."""
        if self.request.transport is not None:
            self.request.transport.abort()


class PushStream:
    """The bot's connections of one clientId, and what was pushed and not yet acknowledged."""

    def __init__(self, world: World, ding: DingState) -> None:
        self.world = world
        self.ding = ding
        self.lines: list[StreamSocket] = []
        self.tickets: dict[str, tuple[frozenset[tuple[str, str]], float]] = {}
        self.waiting: dict[str, Push] = {}
        self.rival_until = 0.0
        self._rivals_turn = True

    def living(self) -> list[StreamSocket]:
        """The connections that take pushes."""
        return [line for line in self.lines if not line.leaving and not line.socket.closed]

    @property
    def connected(self) -> bool:
        """Whether anybody listens."""
        return bool(self.living())

    # Connecting

    def issue(self, topics: frozenset[tuple[str, str]]) -> str:
        """A ticket for one connection within 90 seconds."""
        ticket = secrets.token_hex(16)
        dead = self.world.faults.take("dead_ticket")
        self.tickets[ticket] = (topics, 0.0 if dead else time.monotonic() + self.world.pace.ticket)
        return ticket

    async def door(self, request: web.Request) -> web.StreamResponse:
        """GET /dingtalk/stream?ticket=…: the socket, from open to close."""
        topics, until = self.tickets.pop(request.query.get("ticket", ""), (frozenset(), 0.0))
        if time.monotonic() > until:
            return web.Response(status=401, text="invalid ticket")
        socket = web.WebSocketResponse(max_msg_size=FRAME_BYTES, autoping=True)
        await socket.prepare(request)
        line = StreamSocket(socket, request, topics)
        first = not self.connected
        self.lines.append(line)
        self.ding.tell_state()
        if first:
            self.world.spawn(self.world.part(TimeMachine).introduce())
        pinging = asyncio.ensure_future(self._ping(line))
        try:
            await self._listen(line)
        finally:
            pinging.cancel()
            self.lines.remove(line)
            self.ding.tell_state()
            await socket.close()
        return socket

    async def _listen(self, line: StreamSocket) -> None:
        async for frame in line.socket:
            if frame.type is not WSMsgType.TEXT:
                return
            try:
                self._take(line, frame.data)
            except AckError as problem:
                self.ding.complain(str(problem))

    async def _ping(self, line: StreamSocket) -> None:
        """SYSTEM ping for as long as the line lives; who leaves three unanswered is cut off."""
        while True:
            await asyncio.sleep(self.world.pace.ping)
            if len(line.pings) >= DEAF_PINGS:
                self.ding.complain("three SYSTEM pings stayed unanswered: the connection was cut")
                line.cut()
                return
            message_id = new_message_id()
            line.pings[message_id] = {"opaque": secrets.token_hex(4)}
            await line.send(system("ping", line.pings[message_id], message_id))

    # Acknowledgements

    def _take(self, line: StreamSocket, raw: str) -> None:
        ack = read_ack(raw)
        if ack.message_id in line.pings:
            opaque = line.pings.pop(ack.message_id)
            if ack.code != DONE or ack.data != opaque:
                raise AckError("a ping is acknowledged with code 200 and its own data")
            return
        push = self.waiting.pop(ack.message_id, None)
        if push is None or push.topic == CARD_TOPIC:
            # Taking delivery of a message is no word of the bot's: what it has to say comes as a call.
            self.world.traffic.hear()
        if push is None:
            if not ack.message_id and line.leaving:
                return  # the disconnect frame needs no answer and takes any
            raise AckError(f"nothing waits for an ack of messageId {ack.message_id!r}")
        if ack.code == NOT_MINE:
            push.answered.set()
            raise AckError(f"the bot has no handler for {push.topic} although it subscribed to it")
        if ack.code != DONE:
            return
        response = response_of(push, ack)
        if response is None or push.answered.is_set():
            return
        push.answered.set()
        if push.answer is not None:
            push.answer(response)

    # Pushing

    async def start(self, push: Push) -> bool:
        """Tell the bot, and tell it again while it does not acknowledge; False when nobody will hear of it."""
        faults = self.world.faults
        if faults.take("stream_lose"):
            push.lost = "这次推送在路上丢了"
            return False
        if self._rival_takes():
            push.lost = RIVAL
            return False
        late = faults.take("stream_delay")
        if late and self._choose(push):
            self.world.spawn(self._late(push, late.seconds))
            return True
        return await self._first(push)

    async def _late(self, push: Push, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self._first(push)

    async def _first(self, push: Push) -> bool:
        sent = await self._attempt(push)
        if sent and self.world.faults.take("stream_double"):
            await self._attempt(push)
        if sent:
            self.world.spawn(self._insist(push))
        return sent

    async def _insist(self, push: Push) -> None:
        for _ in range(REDELIVERIES):
            try:
                await asyncio.wait_for(push.answered.wait(), self.world.pace.redeliver)
            except TimeoutError:
                await self._attempt(push)
            else:
                return

    async def _attempt(self, push: Push) -> bool:
        line = self._choose(push)
        if line is None:
            push.lost = "机器人没有连接，这次推送丢了"
            return False
        if not push.free and not self.ding.admit():
            if push.over is None:
                push.lost = OVER_QUOTA
                return False
            push.data = push.over
        message_id = new_message_id()
        self.waiting[message_id] = push
        push.attempts += 1
        self.world.traffic.tell()
        place = {"appId": self.world.city.ding.app_id, "connectionId": line.id, "time": str(self.ding.millis())}
        return await line.send(frame_of(push, message_id, place))

    def _choose(self, push: Push) -> StreamSocket | None:
        lines = [line for line in self.living() if (push.type, push.topic) in line.topics]
        return secrets.choice(lines) if lines else None

    def _rival_takes(self) -> bool:
        if time.monotonic() >= self.rival_until:
            return False
        taken, self._rivals_turn = self._rivals_turn, not self._rivals_turn
        return taken

    # Weather

    def rival(self, seconds: float) -> None:
        """Another client connects with the same clientId and takes every second push, the first one included."""
        self.rival_until, self._rivals_turn = time.monotonic() + seconds, True

    async def dismiss(self) -> None:
        """Ask every connection to go; nothing more is pushed to it, and it is closed after ten seconds."""
        for line in self.living():
            line.leaving = True
            await line.send(system("disconnect", {"reason": "connection is expired"}))
            self.world.spawn(self._close_later(line))
        self.ding.tell_state()

    async def _close_later(self, line: StreamSocket) -> None:
        await asyncio.sleep(self.world.pace.farewell)
        line.cut()

    def cut(self) -> None:
        """Cut every connection without a word."""
        for line in list(self.lines):
            line.cut()
