"""Who can be told: the audiences of a rule set and of the clock, in one table. A word is parsed once, at the border."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.events import REQUESTED, EventType
from domain.vocabulary import Role


class Whose(StrEnum):
    """On whose side an audience sits: a department's group chat, people of a department, people of the centre."""

    GROUP = "group"
    DEPARTMENT = "department"
    CENTRE = "centre"


class AudienceKind(StrEnum):
    """The audience words. Values stand in rule files, rows of the clock and queued messages: they are never renamed."""

    DEPARTMENT = "department"
    ADDED = "added"
    UNIT = "unit"
    LIAISONS = "liaisons"
    LEAD_LIAISONS = "lead_liaisons"
    REMOVED = "removed"
    SUPERIOR = "superior"
    WINDOW = "window"
    MANAGER = "manager"
    LEAD = "lead"
    DISCIPLINE = "discipline"
    HOTLINE = "hotline"
    DECIDER = "decider"


@dataclass(frozen=True, slots=True)
class Traits:
    """What is known of an audience: its Chinese name, its side, the role of its people, and the events that tell it.

    `events` are the only ones that say who that is; None for an audience the case itself knows.
    """

    words: str
    whose: Whose
    role: Role | None = None
    events: frozenset[EventType] | None = None


_GROUP, _DEPARTMENT, _CENTRE = Whose.GROUP, Whose.DEPARTMENT, Whose.CENTRE
TRAITS: dict[AudienceKind, Traits] = {
    AudienceKind.DEPARTMENT: Traits("承办部门", _GROUP),
    AudienceKind.ADDED: Traits("新承办部门", _GROUP, events=frozenset({EventType.REASSIGNED})),
    AudienceKind.UNIT: Traits("承办部门", _GROUP),
    AudienceKind.LIAISONS: Traits("联络员", _DEPARTMENT, Role.LIAISON),
    AudienceKind.LEAD_LIAISONS: Traits("牵头部门联络员", _DEPARTMENT, Role.LIAISON),
    AudienceKind.REMOVED: Traits(
        "原承办部门联络员",
        _DEPARTMENT,
        Role.LIAISON,
        frozenset({EventType.REASSIGNED, EventType.DECLINE_GRANTED}),
    ),
    AudienceKind.SUPERIOR: Traits("分管领导", _DEPARTMENT, Role.SUPERIOR),
    AudienceKind.WINDOW: Traits("窗口", _CENTRE, Role.WINDOW),
    AudienceKind.MANAGER: Traits("管理机构", _CENTRE, Role.MANAGER),
    AudienceKind.LEAD: Traits("负责人", _CENTRE, Role.LEAD),
    AudienceKind.DISCIPLINE: Traits("纪检", _CENTRE, Role.DISCIPLINE),
    AudienceKind.HOTLINE: Traits("热线", _CENTRE, Role.HOTLINE),
    AudienceKind.DECIDER: Traits("裁定人", _CENTRE, events=REQUESTED),
}


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a message is for. `unit` is the directory id of the one department of AudienceKind.UNIT, else None."""

    kind: AudienceKind
    unit: int | None = None

    def __str__(self) -> str:
        return self.kind.value if self.unit is None else f"{self.kind.value}:{self.unit}"

    @property
    def traits(self) -> Traits:
        """What is known of it."""
        return TRAITS[self.kind]

    @property
    def words(self) -> str:
        """Its Chinese name."""
        return self.traits.words

    @classmethod
    def of_unit(cls, unit: int) -> Audience:
        """The group of one department."""
        return cls(AudienceKind.UNIT, unit)

    @classmethod
    def parse(cls, text: str) -> Audience:
        """Read what `str` wrote (`manager`, `unit:3`). Raises ValueError for what no audience is called."""
        word, _, unit = text.partition(":")
        return cls(AudienceKind(word), int(unit) if unit else None)


MANAGER = Audience(AudienceKind.MANAGER)
LEAD = Audience(AudienceKind.LEAD)

#: What a rule set may write: a single department is named by the case, never by the rules.
WRITABLE = tuple(kind for kind in AudienceKind if kind is not AudienceKind.UNIT)
