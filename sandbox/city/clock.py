"""The city's time: real speed plus an offset that only ever grows."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
OPENING_HOUR = 9


def parse(text: str) -> datetime:
    """An ISO moment; without an offset it is city time. Raises `ValueError`."""
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=ZONE) if moment.tzinfo is None else moment.astimezone(ZONE)


class CityClock:
    """Tells the city's time. Rate budgets, response codes and tokens of the city age by it; answer windows never do."""

    def __init__(self, start: datetime, ticks: Callable[[], float] = time.monotonic) -> None:
        self._ticks = ticks
        self._base = start.astimezone(ZONE)
        self._since = ticks()

    def now(self) -> datetime:
        """The city's time, aware, in Asia/Shanghai."""
        return self._base + timedelta(seconds=self._ticks() - self._since)

    def unix(self) -> float:
        """The city's time in unix seconds."""
        return self.now().timestamp()

    def iso(self) -> str:
        """The city's time as ISO 8601 with whole seconds."""
        return self.now().isoformat(timespec="seconds")

    def turn_to(self, moment: datetime) -> None:
        """Jump forward. Raises `ValueError` for a moment in the past: a city cannot unlive a day."""
        if moment < self.now():
            raise ValueError("the city's clock only turns forward")
        self._base, self._since = moment.astimezone(ZONE), self._ticks()


def next_weekday_morning(now: datetime) -> datetime:
    """09:00 of the next Monday-to-Friday day, for when no bot is there to know the holidays."""
    day = now + timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day.replace(hour=OPENING_HOUR, minute=0, second=0, microsecond=0)
