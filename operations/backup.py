"""Backup and restore of the database; a backup without YOUSU_DATA_KEY cannot be read, so keep the key apart from it."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

from models.fields import as_utc
from models.leadership import Leadership
from models.urls import MEMORY, sqlite_path
from operations import backup_postgres, backup_sqlite
from operations.backup_file import NotPossible, read_backup

__all__ = ["NotPossible", "backup", "restore"]


async def backup(url: str, target: Path, now: datetime, *, force: bool = False) -> None:
    """Copy the database into one file, also while the bot runs. Raises NotPossible."""
    path = _file(url)
    if path is None:
        await backup_postgres.backup(url, target, as_utc(now), force=force)
    else:
        await asyncio.to_thread(backup_sqlite.backup, url, path, target, as_utc(now), force=force)


async def restore(url: str, source: Path, now: datetime, keys: frozenset[str]) -> str:
    """Put a backup in the database's place; a sentence that says where the old data are, "" when there were none.

    `keys` are the fingerprints of the keys at hand. Raises NotPossible, or models.errors.DatabaseInUse while a bot
    serves this database; everything is then as it was.
    """
    path = _file(url)
    if path is None or not backup_sqlite.is_raw(source):
        read_backup(source, "postgres" if path is None else "sqlite")
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    leadership = Leadership(url)
    try:
        if not await leadership.try_lead():
            raise NotPossible(
                "有 yousu serve 正在使用这个数据库，或者数据库连不上，没有恢复；请在每台机器上停止服务再试"
            )
        if path is None:
            schema = await backup_postgres.restore(url, source, as_utc(now), keys)
            return f"原来的数据留在模式 {schema} 里。" if schema else ""
        kept = await asyncio.to_thread(backup_sqlite.restore, url, path, source, as_utc(now), keys)
        return f"原来的库留在 {kept}。" if kept else ""
    finally:
        await leadership.resign()


def _file(url: str) -> Path | None:
    """The SQLite file, None for PostgreSQL. Raises NotPossible for a database in memory."""
    file = sqlite_path(url)
    if file == MEMORY:
        raise NotPossible("内存里的数据库不能备份和恢复")
    return None if file is None else Path(file)
