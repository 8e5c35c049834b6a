"""Which lines of a rule set differ, named the way the file names them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

NOTHING = "（无）"


@dataclass(frozen=True, slots=True)
class Difference:
    """One rule that would change: `limits.一般.days`, before and after, in the words of the file."""

    name: str
    before: str
    after: str


def differences(before: str, after: str) -> list[Difference]:
    """What two rule files (JSON texts that were checked) say differently, but for their version."""
    old, new = json.loads(before), json.loads(after)
    for rules in (old, new):
        rules.pop("version", None)
        for notice in rules.get("notices", ()):
            notice.pop("place", None)  # files of older releases say it; it never meant anything
    return list(_compare("", old, new))


def _compare(name: str, old: Any, new: Any) -> Iterator[Difference]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys([*old, *new]):
            yield from _compare(f"{name}.{key}" if name else key, old.get(key), new.get(key))
    elif _listed(old) and _listed(new):
        yield from (Difference(name, _words(item), NOTHING) for item in old or [] if item not in (new or []))
        yield from (Difference(name, NOTHING, _words(item)) for item in new or [] if item not in (old or []))
    elif old != new:
        yield Difference(name, _words(old), _words(new))


def _listed(value: Any) -> bool:
    """A list of rules, each of which comes or goes by itself (an absent list is an empty one)."""
    return value is None or (isinstance(value, list) and all(isinstance(item, dict) for item in value))


def _words(value: Any) -> str:
    if value is None:
        return NOTHING
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
