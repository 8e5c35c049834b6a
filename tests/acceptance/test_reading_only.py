"""A command that only reads makes nothing: not in a wrong folder, not in an empty database, not in an old one."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import asyncpg
import pytest

import cli
from models.urls import sqlite_path
from tests.acceptance.test_beside_the_server import APART, arguments, commands
from tests.kit.database import run_apart
from tests.kit.town import DATA_KEY, ORG

pytestmark = pytest.mark.acceptance

#: Commands that are meant to make a database, or answer without one.
MAKE = {"migrate", "restore", "org import", "calendar import", "rules apply"}
NEED_NONE = {"due", "calendar show"}
OTHER_KEY = "b3RoZXItb3RoZXItb3RoZXItb3RoZXItMTIzNDU2Nzg="
READ_ONLY = [
    *(name.split() for name in sorted(set(commands(cli._parser())) - APART - MAKE - NEED_NONE)),
    ["calendar", "import", "--dry-run"],
]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a command that is run in this process, and what its commands are given lies elsewhere."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("YOUSU_DATA_KEY", DATA_KEY)
    monkeypatch.setenv("YOUSU_DATABASE_URL", "sqlite://var/yousu.sqlite3")
    return folder


def run(command: list[str], given: Path) -> int:
    words = [word for word in command if not word.startswith("--")]
    flags = [word for word in command if word.startswith("--")]
    return cli.main([*words, *arguments(given, "YS20261123-0001")[" ".join(words)][1], *flags])


@pytest.mark.parametrize("command", READ_ONLY, ids=" ".join)
def test_in_a_folder_without_a_database_nothing_is_made(here: Path, tmp_path: Path, capsys, command: list[str]):
    assert run(command, tmp_path) != 0
    told = capsys.readouterr()
    assert "var/yousu.sqlite3" in told.err, "it says where it looked"
    assert "全部相符" not in told.out
    assert not list(here.iterdir())


@pytest.mark.parametrize("command", [c for c in READ_ONLY if c != ["backup"]], ids=" ".join)
def test_in_an_empty_postgresql_database_nothing_is_made(
    here: Path, tmp_path: Path, capsys, monkeypatch, postgres, command: list[str]
):
    name = f"yousu_empty_{abs(hash(' '.join(command))) % 10**8}"
    url = run_apart(postgres.create(name))
    try:
        monkeypatch.setenv("YOUSU_DATABASE_URL", url)
        assert run(command, tmp_path) != 0
        assert "PostgreSQL" in capsys.readouterr().err
        assert run_apart(_tables(url)) == 0
    finally:
        run_apart(postgres.drop(name))


async def _tables(url: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval("SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'"))
    finally:
        await connection.close()


def test_a_database_of_an_older_schema_is_left_as_it_is(here: Path, capsys, monkeypatch, sqlite_migrated_url: str):
    monkeypatch.setenv("YOUSU_DATABASE_URL", sqlite_migrated_url)
    file = sqlite_path(sqlite_migrated_url)
    assert file is not None
    with closing(sqlite3.connect(file)) as database:
        newest = database.execute("SELECT name FROM tortoise_migrations ORDER BY name DESC LIMIT 1").fetchone()
        database.execute("DELETE FROM tortoise_migrations WHERE name = ?", newest)
        database.commit()
    assert cli.main(["verify"]) == 1
    assert "yousu migrate" in capsys.readouterr().err
    with closing(sqlite3.connect(file)) as database:
        assert not database.execute("SELECT 1 FROM tortoise_migrations WHERE name = ?", newest).fetchone()


def test_a_rehearsed_directory_makes_no_database_and_changes_none(here: Path, tmp_path: Path, capsys):
    assert cli.main(["org", "import", str(ORG), "--dry-run"]) == 0
    assert "15 人" in capsys.readouterr().out
    assert not list(here.iterdir())
    assert cli.main(["org", "import", str(ORG)]) == 0
    few = tmp_path / "few.csv"
    few.write_text("".join(ORG.read_text(encoding="utf-8").splitlines(keepends=True)[:3]), encoding="utf-8")
    capsys.readouterr()
    assert cli.main(["org", "import", str(few), "--dry-run"]) == 0
    assert "陈静" in capsys.readouterr().out
    assert _active() == 15


def test_a_file_that_switches_off_more_than_a_third_is_asked_about(here: Path, tmp_path: Path, capsys):
    assert cli.main(["org", "import", str(ORG)]) == 0
    lines = ORG.read_text(encoding="utf-8").splitlines(keepends=True)
    assert len(lines) == 16
    third, more = tmp_path / "third.csv", tmp_path / "more.csv"
    third.write_text("".join(lines[:11]), encoding="utf-8")
    more.write_text("".join(lines[:10]), encoding="utf-8")
    assert cli.main(["org", "import", str(more)]) == 1
    told = capsys.readouterr()
    assert "--yes" in told.err
    assert "停用 6 人" in told.err
    assert _active() == 15
    assert cli.main(["org", "import", str(third)]) == 0
    assert _active() == 10
    assert cli.main(["org", "import", str(ORG)]) == 0
    assert cli.main(["org", "import", str(more), "--yes"]) == 0
    assert _active() == 9


def _active() -> int:
    with closing(sqlite3.connect("var/yousu.sqlite3")) as database:
        return int(database.execute("SELECT COUNT(*) FROM persons WHERE active").fetchone()[0])


async def _sealed_with(key: str) -> None:
    from models.database import connect, disconnect
    from models.sealing import Sealer
    from services.store.key_check import check_data_key
    from settings import load

    await connect("sqlite://var/yousu.sqlite3")
    try:
        await check_data_key(Sealer(load({"YOUSU_DATA_KEY": key}).data_key))
    finally:
        await disconnect()


def test_doctor_notices_a_wrong_data_key(here: Path, capsys, monkeypatch):
    assert cli.main(["org", "import", str(ORG)]) == 0
    run_apart(_sealed_with(DATA_KEY))
    cli.main(["doctor"])
    assert "✓ 数据密钥与数据库相符" in capsys.readouterr().out
    monkeypatch.setenv("YOUSU_DATA_KEY", OTHER_KEY)
    assert cli.main(["doctor"]) == 1
    assert "✗ YOUSU_DATA_KEY 不是" in capsys.readouterr().out
