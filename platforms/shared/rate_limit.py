"""A budget of sends: who has been sent how much lately."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from platforms.contract import TryLater

Limit = tuple[int, float]
"""So many takes within so many seconds."""


class SlidingWindow:
    """A true sliding window per key: never more than `count` takes in any `seconds`, for every limit given.

    The platform counts a message when it takes it, which is some time between its sending and its answer: a message
    counts as sent just now until the answer is here, and as sent at that moment from then on.
    The clock is injected; when it is set back, later stamps are pulled back with it, so the budget is never exceeded
    and never blocked for longer than the longest limit.
    """

    _SWEEP_EVERY = 512

    def __init__(self, limits: tuple[Limit, ...], now: Callable[[], datetime]) -> None:
        self._limits = limits
        self._longest = timedelta(seconds=max(seconds for _, seconds in limits))
        self._now = now
        self._stamps: dict[str, deque[datetime]] = {}
        self._on_the_way: Counter[str] = Counter()
        self._takes = 0

    @contextmanager
    def spending(self, *keys: str) -> Iterator[None]:
        """Spend one of each while the body runs, which sends and hears the answer.

        Raises `TryLater` with the seconds until each has one free; nothing is spent then.
        """
        now = self._now()
        wait = max((self._wait(key, now) for key in keys), default=0.0)
        if wait > 0:
            raise TryLater("budget", "该会话的发送额度已用完", after=wait)
        self._on_the_way.update(keys)
        try:
            yield
        finally:
            self._on_the_way.subtract(keys)
            for key in keys:
                self._stamp(key)

    def restore(self, key: str, stamps: Iterable[datetime]) -> None:
        """Count takes of an earlier process, besides those made meanwhile."""
        now = self._now()
        known = sorted([*self._stamps.get(key, ()), *(min(stamp, now) for stamp in stamps)])
        self._stamps[key] = deque(known)

    def _stamp(self, key: str) -> None:
        now = self._now()
        stamps = self._stamps.setdefault(key, deque())
        self._forget(stamps, now)
        stamps.append(now)
        self._takes += 1
        if self._takes % self._SWEEP_EVERY == 0:
            self._sweep(now)

    def _forget(self, stamps: deque[datetime], now: datetime) -> None:
        if stamps and stamps[-1] > now:
            pulled_back = [min(stamp, now) for stamp in stamps]
            stamps.clear()
            stamps.extend(pulled_back)
        while stamps and stamps[0] <= now - self._longest:
            stamps.popleft()

    def _wait(self, key: str, now: datetime) -> float:
        """Seconds until one more may go; what is on its way counts as sent now."""
        stamps = self._stamps.get(key, deque())
        self._forget(stamps, now)
        return max(self._wait_for(limit, stamps, self._on_the_way[key], now) for limit in self._limits)

    @staticmethod
    def _wait_for(limit: Limit, stamps: deque[datetime], on_the_way: int, now: datetime) -> float:
        count, seconds = limit
        if len(stamps) + on_the_way < count:
            return 0.0
        oldest = stamps[on_the_way - count] if on_the_way < count else now
        return max(0.0, (oldest + timedelta(seconds=seconds) - now).total_seconds())

    def _sweep(self, now: datetime) -> None:
        self._on_the_way = +self._on_the_way
        for key, stamps in list(self._stamps.items()):
            self._forget(stamps, now)
            if not stamps:
                del self._stamps[key]
