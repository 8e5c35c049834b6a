"""Who leads: one process at a time, and another one soon after it dies."""

from __future__ import annotations

import pytest

from models.database import connect, disconnect, query
from models.leadership import DatabaseInUse, Leadership
from models.urls import BadDatabaseUrl, connections

SECRET = "geheim"


async def test_one_of_two_processes_leads_until_it_resigns(pg_url: str) -> None:
    first, second = Leadership(pg_url), Leadership(pg_url)
    try:
        assert [await first.try_lead(), await second.try_lead(), await first.try_lead()] == [True, False, True]
        await first.resign()
        assert [await second.try_lead(), await first.try_lead()] == [True, False]
    finally:
        await first.resign()
        await second.resign()


async def test_a_leader_whose_connection_dies_is_replaced(pg_url: str) -> None:
    first, second = Leadership(pg_url), Leadership(pg_url)
    await connect(pg_url)
    try:
        assert await first.try_lead()
        await query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name LIKE 'yousu lead %' AND datname = current_database()"
        )
        assert await second.try_lead()
        assert not await first.try_lead()
    finally:
        await disconnect()
        await first.resign()
        await second.resign()


async def test_a_server_that_does_not_answer_means_not_leading() -> None:
    assert not await Leadership("postgres://nobody@/none?host=/nowhere").try_lead()


async def test_one_sqlite_file_has_one_server(sqlite_url: str) -> None:
    first, second = Leadership(sqlite_url), Leadership(sqlite_url)
    assert await first.try_lead()
    assert await first.try_lead()
    with pytest.raises(DatabaseInUse):
        await second.try_lead()
    await first.resign()
    assert await second.try_lead()
    await second.resign()
    await second.resign()


def test_an_address_becomes_connection_settings() -> None:
    given = connections("postgres://us%40er:p%2Fw@db.example:6543/yo%20usu?sslmode=require")
    wanted = {
        "host": "db.example",
        "port": 6543,
        "user": "us@er",
        "password": "p/w",
        "database": "yo usu",
        "ssl": "require",
    }
    assert wanted.items() <= given["default"]["credentials"].items()
    assert given["ro"]["credentials"]["server_settings"]["default_transaction_read_only"] == "on"
    assert connections("postgresql:///yousu?host=/run/pg&port=5433")["default"]["credentials"]["host"] == "/run/pg"
    assert list(connections("sqlite://:memory:")) == ["default"]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "data/yousu.sqlite3",
        "sqlite://",
        f"mysql://u:{SECRET}@host/db",
        f"postgres://u:{SECRET}@host/",
        f"postgres://u:{SECRET}@host:port/db",
    ],
)
def test_a_bad_address_is_refused_without_repeating_its_password(url: str) -> None:
    with pytest.raises(BadDatabaseUrl) as caught:
        connections(url)
    assert SECRET not in str(caught.value)
