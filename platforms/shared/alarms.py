"""Raising an alarm must never break what raises it."""

from __future__ import annotations

import logging

from platforms.contract import OnAlarm

log = logging.getLogger(__name__)


def never_failing(on_alarm: OnAlarm) -> OnAlarm:
    """`on_alarm`, with its own failures logged instead of raised."""

    async def alarm(code: str, detail: str) -> None:
        try:
            await on_alarm(code, detail)
        except Exception as error:
            log.error("alarm failed", extra={"action": "alarm_failed", "reason": type(error).__name__})

    return alarm
