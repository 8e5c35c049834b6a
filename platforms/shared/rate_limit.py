"""A budget of sends: who has been sent how much lately."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from platforms.contract import TryLater

Limit = tuple[int, float]
"""So many takes within so many seconds."""


class SlidingWindow:
    """A true sliding window per key: never more than `count` takes in any `seconds`, for every limit given.

    The clock is injected; when it is set back, later stamps are pulled back with it, so the budget is never exceeded
    and never blocked for longer than the longest limit.
    """

    _SWEEP_EVERY = 512

    def __init__(self, limits: tuple[Limit, ...], now: Callable[[], datetime]) -> None:
        self._limits = limits
        self._longest = timedelta(seconds=max(seconds for _, seconds in limits))
        self._now = now
        self._stamps: dict[str, deque[datetime]] = {}
        self._takes = 0

    def take(self, key: str) -> None:
        """Spend one. Raises `TryLater` with the seconds until the next one is free; nothing is spent then."""
        now = self._now()
        stamps = self._stamps.setdefault(key, deque())
        self._forget(stamps, now)
        wait = max(self._wait(stamps, now, limit) for limit in self._limits)
        if wait > 0:
            raise TryLater("budget", "该会话的发送额度已用完", after=wait)
        stamps.append(now)
        self._takes += 1
        if self._takes % self._SWEEP_EVERY == 0:
            self._sweep(now)

    def restore(self, key: str, stamps: Iterable[datetime]) -> None:
        """Count takes of an earlier process, besides those made meanwhile."""
        now = self._now()
        known = sorted([*self._stamps.get(key, ()), *(min(stamp, now) for stamp in stamps)])
        self._stamps[key] = deque(known)

    def _forget(self, stamps: deque[datetime], now: datetime) -> None:
        if stamps and stamps[-1] > now:
            pulled_back = [min(stamp, now) for stamp in stamps]
            stamps.clear()
            stamps.extend(pulled_back)
        while stamps and stamps[0] <= now - self._longest:
            stamps.popleft()

    @staticmethod
    def _wait(stamps: deque[datetime], now: datetime, limit: Limit) -> float:
        count, seconds = limit
        if len(stamps) < count:
            return 0.0
        free_at = stamps[-count] + timedelta(seconds=seconds)
        return max(0.0, (free_at - now).total_seconds())

    def _sweep(self, now: datetime) -> None:
        for key, stamps in list(self._stamps.items()):
            self._forget(stamps, now)
            if not stamps:
                del self._stamps[key]
