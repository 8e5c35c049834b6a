"""What the record's keyed hashes cover: events, case rows, numbers, journals, daily heads. Pure; nothing is read here.

Every hash is HMAC-SHA256 under the chain key, over one JSON text that begins with what it is for.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from domain.case import Event

#: What the first link hangs on.
GENESIS = "0" * 64
#: In the place of a case's `mac`: its old chain did not hold when it was to be taken over; its row had been altered by
#: hand when the program wrote it next. Neither is ever made good by the program.
OLD_CHAIN_BROKEN, ALTERED = "broken-before-upgrade", "altered-by-hand"

#: Columns of a case row that its `mac` covers; the others are compared with the first event.
COVERED = (
    "state",
    "round",
    "turn",
    "category",
    "kind",
    "level",
    "received_at",
    "due_at",
    "provisional",
    "next_due_at",
    "is_open",
    "lead_department_id",
    "closed_at",
    "public",
    "rules_version",
    "steps_hash",
)
#: Columns the journal of changes covers, by table.
WATCHED: dict[str, tuple[str, ...]] = {
    "centres": ("name", "level"),
    "departments": ("centre_id", "name", "active"),
    "persons": ("centre_id", "department_id", "name", "roles", "active"),
    "deputies": ("person_id", "deputy_id", "start", "end", "noted_at"),
    "rule_sets": ("centre_id", "version", "text", "applied", "since"),
    "year_tables": ("year", "text", "imported_at"),
}

Steps = Iterable[tuple[Any, ...]]


def canonical(data: Any) -> str:
    """The one JSON text of a value: sorted keys, no spaces, so that hashes agree."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _with_parts(columns: list[Any], held: Mapping[str, str], posts: Iterable[int]) -> list[Any]:
    """A person's columns, accounts and posts. Two accounts were columns once, and posts there were none: what was
    digested then must still agree."""
    others = {platform: account for platform, account in held.items() if platform not in _ONCE_COLUMNS}
    further = sorted(posts)
    return [
        *columns[:-1],
        *map(held.get, _ONCE_COLUMNS),
        columns[-1],
        *([others] if others else []),
        *([further] if further else []),
    ]


_ONCE_COLUMNS = ("wecom", "dingtalk")


class RecordKey:
    """The chain key. It never changes: rotating the data key only seals it anew."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def digest(self, what: str, *parts: Any) -> str:
        """64 hex digits over `parts`, unlike those for any other `what`."""
        text = canonical([what, *map(_plain, parts)])
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()

    def private(self, no: str, seq: int, private: Mapping[str, Any]) -> str | None:
        """The digest of an event's private part, unsealed; None where there is none."""
        return self.digest("private", no, seq, canonical(dict(private))) if private else None

    def link(self, prev: str, no: str, event: Event, data: str, private: str | None) -> str:
        """The hash of an event: the one before it, everything stored of it, and the digest of its private part."""
        own = (event.seq, event.type, event.at, event.actor, event.role, event.via)
        return self.digest("event", prev, no, *own, data, private)

    def steps(self, no: str, steps: Steps) -> str:
        """The digest of the steps of the clock a case has had."""
        return self.digest("steps", no, sorted([_plain(part) for part in step] for step in steps))

    def row(self, no: str, version: int, last_hash: str, columns: Mapping[str, Any]) -> str:
        """The `mac` of a case row: its columns, its version, and the end of its chain."""
        return self.digest("case", no, version, last_hash, [_plain(columns[name]) for name in COVERED])

    def counter(self, day: str, value: int) -> str:
        """The `mac` of the last number of a day."""
        return self.digest("counter", day, value)

    def content(self, what: str, row: Any) -> str:
        """The digest of what stands in a watched row."""
        columns = [_plain(getattr(row, name)) for name in WATCHED[what]]
        if what == "persons":
            columns = _with_parts(columns, row.held, row.posts)
        return self.digest("content", what, row.id, columns)

    def change(self, prev: str, row: Any) -> str:
        """The hash of an entry of the journal of changes."""
        return self.digest("change", prev, row.what, row.ref, row.digest, row.at)

    def look(self, prev: str, row: Any) -> str:
        """The hash of an entry of the log of looks at personal data."""
        return self.digest("look", prev, row.case_id, row.person_id, row.what, row.purpose, row.at)

    def journal(self, name: str, count: int, last: str) -> str:
        """The `mac` of a journal's end."""
        return self.digest("journal", name, count, last)

    def share(self, no: str, seq: int, last_hash: str) -> int:
        """What a case adds to the total of a daily head."""
        return int(self.digest("share", no, seq, last_hash), 16)

    def head(self, prev: str, row: Any) -> str:
        """The hash of a daily head, chained to the one before."""
        own = (row.day, row.at, row.upto, row.cases, row.events, row.total, row.journals)
        return self.digest("head", prev, *own)


def added(total: str, change: int) -> str:
    """A head's total after a change: a sum modulo 2^256 of keyed shares, in which the order does not matter."""
    return f"{(int(total, 16) + change) % (1 << 256):064x}"


def old_link(prev_hash: str, no: str, event: Event, data: str, sealed: str | None) -> str:
    """The rule of releases without a chain key: a plain hash that covers the sealed text."""
    moment = event.at.astimezone(UTC).isoformat()
    parts = [prev_hash, no, str(event.seq), event.type, moment, str(event.actor), event.role, event.via]
    return hashlib.sha256("\n".join([*parts, data, sealed or ""]).encode()).hexdigest()
