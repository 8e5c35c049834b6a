"""Commands killed in the middle: the database is what it was or what it should be, and the command works again."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from random import Random
from zipfile import BadZipFile

from openpyxl import load_workbook

from tests.faults.place import Place

TABLES = ("centres", "departments", "persons", "cases", "events", "inbox", "outbox", "receipts", "steps")
DIRECTORY = "SELECT name, active FROM persons ORDER BY name, id"


async def killed(here: Place, share: float, whole: float, *arguments: str) -> bool:
    """Run a command and kill it after a share of the seconds it takes; whether the kill came in time."""
    child = await here.nursery.start(*arguments, env=here.env, log=here.folder / "killed.log")
    await asyncio.sleep(share * whole)
    child.send(signal.SIGKILL)
    return await child.wait() == -signal.SIGKILL


async def timed(here: Place, *arguments: str) -> float:
    """Run a command to its end: seconds. Raises AssertionError when it fails."""
    started = time.monotonic()
    status, said = await here.yousu(*arguments)
    assert status == 0, f"{arguments[0]}: {said}"
    return time.monotonic() - started


async def held(here: Place) -> dict[str, int]:
    """How many rows every table has; the database's own opinion of its soundness before."""
    if here.file is not None:
        assert await here.rows("PRAGMA integrity_check") == [("ok",)]
    return {table: (await here.rows(f"SELECT count(*) FROM {table}"))[0][0] for table in TABLES}


async def kill_import(here: Place, kills: int, rng: Random) -> int:
    """A directory is imported whole or not at all."""
    whole_file = here.folder / "org.csv"
    lines = whole_file.read_text(encoding="utf-8").splitlines(keepends=True)
    renamed = here.folder / "renamed.csv"
    renamed.write_text("".join([lines[0], *(line.replace("王敏", "王小敏") for line in lines[1:])]), encoding="utf-8")
    files = (whole_file, renamed)
    took, known = 0.0, []
    for file in files:
        took = max(took, await timed(here, "org", "import", str(file)))
        known.append(await here.rows(DIRECTORY))
    assert known[0] != known[1]
    hits = 0
    for n in range(kills):
        hits += await killed(here, rng.random(), took, "org", "import", str(files[n % 2]))
        assert await here.rows(DIRECTORY) in known, "half a directory was imported"
    await timed(here, "org", "import", str(whole_file))
    assert await here.rows(DIRECTORY) == known[0]
    return hits


async def kill_export(here: Place, kills: int, rng: Random) -> int:
    """There is a whole workbook or none."""
    before = await held(here)
    took = await timed(here, "ledger", "export", "--out", str(here.folder / "first.xlsx"))
    rows = _rows(here.folder / "first.xlsx")
    hits = 0
    for n in range(kills):
        out = here.folder / f"ledger-{n}.xlsx"
        hits += await killed(here, rng.random(), took, "ledger", "export", "--out", str(out))
        assert not out.exists() or _rows(out) == rows, "a torn workbook under the name asked for"
    assert (await held(here))["events"] == before["events"]
    await timed(here, "ledger", "export", "--out", str(here.folder / "last.xlsx"))
    return hits


def _rows(path: Path) -> int:
    try:
        book = load_workbook(path, read_only=True)
    except (BadZipFile, KeyError, OSError):
        return -1
    return sum(1 for _ in book.worksheets[0].iter_rows())


async def kill_backup(here: Place, kills: int, rng: Random) -> int:
    """The database is untouched; what a torn copy holds is whole or refused by restore."""
    before = await held(here)
    took = await timed(here, "backup", str(here.folder / "first.backup"))
    hits = 0
    for n in range(kills):
        copy = here.folder / f"torn-{n}.backup"
        hits += await killed(here, rng.random(), took, "backup", str(copy))
        assert await held(here) == before
        if here.file is not None and copy.exists():
            other = {**here.env, "YOUSU_DATABASE_URL": f"sqlite:///{here.folder}/other-{n}.sqlite3"}
            log = here.folder / "other.log"
            child = await here.nursery.start("restore", str(copy), env=other, log=log)
            if await child.wait() == 0:
                with closing(sqlite3.connect(here.folder / f"other-{n}.sqlite3")) as restored:
                    count = restored.execute("SELECT count(*) FROM events").fetchone()[0]
                assert count == before["events"], "a torn backup was restored"
    await timed(here, "backup", str(here.folder / "last.backup"))
    return hits


async def kill_restore(here: Place, kills: int, rng: Random) -> int:
    """The database is what it was or what the backup holds, and the same command run again brings the backup."""
    await timed(here, "backup", str(here.folder / "whole.backup"))
    wanted = await held(here)
    took = await timed(here, "restore", str(here.folder / "whole.backup"))
    hits = 0
    for _ in range(kills):
        hits += await killed(here, rng.random(), took, "restore", str(here.folder / "whole.backup"))
        assert await held(here) == wanted
        status, said = await here.yousu("verify")
        assert status == 0, said
    await timed(here, "restore", str(here.folder / "whole.backup"))
    assert await held(here) == wanted
    return hits


ATTACKS: dict[str, Callable[[Place, int, Random], Awaitable[int]]] = {
    "org import": kill_import,
    "ledger export": kill_export,
    "backup": kill_backup,
    "restore": kill_restore,
}
