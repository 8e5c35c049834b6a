"""Working days and working minutes of a government office in China, with the reason for every day.

The law: the day of receipt is not counted (民法典第二百零一条); only working days are (行政许可法第八十二条), and a
调休 Saturday or Sunday is one of them; a last day that is a rest day gives way to the next working day, and the period
ends when business closes (民法典第二百零三条). A year whose notice is not published is counted by statute and marked
provisional.

Times go in with any zone and come out in Asia/Shanghai. Dates are civil dates there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.given_dates import DIGITS, FIRST, LAST
from domain.office_hours import DEFAULT_HOURS, TZ, OfficeHours, Season, YearlyHours
from domain.refusals import Refused
from domain.year_layout import WORKDAY, CalendarDay, Year, lay_out
from domain.year_table import SpecialDay, YearTable, load_tables

__all__ = [
    "DEFAULT_HOURS",
    "TZ",
    "BadSpan",
    "CalendarDay",
    "Due",
    "OfficeHours",
    "Season",
    "SpecialDay",
    "WorkCalendar",
    "YearTable",
    "YearlyHours",
    "load_tables",
]

RECEIVED = "收到当日不计入"
SAME_DAY = "当日期限，截至下班"
AFTER_CLOSE = "已过下班时间，顺延至下一个工作日"
PROMISED = "承诺日期"
ROLLED = "承诺日期非工作日，依民法典第二百零三条顺延至此"
#: The longest period that is counted; no limit, pause or lateness of a living case comes near it.
SPAN_YEARS = 20
_SPAN_DAYS = SPAN_YEARS * 366


class BadSpan(Refused, ValueError):
    """A date or a period the calendar does not count: it would walk day by day for as long as it is asked to."""


@dataclass(frozen=True, slots=True)
class Due:
    """The end of a period: `days` working days after `received`, due at `at`, the close of business of `date`.

    `steps` explain every civil day from receipt to `date`. `provisional`: a counted day lies in an unpublished year.
    """

    received: datetime
    days: int
    date: date
    at: datetime
    provisional: bool
    steps: tuple[CalendarDay, ...]


class WorkCalendar:
    """Answers every question about working time. Immutable to its callers; safe to share.

    Of two tables for one year the later wins (a second notice corrected 2015, 2019 and 2020 in mid-year).
    """

    def __init__(self, tables: Iterable[YearTable], hours: OfficeHours | YearlyHours = DEFAULT_HOURS) -> None:
        self._set_hours(hours)
        self._siblings = {self.hours: self}
        self._tables = {table.year: table for table in tables}
        self._special: dict[int, dict[date, SpecialDay]] = {}
        for _, table in sorted(self._tables.items()):
            for day in table.days:
                self._special.setdefault(day.date.year, {})[day.date] = day
        self._years: dict[int, Year] = {}
        self._counted: dict[tuple[date, int], CalendarDay] = {}

    def _set_hours(self, hours: OfficeHours | YearlyHours) -> None:
        self.hours = hours if isinstance(hours, YearlyHours) else YearlyHours(hours)

    def with_hours(self, hours: OfficeHours | YearlyHours) -> WorkCalendar:
        """The same days in other office hours; the years laid out are shared, and each hours have one calendar."""
        hours = hours if isinstance(hours, YearlyHours) else YearlyHours(hours)
        known = self._siblings.get(hours)
        if known is None:
            known = copy(self)
            known._set_hours(hours)
            self._siblings[hours] = known
        return known

    # Days

    def is_workday(self, d: date) -> bool:
        """Is `d` a working day, 调休 included."""
        return self._step(d).counted

    def is_provisional(self, d: date) -> bool:
        """Is the arrangement for the year of `d` still unpublished."""
        return self._year(d.year).provisional

    def why(self, d: date) -> str:
        """Why `d` is or is not a working day, in Chinese."""
        return self._step(d).why

    def shift(self, d: date, n: int) -> date:
        """The n-th working day after (n > 0) or before (n < 0) `d`; for 0 `d` itself or the next working day."""
        if n == 0:
            return d if self.is_workday(d) else self.shift(d, 1)
        if abs(n) > _SPAN_DAYS:
            raise _bad_span(f"{_shown(n)} 个工作日")
        index = self._rank(d) + n - (1 if n > 0 else self.is_workday(d))
        number = d.year
        while index < 0:
            number -= 1
            index += len(self._year(number).workdays)
        while index >= len(workdays := self._year(number).workdays):
            index -= len(workdays)
            number += 1
        return workdays[index]

    def workdays_between(self, a: date, b: date) -> int:
        """Working days strictly after `a` up to and including `b`; negative when `b` is before `a`."""
        if b < a:
            return -self.workdays_between(b, a)
        _check_span(a, b)
        whole = sum(len(self._year(number).workdays) for number in range(a.year, b.year))
        return whole + self._rank(b) - self._rank(a)

    # Deadlines

    def due(self, received: datetime, days: int) -> Due:
        """The end of a period of `days` working days, every day explained.

        The day of receipt never counts, and a receipt on a rest day or after hours gains nothing by it. 0 days means
        by close of business today, or of the next working day when today is no working day or already over.
        Raises `ValueError` on a naive `received` or negative `days`, BadSpan on a period longer than `SPAN_YEARS`.
        """
        received = _local(received)
        start = received.date()
        if days < 0:
            raise ValueError(f"days must not be negative: {days}")
        if days > 0:
            return self._count(received, self.shift(start, days), days, RECEIVED)
        end = self._end_of(start, received)
        first = SAME_DAY if end == start else AFTER_CLOSE if self.is_workday(start) else self.why(start)
        return self._count(received, end, 0, first)

    def due_on(self, d: date, received: datetime) -> Due:
        """A promised date: the close of that day; on a rest day, of the next working day (民法典第二百零三条).

        Raises `ValueError` on a naive `received` or a date before it.
        """
        received = _local(received)
        if d < received.date():
            raise ValueError(f"promised for {d}, before receipt on {received.date()}")
        start, end = received.date(), self._end_of(d, received)
        days = self.workdays_between(start, end)
        if end == start:
            return self._count(received, end, days, PROMISED)
        if not self.is_workday(d):
            return self._count(received, end, days, RECEIVED, ROLLED)
        if end == d:
            return self._count(received, end, days, RECEIVED, PROMISED)
        return self._count(received, end, days, AFTER_CLOSE)

    def days_late(self, due_at: datetime, done: datetime) -> int:
        """超期时间: working days strictly after the due date up to the day of completion; 0 on the due date itself."""
        return max(0, self.workdays_between(_local(due_at).date(), _local(done).date()))

    # Hours

    def opening(self, d: date) -> datetime:
        """When business opens on `d`, were it a working day."""
        return self.hours.on(d).opening(d)

    def closing(self, d: date) -> datetime:
        """When business closes on `d`, were it a working day."""
        return self.hours.on(d).closing(d)

    def is_open(self, moment: datetime) -> bool:
        """Is `moment` inside the office hours of a working day."""
        moment = _local(moment)
        return self.is_workday(moment.date()) and self.hours.on(moment.date()).is_open(moment.time())

    def next_open(self, moment: datetime) -> datetime:
        """`moment` itself if open, else when the next segment starts."""
        moment = _local(moment)
        if self.is_workday(moment.date()):
            start = self.hours.on(moment.date()).next_start(moment.time())
            if start is not None:
                return datetime.combine(moment.date(), start, TZ)
        return self.opening(self.shift(moment.date(), 1))

    def add_minutes(self, start: datetime, minutes: int) -> datetime:
        """The first moment by which `minutes` of office time have passed since `start`; for 0, the next open moment.

        Thirty minutes from 11:30 end at 12:00, not after lunch. Raises `ValueError` when negative or naive.
        """
        if minutes < 0:
            raise ValueError(f"minutes must not be negative: {minutes}")
        if minutes > _SPAN_DAYS * 24 * 60:
            raise _bad_span(f"{_shown(minutes)} 分钟")
        start = self.next_open(start)
        if minutes == 0:
            return start
        day = start.date()
        target = self.hours.on(day).elapsed(start.time()) + timedelta(minutes=minutes)
        while True:
            hours, last = self.hours.on(day), self.hours.until(day)
            # The close of a day belongs to that day, so a whole number of days is one less plus a full day.
            days = -(-target // hours.length) - 1
            end = self.shift(day, days)
            if end <= last:
                return hours.at(end, target - days * hours.length)
            target -= (self.workdays_between(day, last) + 1) * hours.length
            day = self.shift(last, 1)

    def minutes_between(self, a: datetime, b: datetime) -> int:
        """Whole minutes of office time from `a` to `b`; negative when `b` is before `a`."""
        if b < a:
            return -self.minutes_between(b, a)
        a, b = _local(a), _local(b)
        _check_span(a.date(), b.date())
        spent, day = self._left(a) - self._left(b), a.date()
        while day < b.date():
            last = min(self.hours.until(day + timedelta(days=1)), b.date())
            spent += self.workdays_between(day, last) * self.hours.on(last).length
            day = last
        return spent // timedelta(minutes=1)

    # How it is counted

    def _count(self, received: datetime, end: date, days: int, first: str, last: str = "") -> Due:
        """Explain every day from receipt to `end`: `first` explains the day of receipt, `last` is a closing remark."""
        start, count = received.date(), 0
        _check_span(start, end)
        steps = [CalendarDay(start, counted=False, why=first)]
        for day in self._days(start, end):
            if day.counted:
                count += 1
                day = self._numbered(day, count)
            steps.append(day)
        if last:
            steps[-1] = CalendarDay(end, counted=True, why=f"{steps[-1].why}，{last}")
        counted_from = min(start + timedelta(days=1), end)
        provisional = any(self._year(number).provisional for number in range(counted_from.year, end.year + 1))
        return Due(received, days, end, self.closing(end), provisional, tuple(steps))

    def _numbered(self, day: CalendarDay, count: int) -> CalendarDay:
        """A counted day with its number in the period; kept, because the same few days are asked for all day long."""
        key = (day.date, count)
        step = self._counted.get(key)
        if step is None:
            step = self._counted[key] = CalendarDay(
                day.date, counted=True, why=day.why.replace(WORKDAY, f"第{count}个工作日", 1)
            )
        return step

    def _end_of(self, d: date, received: datetime) -> date:
        """The first working day from `d` on whose close of business is still ahead at `received`."""
        day = self.shift(d, 0)
        return day if received < self.closing(day) else self.shift(day, 1)

    def _days(self, after: date, until: date) -> Iterator[CalendarDay]:
        """The civil days after `after` up to and including `until`."""
        first, last = after.toordinal() + 1, until.toordinal()
        for number in range(after.year, until.year + 1):
            year = self._year(number)
            yield from year.days[max(0, first - year.first) : max(0, last - year.first + 1)]

    def _left(self, moment: datetime) -> timedelta:
        """Open time left on the day of `moment`."""
        if not self.is_workday(moment.date()):
            return timedelta()
        hours = self.hours.on(moment.date())
        return hours.length - hours.elapsed(moment.time())

    def _step(self, d: date) -> CalendarDay:
        year = self._year(d.year)
        return year.days[d.toordinal() - year.first]

    def _rank(self, d: date) -> int:
        year = self._year(d.year)
        return year.rank[d.toordinal() - year.first]

    def _year(self, number: int) -> Year:
        year = self._years.get(number)
        if year is None:
            if not FIRST.year <= number <= LAST.year:
                raise _bad_span(f"{number} 年")
            year = self._years[number] = lay_out(number, self._tables.get(number), self._special.get(number, {}))
        return year


def _local(moment: datetime) -> datetime:
    """The same moment on the office's clock. Raises `ValueError` when naive, BadSpan for a year nobody counts in."""
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError("a moment needs a time zone")
    if not FIRST.year <= moment.year <= LAST.year:
        raise _bad_span(f"{moment.year} 年")
    return moment.astimezone(TZ)


def _bad_span(what: str) -> BadSpan:
    return BadSpan("span_too_long", what=what, first=FIRST.year, last=LAST.year, years=SPAN_YEARS)


def _check_span(start: date, end: date) -> None:
    if (end - start).days > _SPAN_DAYS:
        raise _bad_span(f"{start} 至 {end}")


def _shown(n: int) -> str:
    """A number for a sentence: one too long to read, or for Python to write, is not written out."""
    return str(n) if abs(n) < 10**DIGITS else "过多的"
