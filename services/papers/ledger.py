"""The 台账 as rows: which cases, in number order, as they are now or were at a past moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from domain.case import Actor, Case
from domain.ledger import LedgerLine, row
from domain.office_hours import TZ
from domain.vocabulary import NO_CASE, RUNNING
from models.cases import CaseDepartment, CaseRow
from models.database import reader
from models.expressions import QuerySet, Subquery
from papers.drawing.ledger import write_ledger
from papers.drawing.ledger_csv import ledger_csv
from services.access.cases import not_theirs
from services.access.rights import access_export
from services.directory.people import CentreCard
from services.papers.apart import run_apart
from services.papers.spool import Spool
from services.store.access_log import log_access
from services.store.app import AppContext
from services.store.event_store import PART, read_many
from services.store.statistics import midnight


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rows of the ledger: a period, its end left out, departments (none: all), only open or only overdue ones."""

    since: date | None = None
    until: date | None = None
    departments: frozenset[int] = frozenset()
    overdue: bool = False
    open: bool = False


def rows_wanted(centre_id: int, wanted: Filter, now: datetime) -> QuerySet[CaseRow]:
    """The rows of a ledger, on the read-only connection."""
    rows = CaseRow.filter(centre_id=centre_id).using_db(reader())
    if wanted.since is not None:
        rows = rows.filter(registered_at__gte=midnight(wanted.since))
    if wanted.until is not None:
        rows = rows.filter(registered_at__lt=midnight(wanted.until))
    if wanted.departments:
        held = CaseDepartment.filter(department_id__in=list(wanted.departments)).values("case_id")
        rows = rows.filter(id__in=Subquery(held))
    if wanted.open:
        rows = rows.filter(is_open=True)
    if wanted.overdue:
        rows = rows.filter(is_open=True, state__in=[s.value for s in RUNNING], due_at__lt=now)
    return rows


async def ledger_cases(
    app: AppContext, centre_id: int, wanted: Filter, as_of: datetime | None = None, actor: Actor | None = None
) -> list[Case]:
    """The cases of a ledger in number order; `as_of` rebuilds them from the events up to then.

    What `actor` is kept away from is not in their list (回避).
    """
    return [case async for part in ledger_parts(app, centre_id, wanted, as_of, actor) for case in part]


async def ledger_parts(
    app: AppContext, centre_id: int, wanted: Filter, as_of: datetime | None = None, actor: Actor | None = None
) -> AsyncIterator[list[Case]]:
    """The same, a part of them at a time: a ledger of any length takes the memory of one part."""
    rows = rows_wanted(centre_id, wanted, as_of or app.clock.now())
    if actor is not None:
        rows = rows.filter(**not_theirs(actor))
    if as_of is not None:
        rows = rows.filter(registered_at__lte=as_of)
    found = sorted([(no, id_) for no, id_ in await rows.values_list("no", "id")])
    for start in range(0, len(found), PART):
        records = await read_many([id_ for _, id_ in found[start : start + PART]], app.sealer, as_of)
        yield [record.case for record in records if record.case.state not in NO_CASE]


def ledger_rows(
    app: AppContext, cases: Sequence[Case], *, masked: bool, now: datetime, start: int = 1
) -> list[tuple[str, ...]]:
    """The seventeen cells of each case; 序号 counts from `start`."""
    late = app.calendar.days_late
    return [row(LedgerLine(number, case, now, masked, late)) for number, case in enumerate(cases, start=start)]


#: What a ledger can be written as, by the end of the file's name.
FORMS = (".xlsx", ".csv")


@dataclass(frozen=True, slots=True)
class Export:
    """A file of the ledger, its number of rows, and whether it names complainants."""

    content: bytes
    count: int
    full: bool


async def export_ledger(
    app: AppContext,
    centre: CentreCard,
    actor: Actor,
    *,
    full: bool | None = None,
    since: date | None = None,
    until: date | None = None,
    as_of: datetime | None = None,
    form: str = ".xlsx",
) -> Export:
    """The ledger in one of `FORMS`, with the complainants' names if `full`, unasked as far as this person may.

    Raises `Refused`.

    An export is written down with who made it.
    """
    full = access_export(actor, centre.id, full=full)
    now = as_of or app.clock.now()
    with TemporaryDirectory() as folder:
        rows = Spool(Path(folder) / "rows")
        async for cases in ledger_parts(app, centre.id, Filter(since=since, until=until), as_of, actor):
            # Masking a long ledger takes seconds of computing: not on the loop.
            drawn = partial(ledger_rows, app, cases, masked=not full, now=now, start=len(rows) + 1)
            await asyncio.to_thread(lambda drawn: rows.add(drawn()), drawn)
        await log_access(app, actor, "ledger_full" if full else "ledger_masked", f"{len(rows)} rows")
        if form == ".csv":
            return Export(await asyncio.to_thread(ledger_csv, rows), len(rows), full)
        period = f"{since:%Y年%m月}{'' if until else '起'}" if since else f"截至{now.astimezone(TZ):%Y年%m月%d日}"
        made_on = now.astimezone(TZ).date()
        content = await asyncio.get_running_loop().run_in_executor(
            # Ten seconds of CPU must not stop the bot.
            None,
            partial(run_apart, partial(workbook, rows, centre.name, period, made_on, full=full)),
        )
    return Export(content, len(rows), full)


def workbook(rows: Spool, centre: str, period: str, made_on: date, *, full: bool) -> bytes:
    """The bytes of the ledger."""
    path = rows.path.with_suffix(".xlsx")
    write_ledger(path, rows, centre=centre, period=period, made_on=made_on, masked=not full)
    return path.read_bytes()
