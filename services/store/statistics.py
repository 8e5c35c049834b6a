"""Counting cases for the 台账 summary and the morning digest; plain SQL over the cached columns, on the reader."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from domain.office_hours import TZ
from domain.vocabulary import NO_CASE, RUNNING, STATE_NAMES, State
from models.database import query, reader

_RUNNING = ", ".join(f"'{state.value}'" for state in sorted(RUNNING))
_NO_CASE = ", ".join(f"'{state.value}'" for state in sorted(NO_CASE))

OPEN_BY_STATE = """
SELECT state, COUNT(*) AS n FROM cases WHERE centre_id = ?1 AND is_open = TRUE GROUP BY state
"""
DUE_BETWEEN = f"""
SELECT COUNT(*) AS n FROM cases
WHERE centre_id = ?1 AND is_open = TRUE AND state IN ({_RUNNING}) AND due_at > ?2 AND due_at <= ?3
"""  # noqa: S608 - the states are our own constants
BY_DEPARTMENT = f"""
SELECT d.name AS name, COUNT(*) AS n, SUM(CASE WHEN c.due_at < ?2 THEN 1 ELSE 0 END) AS late
FROM case_departments cd JOIN departments d ON d.id = cd.department_id JOIN cases c ON c.id = cd.case_id
WHERE c.centre_id = ?1 AND c.is_open = TRUE AND c.state IN ({_RUNNING})
GROUP BY d.id, d.name ORDER BY late DESC, n DESC, d.id
"""  # noqa: S608 - the states are our own constants
_COUNTED = "SELECT COUNT(*) AS n FROM cases WHERE centre_id = ?1 AND {0} >= ?2 AND {0} < ?3 AND state NOT IN ({1})"
REGISTERED = _COUNTED.format("registered_at", _NO_CASE)
CLOSED = _COUNTED.format("closed_at", _NO_CASE)

_CENTRE = "centre_id = ?1"
_EPOCH = datetime(2000, 1, 1, tzinfo=TZ)


@dataclass(frozen=True, slots=True)
class DepartmentLoad:
    """How much one department holds now."""

    name: str
    open: int
    late: int


@dataclass(frozen=True, slots=True)
class Week:
    """One week of the month's trend: what came in and what was closed."""

    start: date
    registered: int
    closed: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The 台账 at a glance."""

    by_state: Sequence[tuple[str, int]]
    open: int
    due_today: int
    overdue: int
    departments: Sequence[DepartmentLoad]
    trend: Sequence[Week]


def midnight(day: date) -> datetime:
    """The beginning of a local day."""
    return datetime.combine(day, time(), TZ)


async def _count(sql: str, *values: Any) -> int:
    return int((await query(sql, *values, using=reader()))[0]["n"])


async def summary(centre_id: int, now: datetime, without: Collection[int] = ()) -> Summary:
    """Counts by state, what is due today and overdue, per department, and the month's weeks.

    Cases of the row ids in `without` are not counted: whoever asks is kept away from them.
    """
    today = now.astimezone(TZ).date()
    left_out = _without(without)
    states = {row["state"]: int(row["n"]) for row in await query(left_out(OPEN_BY_STATE), centre_id, using=reader())}
    loads = await query(left_out(BY_DEPARTMENT), centre_id, now, using=reader())
    return Summary(
        by_state=[(STATE_NAMES[state], states[state.value]) for state in State if state.value in states],
        open=sum(states.values()),
        due_today=await _count(left_out(DUE_BETWEEN), centre_id, now, midnight(today + timedelta(days=1))),
        overdue=await _count(left_out(DUE_BETWEEN), centre_id, _EPOCH, now),
        departments=[DepartmentLoad(row["name"], int(row["n"]), int(row["late"] or 0)) for row in loads],
        trend=[await _week(centre_id, start, today, left_out) for start in _weeks(today)],
    )


def _weeks(today: date) -> list[date]:
    """The Mondays of this month's weeks, the first one cut at the first of the month."""
    first = today.replace(day=1)
    starts = [first] if first.weekday() < 5 else []
    monday = first - timedelta(days=first.weekday()) + timedelta(days=7)
    while monday <= today:
        starts.append(monday)
        monday += timedelta(days=7)
    return starts


def _without(ids: Collection[int]) -> Callable[[str], str]:
    """The SQL with these cases left out; they are few, and numbers of ours."""
    listed = ", ".join(str(int(case_id)) for case_id in sorted(ids))

    def left_out(sql: str) -> str:
        case_id = "c.id" if f"c.{_CENTRE}" in sql else "id"
        return sql.replace(_CENTRE, f"{_CENTRE} AND {case_id} NOT IN ({listed})") if listed else sql

    return left_out


async def _week(centre_id: int, start: date, today: date, left_out: Callable[[str], str]) -> Week:
    end = min(start + timedelta(days=7 - start.weekday()), today + timedelta(days=1))
    bounds = (centre_id, midnight(start), midnight(end))
    return Week(start, await _count(left_out(REGISTERED), *bounds), await _count(left_out(CLOSED), *bounds))
