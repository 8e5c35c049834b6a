"""Reading what people type: dates and lists, with an error that says how to write it right."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from bot import texts
from domain.given_dates import near_day
from domain.office_hours import TZ

_ISO = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?=$|[\s，,：:；;])")
_SHORT = re.compile(r"^(\d{1,2})[-/.月](\d{1,2})日?(?=$|[\s，,：:；;])")
_DAYS = {"今天": 0, "明天": 1, "后天": 2}
_SEPARATORS = re.compile(r"^[\s，,：:；;]+")


class BadWords(Exception):
    """What was typed cannot be read; `str()` says how to write it."""


def take_date(text: str, now: datetime) -> tuple[date | None, str]:
    """Split a leading date off. (None, text) when there is none; BadWords for one that does not exist, Refused
    for one that nobody arranges anything for.

    A date without a year is the next such day.
    """
    text = text.strip()
    today = now.astimezone(TZ).date()
    for word, days in _DAYS.items():
        if text.startswith(word):
            return today + timedelta(days=days), _rest(text, len(word))
    if match := _ISO.match(text):
        return _date(int(match[1]), int(match[2]), int(match[3]), match[0], today), _rest(text, match.end())
    if match := _SHORT.match(text):
        found = _date(today.year, int(match[1]), int(match[2]), match[0], today)
        if found < today:
            found = _date(today.year + 1, int(match[1]), int(match[2]), match[0], today)
        return found, _rest(text, match.end())
    if re.match(r"^\d{4}\D\d", text):
        raise BadWords(_complaint(text.split()[0], today))
    return None, text


def need_date(text: str, now: datetime, usage: str) -> tuple[date, str]:
    """Split a leading date off; BadWords with the usage when there is none."""
    found, rest = take_date(text, now)
    if found is None:
        raise BadWords(texts.DATE_NEEDED.format(usage=usage))
    return found, rest


def _date(year: int, month: int, day: int, text: str, today: date) -> date:
    try:
        given = date(year, month, day)
    except ValueError:
        raise BadWords(_complaint(text, today)) from None
    return near_day(given, today)


def _complaint(text: str, today: date) -> str:
    return texts.BAD_DATE.format(text=text.strip(), example=(today + timedelta(days=3)).isoformat())


def _rest(text: str, start: int) -> str:
    return _SEPARATORS.sub("", text[start:]).strip()


def split_list(text: str) -> list[str]:
    """Words separated by commas of either width, 、 or white space."""
    return [word for word in re.split(r"[,，、\s]+", text) if word]


def split_basis(text: str) -> tuple[str, str]:
    """`理由；依据` apart, at the first semicolon of either width; the basis is empty when there is none."""
    reason, _, basis = re.sub("；", ";", text).partition(";")
    return reason.strip(), basis.strip()
