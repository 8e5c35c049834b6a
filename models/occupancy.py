"""Who serves a SQLite file, and who has it open: everybody who opens it holds a shared lock, who exchanges it an own.

Both locks are on files of their own beside it, never on the database (see models.leadership): a process that closes
any descriptor of the database would drop the locks its engine holds on it.
"""

from __future__ import annotations

import fcntl
import os

from models.errors import DatabaseInUse
from models.urls import MEMORY, sqlite_path


def come_in(url: str) -> int | None:
    """Hold the file open with others until `leave`. Raises DatabaseInUse while somebody exchanges it."""
    return _hold(url, fcntl.LOCK_SH, "正在恢复这个数据库，请等它结束后再试")


def have_alone(url: str) -> int | None:
    """Hold the file alone until `leave`. Raises DatabaseInUse while anybody has it open."""
    return _hold(url, fcntl.LOCK_EX, "还有别的 yousu 命令开着这个数据库，请等它结束后再试")


def serve_alone(path: str) -> int:
    """Hold the right to serve the file, alone, until `leave`. Raises DatabaseInUse while somebody serves it."""
    return _lock(f"{path}.lock", fcntl.LOCK_EX, "另一个 yousu serve 正在使用这个数据库文件，请先停止它")


def leave(held: int | None) -> None:
    """Give the file free."""
    if held is not None:
        os.close(held)


def _hold(url: str, how: int, otherwise: str) -> int | None:
    path = sqlite_path(url)
    if path is None or path == MEMORY:
        return None
    return _lock(f"{path}.open", how, otherwise)


def _lock(marker: str, how: int, otherwise: str) -> int:
    descriptor = os.open(marker, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise DatabaseInUse(otherwise) from None
    return descriptor
