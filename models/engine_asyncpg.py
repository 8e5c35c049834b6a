"""PostgreSQL engine: the ORM's own over asyncpg, with transactions that give their connection back when cancelled."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from tortoise.backends.asyncpg import client as stock
from tortoise.backends.base.client import (
    ConnectionWrapper,
    NestedTransactionContext,
    TransactionContext,
    TransactionContextPooled,
)
from tortoise.connection import get_connections

from models.engine import finish, refuse_strangers


class AsyncpgClient(stock.AsyncpgDBClient):
    """A pool of connections to one PostgreSQL database."""

    def _in_transaction(self) -> TransactionContext:
        return PooledTransactionContext(AsyncpgTransaction(self), self._pool_init_lock)

    async def execute_many(self, query: str, values: list[Any]) -> None:
        """Run one statement over many rows, all or none."""
        async with self._in_transaction() as transaction:
            await transaction.execute_many(query, values)


class AsyncpgTransaction(stock.TransactionWrapper):
    """The client a task sees while its transaction is open."""

    _owner: asyncio.Task[Any] | None = None

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        """The connection for one statement of the owning task."""
        refuse_strangers(self._owner, self._finalized)
        return super().acquire_connection()

    def _in_transaction(self) -> TransactionContext:
        refuse_strangers(self._owner, self._finalized)
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
