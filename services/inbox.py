"""The inbox: an event is stored under a unique key before the platform is answered, and worked on until it is done."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from models.claims import claim_inbox
from models.database import transaction
from models.errors import Conflict
from models.queues import InboxRow
from platforms.contract import Incoming, IncomingKind
from services.office import Office

log = logging.getLogger(__name__)

Handle = Callable[[Incoming], Awaitable[None]]

#: Tries before a row is put in front of the operator.
MAX_ATTEMPTS = 5
#: A first try has this long before somebody else may take the row.
LEASE_SECONDS = 30
RETRY_SECONDS = (5, 30, 120, 600)
#: `dataclasses.asdict` copies deeply and costs as much as the decryption; this path answers the platform.
_INCOMING = tuple(item.name for item in fields(Incoming))


async def remember(office: Office, incoming: Incoming) -> int | None:
    """Store an event durably; its row id, or None when it was stored before (the platform repeats itself)."""
    now = office.clock.now()
    raw = {name: getattr(incoming, name) for name in _INCOMING}
    raw |= {"at": incoming.at.isoformat(), "kind": incoming.kind.value, "reply_to": dict(incoming.reply_to)}
    try:
        async with transaction():
            row = await InboxRow.create(
                platform=incoming.platform,
                event_key=incoming.event_key,
                kind=incoming.kind.value,
                payload=office.sealer.seal(raw, f"inbox:{incoming.platform}"),
                received_at=now,
                next_try_at=now + timedelta(seconds=LEASE_SECONDS),
            )
    except Conflict:
        return None
    return int(row.id)


async def work(office: Office, row_id: int, incoming: Incoming, handle: Handle) -> bool:
    """Handle one stored event. A failure leaves the row to be tried again; the last one leaves it to the operator."""
    return await _work(office, row_id, partial(handle, incoming))


async def _work(office: Office, row_id: int, act: Callable[[], Awaitable[None]]) -> bool:
    try:
        await act()
    except Exception as error:
        await _failed(office, row_id, error)
        return False
    await InboxRow.filter(id=row_id).update(state="done", done_at=office.clock.now(), error=None, payload="")
    return True


async def _failed(office: Office, row_id: int, error: Exception) -> None:
    row = await InboxRow.get(id=row_id)
    gone = row.attempts + 1 >= MAX_ATTEMPTS
    pause = RETRY_SECONDS[min(row.attempts, len(RETRY_SECONDS) - 1)]
    log.error(
        "an incoming event failed",
        exc_info=error,
        extra={"action": "inbox_failed", "row": row_id, "attempts": row.attempts + 1, "given_up": gone},
    )
    await InboxRow.filter(id=row_id).update(
        state="failed" if gone else "pending",
        error=type(error).__name__,
        attempts=row.attempts + 1,
        next_try_at=office.clock.now() + timedelta(seconds=pause),
    )


async def retry(office: Office, handle: Handle, limit: int = 20) -> int:
    """Try again what failed or was left behind by a process that died; returns how many rows were taken."""
    async with transaction():
        rows = await claim_inbox(office.clock.now(), limit, LEASE_SECONDS)
    for row in rows:
        await _work(office, row.id, partial(_again, office, row, handle))
    return len(rows)


async def _again(office: Office, row: InboxRow, handle: Handle) -> None:
    """One stored event; that it cannot even be read is its own failure and stops none of the others."""
    await handle(incoming_from(office.sealer.open(row.payload, f"inbox:{row.platform}")))


def incoming_from(raw: Mapping[str, Any]) -> Incoming:
    """The event a stored payload describes. Its reply window is long gone, so `reply_to` stays empty."""
    kept = {**raw, "at": datetime.fromisoformat(raw["at"]), "kind": IncomingKind(raw["kind"]), "reply_to": {}}
    return Incoming(**kept)


async def forget(before: datetime) -> int:
    """Drop the keys of finished events older than `before`; platforms repeat themselves for minutes, not days."""
    return await InboxRow.filter(state="done", done_at__lt=before).delete()
