"""APScheduler with a handful of fixed jobs, registered once before it starts; what is due is found in the database."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MISSED, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """A fixed job: its name, how often it runs in seconds, and the service call."""

    name: str
    seconds: float
    run: Callable[[], Awaitable[Any]]


class Timetable:
    """Runs the jobs until `stop`. A late job runs once, never twice at a time; a failing one is reported."""

    def __init__(self, jobs: list[Job]) -> None:
        self._scheduler = AsyncIOScheduler(
            timezone="Asia/Shanghai",
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._scheduler.add_listener(_report, EVENT_JOB_ERROR | EVENT_JOB_MISSED)
        for job in jobs:
            self._scheduler.add_job(job.run, "interval", seconds=job.seconds, id=job.name)

    def start(self) -> None:
        """Begin; the first run of each job comes after its interval."""
        self._scheduler.start()

    def stop(self) -> None:
        """End; running jobs finish on their own."""
        self._scheduler.shutdown(wait=False)


def _report(event: JobExecutionEvent) -> None:
    log.error("job failed", exc_info=event.exception, extra={"action": "job_failed", "job": event.job_id})
