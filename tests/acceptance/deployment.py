"""Real processes: `yousu serve` and the practice city, started, killed and asked about from outside."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from operations.practice import PracticeClient, _ready, bind_groups, bot_environment, free_port, process
from tests.kit.forked import command
from tests.kit.town import GROUPS, ORG, ROOT, Seen, shown, words

Child = asyncio.subprocess.Process
PATIENCE = 30.0
#: A person's word reaches the bot within this many milliseconds, whatever the machine does beside it.
QUIET_MS = 250
QUEUES = ("yousu_inbox_pending", "yousu_outbox_due")


async def until(holds: Callable[[], Awaitable[Any]], otherwise: str, most: float = PATIENCE) -> Any:
    """Ask until the answer is true; the answer."""
    loop = asyncio.get_running_loop()
    give_up = loop.time() + most
    while loop.time() < give_up:
        if answer := await holds():
            return answer
        await asyncio.sleep(0.03)
    raise AssertionError(otherwise)


@dataclass
class Deployment:
    """The city, the environment of its bots, and the bots that run."""

    city: PracticeClient
    env: dict[str, str]
    folder: Path
    session: aiohttp.ClientSession
    stack: AsyncExitStack
    bots: list[Child] = field(default_factory=list)
    ports: set[str] = field(default_factory=set)

    async def serve(self, **more: str) -> Child:
        """Start a `yousu serve`; returns once it answers HTTP."""
        env = {**self.env, **more}
        child = await self.stack.enter_async_context(
            process("-m", "cli", "serve", env=env, log=self.folder / f"bot{len(self.bots)}.log")
        )
        self.bots.append(child)
        self.ports.add(env["YOUSU_HTTP_PORT"])
        await until(lambda: self.alive(env["YOUSU_HTTP_PORT"]), f"the bot did not start: {self.log()}")
        return child

    async def alive(self, port: str) -> bool:
        """Whether a bot answers there."""
        try:
            async with self.session.get(f"http://127.0.0.1:{port}/healthz") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    async def metrics(self, port: str) -> str:
        """What `/metrics` of a bot says; nothing when it is not there."""
        try:
            async with self.session.get(f"http://127.0.0.1:{port}/metrics") as answer:
                return await answer.text()
        except aiohttp.ClientError:
            return ""

    async def ready(self, port: str) -> Any:
        """What `/readyz` of a bot says."""
        async with self.session.get(f"http://127.0.0.1:{port}/readyz") as answer:
            return await answer.json()

    def log(self) -> str:
        """The newest bot's log."""
        return (self.folder / f"bot{len(self.bots) - 1}.log").read_text(encoding="utf-8")[-2000:]

    async def connected(self) -> None:
        """Wait until a bot holds the long connection and was told the time."""

        async def holds() -> bool:
            state = await self.city.call("/sandbox/state")
            return bool(state["connection"]["aibot"]["connected"]) and "now" in state["clock"]["bot"]

        await until(holds, f"no bot is connected: {self.log()}")
        await self.settle()

    async def settle(self) -> None:
        """Wait until nothing that came waits to be worked on, nothing due waits to be sent, and nobody says a word."""

        async def at_rest() -> bool:
            await self.city.call("/sandbox/settle", {"quiet_ms": QUIET_MS})
            told = [await self.metrics(port) for port in self.ports]
            return any(all(f"\n{queue} 0.0" in figures for queue in QUEUES) for figures in told)

        await until(at_rest, f"the bot did not come to rest: {self.log()}")

    async def kill(self, child: Child) -> None:
        """kill -9, and wait until the city has noticed."""
        child.send_signal(signal.SIGKILL)
        await child.wait()

        async def gone() -> bool:
            return not (await self.city.call("/sandbox/state"))["connection"]["aibot"]["connected"]

        await until(gone, "the city still holds the dead bot's line")

    async def say(self, user: str, chat: str, text: str) -> None:
        """Say something and let everything settle."""
        await self.city.say(user, GROUPS.get(chat, chat), text)
        await self.settle()

    async def press(self, user: str, caption: str, chat: str = "") -> None:
        """Press the newest such button, once it is there, and let everything settle."""

        async def offered() -> tuple[str, str] | None:
            for message in reversed(await self.city.messages(user=user, chat=GROUPS.get(chat, chat))):
                for button in message["buttons"]:
                    if button["text"] == caption and not button["disabled"]:
                        return message["id"], button["key"]
            return None

        message, key = await until(offered, f"{user} sees no button {caption}: {self.log()}")
        await self.city.press(user, message, key)
        await self.settle()

    async def seen(self, chat: str, text: str, user: str = "") -> list[Seen]:
        """The bot's messages of a chat that hold the text."""
        found = await self.city.messages(chat=GROUPS.get(chat, chat), user=user)
        return [m for m in found if m["from"] in ("bot", "app") and text in shown(m)]

    async def expect(self, chat: str, text: str, user: str = "", most: float = PATIENCE) -> list[Seen]:
        """Wait for such a message."""
        return await until(lambda: self.seen(chat, text, user), f"nothing in {chat} {user} holds {text}", most)

    async def dispatched(self, sample: int = 0) -> str:
        """A sample of the hotline, dispatched to 人社局; its number."""
        samples = (await self.city.call("/sandbox/state"))["samples"]
        no = str((await self.city.push(samples[sample]["text"]))["answer"]["case_no"])
        await self.say("wangmin", "app", f"/确认 {no}")
        await self.say("zhaogang", "app", f"/分类 {no} 不给办")
        await self.say("zhaogang", "app", f"/转办 {no} 人社局")
        return no

    async def yousu(self, *arguments: str, given: str = "", **more: str) -> tuple[int, str, str]:
        """One `yousu` command: exit status, standard output, standard error."""
        return await yousu(*arguments, given=given, env={**self.env, **more})


async def yousu(*arguments: str, env: dict[str, str], given: str = "", cwd: Path = ROOT) -> tuple[int, str, str]:
    """Run `yousu` as a process of its own in `cwd`; whatever goes wrong, no traceback is shown."""
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **env}
    status, out, err = await command(*arguments, env=env, given=given, cwd=cwd)
    assert "Traceback" not in err, err
    return status, out, err


async def done(*arguments: str, env: Mapping[str, str]) -> str:
    """Run a command that must succeed; what it printed."""
    status, out, err = await yousu(*arguments, env=dict(env))
    assert status == 0, err
    return out


@asynccontextmanager
async def deployment(folder: Path, url: str, *, start: str = "") -> AsyncIterator[Deployment]:
    """A city whose directory is imported into the database `url`; no bot runs yet."""
    port = free_port()
    command = ["-m", "sandbox", "--port", "0", "--bot-url", f"http://127.0.0.1:{port}"]
    command += ["--start", start] if start else []
    async with AsyncExitStack() as stack:
        child = await stack.enter_async_context(process(*command, env={}, log=folder / "city.log"))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        city = PracticeClient(await _ready(child), session)
        env = bot_environment((await city.call("/sandbox/credentials"))["env"], folder, port)
        env["YOUSU_DATABASE_URL"] = url
        await done("org", "import", str(ORG), env=env)
        yield Deployment(city, env, folder, session, stack)


@asynccontextmanager
async def running(folder: Path, url: str) -> AsyncIterator[Deployment]:
    """A deployment with one bot, its groups bound."""
    async with deployment(folder, url) as place:
        await place.serve()
        await place.connected()
        await bind_groups(place.city)
        yield place


__all__ = ["Deployment", "deployment", "done", "running", "until", "words", "yousu"]
