"""Transactions under cancellation, fan-out and nesting, on both backends."""

from __future__ import annotations

import asyncio
import random

import pytest
from tortoise import connections as orm_connections

from models.bookkeeping import MetaRow
from models.database import clean_context, connect, disconnect, ping, query, transaction, writer
from models.errors import Conflict, TransactionMisused

CANCELS = 300


class Mishap(Exception):
    """What goes wrong inside a transaction."""


async def write(key: str) -> None:
    async with transaction():
        await MetaRow.create(key=key, value="1")
        await MetaRow.filter(key=key).update(value="2")


async def still_works() -> None:
    """Twice as many transactions as the pool has connections, so that one leaked connection or lock would show."""
    async with asyncio.timeout(20):
        await asyncio.gather(*(write(f"after-{number}") for number in range(25)))
    assert await MetaRow.filter(key__startswith="after-", value="2").count() == 25
    await MetaRow.filter(key__startswith="after-").delete()


async def cancel_after(work: asyncio.Task[None], steps: int) -> None:
    """Cancel after so many turns of the loop, or, above 20, after so many tenths of a millisecond."""
    if steps > 20:
        await asyncio.sleep((steps - 20) / 10_000)
    else:
        for _ in range(steps):
            await asyncio.sleep(0)
    work.cancel()
    await asyncio.wait([work])


async def test_hundreds_of_cancelled_transactions_leak_nothing(database: str) -> None:
    dice = random.Random(7)
    loop = asyncio.get_running_loop()
    for start in range(0, CANCELS, 20):
        works = [loop.create_task(write(f"c{start + number}")) for number in range(20)]
        await asyncio.gather(*(cancel_after(work, dice.randrange(60)) for work in works))
        assert all(work.cancelled() or work.exception() is None for work in works)
    await still_works()
    halves = await MetaRow.filter(value="1").count()
    assert halves == 0  # all of a transaction or nothing


async def test_a_transaction_cancelled_at_any_single_step_leaks_nothing(database: str) -> None:
    loop = asyncio.get_running_loop()
    for steps in range(40):
        await cancel_after(loop.create_task(write(f"s{steps}")), steps)
    await still_works()


async def test_cancelled_bulk_writes_are_all_or_nothing(database: str) -> None:
    async def bulk(name: str) -> None:
        await MetaRow.bulk_create([MetaRow(key=f"{name}-{number}", value="bulk") for number in range(10)])

    loop = asyncio.get_running_loop()
    for steps in range(40):
        await cancel_after(loop.create_task(bulk(f"b{steps}")), steps)
        assert await MetaRow.filter(key__startswith=f"b{steps}-").count() in (0, 10)
    await still_works()


async def test_a_time_out_inside_a_task_leaves_no_transaction_behind(database: str) -> None:
    async def stuck() -> None:
        async with asyncio.timeout(0.02), transaction():
            await MetaRow.create(key="never", value="1")
            await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        await stuck()
    await MetaRow.create(key="alone", value="1")
    assert await MetaRow.all().values_list("key", flat=True) == ["alone"]


async def test_a_task_spawned_with_the_clean_context_writes_on_its_own(database: str) -> None:
    async def side_note() -> None:
        await MetaRow.create(key="side", value="1")

    spawned: list[asyncio.Task[None]] = []

    async def fails_after_spawning() -> None:
        async with transaction():
            await MetaRow.create(key="main", value="1")
            spawned.append(asyncio.get_running_loop().create_task(side_note(), context=clean_context()))
            raise Mishap

    with pytest.raises(Mishap):
        await fails_after_spawning()
    await spawned[0]
    assert await MetaRow.all().values_list("key", flat=True) == ["side"]


async def test_a_task_that_inherits_a_transaction_is_refused_loudly(database: str) -> None:
    async def stowaway() -> None:
        await MetaRow.create(key="stowaway", value="1")

    loop = asyncio.get_running_loop()
    async with transaction():
        early = loop.create_task(stowaway())
        late = loop.create_task(asyncio.sleep(0.02, stowaway))
        await asyncio.wait([early])
    assert isinstance(early.exception(), TransactionMisused)

    async def outlive() -> None:
        await opened.wait()
        await stowaway()

    opened = asyncio.Event()
    async with transaction():
        left_over = loop.create_task(outlive())
    opened.set()
    await asyncio.wait([left_over, late])
    assert isinstance(left_over.exception(), TransactionMisused)
    assert await MetaRow.all().count() == 0


async def test_a_nested_transaction_rolls_back_alone(database: str) -> None:
    async def inner() -> None:
        async with transaction():
            await MetaRow.create(key="inner", value="1")
            raise Mishap

    async with transaction():
        await MetaRow.create(key="outer", value="1")
        with pytest.raises(Mishap):
            await inner()
        async with transaction():
            await MetaRow.create(key="second", value="1")
    assert sorted(await MetaRow.all().values_list("key", flat=True)) == ["outer", "second"]


async def test_an_error_the_database_raises_rolls_back_and_frees_the_connection(database: str) -> None:
    await MetaRow.create(key="taken", value="1")

    async def clash() -> None:
        async with transaction():
            await MetaRow.create(key="fresh", value="1")
            await MetaRow.create(key="taken", value="1")

    for _ in range(12):
        with pytest.raises(Conflict):
            await clash()
    await still_works()
    assert await MetaRow.all().count() == 1


async def test_a_script_inside_a_transaction_does_not_commit_it(database: str) -> None:
    async def script_then_fail() -> None:
        async with transaction():
            await MetaRow.create(key="before", value="1")
            await writer().execute_script("INSERT INTO meta (key, value) VALUES ('a;b', 'x;y'); DELETE FROM nonces;")
            assert await MetaRow.filter(key="a;b").count() == 1
            raise Mishap

    with pytest.raises(Mishap):
        await script_then_fail()
    assert await MetaRow.all().count() == 0


async def test_two_connections_to_one_file_never_find_it_locked(sqlite_migrated_url: str, sqlite_url: str) -> None:
    """Read-then-write from a second process' connection: a deferred BEGIN would fail at once."""
    import aiosqlite

    await connect(sqlite_migrated_url)
    other = await aiosqlite.connect(sqlite_migrated_url.removeprefix("sqlite://"), isolation_level=None)
    try:

        async def ours() -> None:
            for number in range(30):
                async with transaction():
                    seen = await MetaRow.all().count()
                    await MetaRow.create(key=f"ours-{number}", value=str(seen))

        async def theirs() -> None:
            for number in range(30):
                await other.execute("BEGIN IMMEDIATE")
                await other.execute("INSERT INTO meta (key, value) VALUES (?, 'x')", [f"theirs-{number}"])
                await other.execute("COMMIT")

        await asyncio.gather(ours(), theirs())
        assert await MetaRow.all().count() == 60
    finally:
        await other.close()
        await disconnect()


async def test_sqlite_is_set_up_for_safety_and_speed(sqlite_database: str) -> None:
    expected = {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 5000, "foreign_keys": 1}
    found = {name: next(iter((await query(f"PRAGMA {name}"))[0].values())) for name in expected}
    assert found == expected


async def test_a_second_connect_is_refused_and_a_second_disconnect_is_harmless(sqlite_database: str) -> None:
    with pytest.raises(RuntimeError, match="already"):
        await connect(sqlite_database)
    await disconnect()
    await disconnect()
    with pytest.raises(RuntimeError, match="no database"):
        clean_context()


async def test_a_database_that_cannot_be_opened_leaves_nothing_connected(tmp_path: object) -> None:
    with pytest.raises(OSError, match="directory"):
        await connect(f"sqlite://{tmp_path}")
    with pytest.raises(RuntimeError):
        orm_connections.get("default")


async def test_a_connection_that_dies_inside_a_transaction_is_replaced(pg_url: str) -> None:
    async def die() -> None:
        async with transaction():
            await query("SELECT pg_terminate_backend(pg_backend_pid())")

    await connect(pg_url)
    try:
        for _ in range(12):
            with pytest.raises(Exception, match=r"(?i)terminat|closed"):
                await die()
        await ping()
    finally:
        await disconnect()
