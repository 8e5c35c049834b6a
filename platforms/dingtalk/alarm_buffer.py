"""Alarms that may ring before anybody listens: they are kept until `run` names the listener."""

from __future__ import annotations

from collections import deque

from platforms.contract import OnAlarm
from platforms.shared.alarms import never_failing

_KEPT = 50


class AlarmBuffer:
    """`ring` never fails. Before `listen` the newest fifty alarms wait."""

    def __init__(self) -> None:
        self._listener: OnAlarm | None = None
        self._waiting: deque[tuple[str, str]] = deque(maxlen=_KEPT)
        self._rung: set[str] = set()

    async def listen(self, on_alarm: OnAlarm) -> None:
        """Alarms go to `on_alarm` from now on, those that wait first."""
        self._listener = never_failing(on_alarm)
        while self._waiting:
            await self._listener(*self._waiting.popleft())

    async def ring(self, code: str, detail: str) -> None:
        """Report one alarm."""
        if self._listener is None:
            self._waiting.append((code, detail))
        else:
            await self._listener(code, detail)

    async def ring_once(self, code: str, detail: str) -> None:
        """Report one alarm, at most once in the life of this process."""
        if code not in self._rung:
            self._rung.add(code)
            await self.ring(code, detail)
