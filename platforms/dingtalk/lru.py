"""A dictionary that remembers only its newest entries."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

V = TypeVar("V")


class Memo(Generic[V]):
    """At most `size` keys; the oldest written is forgotten first."""

    def __init__(self, size: int = 4096) -> None:
        self._size = size
        self._kept: OrderedDict[str, V] = OrderedDict()

    def get(self, key: str) -> V | None:
        """What was remembered, None when nothing (any more)."""
        return self._kept.get(key)

    def put(self, key: str, value: V) -> None:
        """Remember."""
        self._kept[key] = value
        self._kept.move_to_end(key)
        if len(self._kept) > self._size:
            self._kept.popitem(last=False)

    def drop(self, key: str) -> None:
        """Forget."""
        self._kept.pop(key, None)
