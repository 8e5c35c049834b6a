"""When an office is open on a working day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
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

    @property
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


DEFAULT_HOURS = OfficeHours(((time(9), time(12)), (time(13), time(17))))
