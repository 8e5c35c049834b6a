"""What this process is working on just now, by (platform, event key)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from models.owners import Fenced

Key = tuple[str, str]


@dataclass
class Hands:
    """Events in hand and the task that works on each, None until it begins.

    `claiming` is held from a claim until its rows are in hand, so that nobody takes them for dropped in between.
    """

    claiming: asyncio.Lock = field(default_factory=asyncio.Lock)
    _held: dict[Key, asyncio.Task[object] | None] = field(default_factory=dict)
    _dropped: set[Key] = field(default_factory=set)

    def take(self, key: Key) -> bool:
        """Take an event in hand. False when it is in hand already."""
        if key in self._held:
            return False
        self._held[key] = None
        return True

    def put_down(self, key: Key) -> None:
        """Have it in hand no longer."""
        self._held.pop(key, None)

    def keys(self) -> frozenset[Key]:
        """Everything in hand."""
        return frozenset(self._held)

    def pass_on(self, key: Key, task: asyncio.Task[object]) -> None:
        """Let another task go on with an event; it is put down when that task ends."""
        self._held[key] = task
        task.add_done_callback(lambda _: self.put_down(key))

    @contextmanager
    def holding(self, key: Key) -> Iterator[None]:
        """Work on an event. Raises Fenced when it was dropped before the work began."""
        if key in self._dropped:
            self._dropped.discard(key)
            raise Fenced("another process works on this event")
        self._held[key] = asyncio.current_task()
        try:
            yield
        finally:
            if self._held.get(key) is asyncio.current_task():  # else it was passed on
                self.put_down(key)

    async def drop(self) -> None:
        """Stop all work in hand and wait for it: this process is about to take another name."""
        tasks = {task for task in self._held.values() if task is not None} - {asyncio.current_task()}
        self._dropped |= {key for key, task in self._held.items() if task is None}
        self._held = {key: task for key, task in self._held.items() if task is not None}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
