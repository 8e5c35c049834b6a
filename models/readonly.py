"""The imported calendars of a database, read without opening it as the bot does: `yousu due` answers in a blink.

No migration, no ORM, no data key, nothing written. A database that is not there has imported nothing.
"""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

from models.urls import MEMORY, BadDatabaseUrl, connections, read_only_uri, sqlite_path

#: Seconds a silent server is waited for: the answer is worth little after more.
PATIENCE = 3.0
NEWEST_LAST = "SELECT text FROM year_tables ORDER BY id"


class Unreadable(Exception):
    """There is a database and it cannot be read; `str()` says why, without its address."""


def imported_texts(url: str) -> list[str]:
    """The imported year tables as they were written, oldest first. Raises Unreadable."""
    try:
        path = sqlite_path(url)
        if path is None:
            return asyncio.run(_from_postgres(url))
    except BadDatabaseUrl as error:
        raise Unreadable(str(error)) from None
    return _from_sqlite(path) if path != MEMORY and Path(path).exists() else []


def _from_sqlite(path: str) -> list[str]:
    try:
        connection = sqlite3.connect(read_only_uri(path), uri=True, timeout=PATIENCE)
        try:
            return [str(text) for (text,) in connection.execute(NEWEST_LAST)]
        finally:
            connection.close()
    except sqlite3.Error as error:
        if "no such table" in str(error):
            return []
        raise Unreadable(type(error).__name__) from None


async def _from_postgres(url: str) -> list[str]:
    import asyncpg

    known = connections(url, read_only_alias=False)["default"]["credentials"]
    wanted = {name: known[name] for name in ("host", "port", "user", "password", "database", "ssl") if known.get(name)}
    try:
        async with asyncio.timeout(PATIENCE):
            connection = await asyncpg.connect(**wanted, timeout=PATIENCE)
            try:
                return [str(row["text"]) for row in await connection.fetch(NEWEST_LAST)]
            finally:
                await connection.close(timeout=PATIENCE)
    except asyncpg.UndefinedTableError:
        return []
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise Unreadable(type(error).__name__) from None
