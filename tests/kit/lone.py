"""One `yousu serve` without any platform, a process of its own on the machine's clock, and the hotline that pushes."""

from __future__ import annotations

import json
import os
import secrets
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from operations.practice import free_port, process
from operations.running import now
from tests.acceptance.deployment import Child, done, until
from tests.kit.town import COMPLAINT, DATA_KEY, ORG, signature

SECRET = "a-secret-of-the-hotline"


@dataclass
class Lone:
    """The bot, the environment it and every command beside it have, and the numbers it answered 201 for."""

    env: dict[str, str]
    folder: Path
    session: aiohttp.ClientSession
    accepted: list[str] = field(default_factory=list)
    bot: Child | None = None
    _starts: int = 0

    @property
    def url(self) -> str:
        """Where the bot answers."""
        return f"http://127.0.0.1:{self.env['YOUSU_HTTP_PORT']}"

    @property
    def log(self) -> str:
        """What the bot has logged since its last start."""
        return (self.folder / f"lone{self._starts}.log").read_text(encoding="utf-8")

    @asynccontextmanager
    async def serving(self, *command: str) -> AsyncIterator[None]:
        """A bot that serves until the block ends (or is killed in it); `command` runs instead of `yousu serve`."""
        self._starts += 1
        started = command or ("-m", "cli", "serve")
        async with process(*started, env=self.env, log=self.folder / f"lone{self._starts}.log") as self.bot:
            await until(self._alive, f"the bot did not start: {self.log}", most=60)
            yield

    async def _alive(self) -> bool:
        try:
            async with self.session.get(f"{self.url}/healthz") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    async def kill(self) -> None:
        """SIGKILL."""
        assert self.bot is not None
        self.bot.send_signal(signal.SIGKILL)
        await self.bot.wait()

    async def ready(self) -> tuple[int, Any]:
        """What `/readyz` says, and the status."""
        async with self.session.get(f"{self.url}/readyz") as answer:
            return answer.status, await answer.json()

    async def push(self, **fields: str) -> tuple[int, Any, dict[str, str]]:
        """The hotline pushes a complaint under a new external number; status, body, headers. A 201 is remembered."""
        number = secrets.token_hex(6)
        body = json.dumps({**COMPLAINT, "external_no": number, **fields}, ensure_ascii=False).encode()
        stamp, nonce = str(int(now().timestamp())), secrets.token_hex(8)
        headers = {
            "Content-Type": "application/json",
            "X-Yousu-Key": "hotline",
            "X-Yousu-Timestamp": stamp,
            "X-Yousu-Nonce": nonce,
            "X-Yousu-Signature": signature(SECRET, stamp, nonce, body),
        }
        async with self.session.post(f"{self.url}/api/v1/complaints", data=body, headers=headers) as answer:
            told = await answer.json(content_type=None)
            if answer.status == 201:
                self.accepted.append(told["case_no"])
            return answer.status, told, dict(answer.headers)

    def open_files(self) -> list[str]:
        """What the bot's descriptors point at, the deleted ones marked by the kernel."""
        assert self.bot is not None
        folder = Path(f"/proc/{self.bot.pid}/fd")
        return [os.readlink(link) for link in folder.iterdir()]


@asynccontextmanager
async def lone(folder: Path, url: str, **more: str) -> AsyncIterator[Lone]:
    """A deployment of one machine whose directory is imported into the database `url`; no bot runs yet."""
    env = {
        "PATH": os.environ["PATH"],
        "YOUSU_DATABASE_URL": url,
        "YOUSU_DATA_KEY": DATA_KEY,
        "YOUSU_HTTP_PORT": str(free_port()),
        "YOUSU_INTAKE_KEYS": f"hotline:{SECRET}",
        "YOUSU_TICK_SECONDS": "1",
        **more,
    }
    await done("org", "import", str(ORG), env=env)
    async with aiohttp.ClientSession() as session:
        yield Lone(env, folder, session)


__all__ = ["Lone", "lone"]
