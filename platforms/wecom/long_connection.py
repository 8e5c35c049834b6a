"""The group bot's long connection: subscribe, keep alive, reconnect for ever; stop when refused, yield to a rival.

Source: developer.work.weixin.qq.com 101463 (长连接). One bot has one valid connection: a newer subscriber gets it and
the older one receives `disconnected_event`. That event alone proves no rival (the other one may be gone, or the server
tidied up), so it is answered by one new subscription after a pause. Who is replaced again soon has a rival: fighting
would make two processes replace each other for ever, so then the bot yields with an alarm and looks again every hour.
A refused secret (853000) ends the run with an alarm.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiohttp

from platforms.contract import ChannelDown, LineDown, Misconfigured, OnAlarm, TryLater
from platforms.shared.alarms import never_failing
from platforms.shared.connection_state import STATE_WORDS, ConnectionState, delay
from platforms.shared.keyed_queue import KeyedQueue
from platforms.shared.rate_limit import Limit, SlidingWindow
from platforms.wecom import frames
from platforms.wecom.errors import BAD_SECRET, NOT_SUBSCRIBED, OK, LostAnswer, refusal
from platforms.wecom.frames import AibotFrame
from platforms.wecom.transport import Transport, new_req_id

log = logging.getLogger(__name__)

CHAT_LIMITS: tuple[Limit, ...] = ((30, 60.0), (1000, 3600.0))

#: Seconds before a message is tried again that met no line.
_LINE_PAUSE = 5.0
_REPLACED = "群机器人的长连接被另一个程序接替，本程序暂不争抢，一小时后再试；请停掉多余的程序"

OnFrame = Callable[[AibotFrame], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds. `alarm_after` counts failed attempts in a row; `reply_window` is how long a press may be answered.

    After `disconnected_event` the bot subscribes anew after `kicked_pause`; a second one within `rival_within` means a
    rival, and the bot yields for `rival_pause`.
    """

    ping_every: float = 30.0
    misses_allowed: int = 2
    ack_within: float = 5.0
    connect_within: float = 10.0
    backoff_first: float = 1.0
    backoff_cap: float = 30.0
    reply_window: float = 5.0
    alarm_after: int = 5
    kicked_pause: float = 30.0
    rival_within: float = 600.0
    rival_pause: float = 3600.0


class _Lost(Exception):
    """The connection is gone; connect again, no sooner than `after` seconds."""

    def __init__(self, reason: str, after: float = 0.0, *, kicked: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after
        self.kicked = kicked


class _Stop(Exception):
    """The connection must not be taken up again."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(code)
        self.code = code
        self.words = words


class LongConnection:
    """One bot's connection. `run` holds it; `command` uses it from any task of the same event loop."""

    def __init__(
        self,
        url: str,
        bot_id: str,
        secret: str,
        now: Callable[[], datetime],
        *,
        timing: Timing | None = None,
        chat_limits: tuple[Limit, ...] = CHAT_LIMITS,
    ) -> None:
        self._url = url
        self._bot_id = bot_id
        self._secret = secret
        self._timing = timing or Timing()
        self._budget = SlidingWindow(chat_limits, now)
        self._transport: Transport | None = None
        self._reply_until: dict[str, float] = {}
        self._failures = 0
        self._kicked_at: float | None = None
        self.state = ConnectionState.IDLE
        self.trouble = ""

    async def run(self, on_frame: OnFrame, on_alarm: OnAlarm) -> None:
        """Hold the connection until cancelled, or until it must stop (after the alarm with the code).

        Frames go to `on_frame` side by side, in order per conversation; its failures are logged and reported as
        `incoming_failed`, and never end the connection, just as a lost connection never cancels a handler.
        """

        alarm = never_failing(on_alarm)

        async def failed(reason: str) -> None:
            await alarm("incoming_failed", reason)

        async with asyncio.TaskGroup() as handlers, aiohttp.ClientSession() as session:
            queue: KeyedQueue[AibotFrame] = KeyedQueue(handlers, on_frame, failed)
            self._failures = 0
            try:
                await self._keep_connected(session, queue, alarm)
            finally:
                self._transport = None
                if self.state is not ConnectionState.STOPPED:
                    self.state = ConnectionState.IDLE

    async def command(
        self, cmd: str, body: Mapping[str, Any], *, req_id: str = "", conversation: str = ""
    ) -> Mapping[str, Any]:
        """Send one command and return the body of its acknowledgement.

        `conversation` spends one of that conversation's 30 a minute and 1000 an hour first. Raises `TryLater` (no
        connection, no budget), `LostAnswer` (sent, no acknowledgement), `Unreachable` (the bot has stopped or yielded)
        and whatever the table says of the platform's code. A lost subscription is taken up anew at once.
        """
        transport = self._transport
        if self.state in (ConnectionState.STOPPED, ConnectionState.REPLACED):
            raise ChannelDown("bot_stopped", self.trouble)
        if transport is None:
            raise LineDown("not_connected", STATE_WORDS[self.state], after=_LINE_PAUSE)
        with self._budget.spending(*filter(None, (conversation,))):
            ack = await transport.exchange(cmd, body, req_id or new_req_id())
        if ack.errcode in NOT_SUBSCRIBED:
            # Of a command, 853000 does not mean the secret either: this connection is the bot's no longer.
            self._condemn(transport)
            raise LineDown("not_subscribed", "本连接已不是机器人当前的连接", after=_LINE_PAUSE)
        if ack.errcode != OK:
            raise refusal(ack.errcode, ack.errmsg)
        return ack.body or {}

    def remember(self, conversation: str, sent: Iterable[datetime]) -> None:
        """Count what an earlier process said in a conversation."""
        self._budget.restore(conversation, sent)

    def _condemn(self, transport: Transport) -> None:
        """This connection is good for nothing: not ready from now on, and another one is opened."""
        if self._transport is transport:
            self._transport, self.state, self.trouble = None, ConnectionState.WAITING, "not_subscribed"
        transport.condemned.set()

    def may_reply(self, req_id: str) -> bool:
        """True while a press or a first visit that came over this connection may still be answered."""
        return self._reply_until.get(req_id, 0.0) > asyncio.get_running_loop().time()

    async def _keep_connected(
        self, session: aiohttp.ClientSession, queue: KeyedQueue[AibotFrame], alarm: OnAlarm
    ) -> None:
        while True:
            lost, stop = await self._attempt(session, queue, alarm)
            if stop is not None:
                self.state, self.trouble = ConnectionState.STOPPED, stop.words
                log.error("long connection stopped", extra={"action": "bot_stopped", "code": stop.code})
                await alarm(stop.code, stop.words)
                return
            if lost.kicked and self._has_rival():
                await self._yield(alarm)
                continue
            self.state, self.trouble = ConnectionState.WAITING, lost.reason
            self._failures += 1
            log.warning("long connection lost", extra={"action": "bot_lost", "reason": lost.reason})
            if self._failures == self._timing.alarm_after:
                await alarm("bot_offline", f"群机器人长连接连续 {self._failures} 次未能保持：{lost.reason}")
            await asyncio.sleep(max(lost.after, self._delay()))

    def _has_rival(self) -> bool:
        """Whether this `disconnected_event` follows soon on another: then somebody else wants the bot as well."""
        now = asyncio.get_running_loop().time()
        before, self._kicked_at = self._kicked_at, now
        return before is not None and now - before < self._timing.rival_within + self._timing.kicked_pause

    async def _yield(self, alarm: OnAlarm) -> None:
        """Leave the bot to the rival, say so, and look again when the pause is over."""
        self.state, self.trouble, self._kicked_at = ConnectionState.REPLACED, _REPLACED, None
        log.error("long connection replaced", extra={"action": "bot_replaced"})
        await alarm("bot_replaced", _REPLACED)
        await asyncio.sleep(self._timing.rival_pause)

    async def _attempt(
        self, session: aiohttp.ClientSession, queue: KeyedQueue[AibotFrame], alarm: OnAlarm
    ) -> tuple[_Lost, _Stop | None]:
        """One connection from opening to its end: why it was lost, or why it must stop."""
        lost, stop = _Lost("closed"), None
        try:
            await self._hold(session, queue, alarm)
        except* _Stop as stops:
            stop = next(error for error in _leaves(stops) if isinstance(error, _Stop))
        except* _Lost as losses:
            found = [error for error in _leaves(losses) if isinstance(error, _Lost)]
            lost = next((error for error in found if error.kicked), found[0])
        except* (aiohttp.ClientError, TimeoutError, OSError) as faults:
            lost = _Lost(type(_leaves(faults)[0]).__name__)
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            # A task group that fails in the same moment swallows the cancellation (Python before 3.13).
            raise asyncio.CancelledError
        return lost, stop

    async def _hold(self, session: aiohttp.ClientSession, queue: KeyedQueue[AibotFrame], alarm: OnAlarm) -> None:
        self.state = ConnectionState.CONNECTING
        async with asyncio.timeout(self._timing.connect_within):
            socket = await session.ws_connect(self._url, timeout=aiohttp.ClientWSTimeout(ws_close=2.0))
        transport = Transport(socket, self._timing.ack_within)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._listen(transport, queue, alarm))
                group.create_task(_until_condemned(transport))
                await self._subscribe(transport)
                self._transport, self.state, self.trouble = transport, ConnectionState.READY, ""
                log.info("long connection ready", extra={"action": "bot_ready"})
                await self._beat(transport)
        finally:
            self._transport = None
            transport.drop()
            with suppress(aiohttp.ClientError, OSError):
                await socket.close()

    async def _subscribe(self, transport: Transport) -> None:
        body = {"bot_id": self._bot_id, "secret": self._secret}
        try:
            ack = await transport.exchange("aibot_subscribe", body, new_req_id())
        except LostAnswer as error:
            raise _Lost(f"subscribe {error.code}") from None
        if ack.errcode == OK:
            return
        refused = refusal(ack.errcode, ack.errmsg)
        if ack.errcode in BAD_SECRET or isinstance(refused, Misconfigured):
            raise _Stop(refused.code, refused.detail)
        raise _Lost(f"subscribe {refused.code}", after=refused.after if isinstance(refused, TryLater) else 0.0)

    async def _beat(self, transport: Transport) -> None:
        missed = 0
        while True:
            await asyncio.sleep(self._timing.ping_every)
            try:
                await transport.exchange("ping", None, new_req_id())
            except LostAnswer:
                missed += 1
                if missed >= self._timing.misses_allowed:
                    raise _Lost("heartbeat") from None
            else:
                missed = self._failures = 0

    async def _listen(self, transport: Transport, queue: KeyedQueue[AibotFrame], alarm: OnAlarm) -> None:
        overflowing = False
        async for frame in transport.frames():
            kind = frames.event_type(frame)
            if kind == frames.KICKED:
                raise _Lost("disconnected_event", self._timing.kicked_pause, kicked=True)
            if kind in (frames.CARD_EVENT, frames.ENTER_EVENT):
                self._open_reply_window(frame.headers.req_id)
            taken = queue.put(frames.conversation(frame), frame)
            if not taken and not overflowing:
                await alarm("incoming_overflow", "群消息积压过多，正在丢弃新消息")
            overflowing = not taken
        raise _Lost("closed")

    def _open_reply_window(self, req_id: str) -> None:
        now = asyncio.get_running_loop().time()
        self._reply_until = {known: until for known, until in self._reply_until.items() if until > now}
        self._reply_until[req_id] = now + self._timing.reply_window

    def _delay(self) -> float:
        return delay(self._failures, self._timing.backoff_first, self._timing.backoff_cap)


async def _until_condemned(transport: Transport) -> None:
    await transport.condemned.wait()
    raise _Lost("not_subscribed")


def _leaves(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    """The single exceptions inside nested groups."""
    found: list[BaseException] = []
    for error in group.exceptions:
        found.extend(_leaves(error) if isinstance(error, BaseExceptionGroup) else [error])
    return found
