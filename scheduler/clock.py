"""The clocks. Nothing else in the product asks the system for the time.

The wall clock says what time it is, and somebody may set it. The steady clock only says how much time has passed:
whatever is paced (intervals, pauses, time-outs) goes by it, whatever is dated goes by the wall.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

#: A wall clock that ran off by less than this between two looks was corrected, not set.
STEP = timedelta(seconds=2)


def steady() -> float:
    """Seconds of a clock that nobody can set and that goes on while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class SystemClock:
    """The machine's clock."""

    def __init__(self) -> None:
        self._began, self._began_steady = SystemClock.now(self), steady()

    def now(self) -> datetime:
        """The present, in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - this is the Clock

    def paced(self) -> datetime:
        """When this clock began, and what has passed since."""
        return self._began + timedelta(seconds=steady() - self._began_steady)


class PracticeClock(SystemClock):
    """The machine's clock with an offset that the practice city turns.

    When the city turns its clock on, that much time has passed there, also for its limits; the first time it is told
    only corrects where this clock began.
    """

    def __init__(self) -> None:
        super().__init__()
        self._offset = self._skipped = timedelta()
        self._told = False

    def now(self) -> datetime:
        """The practice city's present, in UTC."""
        return super().now() + self._offset

    def paced(self) -> datetime:
        """What has passed, what the city skipped included."""
        return super().paced() + self._skipped

    @property
    def turned(self) -> bool:
        """Whether anybody has set this clock."""
        return self._offset != timedelta()

    def turn(self, moment: datetime) -> None:
        """Set the present. Raises ValueError for a naive moment."""
        before = self.now()
        self.resume(moment)
        if self._told:
            self._skipped += max(moment - before, timedelta())
        self._told = True

    def resume(self, moment: datetime) -> None:
        """Begin where the last process was, until the city says what time it is. Raises ValueError as `turn` does."""
        if moment.tzinfo is None:
            raise ValueError("the clock is turned to an aware moment")
        self._offset = moment - super().now()


class StepWatch:
    """Sees that the wall clock was set, by comparing it with the steady one."""

    def __init__(self, now: Callable[[], datetime], passed: Callable[[], float] = steady) -> None:
        self._now = now
        self._passed = passed
        self.forgive()

    def forgive(self) -> None:
        """The wall clock is right as it stands: whatever it did before was no step."""
        self._wall, self._at = self._now(), self._passed()

    def step(self) -> timedelta:
        """How far the wall clock was set since the last call: forward is positive; zero for an ordinary correction."""
        wall, at = self._now(), self._passed()
        drift = (wall - self._wall) - timedelta(seconds=at - self._at)
        self._wall, self._at = wall, at
        return drift if abs(drift) >= STEP else timedelta()
