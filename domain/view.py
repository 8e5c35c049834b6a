"""What a drawing is made from: the case, who reads it, and why it is drawn now. Pure data, no platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.case import Actor, Case, Event
from domain.papers import CentrePaper
from domain.rules import DecisionContext


@dataclass(frozen=True, slots=True)
class View:
    """One message in the making.

    `reader` is None in a group: nothing personal may be drawn then. `department` is whose group or liaison reads.
    `others` are further cases of a merged message, `liaisons` names to call in a group, `facts` is what the message
    itself brings (an event, a step, a report), `events` and `centre` what papers are made from, `lessons` published
    guidance cases like this one (number and title).
    """

    case: Case | None
    context: DecisionContext
    reader: Actor | None
    facts: Mapping[str, Any] = field(default_factory=dict)
    others: tuple[Case, ...] = ()
    liaisons: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    public_url: str = ""
    case_id: int = 0
    department: int | None = None
    events: tuple[Event, ...] = ()
    centre: CentrePaper | None = None
    lessons: tuple[tuple[str, str], ...] = ()

    @property
    def cases(self) -> tuple[Case, ...]:
        """Every case of the message."""
        return (self.case, *self.others) if self.case else self.others
