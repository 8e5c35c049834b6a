"""The one way to the database: connect, transaction, raw query, clean context.

Everything else in `models` and `services` uses the ORM's rows; none of it opens connections or starts transactions
by itself.
"""

from __future__ import annotations

import contextvars
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient, TransactionalDBClient
from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.context import TortoiseContext, get_current_context, require_context
from tortoise.transactions import in_transaction

from models import owners
from models.engine import finish
from models.fields import as_utc
from models.occupancy import come_in, leave
from models.schema import APPS
from models.urls import connections, prepare_file

_base: contextvars.Context | None = None
#: Our share in a SQLite file that nobody may exchange while we have it open.
_held: int | None = None
#: What the process remembers of the connected database, from `connect` to `disconnect`.
_memory: dict[str, Any] = {}


async def connect(url: str, *, read_only_alias: bool = True) -> None:
    """Open the database for the whole process; every task sees it. `disconnect` must follow in a `finally`.

    `read_only_alias` opens a second connection for long reads (`reader`). Raises models.urls.BadDatabaseUrl, OSError
    or the driver's error when the database cannot be opened, and RuntimeError when one is open already
    (models.errors.DatabaseInUse while a SQLite file is being exchanged).
    """
    global _base, _held
    if get_current_context() is not None:
        raise RuntimeError("a database is connected already; disconnect first")
    settings = connections(url, read_only_alias=read_only_alias)
    prepare_file(url)
    orm = TortoiseContext()
    EXECUTOR_CACHE.clear()  # it is keyed by alias, and another database of this process may have spoken another dialect
    _base = contextvars.copy_context()
    with orm:  # building the models looks for the context; afterwards every task finds it through the fallback
        await orm.init(config={"connections": settings, "apps": APPS}, timezone="UTC", _enable_global_fallback=True)
    try:
        _held = come_in(url)
        for alias in settings:
            await orm.connections.get(alias).create_connection(with_db=True)
    except BaseException:
        await disconnect()
        raise


async def disconnect() -> None:
    """Close every connection. Harmless when nothing is open. SQLite's thread would keep the process alive otherwise."""
    global _base, _held
    _base = None
    _memory.clear()
    held, _held = _held, None
    orm = get_current_context()
    try:
        if orm is not None:
            await finish(orm.close_connections())
    finally:
        leave(held)


async def renew() -> None:
    """Let every pooled connection be opened anew before its next use: this process has another name now."""
    orm = get_current_context()
    if orm is not None:
        for alias in orm.connections.db_config:
            client = orm.connections.get(alias)
            if hasattr(client, "expire_connections"):
                await client.expire_connections()


def remembered() -> dict[str, Any]:
    """What this process keeps in mind of the connected database; empty after `connect`."""
    return _memory


def clean_context() -> contextvars.Context:
    """A context for a new task that inherits no transaction: `create_task(work, context=clean_context())`.

    It is a copy of the context at `connect`. Raises RuntimeError when nothing is connected.
    """
    if _base is None:
        raise RuntimeError("no database is connected")
    return _base.copy()


@asynccontextmanager
async def transaction() -> AsyncIterator[None]:
    """One transaction for everything the task does inside; an exception rolls it back. Nested ones are savepoints.

    Never fan out inside: another task that touches the transaction gets TransactionManagementError. A task cancelled
    while leaving may have committed, so use cases are idempotent. A leader's transaction is one of its reign: raises
    models.owners.Fenced when another process leads.
    """
    outermost = not isinstance(writer(), TransactionalDBClient)
    if outermost:
        await owners.sure()
    async with in_transaction("default") as client:
        if outermost:
            await owners.hold(client)
        yield


def writer() -> BaseDBAsyncClient:
    """The connection of the running transaction, or of none."""
    return require_context().connections.get("default")


def reader() -> BaseDBAsyncClient:
    """The read-only connection for exports and statistics, which never makes others wait; pass it to `using_db`."""
    handler = require_context().connections
    return handler.get("ro" if "ro" in handler.db_config else "default")


def dialect() -> str:
    """The kind of database: "sqlite" or "postgres"."""
    return writer().capabilities.dialect


async def query(sql: str, *values: Any, using: BaseDBAsyncClient | None = None) -> list[dict[str, Any]]:
    """Run reviewed SQL and return its rows as dictionaries (moments come back as the driver gives them).

    Parameters are written ?1, ?2 …; `{skip_locked}` becomes FOR UPDATE SKIP LOCKED where that exists. Datetimes must
    be aware.
    """
    client = using or writer()
    postgres = client.capabilities.dialect == "postgres"
    text = sql.replace("{skip_locked}", "FOR UPDATE SKIP LOCKED" if postgres else "")
    moments = [as_utc(value) if isinstance(value, datetime) else value for value in values]
    if postgres:
        text = re.sub(r"\?(\d)", r"$\1", text)
    return [dict(row) for row in await client.execute_query_dict(text, moments)]


async def ping() -> None:
    """Ask the database for a sign of life; raises the driver's error."""
    await query("SELECT 1 AS alive")
