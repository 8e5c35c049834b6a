"""Papers kept as they are issued: in the sealed part of the event of their act, in the transaction of the fact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce

from domain.case import Event
from domain.event_fields import PAPERS
from domain.fold import apply
from domain.papers import MECHANISM, NOTICE, CentrePaper
from domain.rules import DecisionContext
from papers.text.catalogue import Folder
from papers.text.issued import issue, issues, kept
from services.directory.people import person
from services.store.app import AppContext
from services.store.event_store import Record
from services.store.record_key import record_key


def centre_paper(app: AppContext, centre: int, name: str, officer: str = "") -> CentrePaper:
    """What papers need to know of the centre: its own name, the rest from its rule set until the office fills it in.

    Addressees and telephone numbers are those of today also for a case opened under older rules.
    """
    known = app.rules_of(centre).papers
    return CentrePaper(
        name=name,
        government=known["government"],
        discipline=known["discipline"],
        bureau=known["bureau"],
        officer=officer or known["officer"],
        officer_phone=known["officer_phone"],
        code=known["code"],
        mechanism=known.get("mechanism", MECHANISM),
        notice=known.get("notice", NOTICE),
    )


async def with_papers(
    app: AppContext, record: Record, events: Sequence[Event], context: DecisionContext
) -> tuple[Event, ...]:
    """The events, each with the papers it issues sealed in it and their keyed digests beside; most issue none."""
    after = reduce(apply, events, record.case)
    if not any(issues(event, after.cannot) for event in events):
        return tuple(events)
    key = await record_key(app.sealer)
    found = []
    for event in events:
        doer = await person(event.actor) if event.actor is not None else None
        centre = centre_paper(app, after.centre, after.centre_name, doer.name if doer else "")
        made = issue(event, Folder(after, (*record.events, *events), centre, context))
        words = {name: kept(paper) for name, paper in made.items()}
        if words:
            digests = {name: key.digest("paper", after.no, event.seq, name, data) for name, data in words.items()}
            event = replace(event, data={**event.data, PAPERS: digests}, private={**event.private, PAPERS: words})
        found.append(event)
    return tuple(found)
