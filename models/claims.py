"""Reviewed SQL for the hot paths: who works on what next.

A claim is a lease: whoever dies while working gives the row back when the lease runs out. On PostgreSQL several
workers claim at once and skip each other's rows; on SQLite the single writer makes that unnecessary. Times come in as
arguments; the database's clock is never asked.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from models.database import query
from models.queues import InboxRow, OutboxRow

CLAIM_OUTBOX = """
WITH due AS (
    SELECT id FROM outbox
    WHERE (state = 'pending' AND not_before <= ?1) OR (state = 'leased' AND lease_until <= ?1)
    ORDER BY urgent DESC, not_before, id LIMIT ?3 {skip_locked}
)
UPDATE outbox SET state = 'leased', lease_until = ?2, attempts = attempts + 1
WHERE id IN (SELECT id FROM due)
RETURNING id
"""

CLAIM_INBOX = """
WITH due AS (
    SELECT id FROM inbox
    WHERE state = 'pending' AND next_try_at <= ?1
    ORDER BY next_try_at, id LIMIT ?3 {skip_locked}
)
UPDATE inbox SET next_try_at = ?2, attempts = attempts + 1
WHERE id IN (SELECT id FROM due)
RETURNING id
"""

DUE_CASES = """
SELECT id FROM cases
WHERE is_open = TRUE AND next_due_at <= ?1
ORDER BY next_due_at, id LIMIT ?2 {skip_locked}
"""


async def claim_outbox(now: datetime, limit: int, lease_seconds: int) -> list[OutboxRow]:
    """Lease up to `limit` messages that may be sent now, urgent ones first."""
    found = await query(CLAIM_OUTBOX, now, now + timedelta(seconds=lease_seconds), limit)
    if not found:
        return []
    return await OutboxRow.filter(id__in=[row["id"] for row in found]).order_by("-urgent", "not_before", "id")


async def claim_inbox(now: datetime, limit: int, lease_seconds: int) -> list[InboxRow]:
    """Lease up to `limit` raw events, oldest first; `next_try_at` is the end of the lease."""
    found = await query(CLAIM_INBOX, now, now + timedelta(seconds=lease_seconds), limit)
    if not found:
        return []
    return await InboxRow.filter(id__in=[row["id"] for row in found]).order_by("received_at", "id")


async def due_case_ids(now: datetime, limit: int) -> list[int]:
    """Open cases whose next step is due. Inside a transaction on PostgreSQL their rows stay locked until its end."""
    return [int(row["id"]) for row in await query(DUE_CASES, now, limit)]
