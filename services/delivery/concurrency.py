"""Work on several things at once, no more than so many; the first failure ends them all."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence


async def side_by_side(works: Sequence[Callable[[], Awaitable[None]]], most: int) -> None:
    """Do all of `works`, at most `most` at a time, outside any transaction. Raises the first failure as it is."""
    permits = asyncio.Semaphore(most)

    async def one(work: Callable[[], Awaitable[None]]) -> None:
        async with permits:
            await work()

    try:
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(one(work))
    except BaseExceptionGroup as failed:
        raise failed.exceptions[0] from failed
