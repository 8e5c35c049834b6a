"""The papers of a case and the monthly report, as files for whoever has to print and seal them."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

from domain.case import Actor
from domain.monthly import MonthTally
from domain.vocabulary import NO_CASE
from models.cases import CaseRow
from models.database import reader
from papers.text import Paper, monthly_report
from papers.text.catalogue import Folder
from papers.text.issued import all_of, in_force
from services.access.rights import access_month, access_papers
from services.cases.issuing import centre_paper
from services.directory.people import CentreCard
from services.store.access_log import log_access
from services.store.app import AppContext
from services.store.event_store import PART, Record, read_many
from services.store.statistics import midnight


def draw(paper: Paper) -> bytes:
    """The .docx of a paper. The XML library behind it is loaded by the first one: it costs a fifth of the memory."""
    from papers.drawing.paper import draw as draw_docx

    return draw_docx(paper)


def folder_of(app: AppContext, record: Record, officer: str = "") -> Folder:
    """The case with everything its papers are made from."""
    centre = centre_paper(app, record.case.centre, record.case.centre_name, officer)
    return Folder(record.case, record.events, centre, app.decision_context(record.case.rules))


async def paper_file(app: AppContext, record: Record, name: str, actor: Actor) -> tuple[str, bytes] | None:
    """One paper as (file name, .docx), as it was issued if it was; None when the case has none of that name.

    The print is written down.

    Raises `Refused`.
    """
    access_papers(actor, record.case.centre)
    found = in_force(folder_of(app, record, actor.name)).get(name)
    if found is None:
        return None
    await log_access(app, actor, "paper", name, record.id)
    return f"{record.case.no}-{name}.docx", draw(found[0])


def all_papers(app: AppContext, record: Record, actor: Actor) -> list[tuple[str, bytes]]:
    """Every paper of the case as (file name, .docx). Raises `Refused`."""
    access_papers(actor, record.case.centre)
    return [(f"{record.case.no}-{name}.docx", draw(paper)) for name, paper in all_of(folder_of(app, record))]


def paper_names(app: AppContext, record: Record, actor: Actor) -> list[str]:
    """What /打印 can offer for this case. Raises `Refused`."""
    access_papers(actor, record.case.centre)
    return list(in_force(folder_of(app, record)))


async def month_file(app: AppContext, centre: CentreCard, first: date, actor: Actor) -> tuple[str, bytes]:
    """The monthly report of the month that begins on `first`, as (file name, .docx). Raises `Refused`."""
    access_month(actor, centre.id)
    until = (first + timedelta(days=32)).replace(day=1)
    rows = CaseRow.filter(centre_id=centre.id, registered_at__lt=midnight(until)).exclude(state__in=NO_CASE)
    tally = MonthTally(midnight(first), midnight(until), f"{first.year}年{first.month}月")
    found = [id_ for _, id_ in sorted(await rows.using_db(reader()).values_list("no", "id"))]
    for start in range(0, len(found), PART):
        records = await read_many(found[start : start + PART], app.sealer, midnight(until))
        await asyncio.to_thread(tally.add, [(record.case, record.events) for record in records])
    paper = monthly_report(
        tally.numbers,
        centre_paper(app, centre.id, centre.name),
        app.decision_context_of(centre.id),
        breakdowns=tally.breakdowns,
    )
    return f"有诉即办月报-{first:%Y-%m}.docx", draw(paper)
