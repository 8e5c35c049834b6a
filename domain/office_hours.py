"""When an office is open on a working day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import pairwise
from zoneinfo import ZoneInfo

TZ = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class OfficeHours:
    """Opening segments of a working day, in order, without overlap; a moment at a segment's end is closed.

    Raises `ValueError` (Chinese, the hours are a setting of the centre) when they are empty or out of order.
    """

    segments: tuple[tuple[time, time], ...]

    def __post_init__(self) -> None:
        edges = [edge for segment in self.segments for edge in segment]
        if not edges or any(earlier >= later for earlier, later in pairwise(edges)):
            raise ValueError("办公时间应按先后排列，且不能为空或重叠")

    @cached_property
    def length(self) -> timedelta:
        """Open time of one working day."""
        return self.elapsed(time.max)

    def opening(self, day: date) -> datetime:
        """The first moment of business of `day`."""
        return datetime.combine(day, self.segments[0][0], TZ)

    def closing(self, day: date) -> datetime:
        """The close of business of `day` (民法典第二百零三条: 停止业务活动的时间为截止时间)."""
        return datetime.combine(day, self.segments[-1][1], TZ)

    def is_open(self, moment: time) -> bool:
        """Is `moment` inside a segment."""
        return any(start <= moment < end for start, end in self.segments)

    def next_start(self, moment: time) -> time | None:
        """`moment` itself if open, else the next segment's start, else None: closed for the day."""
        return next((max(start, moment) for start, end in self.segments if moment < end), None)

    def elapsed(self, moment: time) -> timedelta:
        """Open time of the day that has passed by `moment`."""
        spent = timedelta()
        for start, end in self.segments:
            if moment > start:
                spent += _since_midnight(min(moment, end)) - _since_midnight(start)
        return spent

    def at(self, day: date, elapsed: timedelta) -> datetime:
        """The first moment of `day` by which `elapsed` (0 < elapsed <= length) of open time has passed."""
        for start, end in self.segments:
            length = _since_midnight(end) - _since_midnight(start)
            if elapsed <= length:
                return datetime.combine(day, start, TZ) + elapsed
            elapsed -= length
        raise ValueError("more open time than the day has")


def _since_midnight(moment: time) -> timedelta:
    return timedelta(hours=moment.hour, minutes=moment.minute, seconds=moment.second, microseconds=moment.microsecond)


@dataclass(frozen=True)
class Season:
    """A part of every year with hours of its own: both ends included, as (month, day); it may run over New Year.

    Raises `ValueError` (Chinese) for a day no year has.
    """

    first: tuple[int, int]
    last: tuple[int, int]
    hours: OfficeHours

    def __post_init__(self) -> None:
        for month, day in (self.first, self.last):
            try:
                date(LEAP_YEAR, month, day)
            except ValueError:
                raise ValueError(f"没有{month:02d}-{day:02d}这一天") from None

    def covers(self, month: int, day: int) -> bool:
        """Is that day of the year inside the season."""
        if self.first <= self.last:
            return self.first <= (month, day) <= self.last
        return (month, day) >= self.first or (month, day) <= self.last


#: Any year with a 29th of February.
LEAP_YEAR = 2024


@dataclass(frozen=True)
class YearlyHours:
    """Office hours by date: the usual ones, and those of the seasons (夏季、冬季作息).

    Raises `ValueError` (Chinese) when two seasons claim the same day.
    """

    usual: OfficeHours
    seasons: tuple[Season, ...] = ()

    def __post_init__(self) -> None:
        for day in _days_of_a_year() if self.seasons else ():
            if sum(season.covers(day.month, day.day) for season in self.seasons) > 1:
                raise ValueError(f"两个季节的办公时间在{day:%m-%d}重叠")

    def on(self, day: date) -> OfficeHours:
        """The hours of that day, were it a working day."""
        return self._by_day[day.month, day.day] if self.seasons else self.usual

    def until(self, day: date) -> date:
        """The last day on which the hours of `day` still hold without a break; the end of time without seasons."""
        if not self.seasons:
            return date.max
        here = (day.month, day.day)
        last = next((end for end in self._ends if end >= here), None)
        year = day.year if last is not None else day.year + 1
        month, number = last or self._ends[0]
        # A run that ends on 29 February ends a day earlier in most years.
        return date(year, month, number) if (month, number) != (2, 29) else date(year, 3, 1) - timedelta(days=1)

    @cached_property
    def _by_day(self) -> dict[tuple[int, int], OfficeHours]:
        return {
            (day.month, day.day): next((s.hours for s in self.seasons if s.covers(day.month, day.day)), self.usual)
            for day in _days_of_a_year()
        }

    @cached_property
    def _ends(self) -> list[tuple[int, int]]:
        """The days of the year after which other hours, or at least another season, begin."""
        firsts = {season.first for season in self.seasons}
        lasts = {season.last for season in self.seasons}
        days = [(day.month, day.day) for day in _days_of_a_year()]
        return [day for day, after in zip(days, [*days[1:], days[0]], strict=True) if day in lasts or after in firsts]


def _days_of_a_year() -> list[date]:
    first = date(LEAP_YEAR, 1, 1).toordinal()
    return [date.fromordinal(first + number) for number in range(366)]


DEFAULT_HOURS = OfficeHours(((time(9), time(12)), (time(13), time(17))))
