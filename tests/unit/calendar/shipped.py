"""The calendar the product ships, read the way the product reads it."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from domain.work_calendar import TZ, SpecialDay, WorkCalendar, YearTable, load_tables

FOLDER = Path(__file__).parents[3] / "shipped" / "calendar"


def shipped_tables() -> tuple[YearTable, ...]:
    return load_tables(path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.json")))


def shipped_calendar() -> WorkCalendar:
    return WorkCalendar(shipped_tables())


def calendar_with(*holidays: date) -> WorkCalendar:
    """The shipped calendar after a second notice that gives these days of 2026 off too (2015, 2019, 2020 had one)."""
    return WorkCalendar((*shipped_tables(), table_with(*holidays)))


def table_with(*holidays: date) -> YearTable:
    """The table of that second notice."""
    shipped = next(table for table in shipped_tables() if table.year == 2026)
    off = tuple(SpecialDay(day, True, "临时放假", "国办发明电〔2026〕1号") for day in holidays)
    kept = tuple(day for day in shipped.days if day.date not in holidays)
    return replace(shipped, days=tuple(sorted((*kept, *off), key=lambda day: day.date)))


def at(text: str) -> datetime:
    """An office moment from "2026-11-23 10:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=TZ)
