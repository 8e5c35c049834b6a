"""Days to come as people say them: 今天, 周五, 下周三, 月底, 下月5日, 两周内, 10天后, 5个工作日内.

A span in working days is handed back as their number: which day that is, the caller's calendar knows.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from parsing import dates
from parsing.normalized_text import NormalizedText

_N = r"(?:\d{1,3}|[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九]|半)"
_FARTHEST = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class Coming:
    """A day to come: `day`, or `working_days` from now when only those are said; `span` in the text as given."""

    day: date | None
    working_days: int | None
    span: tuple[int, int]


def _day(today: date, words: re.Match[str]) -> date:
    return today + timedelta(days={"今": 0, "明": 1, "后": 2, "大": 3}[words["near"][0]])


def _weekday(today: date, words: re.Match[str]) -> date:
    """周五 is the next Friday from today on, 本周五 the one of this week, 下周三 the one of the next."""
    wanted = "一二三四五六日天".index(words["weekday"]) % 7 if words["weekday"] != "天" else 6
    monday = today - timedelta(days=today.weekday())
    weeks = {"": 0, "本": 0, "这": 0, "下": 1, "下下": 2}[words["week"] or ""]
    day = monday + timedelta(days=wanted, weeks=weeks)
    return day + timedelta(weeks=1) if not words["week"] and day < today else day


def _month(today: date, more: int) -> tuple[int, int]:
    years, month = divmod(today.month - 1 + more, 12)
    return today.year + years, month + 1


def _month_end(today: date, words: re.Match[str]) -> date:
    year, month = _month(today, len(words["later"] or ""))
    return date(year, month, calendar.monthrange(year, month)[1])


def _month_day(today: date, words: re.Match[str]) -> date:
    year, month = _month(today, len(words["further"] or ""))
    return date(year, month, dates.number(words["mday"]) or 0)


def _year_end(today: date, words: re.Match[str]) -> date:
    return date(today.year + (words["yearend"] == "明"), 12, 31)


def _next_year(today: date, words: re.Match[str]) -> date:
    return date(today.year + 1, dates.number(words["nmonth"]) or 0, dates.number(words["nday"]) or 0)


def _span(today: date, words: re.Match[str]) -> date:
    count, unit = words["count"], words["unit"]
    half = count == "半"
    if unit == "月":
        return today + timedelta(days=15) if half else _months_on(today, dates.number(count) or 0)
    days = 7 if unit in ("周", "星期", "礼拜") else 1
    return today + timedelta(days=days * (0 if half else dates.number(count) or 0))


def _months_on(today: date, months: int) -> date:
    """The same day so many months on; the last day of the month where it has no such day."""
    year, month = _month(today, months)
    return date(year, month, min(today.day, calendar.monthrange(year, month)[1]))


_FORMS: tuple[tuple[re.Pattern[str], Callable[[date, re.Match[str]], date]], ...] = (
    (re.compile(r"(?P<near>今天|今日|明天|明日|大后天|后天|后日)"), _day),
    (re.compile(r"(?P<week>下下|下|本|这)?个?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])"), _weekday),
    (re.compile(r"明年(?P<nmonth>" + _N + r")月(?P<nday>" + _N + r")[日号]?"), _next_year),
    (re.compile(r"(?P<further>下{1,2})个?月(?P<mday>" + _N + r")[日号]"), _month_day),
    (re.compile(r"(?P<further>)(?:本|这个?)月(?P<mday>" + _N + r")[日号]"), _month_day),
    (
        re.compile(r"(?P<later>下{1,2})个?月(?:月?底|末)|(?<![\d一二三四五六七八九十])(?:本|这个?)?月(?:底|末)"),
        _month_end,
    ),
    (re.compile(r"(?P<yearend>明|今)?年底"), _year_end),
    (
        re.compile(
            r"(?<![\d年月/.-])(?P<count>" + _N + r")[ ]?个?(?P<unit>天|日|周|星期|礼拜|月)(?:之?内|以内|之?后|以后)"
        ),
        _span,
    ),
)
_WORKING = re.compile(r"(?<![\d年月/.-])(?P<count>" + _N + r")[ ]?个?[ ]?工作日(?:之?内|以内|之?后|以后)?")


def coming(text: str, now: datetime) -> Coming | None:
    """Read the first day to come that a text names, counted from `now` (Shanghai); None when it names none.

    Written dates without a year are the coming ones, so that 1月5日 said in December lies in the next year; a date
    that does not exist, or lies more than ten years off, is none.
    """
    normalized = NormalizedText.of(text[:2000])
    today = dates.local(now).date()
    found: list[tuple[int, int, date | None, int | None]] = []
    for match in _WORKING.finditer(normalized.flat):
        found.append((*match.span(), None, dates.number(match["count"])))
    for pattern, reckon in _FORMS:
        for match in pattern.finditer(normalized.flat):
            found.append((*match.span(), _safe(reckon, today, match), None))
    for moment in dates.moments(normalized.flat, now, future=True):
        found.append((moment.start, moment.end, moment.at.date(), None))
    told = [item for item in found if item[3] or (item[2] and abs(item[2] - today) <= _FARTHEST)]
    if not told:
        return None
    # The forms of this table know more than the general reader of dates: where both begin alike, they win.
    start, end, day, working = min(told, key=lambda item: item[0])
    return Coming(day, working, normalized.span(start, end))


def _safe(reckon: Callable[[date, re.Match[str]], date], today: date, match: re.Match[str]) -> date | None:
    """The day, or None for one the calendar does not have."""
    try:
        return reckon(today, match)
    except (ValueError, OverflowError, IndexError):
        return None
