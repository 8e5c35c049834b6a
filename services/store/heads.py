"""The daily head: one keyed number over every case as it stood when the day was over, posted where people keep it."""

from __future__ import annotations

from datetime import timedelta

from domain.office_hours import TZ
from models.database import dialect, query, transaction
from models.record import HeadRow
from services.store.app import AppContext
from services.store.audit_chain import GENESIS, RecordKey, added
from services.store.journal import ACCESS, CHANGES, end_of
from services.store.record_key import record_key
from services.store.record_upgrade import prepare_record

#: What people compare: this many hex digits of the head.
SHOWN = 12
NOTHING = "0" * 64

#: Every case with events in a range of ids: the end of its chain in the range, and the end before it.
MOVED = """
SELECT c.no AS no, n.last AS last, e.hash AS hash, n.first AS first, p.hash AS before, n.events AS events
FROM (SELECT case_id, MIN(seq) AS first, MAX(seq) AS last, COUNT(*) AS events
      FROM events WHERE id > ?1 AND id <= ?2 GROUP BY case_id) n
JOIN cases c ON c.id = n.case_id
JOIN events e ON e.case_id = n.case_id AND e.seq = n.last
LEFT JOIN events p ON p.case_id = n.case_id AND p.seq = n.first - 1
"""
NEWEST_EVENT = "SELECT COALESCE(MAX(id), 0) AS id FROM events"


def short(head: HeadRow) -> str:
    """The head as it is posted and printed."""
    return head.hash[:SHOWN]


async def heads_of(day: str = "") -> list[HeadRow]:
    """The head of a day (ISO), of the newest day without one."""
    if day:
        return await HeadRow.filter(day=day)
    return await HeadRow.all().order_by("-id").limit(1)


async def keep_head(app: AppContext) -> HeadRow:
    """The head of the day before today, made by the first tick of a day.

    It costs the events since the last head, not all of them: a case takes its old share out of the total and puts its
    new one in.
    """
    day = (app.clock.now().astimezone(TZ).date() - timedelta(days=1)).isoformat()
    known = await HeadRow.filter(day__gte=day).order_by("-id").first()
    if known is not None:
        return known
    await prepare_record(app.sealer, app.clock.now())
    key = await record_key(app.sealer)
    async with transaction():
        return await _made(app, key, day)


async def _made(app: AppContext, key: RecordKey, day: str) -> HeadRow:
    if dialect() == "postgres":
        # Writers that began before get their ids committed; no smaller id can appear behind the head afterwards.
        await query("LOCK TABLE events IN SHARE MODE")
    last = await HeadRow.all().order_by("-id").first()
    start, total, cases, events = (last.upto, last.total, last.cases, last.events) if last else (0, NOTHING, 0, 0)
    upto = int((await query(NEWEST_EVENT))[0]["id"])
    for moved in await query(MOVED, start, upto):
        total = added(total, key.share(moved["no"], moved["last"], moved["hash"]))
        if moved["before"] is not None:
            total = added(total, -key.share(moved["no"], moved["first"] - 1, moved["before"]))
        cases += moved["first"] == 1
        events += moved["events"]
    journals = {name: list(await end_of(name, key)) for name in (ACCESS, CHANGES)}
    head = HeadRow(day=day, at=app.clock.now(), upto=upto, cases=cases, events=events, total=total, journals=journals)
    head.hash = key.head(last.hash if last else GENESIS, head)
    await head.save()
    return head
