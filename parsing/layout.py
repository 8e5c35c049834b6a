"""From a text of any shape to records: pasted rows, forwarded chats, several orders one after another, or one memo."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from parsing import boilerplate, chat, names, numbers, phones, tabular
from parsing.evidence import ATTACHMENT, CHANNEL_NAMES
from parsing.label_scanner import find_entries
from parsing.normalized_text import NormalizedText
from parsing.types import Entry, Found, ParsedRecord

_OPENERS = frozenset({"external_no", "name", "unit_name", "reported_at", "source", "title"})
_BODY = frozenset({"content", "kind_prefix"})
_MEMO_LINE = 14


def read(normalized: NormalizedText, now: datetime) -> list[ParsedRecord]:
    """The records of a text, in order; a text without any structure is one record."""
    hints = _attachments(normalized)
    rows = tabular.records(normalized)
    if rows:
        return [replace(row, hints=hints) for row in rows]
    spoken = chat.turns(normalized, now) or chat.transcript(normalized)
    said_at: Found | None = None
    if spoken:
        hints |= _speakers(normalized, spoken)
        hints |= _booked(normalized, spoken)
        normalized, said_at = _without_chatter(normalized, spoken)
    normalized = normalized.without(chat.dividers(normalized))
    normalized = normalized.without(match.span() for match in boilerplate.FORWARD_PREFIX.finditer(normalized.flat))
    entries = find_entries(normalized)
    parts = _orders(normalized, entries) or _memo_lines(normalized)
    if not parts:
        return [ParsedRecord(normalized, entries, hints, said_at)]
    return [ParsedRecord(part, find_entries(part), hints, said_at) for part in parts]


def _attachments(normalized: NormalizedText) -> dict[str, Found]:
    seen = list(ATTACHMENT.finditer(normalized.flat))
    if not seen:
        return {}
    span = (normalized.span(*seen[0].span())[0], normalized.span(*seen[-1].span())[1])
    return {"attachments": Found([match["what"] for match in seen], 0.95, span)}


def _speakers(normalized: NormalizedText, spoken: list[chat.Turn]) -> dict[str, Found]:
    """The channel a sender's name gives away, such as 12345示例市-小测."""
    for turn in spoken:
        for rule in CHANNEL_NAMES:
            match = rule.pattern.search(normalized.flat, *turn.who_span)
            if match:
                return {"source": Found(rule.value, 0.85, normalized.span(*match.span()))}
    return {}


def _booked(normalized: NormalizedText, spoken: list[chat.Turn]) -> dict[str, Found]:
    """The order number the staff tell the caller at the end of a talk that is cut out of it."""
    telling = chat.teller(spoken)
    for turn in spoken:
        number = numbers.GLUED.search(normalized.flat, turn.start, turn.end)
        if number and chat.staffs_own(normalized, telling, turn):
            span = number.span("no")
            return {"external_no": Found(number["no"], 0.8, normalized.span(*span))}
    return {}


def _without_chatter(normalized: NormalizedText, spoken: list[chat.Turn]) -> tuple[NormalizedText, Found | None]:
    """Headers and chatter cut out; also when the first message that matters was sent."""
    telling = chat.teller(spoken)
    began = {turn.who: turn.said_at for turn in reversed(spoken)}
    cuts: list[tuple[int, int]] = []
    said_at: Found | None = None
    for turn in spoken:
        idle = chat.is_chatter(normalized.flat[turn.start : turn.end])
        idle = idle or chat.staffs_own(normalized, telling, turn)
        if not idle and said_at is None:
            said_at = began[turn.who]
        cuts.append((turn.header_start, turn.end if idle else turn.start))
    return normalized.without(cuts), said_at


def _orders(normalized: NormalizedText, entries: tuple[Entry, ...]) -> list[NormalizedText]:
    """Several complete orders in one text: the first label comes back at line starts, each time with its own body."""
    first = next((entry for entry in entries if entry.field in _OPENERS), None)
    if first is None:
        return []
    starts = [entry.label_start for entry in entries if entry.label == first.label and _opens_line(normalized, entry)]
    if len(starts) < 2:
        return []
    bounds = [0, *starts[1:], len(normalized.flat)]
    told = {
        bisect_right(starts, entry.label_start) for entry in entries if entry.field in _BODY and entry.end > entry.start
    }
    if told | {0} != set(range(len(starts) + 1)):
        return []
    return [normalized.part(start, end) for start, end in pairwise(bounds)]


def _opens_line(normalized: NormalizedText, entry: Entry) -> bool:
    head = normalized.flat[max(0, entry.label_start - 12) : entry.label_start].rpartition("\n")[2]
    return not re.sub(r"[\s\d.、()【\[{\"'*-]", "", head)


def _memo_lines(normalized: NormalizedText) -> list[NormalizedText]:
    """Several memos, one a line, each with its own person beside a phone."""
    bounds: list[tuple[int, int]] = []
    offset = 0
    for line in normalized.flat.split("\n"):
        if line.strip():
            numbers = phones.all_numbers(line) if len(line) >= _MEMO_LINE else []
            own = any(names.beside(line, number.start, number.end) for number in numbers[:3])
            if not own or len(re.findall(r"[\u4e00-\u9fff]", line)) < _MEMO_LINE:
                return []
            bounds.append((offset, offset + len(line)))
        offset += len(line) + 1
    return [normalized.part(start, end) for start, end in bounds] if len(bounds) >= 2 else []
