"""The gate before the HTTP door: how many may stand in it, how long they may say nothing, how slowly they may speak.

aiohttp waits for ever for the first request of a connection. Here a connection that is in no request is closed after
`IDLE_SECONDS`, a body must be there within `BODY_SECONDS`, and when all places are taken the longest idle connection
gives way: whoever only holds connections open cannot keep a callback out.
"""

from __future__ import annotations

import asyncio
import logging
import resource
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

log = logging.getLogger(__name__)

#: A connection without a complete request, in seconds: its first head, and between two requests.
IDLE_SECONDS = 30.0
#: The whole body of a request, in seconds: 256 KB.
BODY_SECONDS = 30.0
#: What is left of an unread body is thrown away for this long, in seconds, so that the client can read its answer.
LINGER_SECONDS = 2.0
#: Descriptors that are not for clients: database, files, platforms (64), and what is accepted in one go (128).
RESERVED = 192
#: No office needs more, whatever the system allows.
MOST = 1000
LEAST = 32
#: Descriptors this process asks for where the system grants them; a service manager's soft limit is often 1024.
WANTED_DESCRIPTORS = 4096
#: The same fault of the listening socket is written once in this many seconds.
QUIET_SECONDS = 60.0

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def places() -> int:
    """How many connections this process may hold, by its limit of descriptors (raised as far as it may be)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, WANTED_DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return MOST if soft == resource.RLIM_INFINITY else max(LEAST, min(MOST, soft - RESERVED))


class Gate:
    """All connections of one server. `server` makes aiohttp's protocol for each of them."""

    def __init__(self, server: Callable[[], Any], most: int, idle_seconds: float = IDLE_SECONDS) -> None:
        self._server = server
        self._most = most
        self._idle_seconds = idle_seconds
        self._loop = asyncio.get_running_loop()
        #: Connections in no request, the longest idle first, with the moment they became so.
        self._idle: dict[asyncio.BaseTransport, float] = {}
        self._busy: set[asyncio.BaseTransport] = set()
        self._sweeper: asyncio.TimerHandle | None = None
        self._turned_away = Rarely("connections give way: all places are taken", "connections_full")

    def protocol(self) -> _Watched:
        """The protocol of one new connection."""
        return _Watched(self, self._server())

    def entered(self, transport: asyncio.Transport) -> bool:
        """Whether a new connection has a place: a free one, or that of the longest idle."""
        if len(self._idle) + len(self._busy) >= self._most:
            self._turned_away()
            if not self._idle:
                return False
            self._let_go(next(iter(self._idle)))
        self._rest(transport)
        return True

    def left(self, transport: asyncio.BaseTransport) -> None:
        """A connection is gone."""
        self._idle.pop(transport, None)
        self._busy.discard(transport)

    async def serve(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Handle one request; while it lasts its connection is not idle."""
        transport = request.transport
        if transport is None or transport not in self._idle:
            return await handler(request)
        del self._idle[transport]
        self._busy.add(transport)
        try:
            return await handler(request)
        finally:
            if transport in self._busy:
                self._busy.discard(transport)
                self._rest(transport)

    def close(self) -> None:
        """Stop looking after connections; the server closes them itself."""
        if self._sweeper is not None:
            self._sweeper.cancel()

    def _rest(self, transport: asyncio.BaseTransport) -> None:
        self._idle[transport] = self._loop.time()
        if self._sweeper is None:
            self._sweeper = self._loop.call_later(self._idle_seconds, self._sweep)

    def _sweep(self) -> None:
        self._sweeper = None
        now = self._loop.time()
        for transport, since in list(self._idle.items()):
            if now - since < self._idle_seconds:
                self._sweeper = self._loop.call_later(since + self._idle_seconds - now, self._sweep)
                return
            self._let_go(transport)

    def _let_go(self, transport: asyncio.BaseTransport) -> None:
        self._idle.pop(transport, None)
        if isinstance(transport, asyncio.Transport):
            transport.abort()


class _Watched(asyncio.Protocol):
    """One connection: aiohttp's protocol, with the gate told of its coming and going."""

    def __init__(self, gate: Gate, inner: Any) -> None:
        self._gate = gate
        self._inner = inner
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport) and self._gate.entered(transport):
            self._transport = transport
            self._inner.connection_made(transport)
        elif isinstance(transport, asyncio.Transport):
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._transport is not None:
            self._gate.left(self._transport)
            self._inner.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._transport is not None:
            self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        answer: bool | None = self._inner.eof_received() if self._transport is not None else None
        return answer

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()


class GuardedSite(web.BaseSite):
    """A TCP address behind a gate."""

    def __init__(self, runner: web.BaseRunner, gate: Gate, host: str, port: int) -> None:
        super().__init__(runner)
        self._gate, self._host, self._port = gate, host, port

    @property
    def name(self) -> str:
        """The address, for people."""
        return f"http://{self._host}:{self._port}"

    async def start(self) -> None:
        """Bind the socket and begin to accept connections."""
        await super().start()
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._gate.protocol, self._host, self._port, backlog=128)

    async def stop(self) -> None:
        """Close the socket; open connections go on."""
        self._gate.close()
        await super().stop()


GATE: web.AppKey[list[Gate]] = web.AppKey("gate", list)


async def listen(app: web.Application, host: str, port: int) -> web.AppRunner:
    """Serve an application of `create_app` behind a gate. Raises OSError when the address is taken."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=10, lingering_time=LINGER_SECONDS)
    await runner.setup()
    if runner.server is None:
        raise RuntimeError("the application did not start")
    gate = Gate(runner.server, places())
    app[GATE].append(gate)
    quiet_accepts(asyncio.get_running_loop())
    await GuardedSite(runner, gate, host, port).start()
    return runner


@web.middleware
async def through_the_gate(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The connection of a request is not idle while the request lasts."""
    gates = request.app[GATE]
    return await (gates[0].serve(request, handler) if gates else handler(request))


class Rarely:
    """One line of log in `QUIET_SECONDS`, with how often it would have been written since the last."""

    def __init__(self, message: str, action: str, seconds: float = QUIET_SECONDS) -> None:
        self._message, self._action, self._seconds = message, action, seconds
        self._count = 0
        self._last: float | None = None

    def __call__(self, **more: object) -> None:
        """Count one more, and say so if it is time."""
        now = asyncio.get_running_loop().time()
        self._count += 1
        if self._last is None or now - self._last >= self._seconds:
            log.error(self._message, extra={"action": self._action, "count": self._count, **more})
            self._last, self._count = now, 0


def quiet_accepts(loop: asyncio.AbstractEventLoop) -> None:
    """A listening socket that can accept nobody tries again every second, and asyncio writes a trace each time."""
    rarely = Rarely("no connection can be accepted: too many open files", "accept_failed")

    def handle(loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
        if str(context.get("message", "")).startswith("socket.accept()"):
            rarely(error=type(context.get("exception")).__name__)
        else:
            loop.default_exception_handler(dict(context))

    loop.set_exception_handler(handle)
