"""A limit of five working days with every day explained, against chinese_calendar merely counting the same days."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from pathlib import Path

from chinese_calendar import find_workday

from benchmarks.measure import Figure, WrongAnswer, in_turn, median, ratio
from domain.office_hours import TZ
from in_force import shipped_calendar, shipped_rules

GOAL = 10.0
DAYS = 5


async def run(folder: Path, *, quick: bool) -> list[Figure]:
    """Run the measurement and return its lines."""
    rounds, repeats = (15, 1) if quick else (31, 5)
    calendar = shipped_calendar(shipped_rules())
    first = datetime(2026, 1, 1, 10, 0, tzinfo=TZ)
    moments = [first + timedelta(days=n) for n in range(350)]

    def counted(received: datetime) -> date:
        found: date = find_workday(DAYS - 1, received.date() + timedelta(days=1))
        return found

    if any(calendar.due(moment, DAYS).date != counted(moment) for moment in moments):
        raise WrongAnswer("the two calendars disagree")

    async def ours() -> float:
        started = time.perf_counter()
        for _ in range(repeats):
            for moment in moments:
                calendar.due(moment, DAYS)
        return (time.perf_counter() - started) / (repeats * len(moments)) * 1e6

    async def theirs() -> float:
        started = time.perf_counter()
        for _ in range(repeats):
            for moment in moments:
                counted(moment)
        return (time.perf_counter() - started) / (repeats * len(moments)) * 1e6

    mine, other = await in_turn(rounds, ours, theirs)
    times = ratio(other, mine)
    detail = (
        f"due 并逐日说明 {median(mine):.1f} 微秒，chinese_calendar.find_workday 只数日子 {median(other):.1f} 微秒；"
        f"2026 年 {len(moments)} 天逐日计算，结果相同"
    )
    return [Figure("期限计算比 chinese_calendar 快", f"{times:.1f} 倍", f"≥ {GOAL:.0f} 倍", times >= GOAL, detail)]
