"""Backup and restore on both databases: what is refused before anything is touched, and kill -9 at every stage."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sqlite3
import stat
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

from models.bookkeeping import MetaRow
from models.database import connect, disconnect, query
from models.leadership import DatabaseInUse, Leadership
from models.people import Centre, Department
from models.urls import connections, sqlite_path
from operations.backup import NotPossible, backup, restore
from operations.backup_file import MAGIC, PAGE
from tests.acceptance.deployment import until
from tests.kit import killing
from tests.kit.database import EVERYWHERE

NOW = datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC)
KEYS = frozenset({"abcd1234"})
MARK = "SELECT value FROM meta WHERE key = 'mark'"
FOREIGN = "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace"
INSTALL = "SELECT value FROM meta WHERE key = 'install'"


@dataclass
class Place:
    """A database that says "new" in its backup and "old" now, and holds an old message prefix in both."""

    url: str
    saved: Path

    @property
    def file(self) -> Path | None:
        path = sqlite_path(self.url)
        return Path(path) if path else None

    async def ask(self, sql: str) -> list[str]:
        """One column, read through the driver alone."""
        if self.file is not None:
            with closing(sqlite3.connect(self.file)) as connection:
                return [str(row[0]) for row in connection.execute(sql)]
        known = connections(self.url)["default"]["credentials"]
        connection = await asyncpg.connect(**{n: known[n] for n in ("host", "port", "user", "database")})
        try:
            return [str(row[0]) for row in await connection.fetch(sql)]
        finally:
            await connection.close()

    async def whole(self) -> str:
        """The mark of a database in which everything is as it should be."""
        if self.file is not None:
            assert await self.ask("PRAGMA integrity_check") == ["ok"]
            assert await self.ask("PRAGMA foreign_key_check") == []
        else:
            assert await self.ask(FOREIGN) != ["0"]
        assert await self.ask("SELECT count(*) FROM departments") == ["40"]
        assert await self.ask("SELECT count(*) FROM centres") == ["1"]
        return (await self.ask(MARK))[0]

    async def mark(self, word: str) -> None:
        await connect(self.url)
        try:
            await MetaRow.filter(key="mark").update(value=word)
            await MetaRow.update_or_create(key="install", defaults={"value": "yseen"})
        finally:
            await disconnect()


@pytest.fixture
async def place(migrated_url: str, tmp_path: Path) -> Place:
    here = Place(migrated_url, tmp_path / "saved.backup")
    await connect(migrated_url)
    try:
        centre = await Centre.create(name="示例市政务服务中心", level="市")
        for number in range(40):
            await Department.create(centre=centre, name=f"部门{number}")
        for key, value in (("mark", "new"), ("install", "yseen"), ("data_key", "abcd1234")):
            await MetaRow.create(key=key, value=value)
        # While somebody is connected and has written, as beside a serving process.
        await backup(migrated_url, here.saved, NOW)
    finally:
        await disconnect()
    await here.mark("old")
    return here


def named(pattern: str, said: str) -> str:
    found = re.search(pattern, said)
    assert found is not None, said
    return found[1]


async def test_a_backup_is_put_back_with_a_new_prefix_and_the_old_data_are_kept(place: Place):
    said = await restore(place.url, place.saved, NOW, KEYS)
    assert await place.whole() == "new"
    assert await place.ask(INSTALL) == [], "message numbers that platforms have seen get another prefix"
    if place.file is not None:
        kept = Path(named(r"留在 (\S+?)。", said))
        assert kept.name == "yousu.sqlite3.before-restore-20261123T010203Z"
        with closing(sqlite3.connect(kept)) as connection:
            assert connection.execute(MARK).fetchone() == ("old",)
        # What was kept can be put back in the same way.
        await restore(place.url, kept, NOW, KEYS)
        assert await place.whole() == "old"
        return
    schema = named(r"模式 (\S+) 里", said)
    assert await place.ask(f"SELECT value FROM {schema}.meta WHERE key = 'mark'") == ["old"]
    # A database that was restored can be saved and restored again, without what is kept in it.
    again = place.saved.with_name("again.backup")
    await backup(place.url, again, NOW)
    await place.mark("old")
    await restore(place.url, again, NOW, KEYS)
    assert await place.whole() == "new"


async def test_a_restored_database_is_the_same_in_every_row_and_numbers_go_on(place: Place):
    before = await place.ask("SELECT name FROM departments ORDER BY id")
    await restore(place.url, place.saved, NOW, KEYS)
    assert await place.ask("SELECT name FROM departments ORDER BY id") == before
    await connect(place.url)
    try:
        fresh = await Department.create(centre=await Centre.get(), name="新部门")
        assert fresh.id == 41
        if place.file is None:
            sizes = "SELECT count(*) AS n FROM pg_indexes WHERE schemaname = ?1"
            kept = [r["nspname"] for r in await query("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'before%'")]
            assert await query(sizes, "public") == await query(sizes, kept[0])
    finally:
        await disconnect()


async def test_a_backup_goes_into_an_empty_place(place: Place, empty_url: str):
    if (sqlite_path(empty_url) is None) != (place.file is None):
        with pytest.raises(NotPossible, match="没有恢复"):
            await restore(empty_url, place.saved, NOW, KEYS)
        return
    if place.file is not None:
        empty_url = f"sqlite://{place.file.parent / 'elsewhere' / 'yousu.sqlite3'}"
    assert await restore(empty_url, place.saved, NOW, KEYS) == ""
    assert await Place(empty_url, place.saved).whole() == "new"


async def _refused(place: Place, source: Path, word: str, keys: frozenset[str] = KEYS) -> None:
    folder = sorted(path.name for path in place.saved.parent.iterdir())
    with pytest.raises(NotPossible) as caught:
        await restore(place.url, source, NOW, keys)
    assert word in str(caught.value)
    assert "没有恢复" in str(caught.value) or "不存在" in str(caught.value)
    assert await place.whole() == "old"
    assert await place.ask(INSTALL) == ["yseen"]
    left = {path.name for path in place.saved.parent.iterdir()} - set(folder)
    assert not {name for name in left if not name.endswith((".lock", ".open", "-wal", "-shm"))}


@pytest.mark.parametrize("percent", [1, 30, 60, 90, 97, 99.9])
async def test_a_truncated_backup_is_refused_and_nothing_changes(place: Place, percent: float):
    cut = place.saved.with_name("cut")
    content = place.saved.read_bytes()
    cut.write_bytes(content[: int(len(content) * percent / 100)])
    await _refused(place, cut, "完整")


async def test_one_changed_byte_is_noticed(place: Place):
    content = bytearray(place.saved.read_bytes())
    content[-100] ^= 1
    place.saved.write_bytes(content)
    await _refused(place, place.saved, "被改动过")


@pytest.mark.parametrize(
    "content", [b"", b"no database at all " * 400, MAGIC + b"{" * PAGE, b"SQLite format 3\0" + b"x" * 5000]
)
async def test_a_foreign_file_is_refused(place: Place, content: bytes):
    foreign = place.saved.with_name("foreign")
    foreign.write_bytes(content)
    await _refused(place, foreign, "没有恢复")


async def test_another_programs_sqlite_file_is_refused(place: Place):
    foreign = place.saved.with_name("foreign.sqlite3")
    with closing(sqlite3.connect(foreign)) as connection:
        connection.execute("CREATE TABLE songs (name TEXT)")
    with pytest.raises(NotPossible):
        await restore(place.url, foreign, NOW, KEYS)
    assert await place.whole() == "old"


async def test_a_directory_and_nothing_at_all_are_refused(place: Place):
    await _refused(place, place.saved.parent, "不是文件")
    await _refused(place, place.saved.with_name("nothing"), "不存在")


def _edited(place: Place, old: bytes, new: bytes) -> Path:
    """The backup with another word in its description."""
    content = place.saved.read_bytes()
    assert old in content[:PAGE]
    page = content[:PAGE].replace(old, new).rstrip().ljust(PAGE - 1) + b"\n"
    edited = place.saved.with_name("edited")
    edited.write_bytes(page + content[PAGE:])
    return edited


async def test_a_backup_of_a_newer_release_or_format_is_refused(place: Place):
    await _refused(place, _edited(place, b'"0001_initial"', b'"0001_initial", "0999_later"'), "请先升级程序")
    await _refused(place, _edited(place, b'"format": 1', b'"format": 2'), "请先升级程序")


async def test_a_backup_under_another_key_is_refused(place: Place):
    await _refused(place, place.saved, "YOUSU_DATA_KEY", keys=frozenset({"ffffffff"}))


async def test_a_backup_whose_rows_are_not_those_it_tells_of_is_refused(place: Place):
    await _refused(place, _edited(place, b'"departments": 40', b'"departments": 41'), "说明不符")


async def test_a_restore_while_somebody_serves_or_reads_is_refused(place: Place):
    leadership = Leadership(place.url)
    assert await leadership.try_lead()
    try:
        with pytest.raises((NotPossible, DatabaseInUse), match="停止"):
            await restore(place.url, place.saved, NOW, KEYS)
    finally:
        await leadership.resign()
    await connect(place.url)
    try:
        with pytest.raises((NotPossible, DatabaseInUse), match="还有"):
            await restore(place.url, place.saved, NOW, KEYS)
    finally:
        await disconnect()
    assert await place.whole() == "old"


async def test_nobody_opens_a_file_that_is_being_exchanged(sqlite_migrated_url: str):
    from models.occupancy import have_alone, leave

    held = have_alone(sqlite_migrated_url)
    try:
        with pytest.raises(DatabaseInUse, match="正在恢复"):
            await connect(sqlite_migrated_url)
    finally:
        leave(held)
    await connect(sqlite_migrated_url)
    await disconnect()


async def test_a_backup_takes_no_existing_files_place_without_a_word(place: Place):
    content = place.saved.read_bytes()
    with pytest.raises(NotPossible, match="--force"):
        await backup(place.url, place.saved, NOW)
    assert place.saved.read_bytes() == content
    await backup(place.url, place.saved, NOW, force=True)
    assert place.saved.read_bytes() != content
    with pytest.raises(NotPossible, match="目录"):
        await backup(place.url, place.saved.parent, NOW)
    if place.file is not None:
        with pytest.raises(NotPossible, match="数据库本身"):
            await backup(place.url, place.file, NOW, force=True)
    assert not list(place.saved.parent.glob(".*"))


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o277])
async def test_a_backup_and_what_restore_keeps_are_their_owners_alone(place: Place, umask: int):
    before = os.umask(umask)
    try:
        await backup(place.url, place.saved.with_name("again"), NOW)
        await restore(place.url, place.saved.with_name("again"), NOW, KEYS)
    finally:
        os.umask(before)
    files = [
        place.saved.with_name("again"),
        *place.saved.parent.glob("*before*"),
        *([place.file] if place.file else []),
    ]
    assert [stat.S_IMODE(path.stat().st_mode) for path in files] == [0o600] * len(files)


async def test_no_password_is_an_argument_of_postgresqls_tools(place: Place, tmp_path: Path, monkeypatch):
    """A look at every argument and at the environment, taken by programs of the same names that hand on."""
    if place.file is not None:
        return
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("pg_dump", "pg_restore", "psql"):
        real = shutil.which(name)
        (tools / name).write_text(
            f'#!/bin/sh\necho "$0 $*" >> {tmp_path}/seen\necho "$PGPASSWORD" >> {tmp_path}/told\nexec {real} "$@"\n'
        )
        (tools / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    url = place.url.replace("postgres://postgres@", "postgres://postgres:ge%20heim@")
    assert "ge%20heim" in url
    await backup(url, tmp_path / "with", NOW)
    await restore(url, tmp_path / "with", NOW, KEYS)
    seen = (tmp_path / "seen").read_text()
    assert len(seen.splitlines()) == 3
    assert "heim" not in seen
    assert set((tmp_path / "told").read_text().splitlines()) == {"ge heim"}


def _as_after_a_kill(file: Path, folder: Path) -> None:
    """Make the file as a killed bot leaves it: the last writing stands in its log alone."""
    with closing(sqlite3.connect(file)) as writing:
        writing.execute("PRAGMA journal_mode = WAL")
        writing.execute("PRAGMA wal_autocheckpoint = 0")
        writing.execute("UPDATE meta SET value = 'old' WHERE key = 'mark'")
        writing.commit()
        folder.mkdir()
        for end in ("", "-wal"):
            shutil.copyfile(f"{file}{end}", folder / f"{file.name}{end}")
    assert (folder / f"{file.name}-wal").stat().st_size
    (folder / "restored.mark").touch()


async def test_kill_9_at_every_stage_leaves_the_old_or_the_new_and_restore_runs_again(place: Place, tmp_path: Path):
    """In a process of its own: on SQLite at every stage that finds other files than the one before (a kill leaves
    files and nothing else), on PostgreSQL at some, where a server keeps the rest whole. YOUSU_TEST_EVERYWHERE: at all.
    """
    left = tmp_path / "left"
    if place.file is not None:
        await place.mark("between")
        _as_after_a_kill(place.file, left)

    async def as_before() -> None:
        if place.file is None:
            await place.mark("old")
            for name in await place.ask("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'before%'"):
                await _execute(place, f"DROP SCHEMA {name} CASCADE")
            return
        for path in place.file.parent.glob("yousu.sqlite3*"):
            path.unlink()
        for path in left.glob("yousu.sqlite3*"):
            shutil.copyfile(path, place.file.with_name(path.name))

    async def run(kill_at: int = killing.NEVER, *, watched: Path | None = None) -> killing.Ended:
        return await asyncio.to_thread(killing.restore, place.url, place.saved, KEYS, kill_at=kill_at, watched=watched)

    await as_before()
    whole = await run(watched=place.file and place.file.parent)
    assert (whole.status, whole.refused) == (0, "")
    assert await place.whole() == "new"
    stages = whole.stages
    assert stages > 40
    # The first stage with those files, and the last.
    at = sorted({stage for new in whole.different for stage in (new, max(new - 1, 0))} | {stages})
    if place.file is None:
        at = list(range(0, stages + 1, max(stages // 12, 1)))
    if EVERYWHERE:
        at = list(range(stages + 1))
    assert len(at) > 8
    outcomes = []
    for stage in at:
        await as_before()
        status = (await run(stage)).status
        # How often a pipe wakes us differs from run to run: the last few stages may not come.
        enough = stages * (0.8 if place.file is not None else 0.5)
        assert status == -9 or (status == 0 and stage > enough), stage
        found = await _settled(place)
        outcomes.append(found)
        if found == "new":
            assert await place.ask(INSTALL) == [], stage
        again = await run()
        assert (again.status, again.refused) == (0, ""), stage
        assert await place.whole() == "new", stage
    if place.file is not None:  # on PostgreSQL a stage is not the same moment in every run
        assert outcomes == sorted(outcomes, reverse=True), "once it is the new one it stays"
        assert set(outcomes) == {"old", "new"}
    assert "old" in outcomes


async def _settled(place: Place) -> str:
    """The mark, once the server has noticed that its client is gone."""
    if place.file is None:
        alive = (
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name LIKE 'yousu%'"
        )

        async def gone() -> bool:
            return await place.ask(alive) == ["0"]

        await until(gone, "the server keeps a dead client")
    return await place.whole()


async def _execute(place: Place, sql: str) -> None:
    await connect(place.url)
    try:
        await query(sql)
    finally:
        await disconnect()


async def test_a_file_sqlite_cannot_read_any_more_is_kept_as_it_is_and_replaced(place: Place):
    if place.file is None:
        return
    broken = b"torn " * 5000
    place.file.write_bytes(broken)
    place.file.with_name(f"{place.file.name}-wal").write_bytes(b"torn log")
    said = await restore(place.url, place.saved, NOW, KEYS)
    assert await place.whole() == "new"
    kept = Path(named(r"留在 (\S+?)。", said))
    assert kept.read_bytes() == broken
    assert kept.with_name(f"{kept.name}-wal").read_bytes() == b"torn log"
