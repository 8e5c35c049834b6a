"""The State Council's yearly holiday arrangement as data: which weekdays are off, which weekend days are worked.

One `YearTable` is one notice (国务院办公厅关于20XX年部分节假日安排的通知). Its days may begin in December of the year
before (元旦 2023 began on 2022-12-31). A year without a notice has only what the statute itself fixes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from domain.given_dates import FIRST, LAST

SATURDAY = 5

# 《全国年节及纪念日放假办法》第二条: the holidays of the solar calendar. 春节, 清明, 端午 and 中秋 need an almanac,
# hence a table; until one is imported they are counted as ordinary weekdays and the result is provisional.
STATUTORY = (("元旦", (1, 1), 1), ("劳动节", (5, 1), 2), ("国庆节", (10, 1), 3))


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A date on which the plain Monday-to-Friday rule does not decide. `source` is the notice number, "" if none."""

    date: date
    off: bool
    name: str
    source: str


@dataclass(frozen=True, slots=True)
class YearTable:
    """One year's arrangement. `provisional` tables hold statutory days only and never 调休."""

    year: int
    days: tuple[SpecialDay, ...]
    source_title: str
    notice_no: str
    published_on: date | None
    provisional: bool


def load_tables(texts: Iterable[str]) -> tuple[YearTable, ...]:
    """Parse JSON texts, one table each, in the given order; the caller reads the files.

    Raises `ValueError` (Chinese, it is shown to whoever imports a table) for a table that cannot be right.
    """
    return tuple(_table(text) for text in texts)


def _table(text: str) -> YearTable:
    try:
        raw: dict[str, Any] = json.loads(text)
        notice_no = str(raw["notice_no"])
        published_on = raw["published_on"]
        table = YearTable(
            year=_whole(raw["year"]),
            days=tuple(
                SpecialDay(date.fromisoformat(day["date"]), _flag(day["off"]), str(day["name"]), notice_no)
                for day in raw["days"]
            ),
            source_title=str(raw["source_title"]),
            notice_no=notice_no,
            published_on=None if published_on is None else date.fromisoformat(published_on),
            provisional=_flag(raw.get("provisional", False)),
        )
    except KeyError as error:
        raise ValueError(f"工作日历格式不对：缺少 {error.args[0]}") from error
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise ValueError(f"工作日历格式不对：{error}") from error
    check_table(table)
    return table


def _whole(value: object) -> int:
    """Only a JSON whole number: Infinity, NaN and 2026.7 are no year."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"年份应为整数：{str(value)[:20]}")
    return value


def _flag(value: object) -> bool:
    """Only JSON true and false: the text "false" would otherwise turn a make-up day into a holiday."""
    if not isinstance(value, bool):
        raise ValueError(f"应为 true 或 false：{value!r}")
    return value


def check_table(table: YearTable) -> None:
    """Refuse slips of the pen: a date twice, a far year, 调休上班 on a weekday. Raises `ValueError` in Chinese."""
    if not FIRST.year <= table.year <= LAST.year:
        raise ValueError(f"年份 {table.year} 不对，应在 {FIRST.year} 和 {LAST.year} 之间")
    seen: set[date] = set()
    for day in table.days:
        if day.date in seen:
            raise ValueError(f"{table.year}年工作日历中 {day.date} 出现两次")
        seen.add(day.date)
        if day.date.year != table.year and (day.date.year, day.date.month) != (table.year - 1, 12):
            raise ValueError(f"{day.date} 不属于{table.year}年的放假安排")
        if not day.off and day.date.weekday() < SATURDAY:
            raise ValueError(f"{day.date} 不是周六、周日，不能是调休上班日")
    if not table.provisional and not (table.notice_no and table.published_on):
        raise ValueError(f"{table.year}年工作日历缺少通知文号或公布日期")


def statutory_table(year: int) -> YearTable:
    """What the statute alone says of `year`: the solar holidays and their 补假 for Saturdays and Sundays (第六条)."""
    days: list[SpecialDay] = []
    for name, (month, first), length in STATUTORY:
        day, owed = date(year, month, first), length
        while owed:
            days.append(SpecialDay(day, off=True, name=name, source=""))
            owed -= day.weekday() < SATURDAY
            day += timedelta(days=1)
    return YearTable(year, tuple(days), "《全国年节及纪念日放假办法》", "", None, provisional=True)
