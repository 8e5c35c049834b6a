"""Who this process is to the others, and the fence around what only a leader writes.

A lease carries the name of the process that holds it. A name dies with its process: it is never worn again, and a
process that was declared dead while it slept wakes up without one.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from tortoise.backends.base.client import BaseDBAsyncClient

#: Fifteen hex digits are a positive number of sixty bits: an advisory lock of PostgreSQL.
DIGITS = 15
EPOCH = "SELECT epoch FROM leadership WHERE id = 1 FOR SHARE"


class Fenced(RuntimeError):
    """Another process took over: what this one was about to do is done there. Stop, repeat nothing."""


@dataclass(frozen=True, slots=True)
class Fence:
    """What a leader must still be to act: `sure` waits for proof or raises Fenced, `epoch` is of its reign."""

    epoch: int
    sure: Callable[[], Awaitable[None]]


_name: str | None = None
_fence: ContextVar[Fence | None] = ContextVar("fence", default=None)


def me() -> str | None:
    """The name this process leases under; None before it was announced to the others."""
    return _name


def become(name: str | None) -> None:
    """Take a new name; the old one is dead."""
    global _name
    _name = name


def fresh_name() -> str:
    """A name nobody had before."""
    return secrets.token_hex(8)[:DIGITS]


def lock_key(name: str) -> int:
    """The advisory lock whose being held proves on PostgreSQL that the process of this name lives."""
    return int(name, 16)


@contextmanager
def fenced(fence: Fence) -> Iterator[None]:
    """Everything inside, and every task started inside, acts as the leader of this epoch or not at all."""
    token = _fence.set(fence)
    try:
        yield
    finally:
        _fence.reset(token)


async def sure() -> None:
    """Return while this process may act for the task it is in; for a leader's task that is while it leads.

    Raises Fenced.
    """
    fence = _fence.get()
    if fence is not None:
        await fence.sure()


async def hold(client: BaseDBAsyncClient) -> None:
    """Inside a transaction: keep the epoch from changing before the commit. Raises Fenced when it has changed.

    The next leader raises the epoch before it does anything, and waits there for transactions of the old one.
    """
    fence = _fence.get()
    if fence is None or fence.epoch == 0 or client.capabilities.dialect != "postgres":
        return
    rows = await client.execute_query_dict(EPOCH)
    if not rows or rows[0]["epoch"] != fence.epoch:
        raise Fenced("another process leads now")
