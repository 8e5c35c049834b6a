"""The practice city inside the measuring process, on real sockets, and the environment of a bot that serves it."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from operations.practice import bot_environment, free_port
from sandbox.city.credentials import credentials_of
from sandbox.city.people import load
from sandbox.city.world import WORLD, World
from sandbox.server import create_app
from sandbox.wecom.aibot import Hub


@dataclass(frozen=True, slots=True)
class Town:
    """A running city and the settings of its bot, which is not running yet."""

    world: World
    env: dict[str, str]
    bot_port: int

    @property
    def database_url(self) -> str:
        """Where the bot keeps its cases."""
        return self.env["YOUSU_DATABASE_URL"]

    @property
    def data_key(self) -> bytes:
        """Return the bot's data key."""
        return base64.b64decode(self.env["YOUSU_DATA_KEY"])

    async def connected(self) -> None:
        """Wait until the bot holds its line and has been told the time."""
        async with asyncio.timeout(30):
            while not (self.world.part(Hub).connected and self.world.bot_clock):  # noqa: ASYNC110 - another program's state
                await asyncio.sleep(0.02)


@asynccontextmanager
async def town(folder: Path) -> AsyncIterator[Town]:
    """A city on a port of its own; the bot's files go to `folder`, which exists. The tick keeps its usual pace."""
    port = free_port()
    app = create_app(load(), bot_url=f"http://127.0.0.1:{port}")
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        env = bot_environment(credentials_of(app[WORLD], base)["env"], folder, port)
        # Bytecode is cached as on any installation, whatever the surroundings of the measurement say.
        yield Town(app[WORLD], {**env, "YOUSU_TICK_SECONDS": "15", "PYTHONDONTWRITEBYTECODE": ""}, port)
    finally:
        await runner.cleanup()
