"""The state of the deployment in numbers, for readiness, metrics and `yousu doctor`."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from domain.vocabulary import RUNNING
from models.bookkeeping import MetaRow
from models.cases import CaseRow
from models.database import query, reader
from models.queues import InboxRow, OutboxRow
from models.urls import MEMORY, sqlite_path
from services.outbox.digest import LAST_TICK

log = logging.getLogger(__name__)

#: Whoever asks for the condition has an answer within this many seconds, whatever the database does.
PATIENCE = 1.5
#: Below this much room on its volume a database is about to refuse writes: bytes, or a share of a small volume.
LEAST_FREE = 16 * 1024 * 1024
LEAST_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Condition:
    """Counts now; `tick_age` in seconds, None before the first tick, negative when it is dated in the future."""

    database: bool
    tick_age: float | None = None
    open_cases: int = 0
    overdue: int = 0
    outbox_pending: int = 0
    outbox_due: int = 0
    outbox_failed: int = 0
    inbox_pending: int = 0
    inbox_failed: int = 0


@dataclass(frozen=True, slots=True)
class Disk:
    """The volume a database lies on; `ok` while it can be written and has room."""

    ok: bool
    free_bytes: int
    detail: str = ""


async def condition(clock: Callable[[], datetime]) -> Condition:
    """Ask the database, beside its writers; one that does not answer in time is a fact too."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await _counts(clock)
    except Exception as error:
        log.error("the database does not answer", extra={"action": "database_down", "error": type(error).__name__})
        return Condition(database=False)


async def _counts(clock: Callable[[], datetime]) -> Condition:
    """Raises the driver's error. The reading connection never waits for a lock that keeps writers waiting."""
    beside = reader()
    await query("SELECT 1 AS alive", using=beside)
    ticked = await MetaRow.filter(key=LAST_TICK).using_db(beside).first()
    now = clock()  # after the row was read: a tick in between is not dated in the future
    ripe, leased = OutboxRow.filter(state="pending", not_before__lte=now), OutboxRow.filter(state="leased")
    # What was done and waits for the platform to take its answer is no longer waiting to be worked on.
    untouched = InboxRow.filter(state="pending", answered__isnull=True)
    late = CaseRow.filter(is_open=True, state__in=[state.value for state in RUNNING], due_at__lt=now)
    return Condition(
        database=True,
        tick_age=(now - datetime.fromisoformat(ticked.value)).total_seconds() if ticked else None,
        open_cases=await CaseRow.filter(is_open=True).using_db(beside).count(),
        overdue=await late.using_db(beside).count(),
        outbox_pending=await OutboxRow.filter(state__in=["pending", "leased"]).using_db(beside).count(),
        outbox_due=await ripe.using_db(beside).count() + await leased.using_db(beside).count(),
        outbox_failed=await OutboxRow.filter(state="failed").using_db(beside).count(),
        inbox_pending=await untouched.using_db(beside).count(),
        inbox_failed=await InboxRow.filter(state="failed").using_db(beside).count(),
    )


def disk(url: str) -> Disk | None:
    """The volume of a SQLite file, asked without touching the file; None for a database that lies elsewhere."""
    path = sqlite_path(url)
    if path is None or path == MEMORY:
        return None
    try:
        found = os.statvfs(Path(path).parent)
    except OSError as error:
        return Disk(ok=False, free_bytes=0, detail=f"数据库所在目录读不到（{os.strerror(error.errno or 0)}）")
    free, least = found.f_bavail * found.f_frsize, min(LEAST_FREE, int(found.f_blocks * found.f_frsize * LEAST_SHARE))
    if found.f_flag & os.ST_RDONLY:
        return Disk(ok=False, free_bytes=free, detail="数据库所在的磁盘是只读的")
    if free < least:
        return Disk(ok=False, free_bytes=free, detail="数据库所在的磁盘快满了，请清理空间")
    return Disk(ok=True, free_bytes=free)
