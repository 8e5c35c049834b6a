"""What every use case works with: the clock, the calendar, the rules, the sealer; built once by `main`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.rules import Bench, RuleSet
from domain.work_calendar import WorkCalendar
from models.sealing import Sealer


class Clock(Protocol):
    """The only source of the present moment."""

    def now(self) -> datetime:
        """The present, aware."""


def _nothing() -> None:
    """Wake nobody: one-shot commands deliver nothing themselves."""


@dataclass
class Office:
    """The desk of the deployment. `wake` is called after a commit that queued messages."""

    clock: Clock
    calendar: WorkCalendar
    rules: RuleSet
    sealer: Sealer
    public_url: str = ""
    wake: Callable[[], None] = _nothing

    def bench(self) -> Bench:
        """Moment, calendar and rules for one decision."""
        return Bench(self.clock.now(), self.calendar, self.rules)
