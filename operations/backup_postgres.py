"""Backing up a PostgreSQL database with its own tools, and exchanging its tables in one transaction.

`pg_restore` writes the script, `psql` runs it inside one transaction that first moves the present tables into a schema
of their own and at the end counts what came. COMMIT is only sent after both did their part, so whatever dies on the
way, the server rolls everything back (docs/adr/0017-restore-beside-and-swap.md).
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import asyncpg

from models.urls import connections
from operations.backup_file import PAGE, Manifest, NotPossible, check_manifest, finish_backup, new_backup, read_backup

Pipe = TypeVar("Pipe", asyncio.StreamReader, asyncio.StreamWriter)

CHUNK = 1 << 16
#: Seconds a lock of somebody else's is waited for.
PATIENCE = 20
#: The tools' own names for what stands in the address; a password never becomes an argument, which anybody may read.
VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "database": "PGDATABASE",
    "ssl": "PGSSLMODE",
}
TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relkind = 'r' ORDER BY 1
"""
#: A newer pg_restore says this to a server that does not know it yet.
UNKNOWN_TO_OLD = b"SET transaction_timeout = 0;\n"
#: Everything of the schema that no extension brought, tables (with what they own) first. Afterwards nobody of ours
#: may be connected: a bot that started before these locks knows the old prefix; one that starts later waits for them.
MOVE = """
DO $move$
DECLARE thing record;
BEGIN
  FOR thing IN SELECT c.oid::regclass AS name, c.relkind AS kind FROM pg_class c
    WHERE c.relnamespace = '{schema}'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('e', 'a', 'i')
                    AND d.classid = 'pg_class'::regclass
                    AND d.refclassid IN ('pg_class'::regclass, 'pg_extension'::regclass))
    ORDER BY c.relkind = 'S', c.relname
  LOOP
    EXECUTE format('ALTER %s %s SET SCHEMA {kept}', CASE thing.kind WHEN 'v' THEN 'VIEW'
      WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, thing.name);
  END LOOP;
  FOR thing IN SELECT p.oid::regprocedure AS name FROM pg_proc p WHERE p.pronamespace = '{schema}'::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
  LOOP
    EXECUTE format('ALTER ROUTINE %s SET SCHEMA {kept}', thing.name);
  END LOOP;
  IF EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
             AND application_name LIKE 'yousu%' AND application_name NOT LIKE 'yousu lead%'
             AND application_name <> 'yousu restore') THEN
    RAISE EXCEPTION 'YOUSU-BUSY';
  END IF;
END $move$;
"""
COUNT = """
DO $count$ BEGIN
  IF (SELECT count(*) FROM {schema}.{table}) <> {rows} THEN RAISE EXCEPTION 'YOUSU-COUNT {table}'; END IF;
END $count$;
"""
#: What psql says when one of our own checks failed, and what that means.
MEANINGS = {
    "YOUSU-BUSY": "还有 yousu 的进程连着这个数据库，没有恢复；请在每台机器上停止它们",
    "YOUSU-COUNT": "恢复出来的行数与备份的说明不符，没有恢复；请换一份备份",
    "lock timeout": "有别的程序占用着这些表，没有恢复；请关掉它再试",
    "permission denied": "数据库用户没有建立模式或移动表的权限，没有恢复；请用这个数据库的所有者",
}


async def backup(url: str, target: Path, now: datetime, *, force: bool) -> None:
    """Dump the schema's tables and describe them, both in one snapshot. Raises NotPossible."""
    async with _connected(url) as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        manifest = await describe(connection, now)
        snapshot = await connection.fetchval("SELECT pg_export_snapshot()")
        with new_backup(target, force=force) as file:
            file.flush()
            os.lseek(file.fileno(), PAGE, os.SEEK_SET)
            options = ("--format=custom", "--no-owner", "--no-privileges")
            where = (f"--schema={_quoted(manifest.schema)}", f"--snapshot={snapshot}")
            dump = await _start("pg_dump", *options, *where, url=url, stdout=file.fileno())
            _, said = await dump.communicate()
            if dump.returncode:
                raise NotPossible(f"pg_dump 没有做完，没有备份：{_last(said)}")
            finish_backup(file, manifest)


async def restore(url: str, source: Path, now: datetime, keys: frozenset[str]) -> str | None:
    """Exchange the tables for those of the backup; the schema the old ones are kept in, None when there were none.

    Nobody may serve the database (the caller leads). Raises NotPossible; the database is then as it was.
    """
    manifest = read_backup(source, "postgres")
    check_manifest(manifest, keys)
    async with _connected(url) as connection:
        here = await connection.fetchval("SELECT current_schema()")
        if here != manifest.schema:
            raise NotPossible(f"备份里的表在模式 {manifest.schema}，这个数据库用的是 {here}，没有恢复")
        old = await connection.fetch(TABLES, here)
        taken = {row[0] for row in await connection.fetch("SELECT nspname FROM pg_namespace")}
    stamp = f"before_restore_{now.astimezone(UTC):%Y%m%dt%H%M%Sz}"
    kept = next(name for name in (stamp, *(f"{stamp}_{n}" for n in range(2, 100))) if name not in taken)
    await _exchange(url, source, manifest, kept if old else "")
    return kept if old else None


async def describe(connection: asyncpg.Connection[Any], now: datetime) -> Manifest:
    """What stands in the database. Raises NotPossible."""
    schema = await connection.fetchval("SELECT current_schema()")
    tables = [row[0] for row in await connection.fetch(TABLES, schema)]
    if not {"tortoise_migrations", "events", "meta"} <= set(tables):
        raise NotPossible("这个数据库里没有有诉即办的数据，没有备份")
    counts = {name: await connection.fetchval(f"SELECT count(*) FROM {_quoted(name)}") for name in tables}  # noqa: S608
    done = await connection.fetch("SELECT name FROM tortoise_migrations WHERE app = 'yousu' ORDER BY name")
    key = await connection.fetchval("SELECT value FROM meta WHERE key = 'data_key'")
    fingerprints = tuple(key.split(",")) if key else ()
    return Manifest("postgres", now.isoformat(), tuple(row[0] for row in done), fingerprints, counts, schema)


async def _exchange(url: str, source: Path, manifest: Manifest, kept: str) -> None:
    psql = await _start(
        "psql",
        "--no-psqlrc",
        "--quiet",
        "--set=ON_ERROR_STOP=1",
        url=url,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
    )
    script = None
    try:
        script = await _script(url, source, manifest)
        unread = asyncio.ensure_future(_drained(script.stderr))
        heard = asyncio.ensure_future(_drained(psql.stderr))
        whole = False
        try:
            await _feed(psql, _before(manifest, kept))
            await _pour(script, psql)
            whole = await script.wait() == 0
            if whole:  # else the server forgets everything when psql leaves without its COMMIT
                await _feed(psql, _after(manifest))
        except (BrokenPipeError, ConnectionResetError):
            pass  # psql has stopped at an error; it says which
        _pipe(psql.stdin).close()
        said = await heard
        status = await psql.wait()
    finally:
        for child in (psql, script):
            if child is not None and child.returncode is None:
                child.kill()
                await child.wait()
    if status or not whole:
        raise NotPossible(_meaning(said) or f"没有恢复，数据库没有改动：{_last(said if status else await unread)}")
    await unread


async def _script(url: str, source: Path, manifest: Manifest) -> asyncio.subprocess.Process:
    """`pg_restore` reads behind the page of the file and writes SQL; the schema itself stays as it is."""
    archive = os.open(source, os.O_RDONLY)
    try:
        os.lseek(archive, PAGE, os.SEEK_SET)
        options = ("--no-owner", "--no-privileges", f"--schema={manifest.schema}", "--exit-on-error", "--file=-")
        return await _start("pg_restore", *options, url=url, stdin=archive, stdout=asyncio.subprocess.PIPE)
    finally:
        os.close(archive)


def _before(manifest: Manifest, kept: str) -> str:
    begin = f"BEGIN;\nSET LOCAL lock_timeout = '{PATIENCE}s';\n"
    if not kept:
        return begin
    return f"{begin}CREATE SCHEMA {_quoted(kept)};\n" + MOVE.replace("{schema}", _quoted(manifest.schema)).replace(
        "{kept}", _quoted(kept)
    )


def _after(manifest: Manifest) -> str:
    """Count what came, renew the prefix (platforms know the numbers it will give out again), and only then commit."""
    schema = _quoted(manifest.schema)
    checks = [
        COUNT.replace("{schema}", schema).replace("{table}", _quoted(table)).replace("{rows}", str(int(rows)))
        for table, rows in manifest.counts.items()
    ]
    return "".join(checks) + f"DELETE FROM {schema}.meta WHERE key = 'install';\nCOMMIT;\n"  # noqa: S608


async def _pour(script: asyncio.subprocess.Process, psql: asyncio.subprocess.Process) -> None:
    first = True
    while chunk := await _pipe(script.stdout).read(CHUNK):
        await _feed(psql, chunk.replace(UNKNOWN_TO_OLD, b"") if first else chunk)
        first = False


async def _feed(psql: asyncio.subprocess.Process, text: str | bytes) -> None:
    pipe = _pipe(psql.stdin)
    pipe.write(text.encode() if isinstance(text, str) else text)
    await pipe.drain()


def _pipe(end: Pipe | None) -> Pipe:
    if end is None:
        raise ValueError("the process was started without this pipe")
    return end


async def _drained(stream: asyncio.StreamReader | None) -> bytes:
    return b"" if stream is None else await stream.read()


async def _start(program: str, *arguments: str, url: str, **streams: Any) -> asyncio.subprocess.Process:
    """One of PostgreSQL's tools; where to connect stands in its environment. Raises NotPossible."""
    if shutil.which(program) is None:
        raise NotPossible(f"没有找到 {program}，请安装 PostgreSQL 客户端后重试")
    known = _credentials(url)
    env = {**os.environ, "LC_ALL": "C", "PGAPPNAME": "yousu restore"}
    env |= {variable: str(known[name]) for name, variable in VARIABLES.items() if known.get(name)}
    return await asyncio.create_subprocess_exec(program, *arguments, env=env, stderr=asyncio.subprocess.PIPE, **streams)


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[asyncpg.Connection[Any]]:
    known = _credentials(url)
    wanted = {name: known[name] for name in VARIABLES if known.get(name)}
    try:
        connection = await asyncpg.connect(
            **wanted, timeout=PATIENCE, server_settings={"application_name": "yousu restore"}
        )
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise NotPossible(f"数据库连不上（{type(error).__name__}），请核对 YOUSU_DATABASE_URL") from None
    try:
        yield connection
    finally:
        await connection.close(timeout=PATIENCE)


def _credentials(url: str) -> dict[str, Any]:
    credentials: dict[str, Any] = connections(url, read_only_alias=False)["default"]["credentials"]
    return credentials


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _meaning(said: bytes) -> str:
    text = said.decode(errors="replace")
    return next((meaning for sign, meaning in MEANINGS.items() if sign in text), "")


def _last(said: bytes) -> str:
    lines = [line for line in said.decode(errors="replace").splitlines() if line.strip()]
    return lines[-1] if lines else "没有说明原因"
