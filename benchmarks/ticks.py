"""A tick that finds a hundred due cases among 100 000 open ones, against the same hundred among 1 000."""

from __future__ import annotations

import time
from datetime import timedelta
from itertools import count
from pathlib import Path

from benchmarks.measure import Figure, WrongAnswer, in_turn, median, ratio, spread
from benchmarks.seed import FRIDAY, SIGNED, fill, number, office_at, plant, settle_in, story
from main import database
from models.cases import CaseRow
from models.database import query
from services.cases.tick import tick

GOAL = 1.2
DUE = 100
FEW, MANY = 1_000, 100_000


async def prepare(path: Path, open_cases: int) -> None:
    """A database with the directory and so many open cases whose next step lies weeks ahead."""
    app = office_at(FRIDAY)
    async with database(f"sqlite:///{path}", FRIDAY):
        place = await settle_in(FRIDAY)
        model = (await plant(app, [story(app, place, number(FRIDAY, 1), place.units[0], FRIDAY, SIGNED)]))[0]
        await CaseRow.filter(id=model.id).update(next_due_at=FRIDAY + timedelta(days=30))
    fill(path, model.id, open_cases - 1, FRIDAY + timedelta(days=30))


async def one_tick(path: Path, numbers: count[int]) -> float:
    """Plant the due cases, turn the clock just past their first step, and time the tick. Milliseconds."""
    app = office_at(FRIDAY)
    async with database(f"sqlite:///{path}", FRIDAY):
        place = await settle_in(FRIDAY)
        units = place.units
        stories = [
            story(app, place, number(FRIDAY, next(numbers)), units[n % len(units)], FRIDAY, SIGNED) for n in range(DUE)
        ]
        records = await plant(app, stories)
        first = await CaseRow.get(id=records[0].id)
        app = office_at(first.next_due_at + timedelta(minutes=1))
        await query("SELECT COUNT(*) AS n FROM cases WHERE is_open = TRUE AND next_due_at <= ?1", app.clock.now())
        started = time.perf_counter()
        report = await tick(app)
        took = time.perf_counter() - started
    if (report.cases, report.steps) != (DUE, DUE):
        raise WrongAnswer(f"the tick took {report} instead of {DUE} cases")
    return took * 1000


async def run(folder: Path, *, quick: bool) -> list[Figure]:
    """Run the measurement and return its lines."""
    rounds = 2 if quick else 9
    paths = {size: folder / f"tick-{size}.sqlite3" for size in (FEW, MANY)}
    for size, path in paths.items():
        await prepare(path, size)
    numbers = count(1000)

    async def many() -> float:
        return await one_tick(paths[MANY], numbers)

    async def few() -> float:
        return await one_tick(paths[FEW], numbers)

    among_many, among_few = await in_turn(rounds, many, few)
    times = ratio(among_many, among_few)
    detail = (
        f"{MANY} 件在办 {median(among_many):.0f} 毫秒（{spread(among_many)}），"
        f"{FEW} 件在办 {median(among_few):.0f} 毫秒（{spread(among_few)}）；"
        f"各有 {DUE} 件到期（真实事件，逐件催办、记账、入发件箱），交替 {rounds} 轮"
    )
    return [Figure(f"到期检查：{MANY} 件 / {FEW} 件", f"{times:.2f}", f"≤ {GOAL}", times <= GOAL, detail)]
