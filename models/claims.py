"""Reviewed SQL for the hot paths: who works on what next.

A claim is a lease that carries its owner's name: nobody else takes the row until that process is proved dead, and
then it is free at once (`models.leadership`). Without a name (a process not announced yet, or of an older release)
the lease runs out. On PostgreSQL several workers claim at once and skip each other's rows; on SQLite the single writer
makes that unnecessary. Times come in as arguments; the database's clock is never asked.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.database import query, transaction
from models.processes import ProcessRow
from models.queues import InboxRow, OutboxRow

CLAIM_OUTBOX = """
WITH due AS (
    SELECT id FROM outbox
    WHERE ((state = 'pending' AND not_before <= ?1)
       OR (state = 'leased' AND (owner = ?4 OR (owner IS NULL AND lease_until <= ?1)))) {held_back}
    ORDER BY urgent DESC, not_before, id LIMIT ?3 {skip_locked}
)
UPDATE outbox SET state = 'leased', lease_until = ?2, attempts = attempts + 1, owner = ?4
WHERE id IN (SELECT id FROM due)
RETURNING id
"""

CLAIM_INBOX = """
WITH due AS (
    SELECT id FROM inbox
    WHERE state = 'pending' AND owner IS NULL AND next_try_at <= ?1
    ORDER BY next_try_at, id LIMIT ?3 {skip_locked}
)
UPDATE inbox SET next_try_at = ?2, owner = ?4
WHERE id IN (SELECT id FROM due)
RETURNING id
"""

#: Z4 (已转交) is closed, but its complainant may still have to be told (第六条): the clock goes on for that alone.
DUE_CASES = """
SELECT id FROM cases
WHERE (is_open = TRUE OR state = 'Z4') AND next_due_at <= ?1
ORDER BY next_due_at, id LIMIT ?2 {skip_locked}
"""


#: A row over which so many processes died may be what kills them: it waits a while before it is tried again.
QUICK_DEATHS = 5
CAREFUL = timedelta(seconds=120)

FREE_INBOX = """
UPDATE inbox SET owner = NULL, deaths = deaths + 1, next_try_at = ?1
WHERE state = 'pending' AND owner IS NOT NULL AND deaths >= ?2
  AND NOT EXISTS (SELECT 1 FROM processes WHERE processes.name = inbox.owner)
RETURNING id
"""
FREE_OUTBOX = """
UPDATE outbox SET owner = NULL, state = 'pending', not_before = ?1
WHERE state = 'leased' AND owner IS NOT NULL AND attempts >= ?2
  AND NOT EXISTS (SELECT 1 FROM processes WHERE processes.name = outbox.owner)
RETURNING id
"""
MINE = "SELECT id, platform, event_key FROM inbox WHERE state = 'pending' AND owner = ?1"
GIVE_BACK = """
UPDATE inbox SET owner = NULL, next_try_at = ?3 WHERE id = ?1 AND owner = ?2 AND state = 'pending' RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Freed:
    """How many rows of dead processes were given back."""

    inbox: int = 0
    outbox: int = 0


async def claim_outbox(
    now: datetime, limit: int, lease_seconds: int, owner: str | None = None, without: Collection[str] = ()
) -> list[OutboxRow]:
    """Lease up to `limit` messages that may be sent now, urgent ones first, but for the kinds in `without`.

    What `owner` itself still holds comes again: one owner drains once at a time, so it dropped that.
    """
    kinds = ", ".join(f"'{kind}'" for kind in sorted(without))
    sql = CLAIM_OUTBOX.replace("{held_back}", f"AND kind NOT IN ({kinds})" if kinds else "")
    found = await query(sql, now, now + timedelta(seconds=lease_seconds), limit, owner)
    if not found:
        return []
    return await OutboxRow.filter(id__in=[row["id"] for row in found]).order_by("-urgent", "not_before", "id")


async def claim_inbox(now: datetime, limit: int, lease_seconds: int, owner: str | None = None) -> list[InboxRow]:
    """Lease up to `limit` raw events, oldest first."""
    found = await query(CLAIM_INBOX, now, now + timedelta(seconds=lease_seconds), limit, owner)
    if not found:
        return []
    return await InboxRow.filter(id__in=[row["id"] for row in found]).order_by("received_at", "id")


async def free_orphans(now: datetime) -> Freed:
    """Give back what is leased to names that stand in no row of `processes`: those processes are proved dead."""
    freed = {FREE_INBOX: 0, FREE_OUTBOX: 0}
    async with transaction():
        for sql in freed:
            careful = await query(sql, now + CAREFUL, QUICK_DEATHS)
            freed[sql] = len(careful) + len(await query(sql, now, 0))
    return Freed(freed[FREE_INBOX], freed[FREE_OUTBOX])


async def only_process(name: str, host: str, now: datetime) -> None:
    """Say that no process but this one lives: whoever holds the lock file of SQLite knows it."""
    async with transaction():
        await ProcessRow.exclude(name=name).delete()
        await ProcessRow.get_or_create(name=name, defaults={"host": host, "started": now})


async def give_back(now: datetime, owner: str, in_hand: Collection[tuple[str, str]]) -> int:
    """Give back events leased to `owner` that it does not have in hand (platform, key): their work was dropped."""
    dropped = [row["id"] for row in await query(MINE, owner) if (row["platform"], row["event_key"]) not in in_hand]
    for row_id in dropped:
        await query(GIVE_BACK, row_id, owner, now)
    return len(dropped)


async def due_case_ids(now: datetime, limit: int) -> list[int]:
    """Open cases whose next step is due. Inside a transaction on PostgreSQL their rows stay locked until its end."""
    return [int(row["id"]) for row in await query(DUE_CASES, now, limit)]
