"""`yousu migrate`: bring a database to the schema of this code, all or nothing.

Everything runs in one transaction, the record of what was applied included. On PostgreSQL an advisory lock makes two
starts at once wait for each other, on SQLite the write lock does. SQLite runs with foreign keys off, because the ORM
rebuilds an altered table by dropping it, and a drop would delete or refuse the children's rows; all foreign keys are
checked before the commit.
"""

from __future__ import annotations

import importlib
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.context import TortoiseContext
from tortoise.migrations.executor import MigrationExecutor
from tortoise.migrations.recorder import MigrationRecorder
from tortoise.migrations.schema_editor import AsyncpgSchemaEditor, SqliteSchemaEditor
from tortoise.transactions import in_transaction

from models.engine import finish
from models.fields import as_utc
from models.occupancy import come_in, leave
from models.schema import APP, APPS
from models.urls import MEMORY, connections, prepare_file, sqlite_path

LOCK_KEY = 0x796F7573755F6D67  # "yousu_mg"
#: How long a migration waits for a lock, in milliseconds.
MIGRATION_LOCK_MS = 60_000
EDITORS = {"sqlite": SqliteSchemaEditor, "postgres": AsyncpgSchemaEditor}


class SchemaTooNew(RuntimeError):
    """The database was migrated by a newer version of the program; `unknown` names what this version lacks."""

    def __init__(self, unknown: list[str]) -> None:
        super().__init__("the database has migrations this version does not know: " + ", ".join(unknown))
        self.unknown = unknown


class BrokenReferences(RuntimeError):
    """A migration left rows pointing nowhere; everything was rolled back."""


@dataclass(frozen=True, slots=True)
class Migrated:
    """What `migrate` did: names of applied migrations and, for a SQLite file that held data, its copy."""

    applied: tuple[str, ...]
    copy: Path | None


def known_migrations() -> list[str]:
    """Names of the migrations of this release, oldest first."""
    folder = Path(str(importlib.import_module(str(APPS[APP]["migrations"])).__path__[0]))
    return sorted(path.stem for path in folder.glob("[0-9]*.py"))


async def pending(url: str) -> list[str]:
    """Names of the migrations `migrate` would apply, oldest first. Raises SchemaTooNew."""
    async with _opened(url) as client:
        return await _pending(client)


async def migrate(url: str, now: datetime) -> Migrated:
    """Apply what is pending; a second call does nothing. A SQLite file is first copied beside itself, stamped `now`.

    Raises SchemaTooNew, BrokenReferences, or the driver's error; the database is then as it was.
    """
    moment = as_utc(now)
    async with _opened(url) as client:
        if not await _pending(client):
            return Migrated((), None)
        async with in_transaction("default") as inside:
            return await _apply(inside, url, moment)


async def _apply(inside: BaseDBAsyncClient, url: str, moment: datetime) -> Migrated:
    postgres = inside.capabilities.dialect == "postgres"
    if postgres:
        await inside.execute_query("SELECT pg_advisory_xact_lock($1)", [LOCK_KEY])
    # A look into a missing table would spoil a PostgreSQL transaction.
    await MigrationRecorder(inside).ensure_schema(EDITORS[inside.capabilities.dialect](inside, atomic=False))
    names = await _pending(inside)  # again: another start may have done it while this one waited
    copy = None
    if names:
        copy = _copy_file(url, moment)  # under the lock: two starts in one second would copy to one name
        await MigrationExecutor(inside, APPS).migrate(direction="forward")
    if not postgres and await inside.execute_query_dict("PRAGMA foreign_key_check"):
        raise BrokenReferences("the migration left rows that point nowhere; nothing was changed")
    return Migrated(tuple(names), copy)


async def _pending(client: BaseDBAsyncClient) -> list[str]:
    executor = MigrationExecutor(client, APPS)
    await executor.loader.build_graph()
    known = {key.name for key in executor.loader.disk_migrations}
    applied = await _applied(client)
    if unknown := sorted(applied - known):
        raise SchemaTooNew(unknown)
    return [step.migration.name for step in await executor.plan()]


async def _applied(client: BaseDBAsyncClient) -> set[str]:
    recorder = MigrationRecorder(client)
    return {key.name for key in await recorder.applied_migrations() if key.app_label == APP}


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[BaseDBAsyncClient]:
    """The database in a context of its own that loads no rows, so that a connected process is not disturbed."""
    settings = connections(url, read_only_alias=False)
    # Another start may be at it for long, and on PostgreSQL a change of a table waits for who uses it; but not for
    # ever, because everybody who comes after waits behind it.
    if sqlite_path(url) is not None:
        settings["default"]["credentials"] |= {"foreign_keys": "OFF", "busy_timeout": MIGRATION_LOCK_MS}
    else:
        settings["default"]["credentials"]["server_settings"] |= {"lock_timeout": str(MIGRATION_LOCK_MS)}
    prepare_file(url)
    held = come_in(url)
    with TortoiseContext() as orm:
        orm.connections._init_config(settings)
        try:
            client = orm.connections.get("default")
            await client.create_connection(with_db=True)
            yield client
        finally:
            try:
                await finish(orm.close_connections())
            finally:
                leave(held)


def _copy_file(url: str, moment: datetime) -> Path | None:
    """Copy a SQLite file that has tables (through SQLite itself, so that its write-ahead log is included)."""
    path = sqlite_path(url)
    if path is None or path == MEMORY:
        return None
    with closing(sqlite3.connect(path, timeout=MIGRATION_LOCK_MS / 1000)) as source:
        if not source.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
            return None
        copy = Path(f"{path}.before-{moment:%Y%m%dT%H%M%SZ}")
        part = Path(f"{copy}.part")  # a copy that was not finished never bears the name of one
        part.unlink(missing_ok=True)
        descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        os.fchmod(descriptor, 0o600)
        os.close(descriptor)
        with closing(sqlite3.connect(part)) as target:
            source.backup(target)
        os.replace(part, copy)
    return copy
