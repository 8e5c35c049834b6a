"""Backing up a SQLite file beside whoever uses it, and exchanging it for a checked one.

The live file is never written into: a new one is made and checked beside it, the old one is copied and folded (its
write-ahead log must not survive it), and one rename puts the new one in its place. A kill leaves the old or the new.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from models.occupancy import come_in, have_alone, leave
from operations.backup_file import (
    Manifest,
    NotPossible,
    check_manifest,
    copy_payload,
    finish_backup,
    new_backup,
    read_backup,
)
from operations.private_files import open_private, sync_folder

RAW = b"SQLite format 3\0"
#: What may lie beside a SQLite file and belongs to it.
COMPANIONS = ("-wal", "-shm", "-journal")
#: Seconds another program's lock is waited for.
PATIENCE = 20.0


def backup(url: str, path: Path, target: Path, now: datetime, *, force: bool) -> None:
    """Copy the file through SQLite's own backup, also beside a running bot. Raises NotPossible, DatabaseInUse."""
    if not path.exists():
        raise NotPossible(f"数据库 {path} 不存在")
    if target.resolve() in {path.resolve().with_name(path.name + end) for end in ("", ".lock", ".open", *COMPANIONS)}:
        raise NotPossible(f"{target} 就是数据库本身，没有备份；请换一个名字")
    with new_backup(target, force=force) as file:
        copy = target.with_name(f".{target.name}.{os.getpid()}.copy")
        try:
            held = come_in(url)
            try:
                _copy(path, copy)
            finally:
                leave(held)
            manifest = describe(copy, now)
            with copy.open("rb") as reading:
                shutil.copyfileobj(reading, file, 1 << 20)
            finish_backup(file, manifest)
        finally:
            _remove(copy)


def restore(url: str, path: Path, source: Path, now: datetime, keys: frozenset[str]) -> Path | None:
    """Put a backup (or a copy this program kept) in the file's place; where the old one is kept now.

    Nobody may serve the file (the caller leads). Raises NotPossible, DatabaseInUse; the file is then as it was.
    """
    if path.exists() and source.exists() and source.samefile(path):
        raise NotPossible("这就是正在使用的数据库，没有恢复")
    held = have_alone(url)
    try:
        fresh = path.with_name(f"{path.name}.restoring")
        _remove(fresh)
        try:
            _unpack(source, fresh)
            _examine(source, fresh, now, keys)
            _settle(fresh)
            kept = _put_aside(path, now)
            os.replace(fresh, path)
            sync_folder(path.parent)
        finally:
            _remove(fresh)
    finally:
        leave(held)
    return kept


def describe(path: Path, now: datetime) -> Manifest:
    """What stands in a SQLite file of ours. Raises NotPossible."""
    try:
        with closing(_connect(path)) as connection:
            tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            if not {"tortoise_migrations", "events", "meta"} <= set(tables):
                raise NotPossible(f"{path} 里没有有诉即办的数据，没有恢复")
            mine = sorted(name for name in tables if not name.startswith("sqlite_"))
            counts = {name: connection.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0] for name in mine}  # noqa: S608
            done = connection.execute("SELECT name FROM tortoise_migrations WHERE app = 'yousu' ORDER BY name")
            migrations = tuple(row[0] for row in done.fetchall())
            key = connection.execute("SELECT value FROM meta WHERE key = 'data_key'").fetchone()
    except sqlite3.Error as error:
        raise NotPossible(f"{path} 读不出来（{type(error).__name__}）") from None
    return Manifest("sqlite", now.isoformat(), migrations, tuple(key[0].split(",")) if key else (), counts)


def _unpack(source: Path, fresh: Path) -> None:
    if is_raw(source):
        _copy(source, fresh)
        return
    read_backup(source, "sqlite")
    with _new(fresh) as file:
        copy_payload(source, file)
        file.flush()
        os.fsync(file.fileno())


def is_raw(source: Path) -> bool:
    """Whether this is a plain SQLite file, such as the copies that restore and migrate keep."""
    if not source.is_file():
        return False
    with source.open("rb") as file:
        return file.read(len(RAW)) == RAW


def _examine(source: Path, fresh: Path, now: datetime, keys: frozenset[str]) -> None:
    """Everything that could be wrong with the new file, before anything happens to the old one."""
    with closing(_connect(fresh)) as connection:
        try:
            sound = connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            sound = sound and not connection.execute("PRAGMA foreign_key_check").fetchone()
        except sqlite3.Error:
            sound = False
    if not sound:
        raise NotPossible(f"{source} 不是完好的备份，没有恢复")
    found = describe(fresh, now)
    check_manifest(found, keys)
    if not is_raw(source):
        said = read_backup(source, "sqlite")
        check_manifest(said, keys)
        if (said.counts, said.migrations, said.data_key) != (found.counts, found.migrations, found.data_key):
            raise NotPossible(f"{source} 的内容与它的说明不符，没有恢复")


def _settle(fresh: Path) -> None:
    """One file without companions, and a new prefix: platforms know the message numbers it will give out again."""
    with closing(_connect(fresh)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("DELETE FROM meta WHERE key = 'install'")
        connection.commit()
    with fresh.open("rb") as file:
        os.fsync(file.fileno())


def _put_aside(path: Path, now: datetime) -> Path | None:
    """Keep a copy of the old file and leave it without companions, which would be taken for the new one's."""
    if not path.exists() or not path.stat().st_size:
        for end in COMPANIONS:
            path.with_name(path.name + end).unlink(missing_ok=True)
        return None
    kept = _free_name(path.with_name(f"{path.name}.before-restore-{now:%Y%m%dT%H%M%SZ}"))
    part = kept.with_name(f"{path.name}.keeping")
    _remove(part)
    try:
        if not is_raw(path):
            raise sqlite3.DatabaseError("SQLite would throw its log away on opening it")
        with closing(_connect(path)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
            _remove(part)
            _copy_from(connection, part)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise
        raise NotPossible("有别的程序开着这个数据库，没有恢复；请关掉它再试") from None
    except sqlite3.DatabaseError:
        _keep_broken(path, kept, part)
    os.replace(part, kept)
    return kept


def _keep_broken(path: Path, kept: Path, part: Path) -> None:
    """What SQLite cannot read is kept byte for byte, log and all."""
    _remove(part)
    for end in COMPANIONS:
        beside = path.with_name(path.name + end)
        if beside.exists():
            _copy_bytes(beside, kept.with_name(kept.name + end))
    _copy_bytes(path, part)
    for end in COMPANIONS:
        path.with_name(path.name + end).unlink(missing_ok=True)


def _copy_bytes(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    with source.open("rb") as reading, _new(target) as writing:
        shutil.copyfileobj(reading, writing, 1 << 20)
        writing.flush()
        os.fsync(writing.fileno())


def _copy(source: Path, target: Path) -> None:
    with closing(_connect(source)) as connection:
        _copy_from(connection, target)


def _copy_from(connection: sqlite3.Connection, target: Path) -> None:
    _new(target).close()
    try:
        with closing(_connect(target)) as writing:
            connection.backup(writing)
            writing.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        raise NotPossible("这个 SQLite 文件不完好，读不出来，没有恢复") from None


def _connect(path: Path) -> sqlite3.Connection:
    """An existing file, never a new one."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=PATIENCE)


def _new(path: Path) -> BinaryIO:
    return os.fdopen(open_private(path, os.O_RDWR | os.O_CREAT | os.O_EXCL), "w+b")


def _remove(path: Path) -> None:
    for end in ("", *COMPANIONS):
        with suppress(FileNotFoundError):
            path.with_name(path.name + end).unlink()


def _free_name(path: Path) -> Path:
    tries = [path, *(path.with_name(f"{path.name}-{number}") for number in range(2, 100))]
    return next(name for name in tries if not name.exists())
