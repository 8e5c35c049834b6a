"""The timetable on a real APScheduler whose wall clock is set, and the watch over tasks that fail."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import apscheduler.schedulers.base
import pytest

import scheduler.supervision
from scheduler.clock import PracticeClock, StepWatch
from scheduler.supervision import Supervisor, pause_after
from scheduler.timetable import Job, Timetable

STEPS = [timedelta(hours=-1), timedelta(hours=1), timedelta(days=-1), timedelta(days=1), timedelta(days=3650)]
PATIENCE = 20.0


class Wall:
    """A wall clock that can be set, for everybody who asks APScheduler's module for the time."""

    def __init__(self) -> None:
        self.offset = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset  # noqa: TID251 - a clock


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    """The machine's clock as APScheduler sees it, under the hand of the test."""
    clock = Wall()

    class Stepped(datetime):
        @classmethod
        def now(cls, tz=None):
            return clock.now().astimezone(tz)

    monkeypatch.setattr(apscheduler.schedulers.base, "datetime", Stepped)
    return clock


async def _mute(words: str) -> None:
    raise AssertionError(words)


@contextlib.asynccontextmanager
async def running(timetable: Timetable) -> AsyncIterator[None]:
    work = asyncio.get_running_loop().create_task(timetable.run())
    try:
        yield
    finally:
        work.cancel()
        await asyncio.wait([work])


@pytest.mark.parametrize("step", STEPS, ids=str)
async def test_a_set_clock_changes_no_pace(wall: Wall, step: timedelta):
    runs: asyncio.Queue[float] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    async def run() -> None:
        runs.put_nowait(loop.time())

    async with running(Timetable([Job("tick", 0.05, run)], Supervisor(wall.now, _mute))), asyncio.timeout(PATIENCE):
        for _ in range(3):
            await runs.get()
        wall.offset = step
        for _ in range(5):
            await runs.get()
        wall.offset = timedelta()
        await runs.get()  # what was under way when it was set back
        last = loop.time()
        times = [await runs.get() for _ in range(5)]
    assert all(b - a >= 0.04 for a, b in zip([last, *times[:-1]][1:], times[1:], strict=True)), (
        "no burst makes up for it"
    )


async def test_a_job_runs_one_at_a_time_and_at_once_when_hurried(wall: Wall):
    begun, go_on, count = asyncio.Event(), asyncio.Event(), 0

    async def run() -> None:
        nonlocal count
        count += 1
        begun.set()
        await go_on.wait()

    timetable = Timetable([Job("tick", 3600, run)], Supervisor(wall.now, _mute))
    async with running(timetable), asyncio.timeout(PATIENCE):
        timetable.hurry("tick")
        await begun.wait()
        begun.clear()
        timetable.hurry("tick")
        await asyncio.sleep(0.1)
        assert count == 1
        go_on.set()
        await begun.wait()
    assert count == 2


async def test_a_failing_job_is_ill_until_it_works_again_and_stops_no_other(wall: Wall, caplog, monkeypatch):
    monkeypatch.setattr(scheduler.supervision, "FIRST_PAUSE", 0.01)
    broken, worked, others = True, asyncio.Event(), asyncio.Queue()

    async def run() -> None:
        if broken:
            raise ValueError("a secret")
        worked.set()

    async def other() -> None:
        others.put_nowait(1)

    supervisor = Supervisor(wall.now, _mute)
    jobs = [Job("tick", 0.02, run), Job("retry", 0.02, other)]
    async with running(Timetable(jobs, supervisor)), asyncio.timeout(PATIENCE):
        while not supervisor.illnesses():
            await others.get()
        for _ in range(10):
            await others.get()
        ill = supervisor.illnesses()
        assert [(item.task, item.fault) for item in ill] == [("tick", "ValueError")]
        assert ill[0].since <= wall.now()
        broken = False
        await worked.wait()
        while supervisor.illnesses():
            await others.get()
    errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(errors) == 1, "the same kind of fault is reported once a minute"


async def test_what_ends_or_fails_is_started_again_and_what_lasts_is_told(wall: Wall, monkeypatch):
    monkeypatch.setattr(scheduler.supervision, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(scheduler.supervision, "HEALTHY_AFTER", 0.05)
    told: list[str] = []
    deaf, starts, held, cured = True, 0, asyncio.Event(), asyncio.Event()

    async def tell(words: str) -> None:
        if deaf:
            raise OSError("the database is locked")
        told.append(words)
        cured.set()

    async def run() -> None:
        nonlocal starts, deaf
        starts += 1
        if starts == 1:
            return
        if starts < 6:
            raise ConnectionError
        deaf = False
        held.set()
        await asyncio.Event().wait()

    supervisor = Supervisor(wall.now, tell, lasting=0.0)
    work = asyncio.get_running_loop().create_task(supervisor.keep("platform.wecom", run))
    try:
        async with asyncio.timeout(PATIENCE):
            await held.wait()
            assert [item.task for item in supervisor.illnesses()] == ["platform.wecom"]
            await cured.wait()
        assert not supervisor.illnesses()
    finally:
        work.cancel()
        await asyncio.wait([work])
    assert len(told) == 1
    assert "已恢复" in told[0]


async def test_cancelling_ends_a_kept_task_and_what_it_runs(wall: Wall):
    started, ended = asyncio.Event(), asyncio.Event()

    async def run() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    work = asyncio.get_running_loop().create_task(Supervisor(wall.now, _mute).keep("line", run))
    async with asyncio.timeout(PATIENCE):
        await started.wait()
        work.cancel()
        await asyncio.wait([work])
    assert work.cancelled()
    assert ended.is_set()


def test_pauses_grow_and_stay_bounded():
    pauses = [pause_after(failures) for failures in range(1, 2000)]
    assert pauses[:3] == [1.0, 2.0, 4.0]
    assert max(pauses) == 30.0


def test_only_a_set_clock_is_a_step():
    wall, passed = datetime(2026, 11, 23, tzinfo=UTC), 100.0
    watch = StepWatch(lambda: wall, lambda: passed)
    wall, passed = wall + timedelta(seconds=60.5), passed + 60.0
    assert watch.step() == timedelta(), "slewing by NTP"
    wall, passed = wall + timedelta(days=-1, seconds=1), passed + 1.0
    assert watch.step() == timedelta(days=-1)
    wall, passed = wall + timedelta(hours=1, seconds=1), passed + 1.0
    assert watch.step() == timedelta(hours=1)
    wall, passed = wall + timedelta(days=9), passed
    watch.forgive()
    assert watch.step() == timedelta()


async def test_a_task_that_is_asked_to_end_ends_though_what_it_awaits_swallows_that(wall: Wall):
    """As `asyncio.wait_for` and task groups do when they end in the same moment (Python before 3.12 and 3.13)."""
    supervisor = Supervisor(wall.now, _mute)
    for hold in (supervisor.keep, supervisor.repeat):
        for fails in (False, True):
            begun = asyncio.Event()

            async def swallow(begun: asyncio.Event = begun, fails: bool = fails) -> None:
                begun.set()
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.Event().wait()
                if fails:
                    raise ConnectionError

            work = asyncio.get_running_loop().create_task(hold("delivery", swallow))
            async with asyncio.timeout(PATIENCE):
                await begun.wait()
                work.cancel()
                await asyncio.wait([work])
            assert not supervisor.illnesses()


def test_what_is_paced_follows_no_clock_that_is_set_but_the_citys_when_it_goes_on():
    """A budget that followed a corrected clock would be free too early; the city's limits do pass when it skips."""
    clock = PracticeClock()
    started = clock.paced()
    clock.resume(clock.now() - timedelta(days=3))
    clock.turn(clock.now() + timedelta(minutes=20))
    assert clock.paced() - started < timedelta(seconds=PATIENCE), "that only said where the clock should have begun"
    clock.turn(clock.now() + timedelta(minutes=2))
    clock.turn(clock.now() - timedelta(hours=1))
    passed = clock.paced() - started
    assert timedelta(minutes=2) <= passed < timedelta(minutes=2, seconds=PATIENCE)
