"""What a command that only reads finds at the database's address, asked without making anything there."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from enum import StrEnum
from pathlib import Path

import asyncpg

from models.migrate import pending
from models.urls import MEMORY, connections, read_only_uri, sqlite_path

#: Seconds a silent server, or a lock of another program, is waited for.
PATIENCE = 10.0
#: The record of what was applied: whoever has it has our tables.
RECORD = "tortoise_migrations"


class DatabaseState(StrEnum):
    """What stands at an address."""

    ABSENT = "absent"
    EMPTY = "empty"
    BEHIND = "behind"
    READY = "ready"


async def database_state(url: str) -> DatabaseState:
    """Whether a database of ours is there: no file, a database without our tables, an older schema, or all of it.

    Raises models.urls.BadDatabaseUrl, models.migrate.SchemaTooNew, ConnectionError or sqlite3.Error.
    """
    path = sqlite_path(url)
    if path == MEMORY:
        return DatabaseState.EMPTY
    ours = await _server_has_record(url) if path is None else await asyncio.to_thread(_file_has_record, path)
    if ours is None:
        return DatabaseState.ABSENT
    if not ours:
        return DatabaseState.EMPTY
    return DatabaseState.BEHIND if await pending(url) else DatabaseState.READY


def _file_has_record(path: str) -> bool | None:
    """None when there is no file."""
    if not Path(path).exists():
        return None
    address = read_only_uri(path)
    with closing(sqlite3.connect(address, uri=True, timeout=PATIENCE)) as connection:
        return connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (RECORD,)).fetchone() is not None


async def _server_has_record(url: str) -> bool | None:
    """None when the server has no such database."""
    known = connections(url, read_only_alias=False)["default"]["credentials"]
    wanted = {name: known[name] for name in ("host", "port", "user", "password", "database", "ssl") if known.get(name)}
    try:
        async with asyncio.timeout(PATIENCE):
            connection = await asyncpg.connect(**wanted, timeout=PATIENCE)
            try:
                return await connection.fetchval("SELECT to_regclass($1)", RECORD) is not None
            finally:
                await connection.close(timeout=PATIENCE)
    except asyncpg.InvalidCatalogNameError:
        return None
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise ConnectionError(f"连不上 PostgreSQL（{type(error).__name__}），请核对 YOUSU_DATABASE_URL") from None
