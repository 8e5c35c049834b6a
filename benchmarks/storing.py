"""How long an incoming event waits to be stored while a tick works off what is due."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.measure import Figure, WrongAnswer, median, quantile
from benchmarks.seed import FRIDAY, SIGNED, copy_many, number, office_at, plant, settle_in, story
from main import database
from models.cases import CaseRow
from platforms.contract import Incoming, IncomingKind
from services.cases.tick import tick
from services.delivery.inbox import remember
from services.store.app import AppContext
from services.store.background import Background

GOAL_MS = 50
#: Seconds between two events.
PAUSE = 0.02


async def run(folder: Path, *, quick: bool) -> list[Figure]:
    """Measure. Raises WrongAnswer when the tick did not take every case, or an event was not stored."""
    due = 100 if quick else 3_000
    async with database(f"sqlite:///{folder}/storing.sqlite3", FRIDAY):
        app = office_at(FRIDAY)
        place = await settle_in(FRIDAY)
        model = (await plant(app, [story(app, place, number(FRIDAY, 1), place.units[0], FRIDAY, SIGNED)]))[0]
        await copy_many(app, model, due - 1, FRIDAY.date())
        first = await CaseRow.get(id=model.id)
        app = office_at(first.next_due_at + timedelta(minutes=1))
        background = Background()
        idle = await _store(app, "idle", background.spawn(asyncio.sleep(1), "idle"))
        started = time.perf_counter()
        ticking = background.spawn(tick(app), "tick")
        during = await _store(app, "busy", ticking)
        took = time.perf_counter() - started
        report = ticking.result()
    if report.cases != due:
        raise WrongAnswer(f"the tick took {report.cases} of {due} cases")
    worst = quantile(during, 0.99)
    detail = (
        f"{due} 件到期，检查用时 {took:.1f} 秒，其间存入 {len(during)} 个事件：中位数 {median(during):.1f} 毫秒，"
        f"最长 {max(during):.0f} 毫秒；空闲时中位数 {median(idle):.1f} 毫秒，p99 {quantile(idle, 0.99):.0f} 毫秒"
    )
    return [Figure("到期检查期间存入一个事件，p99", f"{worst:.0f} 毫秒", f"≤ {GOAL_MS}", worst <= GOAL_MS, detail)]


async def _store(app: AppContext, name: str, until: asyncio.Task[Any]) -> list[float]:
    """Store an event every `PAUSE` until the task ends; milliseconds of each."""
    took: list[float] = []
    while not until.done():
        incoming = Incoming(
            platform="wecom", event_key=f"{name}-{len(took)}", account="a", at=FRIDAY, kind=IncomingKind.TEXT, text="在"
        )
        started = time.perf_counter()
        if await remember(app, incoming) is None:
            raise WrongAnswer("an event was taken for a repetition")
        took.append((time.perf_counter() - started) * 1000)
        app.hands.put_down((incoming.platform, incoming.event_key))
        await asyncio.sleep(PAUSE)
    return took
