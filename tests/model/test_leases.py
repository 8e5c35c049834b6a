"""Leases carry their owner: a living one keeps its rows however long it takes, a dead one's are free at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from models import owners
from models.claims import (
    CAREFUL,
    QUICK_DEATHS,
    claim_inbox,
    claim_outbox,
    free_orphans,
    give_back,
    only_process,
)
from models.database import clean_context, connect, disconnect, query, transaction
from models.engine_asyncpg import _connect
from models.leadership import Leadership
from models.presence import HUNG_LOOKS, HUNG_SECONDS, Watch, credentials
from models.processes import LeadershipRow, ProcessRow
from models.queues import InboxRow, OutboxRow
from tests.kit.database import Postgres, fresh_name

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
YEARS_LATER = NOW + timedelta(days=999)


async def event(key: str = "e1", **columns: Any) -> InboxRow:
    given: dict[str, Any] = {
        "platform": "wecom",
        "kind": "text",
        "payload": "v1.x",
        "received_at": NOW,
        "next_try_at": NOW,
    }
    return await InboxRow.create(event_key=key, **{**given, **columns})


async def message(key: str = "k1", **columns: Any) -> OutboxRow:
    given: dict[str, Any] = {"kind": "card", "not_before": NOW, "created_at": NOW}
    return await OutboxRow.create(key=key, **{**given, **columns})


@pytest.fixture
async def anonymous() -> AsyncIterator[None]:
    """Whatever name this process took in the test, the next test starts without one."""
    yield
    owners.become(None)


async def test_time_alone_takes_nothing_from_its_owner(database: str) -> None:
    await event()
    await message()
    assert [row.owner for row in await claim_inbox(NOW, 5, 30, "a")] == ["a"]
    assert [row.owner for row in await claim_outbox(NOW, 5, 60, "a")] == ["a"]
    assert await claim_inbox(YEARS_LATER, 5, 30, "b") == []
    assert await claim_outbox(YEARS_LATER, 5, 60, "b") == []


async def test_what_an_owner_dropped_comes_to_it_again(database: str) -> None:
    await message()
    await claim_outbox(NOW, 5, 60, "a")
    assert [row.attempts for row in await claim_outbox(NOW, 5, 60, "a")] == [2]


async def test_a_dead_owners_rows_are_free_at_once_and_a_living_ones_are_not(database: str) -> None:
    await ProcessRow.create(name="living", started=NOW)
    for owner in ("living", "dead", None):
        await event(f"e-{owner}", owner=owner, next_try_at=NOW + timedelta(seconds=30))
        await message(f"k-{owner}", owner=owner, state="leased", lease_until=NOW + timedelta(seconds=60))
    freed = await free_orphans(NOW)
    assert (freed.inbox, freed.outbox) == (1, 1)
    assert [row.event_key for row in await claim_inbox(NOW, 5, 30, "next")] == ["e-dead"]
    assert [row.key for row in await claim_outbox(NOW, 5, 60, "next")] == ["k-dead"]


async def test_who_holds_the_lock_file_knows_that_all_others_are_dead(sqlite_database: str) -> None:
    await ProcessRow.create(name="before", started=NOW)
    await event(owner="before")
    await only_process("now", "host", NOW)
    await only_process("now", "host", NOW)
    assert [row.name for row in await ProcessRow.all()] == ["now"]
    assert (await free_orphans(NOW)).inbox == 1


async def test_what_may_be_killing_processes_waits_a_while_and_is_never_given_up(database: str) -> None:
    row = await event()
    for death in range(QUICK_DEATHS + 1):
        assert len(await claim_inbox(NOW, 5, 30, f"p{death}")) == 1
        await free_orphans(NOW)
    assert await claim_inbox(NOW, 5, 30, "careful") == []
    assert len(await claim_inbox(NOW + CAREFUL, 5, 30, "careful")) == 1
    after = await InboxRow.get(id=row.id)
    assert (after.deaths, after.attempts, after.state) == (QUICK_DEATHS + 1, 0, "pending")


async def test_events_a_process_does_not_have_in_hand_are_given_back(database: str) -> None:
    await event("dropped", owner="me")
    await event("in hand", owner="me")
    await event("another's", owner="other")
    assert await give_back(NOW, "me", {("wecom", "in hand")}) == 1
    assert [row.event_key for row in await claim_inbox(NOW, 5, 30, "next")] == ["dropped"]


def test_a_counter_counts_as_still_only_after_many_looks_over_some_time_of_the_onlooker() -> None:
    now = [100.0]
    watch = Watch(clock=lambda: now[0])
    assert not watch.still("p", 1)
    now[0] += 1000  # the onlooker itself slept: one look, whatever the time
    assert not watch.still("p", 1)
    for _ in range(HUNG_LOOKS - 2):
        now[0] += 1
        assert not watch.still("p", 1)
    assert watch.still("p", 1)
    assert not watch.still("p", 2), "it moved"
    for _ in range(HUNG_LOOKS * 9):
        assert not watch.still("p", 2), "many looks in no time prove nothing"
    now[0] += HUNG_SECONDS
    assert watch.still("p", 2)


@pytest.fixture
async def pg(request: pytest.FixtureRequest, anonymous: None) -> AsyncIterator[str]:
    """A migrated PostgreSQL this process is connected to."""
    server: Postgres = request.getfixturevalue("postgres")
    name = fresh_name()
    url = await server.create(name, request.getfixturevalue("_postgres_template"))
    await connect(url)
    try:
        yield url
    finally:
        await disconnect()
        await server.drop(name)


async def looks(one: Leadership, other: Leadership | None = None) -> bool:
    """Look until `one` leads; `other`, when given, goes on living."""
    for _ in range(60):
        if await one.try_lead():
            return True
        if other is not None:
            await other.try_lead()
        await asyncio.sleep(HUNG_SECONDS / (HUNG_LOOKS + 1))
    return False


async def test_every_reign_has_a_higher_epoch(pg: str) -> None:
    first, second = Leadership(pg, NOW), Leadership(pg, NOW)
    try:
        assert await first.try_lead()
        assert not await second.try_lead()
        assert (first.standing().epoch, second.standing().epoch) == (1, 0)
        await first.resign()
        assert await second.try_lead()
        assert second.standing().epoch == 2
        assert (await LeadershipRow.get(id=1)).epoch == 2
    finally:
        await first.resign()
        await second.resign()


async def test_a_leader_that_hangs_is_replaced_and_finds_itself_fenced(pg: str) -> None:
    hung, standby = Leadership(pg, NOW), Leadership(pg, NOW)
    try:
        assert await hung.try_lead()
        with hung.fenced():
            async with transaction():
                await query("SELECT 1")
            assert await looks(standby)
            assert standby.standing().epoch == 2
            with pytest.raises(owners.Fenced):
                async with transaction():
                    await query("UPDATE meta SET value = value")
        assert not await hung.try_lead()
        assert not await hung.try_lead(), "it comes back under another name and stands by"
    finally:
        await hung.resign()
        await standby.resign()


async def test_a_leader_that_lives_is_left_alone(pg: str) -> None:
    leader, standby = Leadership(pg, NOW), Leadership(pg, NOW)
    try:
        assert await leader.try_lead()
        for _ in range(HUNG_LOOKS + 3):
            assert await leader.try_lead()
            assert not await standby.try_lead()
            await asyncio.sleep(HUNG_SECONDS / (HUNG_LOOKS + 1))
    finally:
        await leader.resign()
        await standby.resign()


async def test_a_leader_of_an_older_release_without_a_heartbeat_is_left_alone(pg: str) -> None:
    old, new = Leadership(pg), Leadership(pg, NOW)
    try:
        assert await old.try_lead()
        for _ in range(HUNG_LOOKS + 3):
            assert not await new.try_lead()
            await asyncio.sleep(HUNG_SECONDS / (HUNG_LOOKS + 1))
    finally:
        await old.resign()
        await new.resign()


async def test_a_task_cancelled_while_it_connects_leaves_no_connection_behind(pg: str) -> None:
    """A connection is opened and then asks whether its process lives; cancelled anywhere, it is closed."""
    leader = Leadership(pg, NOW)
    options = credentials(pg, "yousu cancelled")

    async def left() -> int:
        sql = "SELECT count(*) AS n FROM pg_stat_activity WHERE application_name = $1"
        return int((await query(sql, f"yousu {owners.me()}"))[0]["n"])

    try:
        await leader.try_lead()
        before = await left()
        loop = asyncio.get_running_loop()
        for tenths in range(100):
            task = loop.create_task(_connect(**options))
            await asyncio.sleep(tenths / 10_000)
            task.cancel()
            outcome: Any = (await asyncio.gather(task, return_exceptions=True))[0]
            if isinstance(outcome, asyncpg.Connection):
                await outcome.close()
        async with asyncio.timeout(10):
            while await left() > before:  # noqa: ASYNC110 - the server tells nobody that a connection is gone
                await asyncio.sleep(0.05)
    finally:
        await leader.resign()


async def test_a_process_declared_dead_can_write_nothing_until_it_has_another_name(pg: str) -> None:
    judge, zombie = Leadership(pg, NOW), Leadership(pg, NOW)
    opened = asyncio.Event()

    async def half_way() -> None:
        async with transaction():
            await message("half")
            opened.set()
            await asyncio.sleep(5)
            await message("other half")

    try:
        await judge.try_lead()
        await zombie.try_lead()
        name = owners.me() or ""
        task = asyncio.get_running_loop().create_task(half_way(), context=clean_context())
        await opened.wait()
        # What a leader does with the dead: it ends what is open, also a transaction in the middle.
        assert await judge._presence.end(name)
        with pytest.raises(owners.Fenced):
            await message("after")
        assert not await zombie.try_lead(), "told at its next look"
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, owners.Fenced, ConnectionError)):
            await task
        await zombie.try_lead()
        assert owners.me() not in (None, name)
        await message("reborn")
        assert [row.key for row in await OutboxRow.all()] == ["reborn"]
    finally:
        await zombie.resign()
        await judge.resign()


async def test_a_vanished_leaders_open_transaction_does_not_hold_up_the_next_reign(pg: str) -> None:
    """The transaction of a process that was cut off lies open, with the lock everybody needs."""
    gone = Leadership(pg, NOW)
    await gone.try_lead()
    name = owners.me()
    left = await asyncpg.connect(pg, server_settings={"application_name": f"yousu {name}"})
    await left.execute("BEGIN")
    await left.execute("INSERT INTO meta (key, value) VALUES ('last_tick', 'x')")
    await left.execute("SELECT epoch FROM leadership WHERE id = 1 FOR SHARE")
    gone._presence.drop()
    owners.become(None)
    following = Leadership(pg, NOW)
    try:
        assert await looks(following)
        await following.take_over(NOW)
        async with asyncio.timeout(5), transaction():
            await query("INSERT INTO meta (key, value) VALUES ('last_tick', 'y')")
        assert left.is_closed() or await _broken(left)
    finally:
        await following.resign()


async def _broken(connection: asyncpg.Connection) -> bool:
    try:
        await connection.execute("SELECT 1")
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        return True
    return False


async def test_the_server_itself_ends_a_transaction_that_fell_silent(pg: str) -> None:
    """When nobody may end another's connections: the settings of the pool do, after a while."""
    found = {}
    async with transaction():
        for name in ("idle_in_transaction_session_timeout", "lock_timeout", "synchronous_commit"):
            found[name] = (await query(f"SHOW {name}"))[0][name]
    # The test's server has synchronous_commit off: a crash of it would take back what was accepted.
    assert found == {
        "idle_in_transaction_session_timeout": "8s",
        "lock_timeout": "10s",
        "synchronous_commit": "on",
    }
