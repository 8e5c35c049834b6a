"""A deployment that can be hurt: the practice city in this process, the bot in another, a database that restarts."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import select
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
from aiohttp import web

from models.urls import sqlite_path
from operations.practice import ROOT, bot_environment, free_port, is_connected
from sandbox.city import acts
from sandbox.city.credentials import credentials_of, org_csv
from sandbox.city.state import state_of
from sandbox.city.timemachine import TimeMachine
from sandbox.city.world import WORLD, World
from sandbox.server import create_app
from sandbox.wecom.aibot import Hub

PATIENCE = 60.0
MANAGER = "zhaogang"
#: A Monday, just opened.
START = "2026-11-23T09:00:00+08:00"
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
#: What happens at a call of the city's API: (path, whether it was answered already).
Watch = Callable[[str, bool], None]


class Gone(Exception):
    """The bot ended by itself; the text is the end of its log."""


async def until(
    holds: Callable[[], Any], what: str | Callable[[], str], most: float = PATIENCE, every: float = 0.01
) -> Any:
    """Ask until the answer is true. Raises AssertionError when it never is."""
    loop = asyncio.get_running_loop()
    give_up = loop.time() + most
    while loop.time() < give_up:
        answer = holds()
        if isinstance(answer, Awaitable):
            answer = await answer
        if answer:
            return answer
        await asyncio.sleep(every)
    raise AssertionError(what if isinstance(what, str) else what())


class Nursery:
    """The process that forks our commands."""

    def __init__(self, child: asyncio.subprocess.Process) -> None:
        self._child = child
        self._turn = asyncio.Lock()

    async def _ask(self, order: dict[str, Any]) -> dict[str, Any]:
        async with self._turn:
            assert self._child.stdin is not None
            assert self._child.stdout is not None
            self._child.stdin.write(json.dumps(order).encode() + b"\n")
            line = await self._child.stdout.readline()
            assert line, "the nursery has ended"
            answer: dict[str, Any] = json.loads(line)
            return answer

    async def start(self, *args: str, env: dict[str, str], log: Path) -> Child:
        """Start one `yousu` command."""
        order = {"args": args, "env": {"PATH": os.environ["PATH"], **env}, "log": str(log)}
        pid = (await self._ask(order))["pid"]
        return Child(self, pid, os.pidfd_open(pid), log)

    async def status(self, pid: int) -> int:
        """The exit status of a child that has ended."""
        return int((await self._ask({"ended": pid}))["status"])


@dataclass
class Child:
    """One running command."""

    nursery: Nursery
    pid: int
    handle: int
    log: Path
    status: int | None = None

    def send(self, number: int) -> None:
        """Send a signal at this very moment; harmless when it has ended."""
        with contextlib.suppress(ProcessLookupError):
            if self.status is not None:
                return
            signal.pidfd_send_signal(self.handle, number)

    @property
    def ended(self) -> bool:
        """Whether it has ended."""
        return self.status is not None or bool(select.select([self.handle], [], [], 0)[0])

    async def wait(self) -> int:
        """Wait for the end; the exit status, negative for a signal."""
        if self.status is None:
            loop = asyncio.get_running_loop()
            over = loop.create_future()
            loop.add_reader(self.handle, lambda: over.done() or over.set_result(None))
            try:
                await over
            finally:
                loop.remove_reader(self.handle)
            self.status = await self.nursery.status(self.pid)
            os.close(self.handle)
        return self.status

    def said(self) -> str:
        """The end of its log."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-3000:] if self.log.exists() else ""


@dataclass
class Place:
    """The city, the bot's environment, and the one bot that runs."""

    world: World
    env: dict[str, str]
    folder: Path
    nursery: Nursery
    session: aiohttp.ClientSession
    watches: list[Watch] = field(default_factory=list)
    bot: Child | None = None
    starts: int = 0
    port: int = 0
    #: City time at which the queues had come to rest.
    settled_at: datetime = NEVER

    @property
    def url(self) -> str:
        """The database's address."""
        return self.env["YOUSU_DATABASE_URL"]

    @property
    def file(self) -> Path | None:
        """The database's file; None on PostgreSQL."""
        path = sqlite_path(self.url)
        return Path(path) if path else None

    async def start(self) -> None:
        """Start the bot and wait until it answers and holds its lines. Raises Gone when it ends instead."""
        self.starts += 1
        self.bot = await self.nursery.start("serve", env=self.env, log=self.folder / "bot.log")
        await until(self._alive, self.bot.said)
        await until(self._online, self.bot.said)

    async def _alive(self) -> bool:
        assert self.bot is not None
        if self.bot.ended:
            raise Gone(self.bot.said())
        try:
            async with self.session.get(f"http://127.0.0.1:{self.port}/healthz") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    def _online(self) -> bool:
        if self.bot is None or self.bot.ended:
            raise Gone(self.bot.said() if self.bot else "")
        return is_connected(state_of(self.world)) and "now" in self.world.bot_clock

    def kill(self) -> None:
        """SIGKILL at this very moment."""
        if self.bot is not None:
            self.bot.send(signal.SIGKILL)

    async def bot_ended(self) -> None:
        """Wait until the process is gone."""
        assert self.bot is not None
        await self.bot.wait()

    async def buried(self) -> None:
        """Wait until the bot is gone and the city has noticed."""
        assert self.bot is not None
        await self.bot.wait()
        self.world.bot_clock = {}
        await until(lambda: not self.world.part(Hub).connected, "the city still holds the dead bot's line")

    async def stop(self) -> int:
        """SIGTERM, as an operator stops it; the exit status."""
        assert self.bot is not None
        self.bot.send(signal.SIGTERM)
        status = await asyncio.wait_for(self.bot.wait(), PATIENCE)
        self.world.bot_clock = {}
        return status

    async def yousu(self, *arguments: str, name: str = "tool") -> tuple[int, str]:
        """One command beside the server: status and everything it printed."""
        log = self.folder / f"{name}.log"
        log.unlink(missing_ok=True)
        child = await self.nursery.start(*arguments, env=self.env, log=log)
        return await child.wait(), log.read_text(encoding="utf-8", errors="replace")

    async def say(self, user: str, chat: str, text: str) -> dict[str, Any]:
        """Somebody writes; `ok` and `delivered` tell whether the bot took it."""
        return await acts.say(self.world, user, chat, text)

    async def turn(self, minutes: float) -> None:
        """Turn the city's clock and take the bot along."""
        await self.world.part(TimeMachine).turn(self.world.clock.now() + timedelta(minutes=minutes))

    async def quiet(self, seconds: float = 0.15, most: float = 10.0) -> None:
        """Wait until the bot has been silent for a moment, as far as that ever comes."""
        with contextlib.suppress(AssertionError):
            await until(lambda: self.world.traffic.quiet_for() >= seconds, "", most)

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Read the database from outside, beside the bot."""
        if self.file is not None:
            with closing(sqlite3.connect(self.file, timeout=30)) as connection:
                return connection.execute(sql).fetchall()
        connection = await asyncpg.connect(self.url)
        try:
            return [tuple(row) for row in await connection.fetch(sql)]
        finally:
            await connection.close()


@asynccontextmanager
async def nursery(folder: Path) -> AsyncIterator[Nursery]:
    """The process that forks our commands."""
    with (folder / "nursery.log").open("ab") as errors:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.faults.nursery", cwd=ROOT, stderr=errors,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
    try:
        yield Nursery(child)
    finally:
        assert child.stdin is not None
        child.stdin.close()
        await child.wait()


@asynccontextmanager
async def place(folder: Path, url: str, *, platforms: str = "wecom", start: str = "") -> AsyncIterator[Place]:
    """A city on sockets and a bot that has its directory and its groups, running. `url` is an empty database."""
    port = free_port()
    watches: list[Watch] = []
    async with AsyncExitStack() as stack:
        app = create_app(bot_url=f"http://127.0.0.1:{port}", platforms=platforms)
        app.middlewares.append(_watched(watches))
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        world = app[WORLD]
        world.address = base
        env = bot_environment(credentials_of(world, base)["env"], folder, port)
        env |= {"YOUSU_DATABASE_URL": url, "YOUSU_TICK_SECONDS": "2"}
        hatch = await stack.enter_async_context(nursery(folder))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        here = Place(world, env, folder, hatch, session, watches, port=port)
        (folder / "org.csv").write_text(org_csv(world.city), encoding="utf-8")
        status, said = await here.yousu("org", "import", str(folder / "org.csv"))
        assert status == 0, said
        await here.start()
        stack.callback(here.kill)
        await _bind(here)
        yield here


def _watched(watches: list[Watch]) -> Any:
    @web.middleware
    async def middleware(request: web.Request, handler: Any) -> web.StreamResponse:
        for watch in list(watches):
            watch(request.path, False)
        response = await handler(request)
        for watch in list(watches):
            watch(request.path, True)
        return response

    return middleware


async def _bind(here: Place) -> None:
    """The manager calls the bot once in every department's group, as on the first day."""
    for group in here.world.city.groups.values():
        if group.department:
            mention = f"@{here.world.city.bot.name}"
            await here.say(MANAGER, group.chatid, f"{mention} /绑定 {group.department}")
            await here.quiet()
