"""What a platform was asked for, counted by month: a metered platform stops answering when its month is used up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from domain.office_hours import TZ
from models.bookkeeping import TallyRow, add_to_tally


class MonthlyCounter:
    """`platforms.contract.Tally` over the database. `add` never waits; `save` writes what was added since.

    A crash loses what was not saved: the server saves after every round of delivery, so a few counts at most.
    """

    def __init__(self, platform: str, now: Callable[[], datetime]) -> None:
        self._platform = platform
        self._now = now
        self._saved: Counter[tuple[str, str]] = Counter()
        self._added: Counter[tuple[str, str]] = Counter()

    async def load(self) -> None:
        """Read what was counted before; also what another process has added meanwhile."""
        rows = await TallyRow.filter(platform=self._platform, month=self._month())
        self._saved = Counter({(row.month, row.what): row.count for row in rows})

    async def save(self) -> None:
        """Write down what was added since the last time; what the database does not take now is kept for the next."""
        for (month, what), count in list(self._added.items()):
            saved = await add_to_tally(self._platform, month, what, count)
            self._saved[month, what] = saved
            self._added[month, what] -= count
        self._added += Counter()  # what is counted down to nothing is dropped

    def add(self, what: str) -> None:
        """Count one call of this moment."""
        self._added[self._month(), what] += 1

    def this_month(self, what: str) -> int:
        """How many since the first of the month, Beijing time."""
        key = self._month(), what
        return self._saved[key] + self._added[key]

    def _month(self) -> str:
        return self._now().astimezone(TZ).strftime("%Y-%m")
