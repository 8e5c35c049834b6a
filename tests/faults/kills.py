"""The kill matrix: a life after another of the bot, each ended by SIGKILL at a chosen or a random point."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from random import Random

from sandbox.city.clock import next_weekday_morning
from tests.faults.checks import Findings, examine, settle
from tests.faults.folk import Folk
from tests.faults.place import Place, place
from tests.faults.points import ALL_POINTS, POINTS, RANDOM

#: Seconds a point may take to come; then the bot is killed where it is, and the kill counts as random.
POINT_SECONDS = 30.0
#: After so many lives in a row the place is looked through: a fault is found near the kill that made it.
STRETCH = 60


async def kill_matrix(folder: Path, url: str, kills: int, seed: int) -> Findings:
    """`kills` lives on one database, all chosen points and random ones; then everything is checked."""
    rng = Random(seed)
    started = time.monotonic()
    reached: Counter[str] = Counter()
    async with place(folder, url) as here:
        folk = Folk(here, rng)
        for _ in range(3):
            await folk.push(quiet=True)
        plan = _plan(kills, rng)
        for number, name in enumerate(plan, start=1):
            reached[await _life(here, folk, name)] += 1
            if number % STRETCH == 0 and number < len(plan):
                await settle(here, folk)
        for name in sorted(set(plan) - set(reached)):
            reached[await _life(here, folk, name)] += 1  # once more: the machine was too slow for it
        await settle(here, folk)
        await here.stop()
        found = await examine(here, folk)
    found.counts["kills"] = sum(reached.values())
    for name, times in reached.items():
        found.counts[f"killed: {name}"] = times
    missed = [name for name in plan if not reached[name]]
    found.expect(not missed, f"points never reached: {sorted(set(missed))}")
    found.counts["seconds"] = round(time.monotonic() - started)
    return found


def _plan(kills: int, rng: Random) -> list[str]:
    """All chosen points equally often, and about as many random moments as two of them."""
    names = [*POINTS, RANDOM, RANDOM]
    plan = [names[n % len(names)] for n in range(kills)]
    rng.shuffle(plan)
    return plan


async def _life(here: Place, folk: Folk, name: str) -> str:
    """From a running bot to the next one; which point it was killed at."""
    try:
        await asyncio.wait_for(ALL_POINTS[name](here, folk), POINT_SECONDS)
    except TimeoutError:
        name = RANDOM
        here.kill()
    await here.buried()
    here.world.faults.waiting.clear()
    _time_passes(here, folk.rng)
    await here.start()
    return name


def _time_passes(here: Place, rng: Random) -> None:
    """While nobody serves the city's clock goes on: minutes, at times until the next morning."""
    now = here.world.clock.now()
    to = now + timedelta(seconds=rng.uniform(30, 400))
    if to.hour >= 17 or rng.random() < 0.03:
        to = next_weekday_morning(now) + timedelta(minutes=rng.randrange(1, 30))
    here.world.clock.turn_to(to)
