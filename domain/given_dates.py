"""Which dates and numbers a person or another system may give: the one place, asked at every border and in `decide`.

The State Council arranges one year at a time, so nobody can count a limit further than the years around it; no
limit of 第八条 is longer than ten working days, and a promise of more than two years is a slip of the pen. What is
only written down (when it was reported, the other system's own deadline) may lie wider, but in the years of this law:
a hotline's wrong clock is no reason to turn a complaint away (有诉即接).
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from domain.office_hours import TZ
from domain.refusals import Refused

#: A limit lies at most this far ahead.
AHEAD = timedelta(days=731)
#: The first and the last day that is written down, reported about or counted from.
FIRST, LAST = date(1990, 1, 1), date(2100, 12, 31)
#: A number a person types has no more digits: a page, a count of days, an id.
DIGITS = 9

_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_NUMBER = re.compile(r"[0-9０-９]{1,19}")
#: The largest id a row can have.
LARGEST_ID = 2**63 - 1


def limit_day(day: date, today: date) -> date:
    """A day that is to become a limit. Raises `Refused` when it is past or further ahead than `AHEAD`."""
    if day < today:
        raise Refused("date_past", date=day.isoformat())
    return near_day(day, today)


def near_day(day: date, today: date) -> date:
    """A day that something is arranged for. Raises `Refused` when it is further ahead than `AHEAD` or long ago."""
    if day > today + AHEAD:
        raise Refused("date_far", date=day.isoformat(), latest=(today + AHEAD).isoformat())
    return record_day(day)


def record_day(day: date) -> date:
    """A day that is only written down or reported about. Raises `Refused` outside `FIRST` to `LAST`."""
    if not FIRST <= day <= LAST:
        raise Refused("date_out_of_range", date=day.isoformat(), first=FIRST.isoformat(), last=LAST.isoformat())
    return day


def record_moment(moment: datetime) -> datetime:
    """A moment that is only written down, aware; a naive one is local time. Raises `Refused` as `record_day` does.

    Years 1 and 9999 have moments that no other zone can say: they are refused before any conversion is tried.
    """
    aware = moment.replace(tzinfo=TZ) if moment.utcoffset() is None else moment
    if not FIRST.year <= aware.year <= LAST.year:
        record_day(aware.date())
    record_day(aware.astimezone(TZ).date())
    return aware


def month_named(text: str) -> date | None:
    """The first day of the month written as `2026-11`; None when it is none. Raises `Refused` as `record_day` does."""
    match = _MONTH.fullmatch(text.strip())
    if match is None or not 1 <= int(match[2]) <= 12 or not int(match[1]):
        return None
    return record_day(date(int(match[1]), int(match[2]), 1))


def whole_number(text: str, most: int = 10**DIGITS - 1) -> int | None:
    """A whole number a person typed, in plain or full-width digits; None for anything else, ² and five thousand digits.

    `str.isdigit` says yes to digits `int` cannot read, and `int` itself refuses very long ones.
    """
    number = int(text) if _NUMBER.fullmatch(text) else None
    return number if number is not None and number <= most else None
