"""The long connection: open, hold, rotate, reconnect for ever; stop when the credentials are refused.

Source: developerpedia learn/stream/protocol. A ticket is good for one connection. DingTalk replaces connections from
time to time: it sends `disconnect`, delivers nothing more, and drops the socket after ten seconds; the new one is
opened before the old one is closed, so that no acknowledgement is lost. Of several connections of one client id each
push goes to a random one, so exactly one process may hold it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import quote_plus

import aiohttp
from yarl import URL

from platforms.contract import Misconfigured, PlatformError
from platforms.dingtalk.alarm_buffer import AlarmBuffer
from platforms.dingtalk.client import RestClient, is_bad_secret
from platforms.dingtalk.frames import SUBSCRIPTIONS, StreamFrame
from platforms.dingtalk.timing import Timing
from platforms.dingtalk.websocket import DingTalkSocket, PendingAck
from platforms.shared.connection_state import ConnectionState, delay

log = logging.getLogger(__name__)

AGENT = "yousu/1.0"
MAX_MESSAGE = 8 * 1024 * 1024

Take = Callable[[StreamFrame, PendingAck], None]


class _Held:
    """A line and its reader. `leaving` is set when DingTalk asks for another connection, `over` at its end."""

    def __init__(self, line: DingTalkSocket, since: float) -> None:
        self.line = line
        self.since = since
        self.leaving = asyncio.Event()
        self.over = asyncio.Event()
        self.reason = "closed"

    async def until_replaced(self) -> None:
        """Wait until another connection is needed."""
        async with asyncio.TaskGroup() as group:
            waits = [group.create_task(event.wait()) for event in (self.leaving, self.over)]
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for wait in waits:
                wait.cancel()


class Stream:
    """One application's long connection. `run` holds it until cancelled or stopped."""

    def __init__(self, client: RestClient, alarms: AlarmBuffer, timing: Timing) -> None:
        self._client = client
        self._alarms = alarms
        self._timing = timing
        self._failures = 0
        self._denied_for = 0.0
        self.state = ConnectionState.IDLE
        self.trouble = ""

    async def run(self, take: Take) -> None:
        """Hold the connection. Frames go to `take`, which must return at once.

        Ends with the alarm of the platform's code when the credentials are refused. What an administrator can put
        right in the console (a refused address, a missing permission) rings once and is tried again every five
        minutes; `stream_offline` rings after five failures in a row.
        """
        self._failures = 0
        try:
            async with asyncio.TaskGroup() as readers, aiohttp.ClientSession() as session:
                try:
                    await self._keep_connected(session, readers, take)
                except Misconfigured as error:
                    await self.stop(error)
        finally:
            if self.state is not ConnectionState.STOPPED:
                self.state = ConnectionState.IDLE

    async def stop(self, error: PlatformError) -> None:
        """Give up for good: repeating refused credentials would only get the address banned."""
        self.state, self.trouble = ConnectionState.STOPPED, error.detail
        log.error("stream stopped", extra={"action": "stream_stopped", "code": error.code})
        await self._alarms.ring(error.code, error.detail)

    async def _keep_connected(self, session: aiohttp.ClientSession, readers: asyncio.TaskGroup, take: Take) -> None:
        old: _Held | None = None
        while True:
            held = await self._attempt(session)
            if held is None:
                await asyncio.sleep(max(self._denied_for, self._delay()))
                continue
            readers.create_task(self._read(held, take))
            if old is not None:
                readers.create_task(self._retire(old))
            old = held
            await held.until_replaced()
            if asyncio.get_running_loop().time() - held.since >= self._timing.healthy_after:
                self._failures = 0
            if held.leaving.is_set():
                log.info("stream rotates", extra={"action": "stream_rotates"})
                await self._mind_the_haste(held)
                continue
            old = None
            await self._lost(held.reason)
            await asyncio.sleep(self._delay())

    async def _attempt(self, session: aiohttp.ClientSession) -> _Held | None:
        """One opening: a line, or None after a passing fault. Raises `Misconfigured` on refused credentials."""
        self.state = ConnectionState.CONNECTING
        self._denied_for = 0.0
        try:
            endpoint, ticket = await self._client.open_gateway(SUBSCRIPTIONS, AGENT)
            url = URL(f"{endpoint}?ticket={quote_plus(ticket)}", encoded=True)
            async with asyncio.timeout(self._timing.connect * 2):
                socket = await session.ws_connect(
                    url,
                    heartbeat=self._timing.heartbeat,
                    max_msg_size=MAX_MESSAGE,
                    timeout=aiohttp.ClientWSTimeout(ws_close=1.0),
                )
        except Misconfigured as error:
            if is_bad_secret(error):
                raise
            await self._alarms.ring_once(error.code, error.detail)
            await self._lost(error.code)
            self._denied_for = self._timing.denied
            return None
        except PlatformError as error:
            await self._lost(error.code)
            return None
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            # The error's own words hold the ticket.
            await self._lost(type(error).__name__)
            return None
        self.state, self.trouble = ConnectionState.READY, ""
        log.info("stream ready", extra={"action": "stream_ready"})
        return _Held(DingTalkSocket(socket, self._timing.idle), asyncio.get_running_loop().time())

    async def _read(self, held: _Held, take: Take) -> None:
        try:
            async for frame in held.line.frames():
                if frame.type == "SYSTEM":
                    await self._system(held, frame)
                elif frame.type in ("CALLBACK", "EVENT"):
                    take(frame, PendingAck(held.line, frame))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            held.reason = type(error).__name__
        finally:
            held.over.set()
            await held.line.close()

    async def _system(self, held: _Held, frame: StreamFrame) -> None:
        """A ping is echoed, `disconnect` needs no acknowledgement; other topics are tolerated."""
        if frame.headers.topic == "ping":
            await held.line.acknowledge(frame, 200, frame.data)
        elif frame.headers.topic == "disconnect":
            held.leaving.set()

    async def _retire(self, held: _Held) -> None:
        """Close a replaced line when it owes nothing more, after ten seconds in any case."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._timing.drain):
                while held.line.owed and not held.over.is_set():  # noqa: ASYNC110 - a handful of short waits
                    await asyncio.sleep(0.05)
        await held.line.close()

    async def _mind_the_haste(self, held: _Held) -> None:
        """A server that turns every new connection away at once is not run against in a circle."""
        if asyncio.get_running_loop().time() - held.since < self._timing.backoff_first:
            self._failures += 1
            await asyncio.sleep(self._delay())

    async def _lost(self, reason: str) -> None:
        self.state, self.trouble = ConnectionState.WAITING, reason
        self._failures += 1
        log.warning("stream lost", extra={"action": "stream_lost", "reason": reason})
        if self._failures == self._timing.alarm_after:
            await self._alarms.ring("stream_offline", f"钉钉长连接连续 {self._failures} 次未能保持：{reason}")

    def _delay(self) -> float:
        return delay(self._failures, self._timing.backoff_first, self._timing.backoff_cap)
