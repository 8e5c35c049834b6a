"""An older release goes on writing while the next one migrates the database and starts beside it.

On PostgreSQL only: a SQLite file has one server, which is stopped for an upgrade.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

import migrations
from models.claims import claim_inbox, claim_outbox
from models.database import connect, disconnect
from models.migrate import migrate
from models.queues import InboxRow, OutboxRow
from models.schema import APP, APPS

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
#: The last release whose leases had no owner, and its statements word for word: it knows nothing of the new columns.
BEFORE = "0005_leases"
OLD_INBOX = (
    "INSERT INTO inbox (platform, event_key, kind, payload, state, attempts, received_at, next_try_at) "
    "VALUES ('wecom', ?1, 'text', 'v1.x', 'pending', 0, ?2, ?3)"
)
OLD_OUTBOX = (
    "INSERT INTO outbox (key, kind, payload, urgent, state, attempts, not_before, created_at) "
    "VALUES (?1, 'card', '{}', FALSE, 'pending', 0, ?2, ?3)"
)
OLD_CLAIM = (
    "UPDATE outbox SET state = 'leased', lease_until = ?1, attempts = attempts + 1 WHERE id IN (SELECT id FROM outbox "
    "WHERE (state = 'pending' AND not_before <= ?2) OR (state = 'leased' AND lease_until <= ?2) ORDER BY id LIMIT 1)"
)

Write = Callable[..., Awaitable[None]]


async def old_process(write: Write, stop: asyncio.Event, written: list[str]) -> None:
    """Write as the older release does until told to stop; every failure ends it."""
    while not stop.is_set() or len(written) < 20:
        key = f"old-{len(written)}"
        await write(OLD_INBOX, key, NOW, NOW + timedelta(seconds=30))
        await write(OLD_OUTBOX, key, NOW, NOW)
        await write(OLD_CLAIM, NOW + timedelta(seconds=60), NOW)
        written.append(key)
        await asyncio.sleep(0)


async def test_the_migration_runs_while_the_older_release_goes_on_writing(
    pg_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "older_release"
    package.mkdir()
    (package / "__init__.py").write_text("")
    for path in Path(migrations.__path__[0]).glob("0*.py"):
        if path.stem < BEFORE:
            shutil.copyfile(path, package / path.name)
    monkeypatch.syspath_prepend(tmp_path)
    with monkeypatch.context() as then:
        then.setitem(APPS[APP], "migrations", package.name)
        await migrate(pg_url, NOW)

    stop, written = asyncio.Event(), list[str]()
    connection = await asyncpg.connect(pg_url)
    try:

        async def write(sql: str, *values: object) -> None:
            await connection.execute(sql.replace("?", "$"), *values)

        await _beside(pg_url, write, stop, written)
    finally:
        await connection.close()

    await connect(pg_url)
    try:
        assert await InboxRow.all().count() == await OutboxRow.all().count() == len(written)
        assert await InboxRow.filter(owner=None, deaths=0).count() == len(written)
        # The new release takes over what the older one leased when that lease runs out, and not before.
        leased = await OutboxRow.filter(state="leased").count()
        await claim_outbox(NOW, 999, 60, "new")
        assert await OutboxRow.filter(state="leased", owner=None).count() == leased
        await claim_outbox(NOW + timedelta(seconds=60), 999, 60, "new")
        assert await OutboxRow.filter(state="leased", owner="new").count() == len(written)
        assert await claim_inbox(NOW, 999, 30, "new") == []
        assert len(await claim_inbox(NOW + timedelta(seconds=30), 999, 30, "new")) == len(written)
    finally:
        await disconnect()


async def _beside(url: str, write: Write, stop: asyncio.Event, written: list[str]) -> None:
    old = asyncio.ensure_future(old_process(write, stop, written))
    while len(written) < 5:
        await asyncio.sleep(0.01)
        assert not old.done(), old.exception()
    assert BEFORE in (await migrate(url, NOW)).applied
    before = len(written)
    while len(written) < before + 5:
        await asyncio.sleep(0.01)
        assert not old.done(), old.exception()
    stop.set()
    await old
