"""Who of several processes holds the long connections, the tick and the delivery, and since which reign."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg

from models import owners
from models.claims import Freed, free_orphans, only_process
from models.database import renew
from models.errors import DatabaseInUse
from models.occupancy import serve_alone
from models.presence import ANSWER_SECONDS, LOST, Presence
from models.urls import MEMORY, sqlite_path

LOCK_KEY = 0x796F7573755F6C64  # "yousu_ld"
#: A leader acts only so long after the server last confirmed it; others wait longer (presence.HUNG_SECONDS).
TRUST_SECONDS = 4.0
#: How long a meeting with the server may take in all, the ending of dead processes included.
MEETING_SECONDS = 8.0
#: How long an act of a leader that slept waits to hear whether it still leads.
PROOF_SECONDS = 10.0
NEW_REIGN = """
INSERT INTO leadership (id, epoch, owner) VALUES (1, 1, $1)
ON CONFLICT (id) DO UPDATE SET epoch = leadership.epoch + 1, owner = excluded.owner RETURNING epoch
"""
REIGN = "SELECT epoch FROM leadership WHERE id = 1"

__all__ = ["DatabaseInUse", "Leadership"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Standing:
    """How this process stands: `leads` in reign `epoch` (0 on SQLite), or `lost` its session with the server."""

    leads: bool
    lost: bool
    epoch: int
    owner: str | None


async def _nothing_in_hand() -> None:
    """Stop nothing: commands hold no leases."""


class Leadership:
    """The claim of one process to lead, on the database at `url`.

    PostgreSQL: an advisory lock that the server frees when this process's own session ends; a leader that hangs loses
    it to whoever notices. SQLite: a lock on a file beside the database; a second process is refused, because one file
    has one server, and every other owner of a lease is dead.

    With `started` it is a process that serves: its leases and connections carry its name, it shows a heartbeat, and its
    reigns are counted. `stop_work` is awaited before it takes a new name: nothing may go on under the old one. A
    command that only wants nobody else to lead gives neither; it is never taken for hung.
    """

    def __init__(
        self, url: str, started: datetime | None = None, stop_work: Callable[[], Awaitable[None]] = _nothing_in_hand
    ) -> None:
        self._url = url
        self._started = started
        self._stop_work = stop_work
        self._file: int | None = None
        self._presence = Presence(url)
        self._leads = False
        self._epoch = 0
        self._met: float | None = None
        self._heard = asyncio.Event()
        self._lost = asyncio.Event()
        self._new_reign = False
        self._silent = False

    async def try_lead(self) -> bool:
        """Whether this process leads now; ask again at every look.

        False on PostgreSQL when another process leads or the server does not answer; also once after leadership was
        lost, so that the caller stops its work before it may lead again. Raises DatabaseInUse on SQLite.
        """
        path = sqlite_path(self._url)
        if path is not None:
            return self._lock_file(path)
        began = time.monotonic()
        try:
            async with asyncio.timeout(MEETING_SECONDS):
                await self._meet()
        except (*LOST, owners.Fenced) as error:
            if not self._silent:  # said once, not at every look until the server is back
                logger.warning("the database session is lost: %s", type(error).__name__, extra={"action": "lead"})
            self._silent = True
            self._drop()
            return False
        self._met, self._silent = began, False
        self._hear()
        return self._leads

    async def take_over(self, now: datetime) -> Freed:
        """Give back what processes hold that are proved dead. Call it at every look while leading."""
        dead = await self._presence.bury() if self._presence.connection is not None else 0
        if not dead and not self._new_reign:
            return Freed()
        if self._file is not None:
            await only_process(owners.me() or "", socket.gethostname(), now)
        freed = await free_orphans(now)
        self._new_reign = False
        if freed.inbox or freed.outbox:
            logger.info("took over", extra={"action": "took_over", "inbox": freed.inbox, "outbox": freed.outbox})
        return freed

    async def pause(self, stop: asyncio.Event, seconds: float) -> None:
        """Wait for the next look; shorter when `stop` is set or the session ended."""
        waits = [asyncio.ensure_future(event.wait()) for event in (stop, self._lost)]
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            self._lost.clear()

    def fenced(self) -> AbstractContextManager[None]:
        """The context of a leader's work: what is done in it is done in this reign or not at all."""
        return owners.fenced(owners.Fence(self._epoch, self._sure_of(self._epoch)))

    def standing(self) -> Standing:
        """How this process stands now."""
        lost = self._presence.connection is None and sqlite_path(self._url) is None
        return Standing(self._leads, lost, self._epoch, owners.me())

    async def resign(self) -> None:
        """Let another process lead at once. Harmless when this one does not."""
        self._leads = False
        self._hear()
        if self._file is not None:
            os.close(self._file)
            self._file = None
        if self._presence.connection is not None:
            await self._presence.leave()
        if self._started is not None:
            owners.become(None)

    def _lock_file(self, path: str) -> bool:
        if path == MEMORY or self._file is not None:
            self._leads = True
            return True
        # Never the database file itself: POSIX drops every lock of a process when it closes any descriptor of a file,
        # and the next command to leave would then delete the log that this process still writes.
        self._file = serve_alone(path)
        self._leads = self._new_reign = True
        if self._started is not None:
            owners.become(owners.fresh_name())
        return True

    async def _meet(self) -> None:
        """One meeting with the server: show a sign of life, and lead if nobody else does."""
        presence = self._presence
        if presence.connection is None:
            await self._stop_work()
            await presence.enter(self._started, self._lost.set)
            if presence.registered:
                owners.become(presence.name)
                await renew()
        else:
            await presence.beat()
        if self._leads:
            if presence.registered and await self._ask(REIGN) != self._epoch:
                raise owners.Fenced("another process leads now")
            return
        if await self._lock() or (await presence.replace_hung_holder(LOCK_KEY) and await self._lock()):
            await presence.bury()  # an open transaction of the last leader must not hold up the new reign
            self._epoch = await self._ask(NEW_REIGN, presence.name) if presence.registered else 0
            self._leads = self._new_reign = True
            logger.info("leads", extra={"action": "leads", "epoch": self._epoch})

    async def _lock(self) -> bool:
        return bool(await self._ask("SELECT pg_try_advisory_lock($1)", LOCK_KEY))

    async def _ask(self, sql: str, *values: Any) -> Any:
        if self._presence.connection is None:
            raise asyncpg.InterfaceError("no session")
        return await self._presence.connection.fetchval(sql, *values, timeout=ANSWER_SECONDS)

    def _sure_of(self, epoch: int) -> Callable[[], Awaitable[None]]:
        async def sure() -> None:
            """Wait out a sleep: whoever was stopped hears first whether it still leads."""
            give_up = time.monotonic() + PROOF_SECONDS
            while self._leads and self._epoch == epoch and time.monotonic() < give_up:
                if self._file is not None or self._met is None or time.monotonic() - self._met < TRUST_SECONDS:
                    return
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(1.0):
                        await self._heard.wait()
            raise owners.Fenced("this process does not lead any more")

        return sure

    def _hear(self) -> None:
        """Wake whoever waits for news of the leadership."""
        self._heard.set()
        self._heard = asyncio.Event()

    def _drop(self) -> None:
        self._leads = False
        self._presence.drop()
        self._hear()
