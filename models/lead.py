"""Who of several processes holds the long connections, the tick and the delivery."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
from typing import Any

import asyncpg

from models.engine import finish
from models.errors import DatabaseInUse
from models.urls import MEMORY, connections, sqlite_path

LOCK_KEY = 0x796F7573755F6C64  # "yousu_ld"
ANSWER_SECONDS = 5.0
# A leader whose machine vanished is forgotten by the server after about idle + interval * count seconds.
KEEPALIVE = {"tcp_keepalives_idle": "5", "tcp_keepalives_interval": "2", "tcp_keepalives_count": "3"}

__all__ = ["DatabaseInUse", "Leadership"]

logger = logging.getLogger(__name__)


class Leadership:
    """The claim of one process to lead, on the database at `url`.

    PostgreSQL: an advisory lock that the server frees when this process's own connection ends. SQLite: a lock on a
    file beside the database; a second process is refused, because one file has one server.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: asyncpg.Connection[Any] | None = None
        self._file: int | None = None

    async def try_lead(self) -> bool:
        """Whether this process leads now; ask again at every tick.

        False on PostgreSQL when another process leads or the server does not answer. Raises DatabaseInUse on SQLite.
        """
        path = sqlite_path(self._url)
        if path is not None:
            return self._lock_file(path)
        try:
            return await asyncio.wait_for(self._lock_server(), ANSWER_SECONDS)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            logger.warning("leadership lost: %s", type(error).__name__, extra={"action": "lead"})
            self._drop()
            return False

    async def resign(self) -> None:
        """Let another process lead at once. Harmless when this one does not."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
        connection, self._connection = self._connection, None
        if connection is not None:
            await finish(_close(connection))

    def _lock_file(self, path: str) -> bool:
        if path == MEMORY or self._file is not None:
            return True
        # Never the database file itself: POSIX drops every lock of a process when it closes any descriptor of a file,
        # and the next command to leave would then delete the log that this process still writes.
        descriptor = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise DatabaseInUse("另一个 yousu serve 正在使用这个数据库文件，请先停止它") from None
        self._file = descriptor
        return True

    async def _lock_server(self) -> bool:
        if self._connection is not None:
            await self._connection.execute("SELECT 1")
            return True
        connection = await asyncpg.connect(**_credentials(self._url))
        try:
            leads = bool(await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK_KEY))
            if leads:
                self._connection = connection
        finally:
            if self._connection is not connection:
                await finish(_close(connection))
        return leads

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()


async def _close(connection: asyncpg.Connection[Any]) -> None:
    try:
        await connection.close(timeout=ANSWER_SECONDS)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        connection.terminate()


def _credentials(url: str) -> dict[str, Any]:
    given = connections(url, read_only_alias=False)["default"]["credentials"]
    wanted = {key: given[key] for key in ("host", "port", "user", "password", "database", "ssl") if key in given}
    return {**wanted, "server_settings": {"application_name": "yousu lead", **KEEPALIVE}}
