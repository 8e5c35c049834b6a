"""The 台账 in a chat: counts from SQL and one page of rows; what is not shown is not read, however long the ledger."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from domain.case import Actor, Case
from domain.office_hours import TZ
from domain.recusal import closed_groups
from domain.vocabulary import NO_CASE, Level, State
from models.cases import CaseRow
from models.expressions import F, Q, QuerySet
from services.access.cases import kept_from
from services.papers.ledger import Filter, rows_wanted
from services.store.app import AppContext
from services.store.event_store import read_many
from services.store.statistics import midnight


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """One page of a list in number order: its cases, how many the whole list has, and which page of how many it is."""

    cases: Sequence[Case]
    count: int
    number: int
    pages: int


@dataclass(frozen=True, slots=True)
class DepartmentCounts:
    """What departments hold (not signed for, due today, overdue are parts of it), what is closed, and the late ones."""

    total: int
    held: int
    unsigned: int
    due_today: int
    late: int
    closed: int
    late_numbers: Sequence[str]


@dataclass(frozen=True, slots=True)
class Undecided:
    """Open cases in which something may lie before somebody; how many are overdue without 督办, and the first."""

    cases: Sequence[Case]
    late: int
    late_numbers: Sequence[str]


def page_of(cases: Sequence[Case], number: int, size: int) -> LedgerPage:
    """One page of cases that were read already."""
    number, pages = _place(len(cases), number, size)
    return LedgerPage(cases[(number - 1) * size : number * size], len(cases), number, pages)


def _place(count: int, number: int, size: int) -> tuple[int, int]:
    pages = (count + size - 1) // size
    return min(max(number, 1), pages), pages


@dataclass(frozen=True, slots=True)
class Shelf:
    """The ledger of a centre as one person may list it; in the group of `host` without what is kept from it."""

    app: AppContext
    centre: int
    actor: Actor
    host: int | None = None

    async def page(self, wanted: Filter, number: int, size: int) -> LedgerPage:
        """One page of the rows wanted; with no row it is page 0 of 0."""
        rows = await self._rows(wanted)
        count = await rows.count()
        number, pages = _place(count, number, size)
        found = await rows.order_by("no").offset(max(number - 1, 0) * size).limit(size).values("id") if count else []
        records = await read_many([row["id"] for row in found], self.app.sealer)
        return LedgerPage([record.case for record in records], count, number, pages)

    async def departments(self, departments: frozenset[int], most: int) -> DepartmentCounts:
        """What these departments hold and have done."""
        now = self.app.clock.now()
        rows = await self._rows(Filter(departments=departments))
        held = rows.filter(due_at__isnull=False)
        late = held.filter(due_at__lt=now)
        tomorrow = midnight(now.astimezone(TZ).date() + timedelta(days=1))
        return DepartmentCounts(
            total=await rows.count(),
            held=await held.count(),
            unsigned=await rows.filter(state=State.DISPATCHED.value).count(),
            due_today=await held.filter(due_at__gte=now, due_at__lt=tomorrow).count(),
            late=await late.count(),
            closed=await rows.filter(is_open=False).count(),
            late_numbers=await _numbers(late, most),
        )

    async def undecided(self, most: int) -> Undecided:
        """What may wait for the decision of a manager or a lead."""
        rows = await self._rows(Filter(open=True))
        asking = rows.filter(Q(settled_version__isnull=True) | ~Q(settled_version=F("version")))
        late = rows.filter(due_at__lt=self.app.clock.now(), level__lt=int(Level.SUPERVISED))
        records = await read_many([row["id"] for row in await asking.values("id")], self.app.sealer)
        return Undecided([record.case for record in records], await late.count(), await _numbers(late, most))

    async def _rows(self, wanted: Filter) -> QuerySet[CaseRow]:
        rows = rows_wanted(self.centre, wanted, self.app.clock.now()).exclude(state__in=[s.value for s in NO_CASE])
        without = await kept_from(self.actor)
        if without:
            rows = rows.filter(id__not_in=list(without))
        closed = await self._closed_to_the_group(rows)
        return rows.filter(id__not_in=list(closed)) if closed else rows

    async def _closed_to_the_group(self, rows: QuerySet[CaseRow]) -> Collection[int]:
        """Cases whose group this is and somebody they are about reads along in it (回避)."""
        if self.host is None:
            return ()
        named = await rows.filter(recusals__person_id__isnull=False).distinct().values("id")
        records = await read_many([row["id"] for row in named], self.app.sealer)
        return [record.id for record in records if self.host in closed_groups(record.case)]


async def _numbers(rows: QuerySet[CaseRow], most: int) -> list[str]:
    return [row["no"] for row in await rows.order_by("no").limit(most).values("no")]
