"""Many messages of one kind for one person go as one that counts and lists them: nobody's queue is hours long."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from domain.messages import kind_of
from models.cases import CaseRow
from models.queues import OutboxRow

#: More waiting messages of one kind for one person than this go as one (a third of the strictest budget a minute).
CONDENSE_OVER = 10
#: Most rows that go as one message under a merge key; each reads its case.
MOST_TOGETHER = 1000
#: Numbers listed in it; the rest is reached through /我的.
LISTED = 30


async def gather(bundle: Sequence[OutboxRow], now: datetime) -> list[OutboxRow]:
    """A bundle with all else that is ripe under its merge key: it goes as one however few rows a batch takes."""
    merge = bundle[0].merge
    if merge is None or len(bundle) == MOST_TOGETHER:
        return list(bundle)
    known = [row.id for row in bundle]
    more = OutboxRow.filter(merge=merge, state="pending", not_before__lte=now).exclude(id__in=known)
    return [*bundle, *await more.order_by("id").limit(MOST_TOGETHER - len(bundle))]


async def waiting_like(row: OutboxRow, now: datetime) -> list[OutboxRow]:
    """The messages this one can go together with, itself first; itself alone when they are few."""
    if row.person_id is None or not kind_of(row.kind).many:
        return [row]
    like = OutboxRow.filter(person_id=row.person_id, kind=row.kind, merge=None).exclude(id=row.id)
    kinds = (like.filter(state="leased"), like.filter(state="pending", not_before__lte=now),
             like.filter(state="pending", not_before__gt=now, error="budget"))  # fmt: skip
    if sum([await kind.count() for kind in kinds]) < CONDENSE_OVER:
        return [row]
    found = [other for kind in kinds for other in await kind]
    return [row, *sorted(found, key=lambda other: other.id)]


async def facts_of(rows: Sequence[OutboxRow]) -> dict[str, object]:
    """What the one message says: of what, how many, and the first numbers."""
    cases = list(dict.fromkeys(row.case_id for row in rows if row.case_id is not None))
    found = await CaseRow.filter(id__in=cases[:LISTED]).order_by("id").values_list("no", flat=True)
    return {"what": kind_of(rows[0].kind).many, "count": len(cases) or len(rows), "numbers": list(found)}
