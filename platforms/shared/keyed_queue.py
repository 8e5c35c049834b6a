"""Run a handler on many items at once, bounded, and in order within each lane."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")


class KeyedQueue(Generic[T]):
    """Items of one lane are handled one after the other, different lanes side by side, at most `width` at a time.

    `put` never waits, so the reader that feeds the lanes goes on reading acknowledgements. Beyond `room` waiting
    items the newest is refused. A failing handler is reported through `on_failure(reason)` and the lane goes on.
    """

    def __init__(
        self,
        group: asyncio.TaskGroup,
        handle: Callable[[T], Awaitable[None]],
        on_failure: Callable[[str], Awaitable[None]],
        *,
        width: int = 16,
        room: int = 1000,
    ) -> None:
        self._group = group
        self._handle = handle
        self._on_failure = on_failure
        self._permits = asyncio.Semaphore(width)
        self._room = room
        self._waiting = 0
        self._queues: dict[str, deque[T]] = {}

    def put(self, lane: str, item: T) -> bool:
        """Queue an item; False when there is no room."""
        if self._waiting >= self._room:
            return False
        self._waiting += 1
        queue = self._queues.get(lane)
        if queue is not None:
            queue.append(item)
            return True
        self._queues[lane] = deque([item])
        self._group.create_task(self._drain(lane))
        return True

    async def _drain(self, lane: str) -> None:
        queue = self._queues[lane]
        while queue:
            async with self._permits:
                item = queue.popleft()
                self._waiting -= 1
                await self._guarded(item)
        del self._queues[lane]

    async def _guarded(self, item: T) -> None:
        try:
            await self._handle(item)
        except Exception as error:
            log.error("handler failed", extra={"action": "incoming_failed", "reason": type(error).__name__})
            await self._on_failure(type(error).__name__)
