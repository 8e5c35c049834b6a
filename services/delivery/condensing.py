"""Many messages of one kind for one person go as one that counts and lists them: nobody's queue is hours long."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from models.cases import CaseRow
from models.queues import OutboxRow

#: More waiting messages of one kind for one person than this go as one (a third of the strictest budget a minute).
CONDENSE_OVER = 10
#: Numbers listed in it; the rest is reached through /我的.
LISTED = 30
#: What a card or news of a case is called when there are many. Kinds that are not here are always sent one by one:
#: work orders start clocks, papers are files, alarms and results differ from each other.
CONDENSABLE = {
    "confirm": "待确认的登记",
    "dispatch": "待分类转办的诉求",
    "referral": "待函转的诉求",
    "request": "待批的申请",
    "review": "待质检的答复",
    "call_back": "待回访的诉求",
    "line": "诉求的办理消息",
    "overdue": "超期未办的诉求",
    "supervision_draft": "待签发的督办单",
    "drafts": "待签发的通报、报告和抄送函",
    "undelivered": "没有送到的消息",
    "nobody": "无人可收的消息",
}
#: The kind such a message is drawn as.
MANY = "many"


async def waiting_like(row: OutboxRow, now: datetime) -> list[OutboxRow]:
    """The messages this one can go together with, itself first; itself alone when they are few."""
    if row.person_id is None or row.kind not in CONDENSABLE:
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
    return {"what": CONDENSABLE[rows[0].kind], "count": len(cases) or len(rows), "numbers": list(found)}
