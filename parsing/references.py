"""Which orders of other systems a record is or refers to: its number, further numbers, and urging calls."""

from __future__ import annotations

from parsing import classify, numbers
from parsing.types import Found, ParsedRecord

Scored = tuple[int, int, float]
"""(flat start, flat end, confidence) of a number."""


def read(record: ParsedRecord) -> dict[str, Found]:
    """external_no, other_nos and urging; an urging call is keyed by the order it asks about."""
    flat = record.normalized.flat
    original = _original(record)
    spans = [original] if original else []
    spans += _labelled(record) or ([] if original else _loose(record))
    unique: dict[str, Scored] = {}
    for start, end, sure in spans:
        unique.setdefault(flat[start:end], (start, end, sure))
    fields: dict[str, Found] = {}
    if unique:
        (start, end, sure), *others = unique.values()
        fields["external_no"] = record.found(flat[start:end], sure, start, end)
        if others:
            first, last = min(item[0] for item in others), max(item[1] for item in others)
            fields["other_nos"] = record.found([flat[a:b] for a, b, _ in others], 0.95, first, last)
    urging = classify.urging(record, (flat[original[0] : original[1]], original[:2]) if original else None)
    return fields | ({"urging": urging} if urging else {})


def _labelled(record: ParsedRecord) -> list[Scored]:
    entries = record.of("external_no", "other_no")
    entries.sort(key=lambda entry: (entry.field != "external_no", entry.rank))
    found = (numbers.in_value(record.normalized.flat, entry.start, entry.end) for entry in entries)
    return [(*span, 0.97) for span in found if span]


def _loose(record: ParsedRecord) -> list[Scored]:
    """A number without a proper label: of a letter, glued to 工单, or shaped like a hotline's."""
    flat = record.normalized.flat
    letter = numbers.LETTER_NUMBER.search(flat)
    if letter:
        return [(*letter.span(), 0.9)]
    glued = numbers.GLUED.search(flat)
    if glued:
        return [(*glued.span("no"), 0.85)]
    bare = numbers.LOOSE.search(flat)
    return [(*bare.span(), 0.7)] if bare else []


def _original(record: ParsedRecord) -> Scored | None:
    """The number of the earlier order the text refers to."""
    for entry in record.of("original_no"):
        span = numbers.in_value(record.normalized.flat, entry.start, entry.end)
        if span:
            return *span, 0.95
    match = numbers.ORIGINAL.search(record.normalized.flat)
    return (*match.span("no"), 0.85) if match else None
