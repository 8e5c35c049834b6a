"""From a column a platform to a table of accounts: nothing is lost, old digests hold, an older process goes on."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

import migrations
from models.cases import CaseRow
from models.database import connect, disconnect, query
from models.migrate import migrate
from models.people import Account, Centre, Person
from models.queues import OutboxRow
from models.schema import APP, APPS
from models.sealing import Sealer
from services.directory.file import HEADER
from services.directory.people import import_directory, person_by_account
from services.store.journal import contents, last_digests, note_all
from services.store.record_key import record_key

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
BEFORE, HERE = "0008_answered", "0009_accounts"
SEALER = Sealer(bytes(range(32)))
#: As the release before wrote them, word for word.
SEED = (
    "INSERT INTO centres (name, level) VALUES ('示例市政务服务中心', '市')",
    "INSERT INTO departments (centre_id, name, active) VALUES (1, '人社局', TRUE)",
    "INSERT INTO persons (centre_id, department_id, name, roles, wecom, dingtalk, active) VALUES "
    "(1, NULL, '甲', '[\"窗口\"]', 'jia', 'Ding-Jia', TRUE), (1, 1, '乙', '[\"联络员\"]', NULL, 'Ding-Yi', TRUE), "
    "(1, NULL, '丙', '[\"负责人\"]', 'bing', NULL, FALSE), (1, NULL, '丁', '[\"热线\"]', NULL, NULL, TRUE)",
)
OLD_CASE = (
    "INSERT INTO cases (no, centre_id, state, round, turn, version, source, level, registered_at, provisional, "
    "is_open, rules_version, public, sealed) "
    "VALUES (?1, 1, 'D', 1, 0, 1, 'window', 0, ?2, FALSE, TRUE, '2026-1', '{}', '')"
)
OLD_MESSAGE = (
    "INSERT INTO outbox (key, kind, chat, payload, urgent, state, attempts, not_before, created_at) "
    "VALUES (?1, 'card', NULL, '{}', FALSE, 'pending', 0, ?2, ?2)"
)
OLD_PEOPLE = "SELECT name, wecom, dingtalk, active FROM persons ORDER BY id"


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[None]:
    await connect(url)
    try:
        yield
    finally:
        await disconnect()


async def fill_as_before(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database of the release before, with people, a case and a message in it."""
    package = tmp_path / "release_before"
    package.mkdir()
    (package / "__init__.py").write_text("")
    for path in Path(migrations.__path__[0]).glob("0*.py"):
        if path.stem <= BEFORE:
            shutil.copyfile(path, package / path.name)
    monkeypatch.syspath_prepend(tmp_path)
    with monkeypatch.context() as then:
        then.setitem(APPS[APP], "migrations", package.name)
        assert (await migrate(url, NOW)).applied[-1] == BEFORE
    async with connected(url):
        for statement in SEED:
            await query(statement + " RETURNING id")
        await query(OLD_CASE + " RETURNING id", "YS20261123-0001", NOW)
        await query(OLD_MESSAGE + " RETURNING id", "m1", NOW)
    return url


@pytest.fixture
async def old_url(empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    return await fill_as_before(empty_url, tmp_path, monkeypatch)


@pytest.fixture
async def old_pg_url(pg_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """PostgreSQL: a SQLite file has one server, which is stopped for an upgrade."""
    return await fill_as_before(pg_url, tmp_path, monkeypatch)


async def held() -> list[tuple[str, str, str]]:
    rows = await Account.all().order_by("person_id", "platform").select_related("person")
    return [(row.person.name, row.platform, row.account) for row in rows]


async def test_every_account_is_there_after_the_migration_and_once(old_url: str) -> None:
    assert HERE in (await migrate(old_url, NOW)).applied
    async with connected(old_url):
        assert await held() == [
            ("甲", "dingtalk", "Ding-Jia"),
            ("甲", "wecom", "jia"),
            ("乙", "dingtalk", "Ding-Yi"),
            ("丙", "wecom", "bing"),
        ]
        card = await person_by_account("dingtalk", "DING-JIA")
        assert card is not None
        assert (card.name, dict(card.accounts)) == ("甲", {"wecom": "jia", "dingtalk": "Ding-Jia"})
        assert await person_by_account("wecom", "bing") is None, "not active"
        assert await CaseRow.all().count() == await OutboxRow.all().count() == 1
        # Rows are written without the columns that went off them.
        await CaseRow.create(
            no="YS20261123-0002", centre=await Centre.get(id=1), state="D", source="window", registered_at=NOW
        )
        await OutboxRow.create(key="m2", kind="card", not_before=NOW, created_at=NOW)
        old = await query(OLD_PEOPLE)
    if old_url.startswith("sqlite"):
        assert {(row["wecom"], row["dingtalk"]) for row in old} == {(None, None)}, "one truth where one process serves"


async def test_what_the_journal_said_of_a_person_still_holds(old_url: str) -> None:
    """The digest of an account is that of the column it stood in."""
    await migrate(old_url, NOW)
    async with connected(old_url):
        key = await record_key(SEALER)
        columns = {
            1: [1, None, "甲", ["窗口"], "jia", "Ding-Jia", True],
            2: [1, 1, "乙", ["联络员"], None, "Ding-Yi", True],
            3: [1, None, "丙", ["负责人"], "bing", None, False],
            4: [1, None, "丁", ["热线"], None, None, True],
        }
        assert await contents(key, "persons") == {
            ref: key.digest("content", "persons", ref, values) for ref, values in columns.items()
        }
        await Account.create(person_id=1, platform="feishu", account="ou_1")
        assert (await contents(key, "persons"))[1] != key.digest("content", "persons", 1, columns[1])


async def test_an_older_process_beside_goes_on_and_both_know_the_same_accounts(old_pg_url: str) -> None:
    await migrate(old_pg_url, NOW)
    async with connected(old_pg_url):
        await note_all(SEALER, NOW)
        # The older process writes cases and messages, and learns that somebody left a platform.
        await query(OLD_CASE + " RETURNING id", "YS20261123-0002", NOW)
        await query(OLD_MESSAGE + " RETURNING id", "m2", NOW)
        await query("UPDATE persons SET dingtalk = NULL WHERE id = 1 RETURNING id")
        assert ("甲", "dingtalk", "Ding-Jia") not in await held()
        await query("UPDATE persons SET wecom = 'yi' WHERE id = 2 RETURNING id")
        await query("UPDATE persons SET wecom = 'bing2', active = TRUE WHERE id = 3 RETURNING id")
        assert await held() == [
            ("甲", "wecom", "jia"),
            ("乙", "dingtalk", "Ding-Yi"),
            ("乙", "wecom", "yi"),
            ("丙", "wecom", "bing2"),
        ]
        # This release imports the directory; accounts change hands.
        line = "示例市政务服务中心,市,,{},窗口,{},{}".format
        lines = [line("甲", "jia", "Ding-Yi"), line("丙", "bing2", ""), line("戊", "yi", "Ding-Wu")]
        await import_directory("\n".join([",".join(HEADER), *lines]).encode(), "org.csv", NOW, SEALER)
        old = {row["name"]: (row["wecom"], row["dingtalk"]) for row in await query(OLD_PEOPLE) if row["active"]}
        assert old == {"甲": ("jia", "Ding-Yi"), "丙": ("bing2", None), "戊": ("yi", "Ding-Wu")}
        said, found = await last_digests("persons"), await contents(await record_key(SEALER), "persons")
        assert {ref: digest for ref, digest in found.items() if said[ref] != digest} == {}, "the record explains itself"
        assert {person.name for person in await Person.filter(active=True)} == set(old)
