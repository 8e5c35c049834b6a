"""Fixtures every test may use: a clean environment, and databases of both kinds."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from models.database import connect, disconnect
from tests.kit.database import (
    NoPostgres,
    Postgres,
    fresh_name,
    migrated_postgres,
    migrated_sqlite,
    shared_postgres,
)

OURS = ("YOUSU_", "WECOM_", "DINGTALK_")
#: A folder in memory, and the bytes that must be free there: every commit waits for the disk, and no test loses power.
MEMORY, ROOM = Path("/dev/shm"), 2**31


def pytest_configure(config: pytest.Config) -> None:
    """Put the tests' files into memory where there is some to spare, unless `--basetemp` says where."""
    here = not hasattr(config, "workerinput") and config.option.basetemp is None
    if here and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM:
        config.option.basetemp = tempfile.mkdtemp(prefix="yousu-tests-", dir=MEMORY)
        config.add_cleanup(lambda: shutil.rmtree(config.option.basetemp, ignore_errors=True))


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own settings must not leak into a test."""
    for name in list(os.environ):
        if name.startswith(OURS):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def whole_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all test processes of this run share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def postgres(whole_run: Path) -> Iterator[Postgres]:
    """A PostgreSQL server, started once for all test processes; missing means failing."""
    try:
        with shared_postgres(whole_run) as server:
            yield server
    except NoPostgres as error:
        pytest.fail(str(error))


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return migrated_sqlite(tmp_path_factory.mktemp("template") / "template.sqlite3")


@pytest.fixture(scope="session")
def _postgres_template(postgres: Postgres, whole_run: Path) -> str:
    return migrated_postgres(postgres, whole_run)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of a SQLite file that does not exist yet."""
    return f"sqlite://{tmp_path / 'yousu.sqlite3'}"


@pytest.fixture
async def pg_url(postgres: Postgres) -> AsyncIterator[str]:
    """The address of an empty PostgreSQL database."""
    name = fresh_name()
    yield await postgres.create(name)
    await postgres.drop(name)


@pytest.fixture(params=["sqlite", "postgres"])
async def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The address of an empty database, once per backend."""
    if request.param == "sqlite":
        yield f"sqlite://{tmp_path / 'yousu.sqlite3'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = fresh_name()
    yield await server.create(name)
    await server.drop(name)


@pytest.fixture
def sqlite_migrated_url(tmp_path: Path, _sqlite_template: Path) -> str:
    """The address of a migrated SQLite database."""
    copy = tmp_path / "yousu.sqlite3"
    shutil.copyfile(_sqlite_template, copy)
    return f"sqlite://{copy}"


@pytest.fixture(params=["sqlite", "postgres"])
async def migrated_url(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """The address of a migrated database, once per backend; nobody is connected."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_migrated_url")
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = fresh_name()
    yield await server.create(name, request.getfixturevalue("_postgres_template"))
    await server.drop(name)


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[str]:
    """A migrated database this process is connected to, once per backend. The value is its address."""
    await connect(migrated_url)
    try:
        yield migrated_url
    finally:
        await disconnect()


@pytest.fixture
async def sqlite_database(sqlite_migrated_url: str) -> AsyncIterator[str]:
    """A migrated SQLite database this process is connected to, for tests that do not care which."""
    await connect(sqlite_migrated_url)
    try:
        yield sqlite_migrated_url
    finally:
        await disconnect()
