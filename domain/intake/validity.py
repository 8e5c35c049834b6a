"""Whether the words after a label inside running text are really the value of that field, and nothing but it."""

from __future__ import annotations

import re
from datetime import datetime

from domain.intake import dates, names, numbers, phones

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
}


def looks_like(field: str, value: str) -> bool:
    """True when `value` is one value of `field` and no sentence; fields without a shape need only be short."""
    value = value.strip(" \t\n\"'“”{}[]")[:400]
    check = _CHECKS.get(field)
    return check(value) if check else 0 < len(value) <= 60
