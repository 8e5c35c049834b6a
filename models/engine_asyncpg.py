"""PostgreSQL engine: the ORM's own over asyncpg, with transactions that give their connection back when cancelled.

Every connection carries the name of its process and is refused to a process that was declared dead: together with
the ending of its open ones (`models.presence`) this is what keeps a zombie from writing anything, in a transaction
or out of one.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import Any

import asyncpg
from tortoise.backends.asyncpg import client as stock
from tortoise.backends.base.client import (
    ConnectionWrapper,
    NestedTransactionContext,
    TransactionContext,
    TransactionContextPooled,
)
from tortoise.connection import get_connections

from models import owners
from models.engine import finish, refuse_strangers

LIVES = "SELECT EXISTS (SELECT 1 FROM processes WHERE name = $1 AND NOT dead)"
#: Our side of what models.urls asks of the server: a silent peer is given up after some ten seconds.
SOCKET = {"SO_KEEPALIVE": 1, "TCP_KEEPIDLE": 5, "TCP_KEEPINTVL": 2, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 10_000}


class AsyncpgClient(stock.AsyncpgDBClient):
    """A pool of connections to one PostgreSQL database."""

    async def create_pool(self, **kwargs: Any) -> asyncpg.Pool[Any]:
        """The pool, of connections in this process's name."""
        return await super().create_pool(connect=_connect, **kwargs)

    async def expire_connections(self) -> None:
        """Open every connection anew before its next use."""
        await self._expire_connections()

    def _in_transaction(self) -> TransactionContext:
        return PooledTransactionContext(AsyncpgTransaction(self), self._pool_init_lock)

    async def execute_many(self, query: str, values: list[Any]) -> None:
        """Run one statement over many rows, all or none."""
        async with self._in_transaction() as transaction:
            await transaction.execute_many(query, values)


async def _connect(*arguments: Any, **options: Any) -> asyncpg.Connection[Any]:
    """A connection of the pool. Raises owners.Fenced when this process was declared dead."""
    name = owners.me()
    if name is not None:
        options["server_settings"] = {**options["server_settings"], "application_name": f"yousu {name}"}
    connection = await asyncpg.connect(*arguments, **options)
    try:
        keep_alive(connection)
        if name is not None and not await connection.fetchval(LIVES, name):
            raise owners.Fenced("this process was declared dead")
    except BaseException:  # a cancelled task must not leave a connection that nobody has
        connection.terminate()
        raise
    return connection


def keep_alive(connection: asyncpg.Connection[Any]) -> None:
    """Let the kernel notice a server that vanished, on systems that can."""
    raw = connection._transport.get_extra_info("socket")
    if raw is None or raw.family not in (socket.AF_INET, socket.AF_INET6):
        return
    for option, value in SOCKET.items():
        if hasattr(socket, option):
            level = socket.SOL_SOCKET if option == "SO_KEEPALIVE" else socket.IPPROTO_TCP
            raw.setsockopt(level, getattr(socket, option), value)


class AsyncpgTransaction(stock.TransactionWrapper):
    """The client a task sees while its transaction is open."""

    _owner: asyncio.Task[Any] | None = None

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        """The connection for one statement of the owning task."""
        refuse_strangers(self._owner, over=self._finalized)
        return super().acquire_connection()

    def _in_transaction(self) -> TransactionContext:
        refuse_strangers(self._owner, over=self._finalized)
        return NestedTransactionContext(AsyncpgTransaction(self))

    async def begin(self) -> None:
        """Start the transaction, or a savepoint when nested."""
        self._owner = asyncio.current_task()
        await super().begin()


class PooledTransactionContext(TransactionContextPooled):
    """Enter and leave a transaction without ever keeping the pool's connection; the pool rolls back what is open."""

    async def __aenter__(self) -> Any:
        await self.ensure_connection()
        client = self.client
        client._connection = await client._parent._pool.acquire()
        try:
            await client.begin()
        except BaseException:
            await self._give_back()
            raise
        self.token = get_connections().set(self.connection_name, client)
        return client

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        get_connections().reset(self.token)
        try:
            if self.client._finalized:
                return
            if exc_type is None:
                await self.client.commit()
            else:
                with contextlib.suppress(Exception):  # a dead connection must not hide what the block raised
                    await self.client.rollback()
        finally:
            await self._give_back()

    async def _give_back(self) -> None:
        self.client._finalized = True
        pool = self.client._parent._pool
        if pool:
            await finish(pool.release(self.client._connection))


client_class = AsyncpgClient
