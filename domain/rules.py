"""The rule set of a centre: limits, thresholds and who hears what, as data with a version (第十二条: 试行)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from domain.vocabulary import Category, Stage, State
from domain.work_calendar import OfficeHours, WorkCalendar


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

    id: str
    workdays: int | None
    minutes: int | None
    audiences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """One line of “who hears what”: after event `on`, `to` gets `message` at `place`."""

    on: str
    to: str
    place: str
    message: str


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Everything the mechanism leaves to the centre. Days are working days, minutes are office minutes."""

    version: str
    hours: OfficeHours
    limits: Mapping[Category, Limit]
    redo_days: int
    decline_days: int
    supervision_days: int
    nudge_cooldown_minutes: int
    thresholds: tuple[Threshold, ...]
    overdue: tuple[str, ...]
    ignored: tuple[str, ...]
    owner_minutes: Mapping[State, int]
    owners: Mapping[State, str]
    notices: tuple[Notice, ...]

    def heard(self, event: str) -> tuple[Notice, ...]:
        """The notices an event asks for, in order."""
        return tuple(notice for notice in self.notices if notice.on == event)


@dataclass(frozen=True, slots=True)
class Bench:
    """What a decision is made with: the moment, the calendar and the rules."""

    now: datetime
    calendar: WorkCalendar
    rules: RuleSet


def load_rules(text: str) -> RuleSet:
    """Read a rule set from JSON (shape: `data/rules.json`). Raises KeyError or ValueError on a malformed one."""
    raw: dict[str, Any] = json.loads(text)
    return RuleSet(
        version=raw["version"],
        hours=OfficeHours(
            segments=tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in raw["hours"])
        ),
        limits={
            Category(name): Limit(Stage(item["stage"]), item["days"], item["cap"], item["article"])
            for name, item in raw["limits"].items()
        },
        redo_days=raw["redo_days"],
        decline_days=raw["decline_days"],
        supervision_days=raw["supervision_days"],
        nudge_cooldown_minutes=raw["nudge_cooldown_minutes"],
        thresholds=tuple(
            Threshold(item["id"], item.get("workdays"), item.get("minutes"), tuple(item["to"]))
            for item in raw["thresholds"]
        ),
        overdue=tuple(raw["overdue"]),
        ignored=tuple(raw["ignored"]),
        owner_minutes={State(code): minutes for code, minutes in raw["owner_minutes"].items()},
        owners={State(code): role for code, role in raw["owners"].items()},
        notices=tuple(Notice(item["on"], item["to"], item["place"], item["message"]) for item in raw["notices"]),
    )
