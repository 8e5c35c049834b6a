"""Tells a press that DingTalk delivers again from a second press of the same button.

A repeat carries another messageId and the same content, and so does somebody who presses 详情 twice. What was not
acknowledged in time comes again within about a minute; what was acknowledged does not, but for a frame doubled on its
way.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from platforms.shared.recent_keys import LruDict

#: Seconds in which an unacknowledged press may come again, and in which an acknowledged one may come doubled.
UNSETTLED, SETTLED = 120.0, 2.0


@dataclass(slots=True)
class _Seen:
    serial: str
    first: float
    settled: float | None = None


class Repeats:
    """Names presses by their content. `clock` is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._seen: LruDict[_Seen] = LruDict()

    def name(self, content: str) -> str:
        """The press's name: that of the press it repeats, else a new one."""
        seen = self._seen.get(content)
        if seen is None or not self._again(seen):
            seen = _Seen(secrets.token_hex(6), self._clock())
            self._seen.put(content, seen)
        return f"{content}/{seen.serial}"

    def settled(self, content: str) -> None:
        """Its acknowledgement left in time."""
        seen = self._seen.get(content)
        if seen is not None and seen.settled is None:
            seen.settled = self._clock()

    def _again(self, seen: _Seen) -> bool:
        if seen.settled is None:
            return self._clock() - seen.first < UNSETTLED
        return self._clock() - seen.settled < SETTLED
