"""What an organisation may use in a month of the standard edition, and how fast."""

from __future__ import annotations

import time
from typing import Any

from sandbox.city.budget import Budget
from sandbox.city.clock import CityClock

LIMITS = {"api": 5000, "stream": 3000}
QPS = 20


class Quota:
    """Monthly counters over city time and the calls per second of each API over real time."""

    def __init__(self, clock: CityClock) -> None:
        self._clock = clock
        self._month = ""
        self._used: dict[str, int] = {}
        self._seconds = Budget((QPS, 1.0))

    @property
    def month(self) -> str:
        """The city's month; a new one starts from nothing."""
        now = self._clock.now().strftime("%Y-%m")
        if now != self._month:
            self._month, self._used = now, dict.fromkeys(LIMITS, 0)
        return now

    def spend(self, kind: str) -> bool:
        """Count one; False (and nothing counted) when the month's quota is used up."""
        if not self.month or self._used[kind] >= LIMITS[kind]:
            return False
        self._used[kind] += 1
        return True

    def in_time(self, path: str) -> bool:
        """Whether this call of this API stays within 20 a second."""
        return self._seconds.take(path, time.monotonic())

    def set_used(self, kind: str, used: int) -> None:
        """Say how much of a quota is used; raises `ValueError` for a kind or number that cannot be."""
        if kind not in LIMITS or isinstance(used, bool) or not isinstance(used, int) or used < 0:
            raise ValueError(f"quota takes {' and '.join(LIMITS)} as numbers from 0")
        if self.month:
            self._used[kind] = used

    def to_json(self) -> dict[str, Any]:
        """The month and what it has used."""
        month = self.month
        return {"month": month, **{kind: {"used": self._used[kind], "limit": most} for kind, most in LIMITS.items()}}
