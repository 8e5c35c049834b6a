"""Backup and restore of the database; a backup without YOUSU_DATA_KEY cannot be read, so keep the key apart from it."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from models.lead import Leadership
from models.urls import sqlite_path


class NotPossible(OSError):
    """This database cannot be backed up this way; the text says what to use."""


async def backup(url: str, target: Path) -> int:
    """Copy the database, also while the bot runs. PostgreSQL: its own `pg_dump`. Raises NotPossible."""
    file = sqlite_path(url)
    if file is None:
        return await _tool("pg_dump", "--format=custom", f"--file={target}", url)
    path = Path(file)
    if not path.exists():
        raise NotPossible(f"数据库 {path} 不存在")
    target.parent.mkdir(parents=True, exist_ok=True)
    await asyncio.to_thread(_copy, path, target)
    return 0


async def restore(url: str, source: Path, now: datetime) -> int:
    """Put a backup in place; the present file is kept beside it.

    Raises NotPossible, or models.lead.DatabaseInUse while a bot serves this file.
    """
    file = sqlite_path(url)
    if file is None:
        return await _tool("pg_restore", "--clean", "--if-exists", f"--dbname={url}", str(source))
    path = Path(file)
    if not source.exists():
        raise NotPossible(f"备份文件 {source} 不存在")
    await asyncio.to_thread(_check, source)
    leadership = Leadership(url)
    await leadership.try_lead()
    try:
        await _put_in_place(path, source, now)
    finally:
        await leadership.resign()
    return 0


async def _put_in_place(path: Path, source: Path, now: datetime) -> None:
    if path.exists():
        kept = path.with_name(f"{path.name}.{now:%Y%m%d%H%M%S}.before-restore")
        await asyncio.to_thread(_copy, path, kept)
    for leftover in (path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        leftover.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    await asyncio.to_thread(shutil.copyfile, source, path)
    path.chmod(0o600)
    await asyncio.to_thread(_renew_prefix, path)


def _copy(source: Path, target: Path) -> None:
    target.touch(mode=0o600)
    with closing(sqlite3.connect(source)) as reading, closing(sqlite3.connect(target)) as writing:
        reading.backup(writing)


def _renew_prefix(path: Path) -> None:
    """A restored file gives out message numbers again that platforms have seen: they need another prefix."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM meta WHERE key = 'install'")
        connection.commit()


def _check(path: Path) -> None:
    try:
        with closing(sqlite3.connect(path)) as connection:
            sound = connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            sound = (
                sound and connection.execute("SELECT COUNT(*) FROM sqlite_master WHERE name = 'events'").fetchone()[0]
            )
    except sqlite3.DatabaseError:
        sound = False
    if not sound:
        raise NotPossible(f"{path} 不是完好的备份，没有恢复")


async def _tool(program: str, *arguments: str) -> int:
    if shutil.which(program) is None:
        raise NotPossible(f"没有找到 {program}，请安装 PostgreSQL 客户端后重试")
    process = await asyncio.create_subprocess_exec(program, *arguments)
    return await process.wait()
