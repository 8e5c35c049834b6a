"""Migrations: what they build, what they keep, and what they refuse; on both backends."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tortoise.context import require_context
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.utils import generate_schema_for_client

import migrations
from models.bookkeeping import MetaRow
from models.database import connect, dialect, disconnect, query, writer
from models.migrate import BrokenReferences, SchemaTooNew, migrate, pending
from models.people import Centre, Department
from models.schema import APP, APPS
from tests.kit.database import EVERYWHERE, Postgres, fresh_name

NOW = datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC)
#: Ours, oldest first.
ALL = tuple(sorted(path.stem for path in Path(migrations.__path__[0]).glob("0*.py")))
LATER = "0999_later"
HEADER = """
from tortoise import fields, migrations
from tortoise.migrations import operations as ops

class Migration(migrations.Migration):
    dependencies = [("yousu", "{last}")]
    operations = [{operations}]
"""
ADD_TABLE = """ops.CreateModel(
    name="Extra",
    fields=[("id", fields.IntField(primary_key=True)), ("word", fields.CharField(max_length=9, db_index=True))],
    options={"table": "extra", "app": "yousu", "pk_attr": "id"},
    bases=["Model"],
)"""
REBUILD = """ops.AlterField(
    model_name="Centre", name="level", field=fields.CharField(max_length=99),
)"""
FAIL = 'ops.RunSQL("INSERT INTO no_such_table VALUES (1)", "")'
DANGLE = 'ops.RunSQL("DELETE FROM centres", "")'

SHAPE: dict[str, list[str]] = {
    "sqlite": [
        'SELECT m.name AS tab, c.name, c.type, c."notnull", c.dflt_value, c.pk FROM sqlite_master m '
        "JOIN pragma_table_info(m.name) c WHERE m.type = 'table'",
        'SELECT m.name AS tab, i.name, i."unique", c.seqno, c.name AS col, c.cid < 0 AS lost FROM sqlite_master m '
        "JOIN pragma_index_list(m.name) i JOIN pragma_index_info(i.name) c WHERE m.type = 'table'",
        'SELECT m.name AS tab, f."table", f."from", f."to", f.on_delete FROM sqlite_master m '
        "JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'",
    ],
    "postgres": [
        "SELECT table_name AS tab, column_name, data_type, character_maximum_length, is_nullable, column_default "
        "FROM information_schema.columns WHERE table_schema = 'public'",
        "SELECT tablename AS tab, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT conrelid::regclass::text AS tab, conname, pg_get_constraintdef(oid) AS definition FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace",
    ],
}


#: Columns that no row describes any more and that stay in the database; why, says the migration that left them.
LEFT_BEHIND = {
    "sqlite": {("persons", "wecom"), ("persons", "dingtalk")},
    "postgres": {("persons", "wecom"), ("persons", "dingtalk"), ("outbox", "chat"), ("cases", "sealed")},
}


async def shape() -> list[set[tuple[Any, ...]]]:
    """Columns, indexes and foreign keys of every table of ours, as the database itself describes them."""
    found = [await query(sql) for sql in SHAPE[dialect()]]
    mine = [[row for row in rows if row["tab"] not in {"tortoise_migrations", "sqlite_sequence"}] for rows in found]
    return [{tuple(row.values()) for row in rows} for rows in mine]


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Gives a function that adds a second migration to a copy of ours, as a later release would."""
    package = tmp_path / "later_migrations"
    shutil.copytree(Path(migrations.__path__[0]), package)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(APPS[APP], "migrations", "later_migrations")

    def add(*operations: str) -> None:
        text = HEADER.replace("{operations}", ", ".join(operations)).replace("{last}", ALL[-1])
        (package / f"{LATER}.py").write_text(text)

    yield add
    for name in [name for name in sys.modules if name.startswith("later_migrations")]:
        del sys.modules[name]


async def seed(url: str) -> None:
    await connect(url)
    try:
        centre = await Centre.create(name="示例市政务服务中心", level="市")
        await Department.create(centre=centre, name="公安局")
    finally:
        await disconnect()


async def newest_applied() -> str:
    return (await query("SELECT MAX(name) AS newest FROM tortoise_migrations WHERE app = 'yousu'"))[0]["newest"]


async def counts(url: str) -> tuple[int, int, str]:
    await connect(url)
    try:
        return await Centre.all().count(), await Department.all().count(), await newest_applied()
    finally:
        await disconnect()


async def test_migrations_build_exactly_what_the_rows_describe(
    request: pytest.FixtureRequest, migrated_url: str, tmp_path: Path
) -> None:
    await connect(migrated_url)
    try:
        migrated = await shape()
        kind = dialect()
    finally:
        await disconnect()
    server: Postgres | None = None if kind == "sqlite" else request.getfixturevalue("postgres")
    name = fresh_name()
    await connect(await server.create(name) if server else f"sqlite://{tmp_path / 'other.sqlite3'}")
    try:
        await generate_schema_for_client(writer(), safe=False)
        generated = await shape()
    finally:
        await disconnect()
        if server:
            await server.drop(name)
    assert len(migrated[0]) > 100
    columns, indexes, keys = (there - described for there, described in zip(migrated, generated, strict=True))
    assert [described - there for there, described in zip(migrated, generated, strict=True)] == [set()] * 3
    left = LEFT_BEHIND[kind]
    assert {(row[0], row[1]) for row in columns} == left
    # What is left behind may be unique, and nothing else.
    assert {row[0] for row in indexes | keys} == {"persons"}
    assert all("wecom" in str(row) or "dingtalk" in str(row) for row in indexes | keys)


async def test_no_row_has_changed_without_a_migration(sqlite_database: str) -> None:
    apps = require_context().apps
    assert apps is not None
    assert await MigrationAutodetector(apps, APPS).changes() == []


async def test_every_index_names_columns_that_exist(sqlite_database: str) -> None:
    """SQLite takes an unknown quoted name for a text and indexes a constant."""
    _, indexes, _ = await shape()
    assert [index for index in indexes if index[5]] == []


async def test_migrating_twice_does_nothing_the_second_time(empty_url: str) -> None:
    assert await pending(empty_url) == list(ALL)
    assert (await migrate(empty_url, NOW)).applied == ALL
    assert await pending(empty_url) == []
    assert await migrate(empty_url, NOW) == await migrate(empty_url, NOW)
    assert (await migrate(empty_url, NOW)).applied == ()


async def test_two_starts_at_once_migrate_once(empty_url: str) -> None:
    done = await asyncio.gather(*(migrate(empty_url, NOW) for _ in range(3)))
    assert sorted(one.applied for one in done) == [(), (), ALL]
    assert (await counts(empty_url)) == (0, 0, ALL[-1])


#: On PostgreSQL, where it takes long, the oldest release and the newest; from any of the others the same steps follow.
RELEASED = [
    (backend, released)
    for backend in ("sqlite", "postgres")
    for released in range(1, len(ALL))
    if EVERYWHERE or backend == "sqlite" or released in (1, len(ALL) - 1)
]


@pytest.mark.parametrize(
    ("empty_url", "released"),
    RELEASED,
    indirect=["empty_url"],
    ids=[f"{backend}-{ALL[released - 1]}" for backend, released in RELEASED],
)
async def test_every_released_schema_grows_into_this_one_and_keeps_its_rows(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, released: int
) -> None:
    package = tmp_path / f"released_{released}"
    package.mkdir()
    (package / "__init__.py").write_text("")
    for name in ALL[:released]:
        shutil.copyfile(Path(migrations.__path__[0]) / f"{name}.py", package / f"{name}.py")
    monkeypatch.syspath_prepend(tmp_path)
    with monkeypatch.context() as then:
        then.setitem(APPS[APP], "migrations", package.name)
        assert (await migrate(empty_url, NOW)).applied == ALL[:released]
    await seed(empty_url)
    assert (await migrate(empty_url, NOW)).applied == ALL[released:]
    assert await counts(empty_url) == (1, 1, ALL[-1])


async def test_a_later_release_keeps_every_row(migrated_url: str, later: Any) -> None:
    await seed(migrated_url)
    later(ADD_TABLE, REBUILD)
    assert await pending(migrated_url) == [LATER]
    assert (await migrate(migrated_url, NOW)).applied == (LATER,)
    assert await counts(migrated_url) == (1, 1, LATER)


async def test_a_migration_that_fails_half_way_leaves_nothing_behind(migrated_url: str, later: Any) -> None:
    await seed(migrated_url)
    later(ADD_TABLE, FAIL)
    with pytest.raises(Exception, match="no_such_table"):
        await migrate(migrated_url, NOW)
    assert await counts(migrated_url) == (1, 1, ALL[-1])
    await connect(migrated_url)
    try:
        with pytest.raises(Exception, match="extra"):
            await query("SELECT 1 FROM extra")
    finally:
        await disconnect()


async def test_a_migration_may_not_leave_rows_that_point_nowhere(migrated_url: str, later: Any) -> None:
    await seed(migrated_url)
    later(DANGLE)
    refusal = BrokenReferences if migrated_url.startswith("sqlite") else Exception
    with pytest.raises(refusal, match=r"nowhere|foreign key"):
        await migrate(migrated_url, NOW)
    assert await counts(migrated_url) == (1, 1, ALL[-1])


async def test_an_older_program_refuses_a_newer_database(
    migrated_url: str, later: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(ADD_TABLE)
    await migrate(migrated_url, NOW)
    monkeypatch.setitem(APPS[APP], "migrations", "migrations")
    for ask in (pending(migrated_url), migrate(migrated_url, NOW)):
        with pytest.raises(SchemaTooNew) as caught:
            await ask
        assert caught.value.unknown == [LATER]


async def test_the_file_is_copied_before_it_is_changed(sqlite_migrated_url: str, later: Any) -> None:
    await seed(sqlite_migrated_url)
    later(ADD_TABLE)
    copy = (await migrate(sqlite_migrated_url, NOW)).copy
    assert copy is not None
    assert copy.name == "yousu.sqlite3.before-20261123T010203Z"
    assert copy.stat().st_mode & 0o077 == 0
    with closing(sqlite3.connect(copy)) as old:
        assert old.execute("SELECT name FROM departments").fetchall() == [("公安局",)]
        assert old.execute("SELECT name FROM sqlite_master WHERE name = 'extra'").fetchall() == []


async def test_a_first_migration_copies_nothing_and_keeps_the_file_private(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path / 'deep' / 'folder' / 'yousu.sqlite3'}"
    assert (await migrate(url, NOW)).copy is None
    assert (tmp_path / "deep/folder/yousu.sqlite3").stat().st_mode & 0o077 == 0


async def test_migrating_another_database_does_not_disturb_the_connected_one(
    database: str, sqlite_url: str, tmp_path: Path
) -> None:
    other = f"sqlite://{tmp_path / 'other.sqlite3'}"
    await migrate(other, NOW)
    await MetaRow.create(key="k", value="v")
    assert await MetaRow.all().count() == 1
    assert await pending(other) == []


async def test_a_relative_address_is_relative_to_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    await migrate("sqlite://data/yousu.sqlite3", NOW)
    assert (tmp_path / "data" / "yousu.sqlite3").exists()
