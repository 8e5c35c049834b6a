"""Periods as people name them: 本月, 上月, 10月, 2026年10月, 本周, 今天."""

from __future__ import annotations

import re
from datetime import date, timedelta

_MONTH = re.compile(r"^(?:(?P<year>20\d\d)[-年./])?(?P<month>0?[1-9]|1[0-2])月?份?$")


def month_start(day: date, back: int = 0) -> date:
    """The first of the month, `back` months before that of `day`."""
    months = day.year * 12 + day.month - 1 - back
    return date(months // 12, months % 12 + 1, 1)


def period_named(word: str, today: date) -> tuple[date, date] | None:
    """The first day of a period and the one after its last; None for what names none. A month is the last such one."""
    monday = today - timedelta(days=today.weekday())
    known = {
        "今天": (today, today + timedelta(days=1)),
        "昨天": (today - timedelta(days=1), today),
        "本周": (monday, monday + timedelta(days=7)),
        "上周": (monday - timedelta(days=7), monday),
        "本月": (month_start(today), month_start(today, -1)),
        "上月": (month_start(today, 1), month_start(today)),
        "今年": (date(today.year, 1, 1), date(today.year + 1, 1, 1)),
        "去年": (date(today.year - 1, 1, 1), date(today.year, 1, 1)),
    }
    if word in known:
        return known[word]
    match = _MONTH.match(word)
    if match is None or not (match["year"] or word.endswith(("月", "月份"))):
        return None
    month = int(match["month"])
    year = int(match["year"]) if match["year"] else today.year - (month > today.month)
    first = date(year, month, 1)
    return first, month_start(first, -1)
