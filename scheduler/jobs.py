"""What runs when: the whole list of fixed jobs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from scheduler.timetable import Job

#: Incoming events whose first try failed are looked for this often, in seconds.
RETRY_SECONDS = 5.0
TIDY_SECONDS = 3600.0
#: The wall clock is compared with the steady one this often, in seconds.
CLOCK_SECONDS = 1.0
#: Endings that other systems hear of are looked for this often, in seconds.
PUSH_SECONDS = 5.0

Run = Callable[[], Awaitable[Any]]


def fixed_jobs(tick_seconds: float, *, tick: Run, retry: Run, tidy: Run, clock: Run, push: Run) -> list[Job]:
    """Return every job of the leader.

    The legal clock, failed incoming events again, tidying, a look at the clock, endings to other systems.
    """
    return [
        Job("tick", tick_seconds, tick),
        Job("retry", RETRY_SECONDS, retry),
        Job("tidy", TIDY_SECONDS, tidy),
        Job("clock", CLOCK_SECONDS, clock),
        Job("push", PUSH_SECONDS, push),
    ]
