"""What the parser hands back, and what its parts hand to each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from parsing.normalized_text import NormalizedText


@dataclass(frozen=True)
class Found:
    """One value read from the text. `value` can be dumped as JSON; `confidence` is 0..1 (0.95 and more: labelled and
    exact); `span` are offsets in the original text, for classifications those of the evidence."""

    value: Any
    confidence: float
    span: tuple[int, int]


@dataclass(frozen=True)
class Proposal:
    """One case the text proposes; a field that is not in the text is absent."""

    fields: Mapping[str, Found]


@dataclass(frozen=True)
class Parsed:
    """The whole answer: cases in the order of the text, required fields nobody stated, questions for one card."""

    cases: tuple[Proposal, ...]
    missing: tuple[str, ...]
    questions: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The shape of `yousu parse`."""
        return {
            "cases": [
                {
                    name: {"value": found.value, "confidence": found.confidence, "span": list(found.span)}
                    for name, found in case.fields.items()
                }
                for case in self.cases
            ],
            "missing": list(self.missing),
            "questions": list(self.questions),
        }


@dataclass(frozen=True, slots=True)
class Entry:
    """A value under a label: flat offsets `start:end` of the value, `label_start` of the label."""

    field: str
    label: str
    label_start: int
    start: int
    end: int
    rank: int = 0


@dataclass(frozen=True)
class ParsedRecord:
    """One order inside the text: its part of the text, its labelled entries, and what its surroundings told."""

    normalized: NormalizedText
    entries: tuple[Entry, ...] = ()
    hints: Mapping[str, Found] = field(default_factory=dict)
    said_at: Found | None = None

    def of(self, *fields: str) -> list[Entry]:
        """Entries of these fields that have a value, in the order of the text."""
        return [entry for entry in self.entries if entry.field in fields and entry.end > entry.start]

    def text(self, entry: Entry) -> str:
        """The levelled value of an entry."""
        return self.normalized.flat[entry.start : entry.end]

    def found(self, value: Any, confidence: float, start: int, end: int) -> Found:
        """A `Found` at flat offsets."""
        return Found(value, round(confidence, 2), self.normalized.span(start, end))
