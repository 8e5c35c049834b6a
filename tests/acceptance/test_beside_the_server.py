"""Every command beside a serving process: nothing that was accepted is lost, and the server sees what was written."""

from __future__ import annotations

import argparse
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import cli
from in_force import shipped_rules_text
from tests.acceptance.deployment import until, yousu
from tests.acceptance.test_commands import NEXT_YEAR
from tests.kit.lone import Lone, lone
from tests.kit.town import ORG

pytestmark = pytest.mark.acceptance

#: Commands that are no neighbours of a server: they serve by themselves, or never look at a database.
APART = {"serve", "demo", "play", "parse"}


def commands(parser: argparse.ArgumentParser, words: tuple[str, ...] = ()) -> Iterator[str]:
    """Every command of the parser, groups spelled out."""
    groups = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not groups:
        yield " ".join(words)
    for group in groups:
        for name, inner in group.choices.items():
            yield from commands(inner, (*words, name))


def arguments(folder: Path, no: str) -> dict[str, tuple[int, tuple[str, ...]]]:
    """How each command is run beside the server: the exit status it must have, and its arguments."""
    people = ORG.read_text(encoding="utf-8") + "示例区政务服务中心,县区,,新来的,窗口,xinlaide,\n"
    (folder / "people.csv").write_text(people, encoding="utf-8")
    (folder / "2027.txt").write_text(NEXT_YEAR, encoding="utf-8")
    rules = {**json.loads(shipped_rules_text()), "version": "2026-beside", "redo_days": 2}
    (folder / "rules.json").write_text(json.dumps(rules, ensure_ascii=False), encoding="utf-8")
    return {
        "migrate": (0, ()),
        "doctor": (1, ()),
        "backup": (0, (str(folder / "backup.sqlite3"),)),
        "restore": (1, (str(folder / "backup.sqlite3"),)),
        "ledger export": (0, ("--full", "--out", str(folder / "ledger.xlsx"))),
        "verify": (0, ()),
        "case show": (0, (no,)),
        "case papers": (0, (no, "--out", str(folder / "papers"))),
        "report": (0, ("2026-11", "--out", str(folder / "papers"))),
        "rules show": (0, ()),
        "rules diff": (0, (str(folder / "rules.json"),)),
        "rules apply": (0, (str(folder / "rules.json"),)),
        "calendar show": (0, ("2027",)),
        "calendar import": (0, (str(folder / "2027.txt"),)),
        "org import": (0, (str(folder / "people.csv"),)),
        "key rotate": (0, ()),
        "due": (0, ("--received", "2026-11-23T10:00:00+08:00", "--days", "3")),
    }


async def test_whatever_runs_beside_the_server_nothing_accepted_is_lost(tmp_path: Path, sqlite_migrated_url: str):
    async with lone(tmp_path, sqlite_migrated_url) as place:
        async with place.serving():
            assert (await place.push())[0] == 201
            table = arguments(tmp_path, place.accepted[0])
            assert set(commands(cli._parser())) - APART == set(table), "a new command must be tried beside the server"
            for name, (expected, more) in table.items():
                status, out, err = await yousu(*name.split(), *more, env=place.env)
                assert status == expected, (name, out, err)
                assert not [file for file in place.open_files() if "(deleted)" in file], name
                assert (await place.push())[0] == 201, name
            await _is_seen(place)
            await place.kill()
        async with place.serving():
            await _is_there(place, sqlite_migrated_url)
            assert (await place.push())[0] == 201
        await _is_there(place, sqlite_migrated_url)


async def _is_seen(place: Lone) -> None:
    """The running server goes by what the commands wrote: a new case is opened under the new rules."""

    async def new_rules() -> bool:
        assert (await place.push())[0] == 201
        return _rules_of(place, place.accepted[-1]) == "2026-beside"

    await until(new_rules, "the server never took up the new rules")


def _rules_of(place: Lone, no: str) -> str:
    with closing(sqlite3.connect(place.env["YOUSU_DATABASE_URL"].removeprefix("sqlite://"))) as database:
        row = database.execute("SELECT rules_version FROM cases WHERE no = ?", (no,)).fetchone()
        return str(row[0]) if row else ""


async def _is_there(place: Lone, url: str) -> None:
    """Everything answered 201 and everything a command wrote is in the file, and the record agrees with itself."""
    with closing(sqlite3.connect(url.removeprefix("sqlite://"))) as database:
        numbers = {no for (no,) in database.execute("SELECT no FROM cases")}
        assert set(place.accepted) <= numbers
        assert database.execute("SELECT COUNT(*) FROM year_tables WHERE year = 2027").fetchone() == (1,)
        named = (
            "SELECT COUNT(*) FROM persons p JOIN accounts a ON a.person_id = p.id WHERE account = 'xinlaide' AND active"
        )
        assert database.execute(named).fetchone() == (1,)
        assert database.execute("SELECT COUNT(*) FROM rule_sets WHERE version = '2026-beside'").fetchone() == (1,)
    status, out, err = await yousu("verify", env=place.env)
    assert (status, err) == (0, "")
    assert "全部相符" in out


WATCHED = """
import os, sys
seen = []

def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes, os.PathLike)):
        name = os.fsdecode(arguments[0])
        if ".sqlite3" in name and not name.endswith((".lock", ".open", ".py", ".pyc")):
            print("OPENED", name, file=sys.stderr, flush=True)

sys.addaudithook(watch)
import cli
sys.exit(cli.main(["serve"]))
"""


async def test_nobody_but_the_engine_opens_the_file(tmp_path: Path, sqlite_migrated_url: str):
    """Not even to close it again: POSIX would drop the locks of the process, and the next command delete its log."""
    async with lone(tmp_path, sqlite_migrated_url) as place, place.serving("-c", WATCHED):
        for _ in range(3):
            assert (await place.push())[0] == 201

        async def ready() -> bool:
            return (await place.ready())[0] == 200

        await until(ready, "the bot never became ready")
        assert (await yousu("doctor", env=place.env))[0] == 1
        assert "OPENED" not in place.log
        files = [file for file in place.open_files() if ".sqlite3" in file]
        assert any(file.endswith("-wal") for file in files)
        assert not [file for file in files if "(deleted)" in file]
