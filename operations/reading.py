"""The database as a command that only reads opens it: one that is there, or none at all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from models.database import connect, disconnect
from models.database_state import DatabaseState, database_state
from models.urls import sqlite_path
from operations.running import Failure

_FIRST = "第一次使用请先运行 yousu org import 名册文件。"
_MISSING = {
    DatabaseState.ABSENT: "没有找到数据库：{where}。请到写着 .env 的安装目录里运行，或核对 YOUSU_DATABASE_URL；"
    + _FIRST,
    DatabaseState.EMPTY: "{where} 里还没有有诉即办的数据。请核对 YOUSU_DATABASE_URL；" + _FIRST,
    DatabaseState.BEHIND: "{where} 还是旧版本的结构。请先停止服务，"
    "运行 yousu migrate（会先自动备份），再运行这条命令。",
}


@asynccontextmanager
async def existing(url: str) -> AsyncIterator[None]:
    """The database, closed whatever happens. Nothing is created and no schema is changed.

    Raises operations.running.Failure with where it looked when there is none, or one of an older schema.
    """
    await require(url)
    await connect(url)
    try:
        yield
    finally:
        await disconnect()


async def require(url: str) -> None:
    """Raises operations.running.Failure unless a database of this schema is at the address."""
    found = await database_state(url)
    if found in _MISSING:
        raise Failure(_MISSING[found].format(where=_where(url)))


def _where(url: str) -> str:
    """The place in words, without an address that may hold a password."""
    path = sqlite_path(url)
    return "YOUSU_DATABASE_URL 所指的 PostgreSQL 数据库" if path is None else str(Path(path).absolute())
