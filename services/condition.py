"""The state of the deployment in numbers, for readiness, metrics and `yousu doctor`."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from domain.vocabulary import RUNNING
from models.cases import CaseRow
from models.database import ping
from models.queues import InboxRow, OutboxRow
from services.digest import last_tick

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Condition:
    """Counts now; `tick_age` in seconds, None before the first tick."""

    database: bool
    tick_age: float | None = None
    open_cases: int = 0
    overdue: int = 0
    outbox_pending: int = 0
    outbox_failed: int = 0
    inbox_failed: int = 0


async def condition(now: datetime) -> Condition:
    """Ask the database; one that does not answer is a fact too."""
    try:
        await ping()
    except Exception as error:
        log.error("the database does not answer", extra={"action": "database_down", "error": type(error).__name__})
        return Condition(database=False)
    ticked = await last_tick()
    return Condition(
        database=True,
        tick_age=(now - ticked).total_seconds() if ticked else None,
        open_cases=await CaseRow.filter(is_open=True).count(),
        overdue=await CaseRow.filter(is_open=True, state__in=[s.value for s in RUNNING], due_at__lt=now).count(),
        outbox_pending=await OutboxRow.filter(state__in=["pending", "leased"]).count(),
        outbox_failed=await OutboxRow.filter(state="failed").count(),
        inbox_failed=await InboxRow.filter(state="failed").count(),
    )
