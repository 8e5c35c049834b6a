"""kill -9 at every chosen point and at random moments: nothing lost, nothing broken, nothing doubled that has a key.

KILLS is the number on SQLite, half of it on PostgreSQL: by default every point once.
SEED repeats a run.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import pytest

import migrations
from models.migrate import migrate, pending
from models.schema import APP, APPS
from tests.faults.__main__ import everywhere, kills_of, report
from tests.faults.place import nursery, place
from tests.faults.points import ALL_POINTS
from tests.faults.tools import ATTACKS
from tests.kit.database import Postgres, fresh_name
from tests.model.test_migrations import ALL, NOW, counts, seed

Tell = Callable[[str], None]
pytestmark = pytest.mark.acceptance

SEED = int(os.environ.get("SEED") or secrets.randbelow(10**6))
KILLS = int(os.environ.get("KILLS") or 2 * len(ALL_POINTS) + 2)
TOOL_KILLS = max(3, KILLS // 40)


def kind_of(url: str) -> str:
    return "sqlite" if url.startswith("sqlite") else "postgres"


async def test_a_bot_killed_at_any_point_loses_and_breaks_nothing(tmp_path: Path, tell: Tell):
    for kind, found in (await everywhere(tmp_path, kills_of(KILLS, SEED))).items():
        tell(report(f"kills on {kind}, seed {SEED}", found))
        assert not found.faults, f"{kind}, seed {SEED}, files in {tmp_path}: {found.faults[:20]}"
        assert found.counts["kills"] >= (KILLS if kind == "sqlite" else KILLS // 2)
        assert found.counts["complaints accepted"] > 0


@pytest.mark.parametrize("command", ATTACKS)
async def test_a_command_killed_in_the_middle_leaves_the_old_or_the_new(
    tmp_path: Path, empty_url: str, command: str, tell: Tell
):
    rng = Random(SEED)
    async with place(tmp_path, empty_url) as here:
        await here.say("zhaogang", "app", "/我的")
        await here.stop()
        hits = await ATTACKS[command](here, TOOL_KILLS, rng)
        tell(f"{command} on {kind_of(empty_url)}: {TOOL_KILLS} kills, {hits} in the middle, seed {SEED}")
        status, said = await here.yousu("verify")
        assert status == 0, said


@pytest.fixture
def old_schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], pytest.MonkeyPatch]:
    """Makes the first released schema the one of this process."""
    package = tmp_path / "first_release"
    package.mkdir()
    (package / "__init__.py").write_text("")
    shutil.copyfile(Path(migrations.__path__[0]) / f"{ALL[0]}.py", package / f"{ALL[0]}.py")
    monkeypatch.syspath_prepend(tmp_path)

    def become() -> pytest.MonkeyPatch:
        monkeypatch.setitem(APPS[APP], "migrations", package.name)
        return monkeypatch

    return become


async def test_a_migration_of_a_database_with_rows_killed_in_the_middle_is_all_or_nothing(
    tmp_path: Path,
    empty_url: str,
    old_schema: Callable[[], pytest.MonkeyPatch],
    request: pytest.FixtureRequest,
    tell: Tell,
):
    then = old_schema()
    await migrate(empty_url, NOW)
    then.undo()
    await seed(empty_url)
    before = set(await pending(empty_url))
    hits = 0
    rng = Random(SEED)
    async with nursery(tmp_path) as hatch:
        for n in range(TOOL_KILLS):
            url = await _copy(empty_url, tmp_path / f"copy-{n}.sqlite3", request)
            child = await hatch.start("migrate", env={"YOUSU_DATABASE_URL": url}, log=tmp_path / "migrate.log")
            await asyncio.sleep(rng.uniform(0.02, 0.5))
            child.send(9)
            hits += await child.wait() == -9
            assert set(await pending(url)) in (before, set()), "half of the migrations"
            await migrate(url, NOW)
            assert await counts(url) == (1, 1, ALL[-1])
    tell(f"migrate on {kind_of(empty_url)}: {TOOL_KILLS} kills, {hits} in the middle, seed {SEED}")


async def _copy(url: str, path: Path, request: pytest.FixtureRequest) -> str:
    if kind_of(url) == "sqlite":
        shutil.copyfile(url.removeprefix("sqlite://"), path)
        return f"sqlite://{path}"
    server: Postgres = request.getfixturevalue("postgres")
    return await server.create(fresh_name(), urlsplit(url).path.lstrip("/"))
