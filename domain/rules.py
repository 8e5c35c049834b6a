"""The rule set of a centre: limits, thresholds and who hears what, as data with a version (第十二条: 试行)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.audiences import Audience
from domain.events import EventType
from domain.messages import MessageKind
from domain.vocabulary import OPINIONS, Category, Rating, Stage, State, StepId
from domain.work_calendar import WorkCalendar, YearlyHours


@dataclass(frozen=True, slots=True)
class Limit:
    """The limit a category starts with. `cap` says whether a manager's date may not be later (a number of 第八条)."""

    stage: Stage
    days: int
    cap: bool
    article: str


@dataclass(frozen=True, slots=True)
class Threshold:
    """When a reminder before the limit is due: `workdays` before it at opening, or `minutes` before close."""

    id: StepId
    workdays: int | None
    minutes: int | None
    audiences: tuple[Audience, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """One line of “who hears what”: after event `on`, `to` gets `message`."""

    on: EventType
    to: Audience
    message: MessageKind


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Everything the mechanism leaves to the centre. Days are working days, minutes are office minutes."""

    version: str
    hours: YearlyHours
    limits: Mapping[Category, Limit]
    redo_days: int
    decline_days: int
    supervision_days: int
    assist_days: int
    suspension_days: int
    suspensions: int
    #: A promised result further away needs the manager's consent; None in rule sets older than this (第八条).
    promise_days: int | None
    returns_to_lead: int
    returns_to_supervise: int
    urgings_to_supervise: int
    call_attempts: int
    call_days: int
    duplicate_days: int
    nudge_cooldown_minutes: int
    remind_days: int
    lead_hears_days: int
    hold_days: int
    thresholds: tuple[Threshold, ...]
    overdue: tuple[Audience, ...]
    ignored: tuple[Audience, ...]
    owner_minutes: Mapping[State, int]
    owners: Mapping[State, Audience]
    satisfied: frozenset[Rating]
    notices: tuple[Notice, ...]
    papers: Mapping[str, str]

    @property
    def dissatisfied(self) -> frozenset[Rating]:
        """The opinions that send a case back (第十条): every one that does not clear its number."""
        return OPINIONS - self.satisfied

    def heard(self, event: EventType) -> tuple[Notice, ...]:
        """The notices an event asks for, in order."""
        return tuple(notice for notice in self.notices if notice.on == event)


@dataclass(frozen=True, slots=True)
class DecisionContext:
    """What a decision is made with: the moment, the calendar and the rules."""

    now: datetime
    calendar: WorkCalendar
    rules: RuleSet
