"""并单: several complaints about one matter are worked as one, and every complainant is still answered."""

from __future__ import annotations

from domain.case import Actor
from domain.commands import Absorb, CallBack, CalledMerged, MergeInto
from domain.refusals import Refused
from domain.vocabulary import RUNNING, Rating
from models.cases import CaseRow
from models.database import transaction
from services.cases.execute import Outcome, execute
from services.store.app import AppContext
from services.store.event_store import Record


async def merge(app: AppContext, one: Record, other: Record, actor: Actor) -> Outcome:
    """Merge two cases; returns the master's outcome. Raises `Refused`.

    The master is the one others follow already, else the one a department works on, else the earlier: merging takes
    no work out of anybody's hands that was begun.
    """
    master, merged = sorted((one, other), key=_place)
    if master.id == merged.id:
        raise Refused("cannot_merge", no=master.case.no)
    if merged.case.state in RUNNING and master.case.state not in RUNNING:
        raise Refused("merge_dispatch_first", no=master.case.no, other=merged.case.no)
    async with transaction():
        await execute(app, merged.id, MergeInto(master.case.no), actor)
        joining = Absorb(merged.case.no, merged.case.running, merged.case.silent)
        return await execute(app, master.id, joining, actor)


def _place(record: Record) -> tuple[bool, bool, int]:
    return (not record.case.merged, record.case.state not in RUNNING, record.id)


async def call_merged(app: AppContext, merged: Record, rating: Rating, opinion: str, actor: Actor) -> Outcome:
    """Record the call-back of a merged complainant, on their own record and on the master's. Raises `Refused`."""
    row = await CaseRow.get(no=merged.case.master)
    async with transaction():
        await execute(app, merged.id, CallBack(rating, opinion), actor)
        return await execute(app, row.id, CalledMerged(merged.case.no, rating, opinion), actor)
