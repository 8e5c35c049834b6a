"""Fixtures around `tests.kit.town`, for the folders whose tests live in a town."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest

from tests.kit.database import EVERYWHERE, Postgres, fresh_name
from tests.kit.town import START, Town, running_town

#: The fixtures a folder whose tests live in a town takes over with `import *`.
__all__ = ["backend", "platforms", "start", "town", "town_url"]

#: Put on a test whose subject the databases do differently: two at once (races, claims, leases, leadership), upkeep,
#: SQL of our own, what a column takes. Every other test runs on SQLite; with YOUSU_TEST_EVERYWHERE=1 all run on both.
on_both_databases = pytest.mark.parametrize("backend", ["sqlite", "postgres"])
BACKENDS = ["sqlite", "postgres"] if EVERYWHERE else None

#: Put on a test that must hold wherever the city's offices chat.
on_every_platform = pytest.mark.parametrize("platforms", ["wecom", "dingtalk", "mixed"])

#: Log actions that mean that something broke, wherever it was caught.
BROKEN = frozenset({"task_failed", "job_failed", "inbox_failed", "incoming_failed", "deliver_broken"})


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """Which database the town lives on."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture
def start() -> str:
    """When the town's clock begins."""
    return START


@pytest.fixture
def platforms() -> str:
    """The kind of city: wecom, dingtalk or mixed."""
    return "wecom"


@pytest.fixture
async def town_url(backend: str, request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """The address of a migrated database of that kind."""
    if backend == "sqlite":
        yield request.getfixturevalue("sqlite_migrated_url")
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = fresh_name()
    yield await server.create(name, request.getfixturevalue("_postgres_template"))
    await server.drop(name)


@pytest.fixture
async def town(town_url: str, start: str, platforms: str, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Town]:
    """A town at `start`, groups bound. After every test: groups know nobody, nothing broke unseen, nothing leaks;
    and the record verifies clean.
    """
    async with running_town(town_url, start=start, platforms=platforms) as town:
        yield town
        await town.no_group_knows_anybody()
        await town.no_trace_is_shown()
        await town.the_record_holds()
        broken = {
            record.__dict__["action"]
            for record in caplog.get_records("call")
            if record.levelno >= logging.ERROR and record.__dict__.get("action") in BROKEN
        }
        assert broken <= town.tolerated, f"something broke behind the scenes: {broken}"
    left = asyncio.all_tasks() - {asyncio.current_task()}
    assert not left, f"tasks were left running: {left}"
