"""What every long connection has: where it stands, in words for the operator, and how long it waits to come back."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from enum import StrEnum


class ConnectionState(StrEnum):
    """Where the connection stands; STOPPED is final, REPLACED lasts until the next look."""

    IDLE = "idle"
    CONNECTING = "connecting"
    READY = "ready"
    WAITING = "waiting"
    REPLACED = "replaced"
    STOPPED = "stopped"


STATE_WORDS: Mapping[ConnectionState, str] = {
    ConnectionState.IDLE: "未启动",
    ConnectionState.CONNECTING: "正在连接",
    ConnectionState.READY: "已连接",
    ConnectionState.WAITING: "已断开，等待重连",
    ConnectionState.REPLACED: "已被另一个程序接替，稍后再试",
    ConnectionState.STOPPED: "已停止",
}


def delay(failures: int, first: float, cap: float) -> float:
    """Seconds before the next attempt: doubling from `first` to `cap`, with half of it left to chance."""
    doubled = first * float(1 << min(max(failures - 1, 0), 16))
    return min(cap, doubled) * (0.5 + secrets.SystemRandom().random() / 2)
