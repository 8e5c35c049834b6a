"""The number of a new case, without gaps and with a keyed mark on the day's last one; and what a short one may mean."""

from __future__ import annotations

from datetime import date, timedelta

from models.bookkeeping import CounterRow, next_number
from models.database import query
from models.sealing import Sealer
from services.store.record_key import record_key

#: Each end by itself: of two at once SQLite reads every row.
_ENDS = "SELECT (SELECT MIN(no) FROM cases) AS oldest, (SELECT MAX(no) FROM cases) AS newest"


async def next_case(sealer: Sealer, day: str) -> int:
    """The next number of a day (yyyymmdd). The mark on it shows a counter set back by hand."""
    value = await next_number(day)
    await CounterRow.filter(day=day).update(mac=(await record_key(sealer)).counter(day, value))
    return value


def full_number(day: str, count: int) -> str:
    """`YS20261123-0007`, of a day (yyyymmdd) and the number given on it."""
    return f"YS{day}-{count:04d}"


async def numbered(day: str, count: int) -> list[int]:
    """Row ids of every case a short number may mean: `day` is yyyymmdd, mmdd (of any year) or empty (of any day).

    The days run from the oldest case's to the newest one's, so each number is looked up by itself in the index.
    """
    ends = (await query(_ENDS))[0]
    if ends["oldest"] is None:
        return []
    first, last = (date.fromisoformat(ends[name][2:10]) for name in ("oldest", "newest"))
    listed = ", ".join(f"'{full_number(each, count)}'" for each in _days(day, first, last))
    return [int(row["id"]) for row in await query(f"SELECT id FROM cases WHERE no IN ({listed})")]  # noqa: S608 - digits


def _days(day: str, first: date, last: date) -> list[str]:
    """The days (yyyymmdd) of first…last that `day` may mean; a day of the calendar or not."""
    if day:
        years = range(first.year, last.year + 1) if len(day) == 4 else ("",)
        return [f"{year}{day}" for year in years]
    return [(first + timedelta(days=n)).strftime("%Y%m%d") for n in range((last - first).days + 1)]
