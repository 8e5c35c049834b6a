"""Take a real process away: killed, stopped, cut off from its database; and a PostgreSQL that can be restarted.

`Cut` is a small TCP proxy: the process reaches its server through it, and while it is closed not a byte passes either
way and no connection is ended, as when a cable is pulled.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree
from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg

from tests.kit.database import FAST, find_binaries, run_apart, unprivileged_user

Child = asyncio.subprocess.Process
START_SECONDS = 30.0


async def kill(child: Child) -> None:
    """SIGKILL, and wait until it is gone."""
    child.send_signal(signal.SIGKILL)
    await child.wait()


def stop(child: Child) -> None:
    """SIGSTOP: it hangs, its sockets stay open."""
    child.send_signal(signal.SIGSTOP)


def wake(child: Child) -> None:
    """SIGCONT: it goes on as if no time had passed."""
    child.send_signal(signal.SIGCONT)


async def timed(what: Awaitable[object]) -> float:
    """How many seconds it took."""
    began = time.monotonic()
    await what
    return time.monotonic() - began


@dataclass
class Cut:
    """A way to a server that can be cut. `url(dsn)` is the DSN through it."""

    dial: Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]
    port: int = 0
    _open: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def cut(self) -> None:
        """Let nothing pass; nobody is told."""
        self._open.clear()

    def mend(self) -> None:
        """Let everything pass again, what was held back first."""
        self._open.set()

    def url(self, dsn: str) -> str:
        """The same database, reached this way."""
        return f"postgres://postgres@127.0.0.1:{self.port}/{urlsplit(dsn).path.lstrip('/')}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, both ways."""
        await self._open.wait()
        try:
            there, back = await self.dial()
        except OSError:
            writer.close()
            return
        pipes = [self._pipe(reader, back), self._pipe(there, writer)]
        self._tasks |= {asyncio.ensure_future(pipe) for pipe in pipes}

    async def _pipe(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                await self._open.wait()
                sink.write(data)
                await sink.drain()
            await self._open.wait()
        sink.close()

    async def close(self) -> None:
        """End every connection."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@contextlib.asynccontextmanager
async def cuttable(dsn: str) -> AsyncIterator[Cut]:
    """A way to the server of this DSN (on a unix socket or a port) that can be cut."""
    parts = urlsplit(dsn)
    folder = parse_qs(parts.query).get("host", [""])[0]

    async def dial() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if folder.startswith("/"):
            return await asyncio.open_unix_connection(f"{folder}/.s.PGSQL.{parts.port or 5432}")
        return await asyncio.open_connection(folder or parts.hostname, parts.port or 5432)

    way = Cut(dial)
    server = await asyncio.start_server(way.serve, "127.0.0.1", 0)
    way.port = server.sockets[0].getsockname()[1]
    way.mend()
    try:
        yield way
    finally:
        server.close()
        await way.close()


@dataclass
class OwnPostgres:
    """A PostgreSQL on a port of its own that may be stopped and started again; its disk is honest (fsync on)."""

    home: Path
    port: int
    _process: subprocess.Popen[bytes] | None = None

    @property
    def admin(self) -> str:
        """The DSN of a database that exists."""
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it and wait until it answers."""
        who = unprivileged_user()
        identity: Any = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []} if who else {}
        quick = [option for option in FAST if not re.match("fsync|full_page|synchronous", option)]
        options = [part for option in quick for part in ("-c", option)]
        with (self.home / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [find_binaries() / "postgres", "-D", self.home / "data", "-k", self.home, "-h", "127.0.0.1",
                 "-p", str(self.port), *options],
                stdout=log, stderr=log, cwd=self.home, env={"PATH": os.environ["PATH"], "LC_ALL": "C"}, **identity,
            )  # fmt: skip

        async def ask() -> None:
            await (await asyncpg.connect(self.admin, timeout=2)).close()

        give_up = time.monotonic() + START_SECONDS
        while True:
            try:
                return run_apart(ask())
            except (OSError, asyncpg.PostgresError):
                if time.monotonic() > give_up:
                    raise
                time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT is PostgreSQL's "fast" (sessions are ended), SIGQUIT its "immediate" (as a crash)."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(START_SECONDS)
            self._process = None


@contextlib.contextmanager
def own_postgres() -> Iterator[OwnPostgres]:
    """A server that a test may restart."""
    home = Path(tempfile.mkdtemp(prefix="yousu-pgr-", dir="/tmp"))
    who = unprivileged_user()
    try:
        if who:
            os.chown(home, who.pw_uid, who.pw_gid)
        identity: Any = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []} if who else {}
        subprocess.run(
            [find_binaries() / "initdb", "-D", home / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8",
             "--locale=C", "--no-sync"],
            check=True, capture_output=True, cwd=home, env={"PATH": os.environ["PATH"], "LC_ALL": "C"}, **identity,
        )  # fmt: skip
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        server = OwnPostgres(home, port)
        server.start()
        yield server
    finally:
        with contextlib.suppress(UnboundLocalError):
            server.stop(signal.SIGQUIT)
        rmtree(home, ignore_errors=True)
