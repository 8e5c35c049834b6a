"""The one field type for moments."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tortoise import fields


def as_utc(value: datetime) -> datetime:
    """The same moment in UTC. Raises ValueError for a naive time, TypeError for anything but a datetime."""
    if not isinstance(value, datetime):
        raise TypeError(f"a moment must be an aware datetime, not {type(value).__name__}")
    if value.utcoffset() is None:
        raise ValueError("a moment must know its zone; this datetime is naive")
    return value.astimezone(UTC)


class UtcDatetimeField(fields.DatetimeField[Any]):
    """A moment, always UTC: in Python, in the row, and in `create`, `update` and `filter` alike.

    SQLite compares moments as text, so two spellings of one moment would differ; the stock field normalises only in
    `create`, reads integers in the machine's zone and takes naive times for UTC. Here both are refused.
    """

    def to_python_value(self, value: Any) -> datetime | None:
        """Accept an aware datetime, or the text SQLite gives back."""
        if value is None:
            return None
        return as_utc(datetime.fromisoformat(value) if isinstance(value, str) else value)

    def to_db_value(self, value: Any, instance: Any) -> Any:
        """The moment in UTC; used for rows and for filter arguments."""
        if value is None:
            return None
        self.validate(value)
        return as_utc(value)
