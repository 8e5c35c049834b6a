"""Bounded memories: a dictionary and a set that remember only their newest entries."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

V = TypeVar("V")


class LruDict(Generic[V]):
    """At most `size` keys; the oldest written is forgotten first."""

    def __init__(self, size: int = 4096) -> None:
        self._size = size
        self._kept: OrderedDict[str, V] = OrderedDict()

    def __contains__(self, key: str) -> bool:
        return key in self._kept

    def get(self, key: str) -> V | None:
        """What was remembered, None when nothing (any more)."""
        return self._kept.get(key)

    def put(self, key: str, value: V) -> None:
        """Keep a key or value as the newest; the oldest beyond the size goes."""
        self._kept[key] = value
        self._kept.move_to_end(key)
        if len(self._kept) > self._size:
            self._kept.popitem(last=False)

    def drop(self, key: str) -> None:
        """Drop a key; unknown ones are ignored."""
        self._kept.pop(key, None)


class RecentKeys:
    """A set that remembers only the newest `size` keys."""

    def __init__(self, size: int = 4096) -> None:
        self._kept: LruDict[None] = LruDict(size)

    def __contains__(self, key: str) -> bool:
        return key in self._kept

    def add(self, key: str) -> None:
        """Keep a key or value as the newest; the oldest beyond the size goes."""
        self._kept.put(key, None)

    def discard(self, key: str) -> None:
        """Drop a key; unknown ones are ignored."""
        self._kept.drop(key)
