"""Rate budgets as sliding windows over city time."""

from __future__ import annotations

from collections import defaultdict, deque

MINUTE = 60.0
HOUR = 3600.0


class Budget:
    """At most `count` takes in any `seconds`, for each of several windows at once, per key.

    A refused take costs nothing. Time is handed in (unix seconds of the city).
    """

    def __init__(self, *windows: tuple[int, float]) -> None:
        self.windows = windows
        self._longest = max(seconds for _, seconds in windows)
        self._taken: dict[str, deque[float]] = defaultdict(deque)

    def take(self, key: str, now: float) -> bool:
        """Take one if every window has room; False when one is spent."""
        taken = self._taken[key]
        while taken and taken[0] <= now - self._longest:
            taken.popleft()
        for count, seconds in self.windows:
            if sum(1 for moment in taken if moment > now - seconds) >= count:
                return False
        taken.append(now)
        return True

    def left(self, key: str, now: float) -> int:
        """How many more takes would go through right now."""
        taken = self._taken[key]
        return min(count - sum(1 for moment in taken if moment > now - seconds) for count, seconds in self.windows)
