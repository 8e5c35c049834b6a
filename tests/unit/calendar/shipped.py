"""The calendar the product ships, read the way the product reads it."""

from datetime import datetime
from pathlib import Path

from domain.work_calendar import TZ, WorkCalendar, YearTable, load_tables

FOLDER = Path(__file__).parents[3] / "data" / "calendar"


def shipped_tables() -> tuple[YearTable, ...]:
    return load_tables(path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.json")))


def shipped_calendar() -> WorkCalendar:
    return WorkCalendar(shipped_tables())


def at(text: str) -> datetime:
    """An office moment from "2026-11-23 10:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=TZ)
