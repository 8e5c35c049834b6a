"""Writing and claiming rows, on both backends."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.bookkeeping import next_number
from models.cases import CaseRow, compare_and_set
from models.claims import claim_inbox, claim_outbox, due_case_ids
from models.database import clean_context, query, reader, transaction
from models.errors import Conflict
from models.people import Centre
from models.queues import InboxRow, OutboxRow

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


async def a_case(no: str = "YS20261123-0001", **columns: Any) -> CaseRow:
    centre, _ = await Centre.get_or_create(name="示例市政务服务中心", defaults={"level": "市"})
    given: dict[str, Any] = {
        "state": "registered",
        "source": "window",
        "registered_at": NOW,
        "public": {"编号": no},
        **columns,
    }
    return await CaseRow.create(no=no, centre=centre, **given)


async def messages(count: int, **columns: Any) -> None:
    for number in range(count):
        given: dict[str, Any] = {"kind": "card", "not_before": NOW, "created_at": NOW, **columns}
        await OutboxRow.create(key=f"k{number}", **given)


async def test_only_one_of_many_writers_of_one_version_wins(database: str) -> None:
    case = await a_case()

    async def write(turn: int) -> bool:
        async with transaction():
            seen = await CaseRow.get(id=case.id)
            return await compare_and_set(case.id, case.version, turn=seen.turn + 1)

    won = await asyncio.gather(*(write(turn) for turn in range(20)))
    after = await CaseRow.get(id=case.id)
    assert (won.count(True), after.version, after.turn) == (1, 1, 1)


async def test_no_update_is_lost_when_the_losers_try_again(database: str) -> None:
    case = await a_case()

    async def add_one() -> None:
        while True:
            async with transaction():
                seen = await CaseRow.get(id=case.id)
                if await compare_and_set(case.id, seen.version, turn=seen.turn + 1):
                    return

    await asyncio.gather(*(add_one() for _ in range(15)))
    assert (await CaseRow.get(id=case.id)).turn == 15


async def test_numbers_of_a_day_have_no_gaps_and_no_doubles(database: str) -> None:
    async def draw() -> int:
        async with transaction():
            return await next_number("20261123")

    drawn = await asyncio.gather(*(draw() for _ in range(25)))
    assert sorted(drawn) == list(range(1, 26))
    async with transaction():
        assert await next_number("20261124") == 1


async def test_a_number_comes_back_when_the_transaction_fails(database: str) -> None:
    async def draw_and_fail() -> None:
        async with transaction():
            assert await next_number("20261123") == 1
            raise KeyError

    with pytest.raises(KeyError):
        await draw_and_fail()
    async with transaction():
        assert await next_number("20261123") == 1


async def test_two_workers_never_claim_one_message_twice(database: str) -> None:
    await messages(40)

    async def work() -> list[int]:
        mine: list[int] = []
        while rows := await claim_outbox(NOW, 7, 60):
            mine += [row.id for row in rows]
        return mine

    first, second = await asyncio.gather(work(), work())
    assert len(first) + len(second) == 40
    assert set(first).isdisjoint(second)


async def test_a_worker_skips_what_another_is_claiming(database: str) -> None:
    if database.startswith("sqlite"):
        await messages(2)
        async with transaction():
            assert len(await claim_outbox(NOW, 1, 60)) == 1
        assert len(await claim_outbox(NOW, 5, 60)) == 1
        return
    await messages(2)
    async with transaction():
        held = await claim_outbox(NOW, 1, 60)
        loop = asyncio.get_running_loop()
        free = await loop.create_task(claim_outbox(NOW, 5, 60), context=clean_context())
    assert len(held) == len(free) == 1
    assert held[0].id != free[0].id


async def test_a_lease_that_ran_out_is_claimed_again(database: str) -> None:
    await messages(1)
    assert len(await claim_outbox(NOW, 5, 60)) == 1
    assert await claim_outbox(NOW + timedelta(seconds=59), 5, 60) == []
    again = await claim_outbox(NOW + timedelta(seconds=60), 5, 60)
    assert [(row.state, row.attempts) for row in again] == [("leased", 2)]


async def test_messages_wait_for_their_time_and_urgent_ones_go_first(database: str) -> None:
    await messages(2)
    await OutboxRow.filter(key="k1").update(urgent=True)
    await OutboxRow.create(key="later", kind="card", not_before=NOW + timedelta(microseconds=1), created_at=NOW)
    await OutboxRow.create(key="sent", kind="card", state="sent", not_before=NOW, created_at=NOW)
    assert [row.key for row in await claim_outbox(NOW, 5, 60)] == ["k1", "k0"]


async def test_an_event_is_claimed_once_per_lease_and_stored_once(database: str) -> None:
    given: dict[str, Any] = {
        "platform": "wecom",
        "event_key": "e1",
        "kind": "text",
        "payload": "v1.x",
        "received_at": NOW,
    }
    await InboxRow.create(next_try_at=NOW, **given)
    with pytest.raises(Conflict):
        await InboxRow.create(next_try_at=NOW, **given)
    assert len(await claim_inbox(NOW, 5, 30)) == 1
    assert await claim_inbox(NOW, 5, 30) == []
    again = await claim_inbox(NOW + timedelta(seconds=30), 5, 30)
    assert [row.attempts for row in again] == [0], "a claim is no failure"


async def test_due_cases_are_the_open_ones_whose_time_has_come(database: str) -> None:
    late = await a_case("a", next_due_at=NOW - timedelta(days=1))
    just = await a_case("b", next_due_at=NOW)
    await a_case("c", next_due_at=NOW + timedelta(seconds=1))
    await a_case("d", next_due_at=NOW, is_open=False)
    await a_case("e")
    assert await due_case_ids(NOW, 10) == [late.id, just.id]
    assert await due_case_ids(NOW, 1) == [late.id]


async def test_the_reader_sees_what_was_committed_and_cannot_write(database: str) -> None:
    case = await a_case()
    assert [row.no for row in await CaseRow.all().using_db(reader())] == [case.no]
    with pytest.raises(Exception, match=r"read-?only"):
        await Centre.create(name="x", level="市", using_db=reader())
    assert await query("SELECT count(*) AS n FROM centres", using=reader()) == [{"n": 1}]


async def test_json_columns_keep_chinese_and_order_of_lists(database: str) -> None:
    case = await a_case(public={"承办": ["住建局", "人社局"], "轮次": 1})
    assert (await CaseRow.get(id=case.id)).public == {"承办": ["住建局", "人社局"], "轮次": 1}
