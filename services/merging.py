"""并单: several complaints about one matter are worked as one, and every complainant is still answered."""

from __future__ import annotations

from domain.case import Actor
from domain.commands import Absorb, CallBack, CalledMerged, MergeInto
from domain.refusals import Refused
from domain.vocabulary import Rating
from models.cases import CaseRow
from models.database import transaction
from services.act import Outcome, perform
from services.archive import Record
from services.office import Office


async def merge(office: Office, one: Record, other: Record, actor: Actor) -> Outcome:
    """Merge two cases: the earlier one is the master. Returns the master's outcome. Raises `Refused`."""
    master, merged = sorted((one, other), key=lambda record: record.id)
    if master.id == merged.id:
        raise Refused("cannot_merge", no=master.case.no)
    async with transaction():
        await perform(office, merged.id, MergeInto(master.case.no), actor)
        return await perform(office, master.id, Absorb(merged.case.no, merged.case.running), actor)


async def call_merged(office: Office, merged: Record, rating: Rating, opinion: str, actor: Actor) -> Outcome:
    """Record the call-back of a merged complainant, on their own record and on the master's. Raises `Refused`."""
    row = await CaseRow.get(no=merged.case.master)
    async with transaction():
        await perform(office, merged.id, CallBack(rating, opinion), actor)
        return await perform(office, row.id, CalledMerged(merged.case.no, rating, opinion), actor)
