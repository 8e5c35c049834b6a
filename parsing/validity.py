"""Whether the words after a label inside running text are really the value of that field, and nothing but it."""

from __future__ import annotations

import re
from datetime import datetime

from parsing import dates, names, numbers, phones

_NOTE = re.compile(r"[ \t]*\([^()\n]{0,30}\)")
_PROSE = re.compile(r"[\s,;。、!]|(?:来电|来访|致电)?(?:反映|投诉|咨询|求助|举报)")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_PROSE_LENGTH = 6
_BETWEEN_NUMBERS = 8
_ANY_DAY = datetime(2026, 1, 1, tzinfo=dates.SHANGHAI)
_REST = re.compile(r"[\s,;。.、|\"'”}\]]*(?:\([^()]{0,12}\))?[\s,;。.、|\"'”}\]]*")


def _phone_only(value: str) -> bool:
    found = phones.under_label(value, 0, len(value))
    return bool(found) and bool(_REST.fullmatch(value, found[-1].end)) and found[0].start <= 8


def _name_only(value: str) -> bool:
    found = names.under_label(value, 0, len(value))
    return found is not None and bool(_REST.fullmatch(value, found.end))


def _moment_only(value: str) -> bool:
    found = dates.moments(value, _ANY_DAY)
    return bool(found) and bool(_REST.fullmatch(value, found[0].end))


def _number_only(value: str) -> bool:
    found = numbers.in_value(value, 0, len(value))
    return found is not None and bool(_REST.fullmatch(value, found[1]))


_CHECKS = {
    "phone": _phone_only,
    "name": _name_only,
    "contact": _name_only,
    "unit_name": _name_only,
    "reported_at": _moment_only,
    "external_no": _number_only,
    "other_no": _number_only,
    "original_no": _number_only,
}


def looks_like(field: str, value: str) -> bool:
    """True when `value` is one value of `field` and no sentence; fields without a shape need only be short."""
    value = value.strip(" \t\n\"'“”{}[]")[:400]
    check = _CHECKS.get(field)
    return check(value) if check else 0 < len(value) <= 60


def _fact_end(field: str, flat: str, start: int, end: int) -> int | None:
    """Where the one value of `field` that opens `start:end` stops; None when there is none."""
    if field in ("external_no", "other_no", "original_no"):
        span = numbers.in_value(flat, start, end)
        return span[1] if span else None
    if field == "reported_at":
        moment = next(iter(dates.moments(flat, _ANY_DAY, start, min(end, start + 40))), None)
        return moment.end if moment else None
    stop = start
    for phone in phones.under_label(flat, start, end):
        if len(_HAN.findall(flat[stop : phone.start])) > _BETWEEN_NUMBERS:
            break
        stop = phone.end
    if field != "phone":
        name = names.under_label(flat, start, end)
        stop = max(stop, name.end) if name else stop
    return stop if stop > start else None


def prose_from(field: str, flat: str, start: int, end: int) -> int:
    """The end of a labelled fact: before the running text that follows it on its line, else `end`."""
    if field not in _CHECKS:
        return end
    stop = _fact_end(field, flat, start, end)
    if stop is None or stop >= end:
        return end
    note = _NOTE.match(flat, stop, end)
    stop = note.end() if note else stop
    follows = _PROSE.match(flat, stop, end) and len(_HAN.findall(flat[stop:end])) >= _PROSE_LENGTH
    return stop if follows else end
