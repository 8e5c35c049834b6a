"""Counts, one page and a case by its number, in ledgers of growing length: what grows with what is closed."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.measure import Figure, WrongAnswer, median
from benchmarks.seed import FINISHED, FRIDAY, SIGNED, Place, copy_many, number, office_at, plant, settle_in, story
from domain.case import Actor
from domain.vocabulary import Role
from main import database
from services.access.cases import access_case_named
from services.papers.ledger import Filter
from services.papers.ledger_pages import Shelf
from services.store.statistics import summary

#: What is measured, its goal in milliseconds at a million cases.
GOALS = {"台账汇总": 100, "台账一页（在办）": 15, "按完整编号查": 2, "按短编号查（月日和号）": 2}
#: One case of so many is open.
OPEN = 33


async def run(folder: Path, *, quick: bool) -> list[Figure]:
    """Measure. Raises WrongAnswer when a count is not what was put in."""
    sizes = (1_000, 2_000) if quick else (10_000, 100_000)
    return await measured(folder, sizes)


async def measured(folder: Path, sizes: Iterable[int]) -> list[Figure]:
    """The figures at these sizes; the largest one stands for each, the others in its detail."""
    found: dict[str, dict[int, float]] = {name: {} for name in GOALS}
    for size in sizes:
        path = folder / f"lists-{size}.sqlite3"
        await _prepare(path, size)
        for name, took in (await _ask(path, size)).items():
            found[name][size] = took
    figures = []
    for name, goal in GOALS.items():
        grown = "，".join(f"{size} 件 {took:.1f} 毫秒" for size, took in found[name].items())
        most = found[name][max(found[name])]
        figures.append(Figure(f"{name}，{max(found[name])} 件", f"{most:.1f} 毫秒", f"≤ {goal}", most <= goal, grown))
    return figures


async def _prepare(path: Path, size: int) -> None:
    app = office_at(FRIDAY)
    async with database(f"sqlite:///{path}", FRIDAY):
        place = await settle_in(FRIDAY)
        first = story(app, place, number(FRIDAY, 1), place.units[0], FRIDAY, SIGNED)
        last = story(app, place, number(FRIDAY, 2), place.units[0], FRIDAY, FINISHED)
        model, done = await plant(app, [first, last])
        await copy_many(app, model, 20, FRIDAY.date())
    _fill(path, place, model.id, done.id, size)


def _fill(path: Path, place: Place, model: int, done: int, size: int) -> None:
    """So many cases of a year without events, copies of two rows, over all departments; what is shown has events."""
    with sqlite3.connect(path) as database:
        names = [column[1] for column in database.execute("PRAGMA table_info(cases)")]
        rows = {
            id_: dict(zip(names, database.execute("SELECT * FROM cases WHERE id = ?", (id_,)).fetchone(), strict=True))
            for id_ in (model, done)
        }
        start = datetime(2025, 11, 20, tzinfo=UTC)

        def made() -> Iterable[list[object]]:
            for nth in range(1, size + 1):
                at = start + timedelta(days=364) * (nth / size)
                is_open = nth % OPEN == 0
                own: dict[str, object] = {
                    "id": 1_000_000 + nth,
                    # After the real ones of the day, and behind them in the list.
                    "no": f"YS{at:%Y%m%d}-{nth:07d}" if not is_open else f"YS20261121-{nth:07d}",
                    "registered_at": at.isoformat(" "),
                    "external_no": None,
                }
                if not is_open:
                    own["closed_at"] = (at + timedelta(days=3)).isoformat(" ")
                kept = rows[model if is_open else done]
                yield [own.get(name, kept[name]) for name in names]

        marks = ", ".join("?" * len(names))
        database.executemany(f"INSERT INTO cases ({', '.join(names)}) VALUES ({marks})", made())
        units = [unit.id for unit in place.units]
        held = ((1_000_000 + nth, units[nth % len(units)], True) for nth in range(1, size + 1))
        database.executemany("INSERT INTO case_departments (case_id, department_id, is_lead) VALUES (?, ?, ?)", held)
    database.close()


async def _ask(path: Path, size: int) -> dict[str, float]:
    app = office_at(FRIDAY)
    async with database(f"sqlite:///{path}", FRIDAY):
        place = await settle_in(FRIDAY)
        actor = Actor(None, "甲", frozenset({Role.MANAGER}), place.centre.id)
        shelf = Shelf(app, place.centre.id, actor)
        if (await summary(place.centre.id, FRIDAY)).open != 21 + size // OPEN:
            raise WrongAnswer("open cases were counted wrongly")
        asked: dict[str, Callable[[], Awaitable[object]]] = {
            "台账汇总": lambda: summary(place.centre.id, FRIDAY),
            "台账一页（在办）": lambda: shelf.page(Filter(open=True), 1, 10),
            "按完整编号查": lambda: access_case_named(app, actor, number(FRIDAY, 1)),
            "按短编号查（月日和号）": lambda: access_case_named(app, actor, "1120-1"),
        }
        return {name: await _cpu_ms(work) for name, work in asked.items()}


async def _cpu_ms(work: Callable[[], Awaitable[object]]) -> float:
    """Milliseconds of processor time, the middle of nine."""
    took = []
    for _ in range(9):
        started = time.process_time()
        await work()
        took.append((time.process_time() - started) * 1000)
    return median(took)
