"""Who else is alive, on PostgreSQL: every process keeps one session that holds its own lock and moves its counter.

A session that ended proves its process dead at once (the server frees the lock). A counter that stands still proves
it hung: whoever looks counts by its own monotonic clock, no machine's wall clock is compared with another's. Being
declared dead is final. In this order: the row is marked, which bars new connections of that name
(`models.engine_asyncpg`); every connection it has is ended, with whatever transaction lay open on it; the row goes.
Only then may anybody take over what it held.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import asyncpg

from models import owners
from models.engine import finish
from models.urls import LEAD_SETTINGS, connections

#: How long the server may take to answer; less than a leader is trusted without an answer (models.leadership).
ANSWER_SECONDS = 3.0
#: A counter seen standing still so often, over at least so long, belongs to a process that hangs.
HUNG_LOOKS = 5
HUNG_SECONDS = 5.0
#: How long the server may take to end the connections of a dead process.
END_SECONDS = 2.0

#: How a lost session shows itself.
LOST = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)

ANNOUNCE = "INSERT INTO processes (name, host, started) VALUES ($1, $2, $3)"
BEAT = "UPDATE processes SET heartbeat = heartbeat + 1 WHERE name = $1 AND NOT dead RETURNING heartbeat"
MARK = "UPDATE processes SET dead = TRUE WHERE name = $1"
FORGET = "DELETE FROM processes WHERE name = $1"
#: Connections carry the name of their process: "yousu NAME" in the pools, "yousu lead NAME" for the session here.
END = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND application_name IN ('yousu ' || $1::text, 'yousu lead ' || $1::text)
  AND pid <> pg_backend_pid()
"""
OTHERS = """
SELECT name, heartbeat, dead, EXISTS (
    SELECT 1 FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND objsubid = 1
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND (classid::bigint << 32 | objid::bigint) = ('x' || lpad(name, 16, '0'))::bit(64)::bigint
) AS present
FROM processes WHERE name <> $1
"""
HOLDER = """
SELECT p.name, p.heartbeat FROM pg_locks l
JOIN pg_stat_activity a ON a.pid = l.pid JOIN processes p ON a.application_name = 'yousu lead ' || p.name
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND (l.classid::bigint << 32 | l.objid::bigint) = $1
"""

logger = logging.getLogger(__name__)


@dataclass
class Watch:
    """Counters as this process saw them move, by its own monotonic clock."""

    clock: Callable[[], float] = time.monotonic
    _seen: dict[str, tuple[int, int, float]] = field(default_factory=dict)

    def still(self, name: str, beat: int) -> bool:
        """Look once: whether the counter has stood still for long enough. One who slept itself sees one look."""
        last, looks, since = self._seen.get(name, (None, 0, 0.0))
        if last != beat:
            self._seen[name] = (beat, 0, self.clock())
            return False
        self._seen[name] = (beat, looks + 1, since)
        return looks + 1 >= HUNG_LOOKS and self.clock() - since >= HUNG_SECONDS

    def forget(self, name: str) -> None:
        """Stop judging this process."""
        self._seen.pop(name, None)


@dataclass
class Presence:
    """This process's session with the server at `url`. Every method raises the driver's error when it is lost."""

    url: str
    connection: asyncpg.Connection[Any] | None = None
    name: str = ""
    registered: bool = False
    _watch: Watch = field(default_factory=Watch)

    async def enter(self, started: datetime | None, on_lost: Callable[[], None]) -> None:
        """Open the session under a new name, and announce it when this process serves (`started`).

        What ran under the old name must have stopped.
        """
        name = owners.fresh_name()
        self.connection = await asyncpg.connect(**credentials(self.url, f"yousu lead {name}"))
        self.connection.add_termination_listener(lambda _: on_lost())
        # First the lock, then the row: whoever reads the row finds its lock held.
        await self.connection.execute("SELECT pg_advisory_lock($1)", owners.lock_key(name))
        self.registered = started is not None
        if self.registered:
            await self.connection.execute(ANNOUNCE, name, socket.gethostname()[:300], started)
            if self.name:
                await self.connection.execute(MARK, self.name)
        self.name = name

    async def beat(self) -> None:
        """Show that this process lives. Raises owners.Fenced when it was declared dead."""
        if self.registered:
            if await self._session.fetchval(BEAT, self.name, timeout=ANSWER_SECONDS) is None:
                raise owners.Fenced("this process was declared dead")
        else:
            await self._session.execute("SELECT 1", timeout=ANSWER_SECONDS)

    async def replace_hung_holder(self, lock: int) -> bool:
        """Look at who holds `lock`; end it when its counter stands still. True when the lock is worth another try."""
        if not self.registered:
            return False
        row = await self._session.fetchrow(HOLDER, lock)
        if row is None or not self._watch.still(row["name"], row["heartbeat"]):
            return False
        logger.warning("the leader hangs and is replaced", extra={"action": "hung_leader", "owner": row["name"]})
        return await self.end(row["name"])

    async def bury(self) -> int:
        """End every other process that is proved dead; how many there were."""
        if not self.registered:
            return 0
        ended = 0
        for row in await self._session.fetch(OTHERS, self.name):
            if row["dead"] or not row["present"] or self._watch.still(row["name"], row["heartbeat"]):
                ended += await self.end(row["name"])
        return ended

    async def end(self, name: str) -> bool:
        """Declare a process dead and end its connections. False when the server will not let us or takes too long."""
        session = self._session
        await session.execute(MARK, name)
        try:
            give_up = time.monotonic() + END_SECONDS
            while await session.fetchval(END, name):
                if time.monotonic() > give_up:
                    logger.warning("a dead process keeps connections", extra={"action": "end_late", "owner": name})
                    return False
                await asyncio.sleep(0.05)
        except asyncpg.InsufficientPrivilegeError:
            # The server forgets it by itself: see the time-outs in models.urls.
            logger.error("not allowed to end connections of a dead process", extra={"action": "end_refused"})
            return False
        await session.execute(FORGET, name)
        self._watch.forget(name)
        return True

    async def leave(self) -> None:
        """Say goodbye and close. What this process still holds is anybody's."""
        connection, self.connection = self.connection, None
        if connection is not None:
            await finish(_close(connection, self.name if self.registered else ""))

    def drop(self) -> None:
        """Forget a session that is lost."""
        connection, self.connection = self.connection, None
        if connection is not None:
            connection.terminate()

    @property
    def _session(self) -> asyncpg.Connection[Any]:
        if self.connection is None:
            raise asyncpg.InterfaceError("no session")
        return self.connection


async def _close(connection: asyncpg.Connection[Any], name: str) -> None:
    try:
        if name:
            await connection.execute(MARK, name, timeout=ANSWER_SECONDS)
        await connection.close(timeout=ANSWER_SECONDS)
    except LOST:
        connection.terminate()


def credentials(url: str, application: str) -> dict[str, Any]:
    """How to connect beside the pool."""
    given = connections(url, read_only_alias=False)["default"]["credentials"]
    wanted = {key: given[key] for key in ("host", "port", "user", "password", "database", "ssl") if key in given}
    settings = {**LEAD_SETTINGS, "application_name": application}
    return {**wanted, "server_settings": settings, "timeout": ANSWER_SECONDS}
