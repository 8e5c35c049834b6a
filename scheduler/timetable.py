"""APScheduler with a handful of fixed jobs, registered once before it starts; what is due is found in the database.

APScheduler dates its jobs by the wall clock: set back an hour, an interval job is silent for an hour. So it never dates
ours. Each job's trigger names a day that does not come, and a steady pace per job calls it: APScheduler still owns the
jobs, runs each one at a time and reports how it went; when they run is decided by time that nobody can set (ADR 0018).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from scheduler.supervision import Supervisor, cancelled, pause_after

#: Due whatever the wall clock says.
OVERDUE = datetime(1970, 1, 2, tzinfo=UTC)
#: Never due.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Job:
    """A fixed job: its name, how often it runs in seconds, and the service call."""

    name: str
    seconds: float
    run: Callable[[], Awaitable[Any]]


class _OnCall(BaseTrigger):  # type: ignore[misc] # the library has no types
    """Never by itself."""

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        return NEVER


@dataclass
class _Pace:
    """One job's steady pace: `hurry` makes the next run come now, `ended` says that the present one is over."""

    job: Job
    hurry: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    fault: BaseException | None = None

    async def run(self) -> None:
        """The job as APScheduler runs it: how it failed is kept for the supervisor, who reports it."""
        self.fault = None
        try:
            await self.job.run()
        except Exception as error:
            self.fault = error


class Timetable:
    """Runs the jobs until `stop`. A late job runs once, never twice at a time; a failing one is tried again sooner.

    What fails is told to the supervisor, which reports it and shows it.
    """

    def __init__(self, jobs: list[Job], supervisor: Supervisor) -> None:
        self._supervisor = supervisor
        self._paces = {job.name: _Pace(job) for job in jobs}
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        self._scheduler.add_listener(self._ended, EVENT_JOB_ERROR | EVENT_JOB_EXECUTED)
        for name, pace in self._paces.items():
            self._scheduler.add_job(pace.run, _OnCall(), id=name)

    async def run(self) -> None:
        """Run every job at its pace until cancelled; the first run of each comes after its interval."""
        self._scheduler.start()
        try:
            async with asyncio.TaskGroup() as group:
                for pace in self._paces.values():
                    group.create_task(self._keep(pace), name=f"pace {pace.job.name}")
        finally:
            self._scheduler.shutdown(wait=False)

    def hurry(self, name: str) -> None:
        """Let a job run now instead of at the end of its interval."""
        self._paces[name].hurry.set()

    async def _keep(self, pace: _Pace) -> None:
        failures = 0
        while not cancelled():
            await _rest(pace.hurry, min(pace.job.seconds, pause_after(failures)) if failures else pace.job.seconds)
            pace.ended.clear()
            self._scheduler.modify_job(pace.job.name, next_run_time=OVERDUE)
            await pace.ended.wait()
            if pace.fault is None:
                failures = 0
                await self._supervisor.well(pace.job.name)
            else:
                failures += 1
                await self._supervisor.ill(pace.job.name, pace.fault)

    def _ended(self, event: JobExecutionEvent) -> None:
        pace = self._paces[event.job_id]
        pace.fault = pace.fault or event.exception
        pace.ended.set()


async def _rest(hurry: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await hurry.wait()
    hurry.clear()
