"""What a drawing is made from: the case, who reads it, and why it is drawn now. Pure data, no platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from domain.case import Actor, Case, Event
from domain.papers import CentrePaper
from domain.rules import DecisionContext


@dataclass(frozen=True, slots=True)
class View:
    """One message in the making.

    `reader` is None in a group: nothing personal may be drawn then. `department` is whose group or liaison reads.
    `others` are further cases of a merged message, `other_ids` and `histories` what belongs to them,
    `liaisons` names to call in a group, `facts` is what the message
    itself brings (an event, a step, a report), `events` and `centre` what papers are made from, `lessons` published
    guidance cases like this one (number and title).
    """

    case: Case | None
    context: DecisionContext
    reader: Actor | None
    facts: Mapping[str, Any] = field(default_factory=dict)
    others: tuple[Case, ...] = ()
    other_ids: tuple[int, ...] = ()
    histories: tuple[tuple[Event, ...], ...] = ()
    liaisons: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    public_url: str = ""
    case_id: int = 0
    department: int | None = None
    events: tuple[Event, ...] = ()
    centre: CentrePaper | None = None
    lessons: tuple[tuple[str, str], ...] = ()

    def of(self, case: Case, case_id: int) -> View:
        """The same view of one of its cases alone."""
        known = (self.case_id, *self.other_ids)
        events = dict(zip(known, (self.events, *self.histories), strict=False)).get(case_id, ())
        return replace(self, case=case, case_id=case_id, events=events, others=(), other_ids=(), histories=())

    @property
    def cases(self) -> tuple[Case, ...]:
        """Every case of the message."""
        return (self.case, *self.others) if self.case else self.others
