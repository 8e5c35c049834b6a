"""Who has a SQLite file open: everybody who opens it holds a shared lock beside it, who exchanges it holds it alone.

The lock is on a file of its own, never on the database (see models.leadership): a process that closes any descriptor
of the database would drop the locks its engine holds on it.
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


def leave(held: int | None) -> None:
    """Give the file free."""
    if held is not None:
        os.close(held)


def _hold(url: str, how: int, otherwise: str) -> int | None:
    path = sqlite_path(url)
    if path is None or path == MEMORY:
        return None
    descriptor = os.open(f"{path}.open", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise DatabaseInUse(otherwise) from None
    return descriptor
