"""What every use case works with: the clock, the calendar, the rules, the sealer; built once by `main`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from domain.rules import DecisionContext, RuleSet
from domain.work_calendar import WorkCalendar
from models.sealing import Sealer
from services.store.hands import Hands
from services.store.usage_counter import MonthlyCounter


@dataclass(frozen=True, slots=True)
class Webhook:
    """A system that hears of endings: the id and secret that sign what it is sent, and its address."""

    id: str
    secret: str
    url: str


class Clock(Protocol):
    """The only source of the present moment."""

    def now(self) -> datetime:
        """The present, aware."""

    def paced(self) -> datetime:
        """A present that nobody can set: good for measuring what has passed, not for dating anything."""


def _nothing() -> None:
    """Wake nobody: one-shot commands deliver nothing themselves."""


@dataclass
class AppContext:
    """What the deployment works with. `wake` is called after a commit that queued messages.

    `calendar` and `rules` are the deployment's; those of a case or a centre come from `decision_context` and
    `decision_context_of`.
    """

    clock: Clock
    calendar: WorkCalendar
    rules: RuleSet
    sealer: Sealer
    public_url: str = ""
    wake: Callable[[], None] = _nothing

    #: Every version of the rules by name; a case keeps the one it was opened under.
    versions: dict[str, RuleSet] = field(default_factory=dict)
    #: The rules in force at the centres (by id) that have rules of their own; `rules` hold at the others.
    own_rules: dict[int, RuleSet] = field(default_factory=dict)

    #: Where endings of what came from outside are pushed.
    webhooks: tuple[Webhook, ...] = ()

    #: What metered platforms were asked for this month, by platform.
    usage_counters: dict[str, MonthlyCounter] = field(default_factory=dict)

    #: Whether a look at the clock is going on: what it has to say waits for its end.
    ticking: bool = False

    #: The incoming events this process works on.
    hands: Hands = field(default_factory=Hands)

    def decision_context(self, version: str) -> DecisionContext:
        """Moment, calendar and rules for what happens to one case; `version` is the one it was opened under."""
        return self._decision_context(self.versions.get(version, self.rules))

    def decision_context_of(self, centre: int) -> DecisionContext:
        """The same for a centre as such: what a new case of it is opened under, its digest, its reports."""
        return self._decision_context(self.rules_of(centre))

    def rules_of(self, centre: int) -> RuleSet:
        """The rules in force at a centre."""
        return self.own_rules.get(centre, self.rules)

    def calendar_of(self, centre: int) -> WorkCalendar:
        """The calendar in the present office hours of a centre: when its departments may be spoken to."""
        return self.calendar.with_hours(self.rules_of(centre).hours)

    def _decision_context(self, rules: RuleSet) -> DecisionContext:
        return DecisionContext(self.clock.now(), self.calendar.with_hours(rules.hours), rules)
