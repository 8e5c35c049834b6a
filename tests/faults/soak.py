"""The soak: the practice city on both platforms, with random people and random weather, for as long as is asked."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from random import Random

from benchmarks.processes import resident_mb
from tests.faults.checks import Findings, examine, settle
from tests.faults.folk import Folk
from tests.faults.place import Place, place
from tests.faults.weather import Server, Weather

#: Resident megabytes a process may come to, and by how much the second half of a life may exceed the first.
MOST_MB = 300.0
#: Seconds between two acts, two faults, two commands beside the server.
ACT_PAUSE, FAULT_PAUSE, TOOL_PAUSE = 0.25, 4.0, 15.0
TOOLS = (
    ("backup", "{folder}/backup-{n}"),
    ("doctor",),
    ("verify",),
    ("ledger", "export", "--out", "{folder}/l{n}.xlsx"),
)


async def soak(folder: Path, url: str, minutes: float, seed: int, server: Server | None = None) -> Findings:
    """Live in the city for so many minutes of real time; then the weather clears and everything is checked."""
    rng = Random(seed)
    async with place(folder, url, platforms="mixed") as here:
        folk, weather = Folk(here, rng), Weather(here, rng, server)
        for _ in range(3):
            await folk.push(quiet=True)
        peak = [0.0]
        until_then = time.monotonic() + minutes * 60
        async with asyncio.TaskGroup() as group:
            group.create_task(_live(folk, until_then))
            group.create_task(_suffer(weather, until_then))
            group.create_task(_operate(here, rng, until_then, faults := []))
            group.create_task(_weigh(here, until_then, peak))
        over = time.monotonic()
        await settle(here, folk)
        settled = time.monotonic() - over
        await here.stop()
        found = await examine(here, folk)
    found.faults += faults
    found.expect(peak[0] < MOST_MB, f"{peak[0]:.0f} MB resident")
    found.counts.update(weather.seen)
    found.counts["seconds to settle"] = round(settled)
    found.counts["acts of people"] = folk.book.acts
    found.counts["starts of the bot"] = here.starts
    found.counts["most resident megabytes"] = round(peak[0])
    return found


async def _live(folk: Folk, end: float) -> None:
    rng = folk.rng
    while time.monotonic() < end:
        dice = rng.random()
        if dice < 0.12:
            folk.begin(folk.push())
        elif dice < 0.27:
            folk.begin(folk.remark())
        elif dice < 0.40:
            folk.begin(_whole(folk))
        elif dice < 0.70:
            folk.begin(folk.press())
        else:
            folk.begin(folk.chat())
        await asyncio.sleep(rng.uniform(0, 2 * ACT_PAUSE))


async def _whole(folk: Folk) -> None:
    """The usual beginning of a case, as far as the weather lets it."""
    no = await folk.ready_to_dispatch()
    if no:
        await folk.dispatch(no)


async def _suffer(weather: Weather, end: float) -> None:
    while time.monotonic() < end:
        await asyncio.sleep(weather.rng.uniform(0, 2 * FAULT_PAUSE))
        await weather.strike()


async def _operate(here: Place, rng: Random, end: float, faults: list[str]) -> None:
    """What an operator types beside the running server; only a database that restarts may refuse it."""
    n = 0
    while time.monotonic() < end:
        await asyncio.sleep(rng.uniform(0, 2 * TOOL_PAUSE))
        n += 1
        command = [part.format(folder=here.folder, n=n) for part in rng.choice(TOOLS)]
        status, said = await here.yousu(*command, name=f"tool-{n}")
        if "Traceback" in said and here.file is not None:
            faults.append(f"yousu {' '.join(command)}: {status} {said[-600:]}")


async def _weigh(here: Place, end: float, peak: list[float]) -> None:
    while time.monotonic() < end:
        if here.bot is not None and not here.bot.ended:
            peak[0] = max(peak[0], resident_mb(here.bot.pid))
        await asyncio.sleep(1)
