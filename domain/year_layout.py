"""One year laid out day by day: which days are worked, why, and how many have been up to each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from domain.year_table import SATURDAY, SpecialDay, YearTable, statutory_table

WORKDAY = "工作日"
WEEKDAYS = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One civil day of a count: was it counted, and why (Chinese, shown to people)."""

    date: date
    counted: bool
    why: str


@dataclass(frozen=True, slots=True)
class Year:
    """A year laid out for lookup: `days` and `rank` are indexed by day of the year, from 0.

    `rank` is the number of working days up to and including the day.
    """

    first: int
    days: tuple[CalendarDay, ...]
    rank: tuple[int, ...]
    workdays: tuple[date, ...]
    provisional: bool


def lay_out(number: int, table: YearTable | None, special: Mapping[date, SpecialDay]) -> Year:
    """Every day of a year by its table, by the statute alone while there is none; `special` are its known days."""
    if table is None:
        # A neighbour's notice may already reach into December of this year; it knows better than the statute.
        special = {**{day.date: day for day in statutory_table(number).days}, **special}
    provisional = table is None or table.provisional
    first = date(number, 1, 1)
    dates = [first + timedelta(days=n) for n in range(date(number, 12, 31).toordinal() - first.toordinal() + 1)]
    days = tuple(_explain(d, special.get(d), provisional=provisional) for d in dates)
    return Year(
        first=first.toordinal(),
        days=days,
        rank=tuple(accumulate(day.counted for day in days)),
        workdays=tuple(day.date for day in days if day.counted),
        provisional=provisional,
    )


def _explain(d: date, special: SpecialDay | None, *, provisional: bool) -> CalendarDay:
    """The standing of one civil day. A working day's reason contains `WORKDAY` once, where the count goes."""
    doubt = "（暂定）" if provisional else ""
    if special is None:
        work = d.weekday() < SATURDAY
        return CalendarDay(d, work, WORKDAY + doubt if work else f"{WEEKDAYS[d.weekday()]}，休息日{doubt}")
    source = f"（{special.source}）" if special.source else doubt
    return CalendarDay(
        d, not special.off, f"{special.name}放假{source}" if special.off else f"调休上班，{WORKDAY}{source}"
    )
