"""The default database of the previous release lies in data/: whoever comes first moves it to var/, once and whole."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

import cli
import migrations
from models.migrate import migrate
from models.schema import APP, APPS
from operations.old_place import DEFAULT, NEW, OLD, bring_over
from operations.private_files import append_private
from tests.acceptance.deployment import yousu
from tests.acceptance.test_beside_the_server import APART, commands
from tests.acceptance.test_reading_only import MAKE, NEED_NONE
from tests.kit.database import run_apart
from tests.kit.lone import Lone, lone
from tests.kit.town import DATA_KEY, ROOT

pytestmark = pytest.mark.acceptance

RELEASED = "0007_acts"
WHEN = datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC)
OLD_URL = f"sqlite://{OLD}"


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the previous release left when it was killed: its schema, a complaint, and all of it in the log."""
    made = tmp_path_factory.mktemp("previous")
    run_apart(_leave(made))
    return made


@pytest.fixture
def old(left: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own as the previous release left it."""
    monkeypatch.delenv("YOUSU_DATABASE_URL", raising=False)
    monkeypatch.setenv("YOUSU_DATA_KEY", DATA_KEY)
    shutil.copy(left / "no", tmp_path / "no")
    return Path(shutil.copytree(left / "here", tmp_path / "here"))


async def _leave(folder: Path) -> None:
    fresh, made, here = folder / "fresh.sqlite3", folder / "made.sqlite3", folder / "here"
    async with lone(folder, f"sqlite://{fresh}") as place, place.serving():
        assert (await place.push())[0] == 201
        (folder / "no").write_text(place.accepted[0])
    await _previous_schema(folder, made)
    (here / "data").mkdir(parents=True)
    with closing(sqlite3.connect(made, isolation_level=None)) as database:
        database.execute("PRAGMA wal_autocheckpoint = 0")
        _copy_rows(database, fresh)
        for end in ("", "-wal"):
            shutil.copy(f"{made}{end}", here / f"{OLD}{end}")
    assert (here / f"{OLD}-wal").stat().st_size > 4096
    for name in (".lock", ".open", ".before-20261101T000000Z"):
        (here / f"{OLD}{name}").touch()
    (here / ".env").write_text(f"YOUSU_DATA_KEY={DATA_KEY}\n", encoding="utf-8")


async def _previous_schema(folder: Path, file: Path) -> None:
    package = folder / "released_migrations"
    ours = Path(migrations.__path__[0])
    shutil.copytree(ours, package, ignore=lambda _, names: [name for name in names if name > f"{RELEASED}.py"])
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(folder)
        patched.setitem(APPS[APP], "migrations", package.name)
        assert (await migrate(f"sqlite://{file}", WHEN)).applied[-1] == RELEASED


def _copy_rows(database: sqlite3.Connection, source: Path) -> None:
    database.execute("ATTACH ? AS fresh", (str(source),))
    tables = database.execute("SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    for (table,) in tables.fetchall():
        if table != "tortoise_migrations":
            columns = ", ".join(f'"{row[1]}"' for row in database.execute(f'PRAGMA main.table_info("{table}")'))
            database.execute(f'INSERT OR REPLACE INTO main."{table}" ({columns}) SELECT {columns} FROM fresh."{table}"')
    for platform in ("wecom", "dingtalk"):  # that release kept accounts in columns of the person
        held = f"SELECT account FROM fresh.accounts WHERE person_id = persons.id AND platform = '{platform}'"
        database.execute(f"UPDATE persons SET {platform} = ({held})")
    database.execute("DETACH fresh")


def number(folder: Path) -> str:
    return (folder.parent / "no").read_text()


def numbers(file: Path) -> list[str]:
    """The cases a file holds by itself, without anything beside it."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)) as database:
        return [row[0] for row in database.execute("SELECT no FROM cases")]


def places(folder: Path) -> list[str]:
    """Where something lies that holds data."""
    return [str(place) for place in (OLD, NEW) if (folder / place).exists() and (folder / place).stat().st_size]


async def here(folder: Path, *words: str, **env: str) -> tuple[int, str, str]:
    return await yousu(*words, env=env, cwd=folder)


@asynccontextmanager
async def serving(folder: Path, url: str = "") -> AsyncIterator[Lone]:
    """`yousu serve` in the folder, with the default address or another."""
    (folder.parent / "second").mkdir(exist_ok=True)
    async with lone(folder.parent / "second", f"sqlite://{folder.parent / 'unused.sqlite3'}") as place:
        env = {**place.env, "PYTHONPATH": str(ROOT), "YOUSU_DATABASE_URL": url}
        with append_private(folder.parent / "second" / "serve.log") as log:
            command = (sys.executable, str(ROOT / "cli.py"), "serve")
            child = await asyncio.create_subprocess_exec(*command, cwd=folder, env=env, stderr=log, stdout=log)
        place.bot = child
        try:
            for _ in range(1200):
                if await place._alive():
                    break
                assert child.returncode is None, (folder.parent / "second" / "serve.log").read_text(encoding="utf-8")
                await asyncio.sleep(0.05)
            yield place
        finally:
            if child.returncode is None:
                child.terminate()
            await child.wait()


async def test_a_new_release_serves_what_the_previous_one_left_in_its_old_place(old: Path):
    async with serving(old) as place:
        assert (await place.push())[0] == 201
        status, out, err = await here(old, "case", "show", number(old))
        assert (status, err) == (0, ""), out
        assert number(old) in out
    assert places(old) == [str(NEW)]
    assert not (old / "data").exists(), "nothing of it stays behind"
    copies = sorted(path.name for path in (old / "var").iterdir() if ".before-" in path.name)
    assert len(copies) == 2, "the copy it brought along and the one the migration made"
    assert "已从 data/yousu.sqlite3 移到 var/yousu.sqlite3" in (old.parent / "second" / "serve.log").read_text()
    status, out, _ = await here(old, "verify")
    assert status == 0, out


async def test_the_first_command_moves_it_and_says_so_once(old: Path):
    status, _, err = await here(old, "doctor")
    assert "已从 data/yousu.sqlite3 移到 var/yousu.sqlite3" in err
    assert "运行 yousu migrate" in err, "a command that only reads changes no schema"
    assert status == 1
    assert numbers(old / NEW) == [number(old)], "what was only in the log went along"
    assert oct((old / NEW).stat().st_mode & 0o777) == oct((old / "var").stat().st_mode & 0o666)
    assert (await here(old, "migrate"))[0] == 0
    status, out, err = await here(old, "case", "show", number(old))
    assert (status, err) == (0, ""), out


async def test_two_commands_at_once_move_it_once(old: Path):
    done = await asyncio.gather(*(here(old, "migrate") for _ in range(3)))
    assert [status for status, _, _ in done] == [0, 0, 0], done
    assert sum("已从 data/yousu.sqlite3" in err for _, _, err in done) == 1
    assert places(old) == [str(NEW)]
    assert numbers(old / NEW) == [number(old)]


async def test_nothing_moves_while_somebody_serves_it(old: Path):
    """A server of either release holds the same two locks beside the file."""
    async with serving(old, OLD_URL) as place:
        before = (old / OLD).stat().st_ino
        for words in (("doctor",), ("migrate",), ("serve",), ("backup", "copy")):
            status, out, err = await here(old, *words)
            assert status == 1, (words, out)
            assert "没有移动" in err
            assert "停止旧版本的服务" in err
            assert (await place.push())[0] == 201
        assert places(old) == [str(OLD)]
        assert (old / OLD).stat().st_ino == before
        assert not [file for file in place.open_files() if "(deleted)" in file]
        await place.kill()
    status, _, err = await here(old, "migrate")
    assert status == 0, err
    assert sorted(numbers(old / NEW)) == sorted([number(old), *place.accepted])


async def test_with_one_in_each_place_nothing_is_chosen_and_nothing_moves(old: Path):
    (old / "var").mkdir()
    shutil.copy(old / OLD, old / NEW)
    before = {path: path.read_bytes() for path in old.rglob("*sqlite3*")}
    for words in (("doctor",), ("migrate",), ("org", "import", "x.csv")):
        status, _, err = await here(old, *words)
        assert status == 1
        for part in ("有两个数据库", str(old / OLD), str(old / NEW), "移到别处"):
            assert part in err
    assert {path: path.read_bytes() for path in old.rglob("*sqlite3*")} == before


@pytest.mark.parametrize("end", ["-wal", "-journal"])
def test_it_never_lies_down_beside_the_log_of_another(old: Path, monkeypatch, capsys, end: str):
    monkeypatch.chdir(old)
    (old / "var").mkdir()
    (old / f"{NEW}{end}").write_bytes(b"somebody else's")
    assert cli.main(["migrate"]) == 1
    assert "有两个数据库" in capsys.readouterr().err
    assert places(old) == [str(OLD)]


def test_an_empty_file_in_either_place_is_no_database(old: Path, monkeypatch, capsys):
    monkeypatch.chdir(old)
    (old / "var").mkdir()
    (old / NEW).touch()
    assert "已从" in bring_over(DEFAULT)
    (old / "data").mkdir(exist_ok=True)
    (old / OLD).touch()
    assert bring_over(DEFAULT) == ""
    assert numbers(old / NEW) == [number(old)]


def test_what_is_no_database_stays_where_it_is(old: Path, monkeypatch, capsys):
    monkeypatch.chdir(old)
    for end in ("", "-wal"):
        (old / f"{OLD}{end}").write_bytes(b"not a database at all, only a file of that name " * 200)
    assert cli.main(["migrate"]) == 1
    assert "读不出来" in capsys.readouterr().err
    assert places(old) == [str(OLD)]


def test_a_link_is_left_to_the_operator(old: Path, monkeypatch, capsys):
    monkeypatch.chdir(old)
    os.rename(old / OLD, old / "elsewhere.sqlite3")
    (old / OLD).symlink_to("../elsewhere.sqlite3")
    assert cli.main(["migrate"]) == 1
    assert "YOUSU_DATABASE_URL" in capsys.readouterr().err
    assert (old / OLD).is_symlink()


def test_only_the_user_whose_it_is_moves_it(old: Path, monkeypatch, capsys):
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    monkeypatch.chdir(old)
    os.chown(old / OLD, 12345, -1)
    assert cli.main(["migrate"]) == 1
    assert "属于用户 12345" in capsys.readouterr().err
    assert places(old) == [str(OLD)]
    assert not (old / "var").exists()


async def test_an_address_that_is_written_down_is_obeyed(old: Path):
    status, _, err = await here(old, "migrate", YOUSU_DATABASE_URL=OLD_URL)
    assert (status, err) == (0, "")
    assert places(old) == [str(OLD)]


async def test_counting_days_looks_into_the_old_place_and_moves_nothing(old: Path):
    text = (ROOT / "shipped" / "calendar" / "2026.json").read_text(encoding="utf-8")
    assert "国庆节" in text
    with closing(sqlite3.connect(old / OLD)) as database:
        table = text.replace("国庆节", "国庆节（导入）")
        columns = [row[1] for row in database.execute("PRAGMA table_info(year_tables)")]
        values = {"id": 1, "year": 2026, "text": table}
        rest = {
            name: "2026-11-23 00:00:00+00:00" if name.endswith("at") else "" for name in columns if name not in values
        }
        values |= rest
        marks = ", ".join("?" for _ in columns)
        database.execute(
            f"INSERT INTO year_tables ({', '.join(columns)}) VALUES ({marks})", [values[c] for c in columns]
        )
        database.commit()
    status, out, err = await here(old, "calendar", "show", "2026")
    assert (status, err) == (0, "")
    assert "按已导入的日历" in out
    assert places(old) == [str(OLD)]


READERS = sorted(set(commands(cli._parser())) - APART - MAKE - NEED_NONE)


def test_every_command_that_opens_the_database_is_told_apart_from_those_that_do_not():
    parser = cli._parser()
    opens = {"serve", *READERS, *MAKE}
    assert opens | {"demo", "play", "parse", *NEED_NONE} == set(commands(parser))
    for name in opens - {"serve"}:
        words = {"restore": ["x"], "backup": ["x"], "org import": ["x"], "calendar import": ["x"], "rules apply": ["x"],
                 "rules diff": ["x"], "ledger export": ["--out", "x"], "case show": ["1"], "case papers": ["1"],
                 "report": ["2026-11"]}.get(name, [])  # fmt: skip
        assert parser.parse_args([*name.split(), *words]).opens, name
    for words in (["parse"], ["due"], ["calendar", "show", "2026"], ["demo"], ["play"]):
        assert not parser.parse_args(words).opens, words


# kill -9 at every touch of the outside world

TOUCHES = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "sqlite3.connect"}
_apart = multiprocessing.get_context("forkserver")
_apart.set_forkserver_preload(["operations.old_place"])


def _move_and_die(folder: str, kill_at: int) -> None:
    os.chdir(folder)
    met = [0]

    def touched(event: str, _: object) -> None:
        if event in TOUCHES:
            met[0] += 1
            if met[0] == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(touched)
    bring_over(DEFAULT)


def test_a_kill_at_any_moment_leaves_it_in_one_place_and_the_next_command_goes_on(
    old: Path, tmp_path: Path, monkeypatch
):
    killed = 0
    for kill_at in range(1, 60):
        folder = tmp_path / f"killed{kill_at}"
        shutil.copytree(old, folder)
        child = _apart.Process(target=_move_and_die, args=(str(folder), kill_at))
        child.start()
        child.join(60)
        assert len(places(folder)) == 1, kill_at
        with monkeypatch.context() as there:
            there.chdir(folder)
            said = bring_over(DEFAULT)
        assert places(folder) == [str(NEW)], (kill_at, said)
        assert numbers(folder / NEW) == [number(old)], kill_at
        assert (folder / "var" / "yousu.sqlite3.before-20261101T000000Z").exists(), kill_at
        shutil.rmtree(folder)
        if child.exitcode == 0:
            break
        assert child.exitcode == -signal.SIGKILL
        killed += 1
    assert killed > 8
