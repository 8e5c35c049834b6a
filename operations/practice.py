"""Running the practice city and the bot side by side, as two processes that only know each other over the wire."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import secrets
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from operations.private_files import append_private, write_private

ROOT = Path(__file__).resolve().parent.parent
#: How long a process may take to say that it is ready, in seconds.
PATIENCE = 30.0
MENTION = "@有诉即办"
#: A city with departments on both platforms.
MIXED = "mixed"
#: The city counts as settled after so many milliseconds without a word of the bot.
QUIET_MS = 60


class PracticeError(RuntimeError):
    """The city or the bot did not do what it should; the text says which."""


class PracticeClient:
    """The practice city's control interface: say, press, push, turn the clock, read what was said."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url = url
        self._session = session

    async def call(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """One call of the control interface. Raises PracticeError when the city refuses."""
        method = "GET" if body is None else "POST"
        async with self._session.request(method, f"{self.url}{path}", json=body) as answer:
            said = await answer.json()
            if answer.status != 200:
                raise PracticeError(f"{path}: {said}")
            return said

    async def text(self, path: str) -> str:
        """A page of the city as it is. Raises PracticeError when the city refuses."""
        async with self._session.get(f"{self.url}{path}") as answer:
            if answer.status != 200:
                raise PracticeError(f"{path}: {answer.status}")
            return await answer.text()

    async def say(self, user: str, chat: str, text: str) -> None:
        """Say something; in a group the bot is called by name."""
        spoken = text if chat in ("app", "bot") else f"{MENTION} {text}"
        await self.call("/sandbox/say", {"user": user, "chat": chat, "text": spoken})
        await self.call("/sandbox/settle", {"quiet_ms": QUIET_MS})

    async def show(self, user: str, chat: str, text: str, photo: bytes) -> None:
        """Send a picture into a group with words beside it, to the bot."""
        media = [{"kind": "image", "name": "", "content": base64.b64encode(photo).decode()}]
        spoken = f"{MENTION} {text}"
        await self.call("/sandbox/send_file", {"user": user, "chat": chat, "text": spoken, "media": media})
        await self.call("/sandbox/settle", {"quiet_ms": QUIET_MS})

    async def press(self, user: str, message: str, key: str) -> Mapping[str, Any]:
        """Press a button and wait for the redraw."""
        done: Mapping[str, Any] = await self.call("/sandbox/press", {"user": user, "message_id": message, "key": key})
        await self.call("/sandbox/settle", {"quiet_ms": QUIET_MS})
        return done

    async def push(self, text: str) -> Mapping[str, Any]:
        """The hotline pushes a text over the signed interface."""
        pushed: Mapping[str, Any] = await self.call("/sandbox/push", {"text": text})
        await self.call("/sandbox/settle", {"quiet_ms": QUIET_MS})
        return pushed

    async def turn(self, to: str, *, stepwise: bool = False) -> None:
        """Turn the clock to a moment and let everything happen that it brings.

        `stepwise` stops at every morning and limit on the way, as real time would.
        """
        await self.call("/sandbox/clock", {"to": to, "stepwise": stepwise})
        await self.call("/sandbox/settle", {"quiet_ms": QUIET_MS})

    async def messages(self, **where: str) -> list[dict[str, Any]]:
        """The messages of a conversation, oldest first."""
        query = "&".join(f"{name}={value}" for name, value in where.items())
        found: list[dict[str, Any]] = (await self.call(f"/sandbox/messages?{query}"))["messages"]
        return found


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def process(*command: str, env: Mapping[str, str], log: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a process of this installation; it is asked to stop at the end and killed if it does not."""
    with append_private(log) as errors:
        child = await asyncio.create_subprocess_exec(
            sys.executable, *command, env={**os.environ, **env}, stdout=asyncio.subprocess.PIPE, stderr=errors, cwd=ROOT
        )
    try:
        yield child
    finally:
        if child.returncode is None:
            child.terminate()
            try:
                await asyncio.wait_for(child.wait(), 10)
            except TimeoutError:
                child.kill()
                await child.wait()


@asynccontextmanager
async def town(
    folder: Path, *, port: int = 0, start: str = "", tick_seconds: float = 1, platforms: str = MIXED
) -> AsyncIterator[tuple[PracticeClient, dict[str, str]]]:
    """The city and the bot, running: directory imported, groups bound. Yields the city and the bot's environment.

    `platforms` is the kind of city: wecom, dingtalk or mixed.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    bot_port = free_port()
    bot_url = f"http://127.0.0.1:{bot_port}"
    command = ["-m", "sandbox", "--port", str(port), "--bot-url", bot_url, "--platforms", platforms]
    command += ["--start", start] if start else []
    async with process(*command, env={}, log=folder / "city.log") as city_process, aiohttp.ClientSession() as session:
        city = PracticeClient(await _ready(city_process), session)
        env = bot_environment((await city.call("/sandbox/credentials"))["env"], folder, bot_port)
        env["YOUSU_TICK_SECONDS"] = str(tick_seconds)
        await import_people(city, folder, env)
        async with process("-m", "cli", "serve", env=env, log=folder / "bot.log"):
            await connected(city)
            await bind_groups(city)
            yield city, env


def bot_environment(credentials: Mapping[str, str], folder: Path, port: int) -> dict[str, str]:
    """The settings of a bot that serves the practice city from `folder`, with a key of its own."""
    key_file = folder / "practice.key"
    if not key_file.exists():
        write_private(key_file, base64.b64encode(secrets.token_bytes(32)).decode())
    return {
        **credentials,
        "YOUSU_DATABASE_URL": f"sqlite:///{(folder / 'yousu.sqlite3').resolve()}",
        "YOUSU_DATA_KEY": key_file.read_text(),
        "YOUSU_HTTP_PORT": str(port),
        "YOUSU_PRACTICE": "1",
    }


async def run_tool(*arguments: str, env: Mapping[str, str]) -> str:
    """Run one `yousu` command to its end and return what it printed. Raises PracticeError when it fails."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli", *arguments, env={**os.environ, **env}, cwd=ROOT,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await child.communicate()
    if child.returncode != 0:
        raise PracticeError(f"yousu {' '.join(arguments)}: {err.decode().strip()}")
    return out.decode()


async def _ready(child: asyncio.subprocess.Process) -> str:
    if child.stdout is None:
        raise PracticeError("the practice city has no output")
    line = await asyncio.wait_for(child.stdout.readline(), PATIENCE)
    if not line:
        raise PracticeError("the practice city did not start; see city.log")
    return str(json.loads(line)["url"])


async def import_people(city: PracticeClient, folder: Path, env: Mapping[str, str]) -> None:
    """Give the bot the city's directory, with everybody's accounts on the platforms they use."""
    file = folder.resolve() / "org.csv"
    write_private(file, await city.text("/sandbox/org"))
    await run_tool("org", "import", str(file), env=env)


#: The long connections a kind of city waits for.
LINES = {"wecom": ("aibot",), "dingtalk": ("dingtalk",), MIXED: ("aibot", "dingtalk")}


def is_connected(state: Mapping[str, Any]) -> bool:
    """Whether a bot holds every long connection of the city (over HTTP there is none to hold)."""
    lines = [state["connection"][line] for line in LINES[state["platforms"]]]
    return all(line["connected"] or line.get("mode") == "http" for line in lines)


async def connected(city: PracticeClient) -> None:
    """Wait until the bot holds its long connections."""
    for _ in range(int(PATIENCE / 0.05)):
        if is_connected(await city.call("/sandbox/state")):
            await city.call("/sandbox/settle", {})
            return
        await asyncio.sleep(0.05)
    raise PracticeError("the bot did not connect; see bot.log")


async def bind_groups(city: PracticeClient) -> None:
    """The manager calls the bot once in every department's group, as on the first day in a real office."""
    state = await city.call("/sandbox/state")
    for group in state["groups"]:
        if department := group.get("department"):
            await city.say("zhaogang", group["chatid"], f"/绑定 {department}")
