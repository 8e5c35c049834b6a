"""Turns the city's clock and takes the bot along: after every turn the bot hears the time and answers when done."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import aiohttp

from sandbox.city.clock import next_weekday_morning, parse
from sandbox.city.world import World

PATH = "/practice/clock"
PATIENCE = 120.0  # real seconds for the bot's tick and deliveries
WEEK = timedelta(days=7)
MOST_STEPS = 400
INTRODUCTIONS = 10
INTRODUCTION_PAUSE = 0.5  # real seconds
JUMPS = ("next_morning", "next_deadline", "week")


class ClockError(ValueError):
    """The clock cannot be turned there; the text is shown to the player."""


class TimeMachine:
    """One turn at a time; the bot's last answer stays in `world.bot_clock`."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._turning = asyncio.Lock()

    def to_json(self) -> dict[str, Any]:
        """The city's time and what the bot last said about its own."""
        return {"now": self.world.clock.iso(), "bot": self.world.bot_clock}

    async def push(self) -> dict[str, Any]:
        """Tell the bot the time and wait until it has done what the hour asks for."""
        async with self._turning:
            return await self._push()

    async def introduce(self) -> None:
        """Tell a bot that just came the time; its HTTP side may open a moment later than its line."""
        for _ in range(INTRODUCTIONS):
            await self.push()
            there = any(door.reachable for door in self.world.doors.values())
            if "problem" not in self.world.bot_clock or not there:
                return
            await asyncio.sleep(INTRODUCTION_PAUSE)

    async def _push(self) -> dict[str, Any]:
        world = self.world
        if not world.bot_url:
            return {}
        world.traffic.busy += 1
        try:
            timeout = aiohttp.ClientTimeout(total=PATIENCE)
            now = {"now": world.clock.iso()}
            async with world.session.post(world.bot_url + PATH, json=now, timeout=timeout) as response:
                answer = await response.json(content_type=None) if response.status == 200 else None
                problem = "" if isinstance(answer, dict) else f"机器人回了 HTTP {response.status}"
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            answer, problem = None, f"没有应答（{type(error).__name__}）"
        finally:
            world.traffic.busy -= 1
            world.traffic.hear()
        world.bot_clock = answer if isinstance(answer, dict) else {"problem": problem}
        world.chats.tell("clock", self.to_json())
        return world.bot_clock

    def _promised(self, name: str) -> datetime | None:
        """A moment the bot named, if it is still to come."""
        raw = self.world.bot_clock.get(name)
        if not isinstance(raw, str):
            return None
        try:
            moment = parse(raw)
        except ValueError:
            return None
        return moment if moment > self.world.clock.now() else None

    async def turn(self, to: datetime, *, stepwise: bool = False) -> dict[str, Any]:
        """Turn to a moment: at once, or stopping wherever the bot has something to do on the way."""
        async with self._turning:
            steps: list[str] = []
            if stepwise:
                await self._push()
            while stepwise and len(steps) < MOST_STEPS:
                stops = [self._promised(name) for name in ("next_morning", "next_deadline", "next_step")]
                on_the_way = [stop for stop in stops if stop is not None and stop < to]
                if not on_the_way:
                    break
                steps.append(await self._step(min(on_the_way)))
            steps.append(await self._step(to))
        return {**self.to_json(), "steps": steps}

    async def _step(self, to: datetime) -> str:
        if to > self.world.clock.now():
            self.world.clock.turn_to(to)
        self.world.chats.tell("clock", self.to_json())
        await self._push()
        return self.world.clock.iso()

    async def jump(self, where: str) -> dict[str, Any]:
        """Turn to the next working morning, the bot's next deadline, or a week ahead day by day."""
        if where not in JUMPS:
            raise ClockError(f"jump must be one of {', '.join(JUMPS)}")
        now = self.world.clock.now()
        if where == "week":
            return await self.turn(now + WEEK, stepwise=True)
        await self.push()
        to = self._promised(where)
        if to is None and where == "next_morning":
            to = next_weekday_morning(now)
        if to is None:
            raise ClockError("现在没有等着到期的事项")
        return await self.turn(to, stepwise=True)
