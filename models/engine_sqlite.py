"""SQLite engine: the ORM's own, with transactions that start IMMEDIATE and survive cancellation.

aiosqlite runs every statement of one connection in one thread, first in first out. A statement whose caller was
cancelled still runs; a ROLLBACK queued behind it always meets it, so queueing one is all the repair there is.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from typing import Any

from tortoise.backends.base.client import ConnectionWrapper, NestedTransactionContext, TransactionContext
from tortoise.backends.sqlite import client as stock
from tortoise.connection import get_connections
from tortoise.exceptions import TransactionManagementError

from models.engine import finish, refuse_strangers


class SafeConnection(ConnectionWrapper[Any]):
    """The connection under its lock; the lock is given back when connecting fails or is cancelled."""

    async def __aenter__(self) -> Any:
        await self._lock.acquire()
        try:
            await self.ensure_connection()
        except BaseException:
            self._lock.release()
            raise
        return self.connection


class SqliteClient(stock.SqliteClient):
    """One SQLite file, one connection, one thread."""

    async def create_connection(self, with_db: bool) -> None:
        """Open the file and set its PRAGMAs; half an opening is closed again."""
        try:
            await super().create_connection(with_db)
        except BaseException:
            await finish(self.close())
            raise

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        """The connection for one statement."""
        return SafeConnection(self._lock, self)

    def _in_transaction(self) -> TransactionContext:
        return SqliteTransactionContext(SqliteTransaction(self), self._lock)

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        """Run one statement over many rows, all or none."""
        async with self._in_transaction() as transaction:
            await transaction.execute_many(query, values)


class SqliteTransaction(stock.SqliteTransactionWrapper):
    """The client a task sees while its transaction is open."""

    _owner: asyncio.Task[Any] | None = None

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        """The connection for one statement of the owning task."""
        refuse_strangers(self._owner, over=self._finalized)
        return super().acquire_connection()

    def _in_transaction(self) -> TransactionContext:
        refuse_strangers(self._owner, over=self._finalized)
        return NestedTransactionContext(SqliteTransaction(self))

    async def begin(self) -> None:
        """Take the write lock at once: a deferred BEGIN fails at its first write whenever anybody else wrote."""
        self._owner = asyncio.current_task()
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise TransactionManagementError(error) from error

    @stock.translate_exceptions
    async def execute_script(self, query: str) -> None:
        """Run several statements inside the transaction; sqlite3's own `executescript` would commit it first."""
        async with self.acquire_connection() as connection:
            for statement in statements(query):
                await connection.execute(statement)


class SqliteTransactionContext(stock.SqliteTransactionContext):
    """Enter and leave a transaction without ever keeping the lock or an open BEGIN."""

    async def __aenter__(self) -> Any:
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            await self.connection.begin()
        except BaseException:
            await self._abandon()
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        return self.connection

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        get_connections().reset(self.token)
        try:
            if not self.connection._finalized:
                await (self.connection.commit() if exc_type is None else self.connection.rollback())
        except BaseException:
            await self._abandon()
            raise
        self._trxlock.release()

    async def _abandon(self) -> None:
        """Queue a ROLLBACK behind whatever is running, then give the lock back. After a COMMIT it does nothing."""
        self.connection._finalized = True
        try:
            if self.connection._connection:
                await finish(self.connection._connection.rollback())
        finally:
            self._trxlock.release()


def statements(script: str) -> Iterator[str]:
    """Split a script into its statements; a semicolon inside a string or a trigger does not split."""
    pending = ""
    for piece in script.split(";"):
        pending += piece + ";"
        if sqlite3.complete_statement(pending):
            if pending.strip(" \t\r\n;"):
                yield pending
            pending = ""
    if pending.strip(" \t\r\n;"):
        yield pending


client_class = SqliteClient
