"""What both database engines share: finishing work in spite of cancellation, and refusing strangers in a transaction.

The ORM's stock transactions leak their lock or pool connection when the task is cancelled while entering them, and are
inherited by every task spawned inside them. `models.engine_sqlite` and `models.engine_asyncpg` close both holes with
the two functions below.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from tortoise.exceptions import TransactionManagementError

T = TypeVar("T")


async def finish(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` to its end even when the caller is cancelled meanwhile; the cancellation is raised afterwards."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        task.cancelled() or task.exception()  # looked at, so that it is not reported as never retrieved
        raise cancelled
    return task.result()


def refuse_strangers(owner: asyncio.Task[Any] | None, *, over: bool) -> None:
    """Refuse a statement on a transaction that is over or belongs to another task.

    A task inherits the transaction of the task that spawned it; what it writes would be part of somebody else's
    commit or rollback. Raises TransactionManagementError.
    """
    if over:
        raise TransactionManagementError("this transaction is over; spawn with models.database.clean_context()")
    if owner is not None and asyncio.current_task() is not owner:
        raise TransactionManagementError(
            "this transaction belongs to another task; spawn with models.database.clean_context(), never fan out inside"
        )
