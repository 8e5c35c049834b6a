"""The database's refusals that use cases may expect, under names of our own."""

import errno
import sqlite3

import asyncpg
from tortoise.exceptions import BaseORMException, DBConnectionError
from tortoise.exceptions import DoesNotExist as NotFound
from tortoise.exceptions import IntegrityError as Conflict
from tortoise.exceptions import OperationalError as DatabaseError
from tortoise.exceptions import TransactionManagementError as TransactionMisused

__all__ = [
    "DATABASE_FAULTS",
    "Conflict",
    "DatabaseError",
    "DatabaseInUse",
    "NotFound",
    "TransactionMisused",
    "passing",
]

#: What SQLite says of a file that is locked, full, or out of reach just now (the low byte of its error codes).
_PASSING_CODES = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PROTOCOL,
    }
)
_PASSING_TYPES = (
    DBConnectionError,
    ConnectionError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InsufficientResourcesError,  # disk full, too many connections
    asyncpg.OperatorInterventionError,  # shut down, starting up, query cancelled
    asyncpg.ObjectInUseError,
    asyncpg.LockNotAvailableError,
    asyncpg.DeadlockDetectedError,
)


#: The same from the operating system: no room, a broken or read-only disk, no descriptors left, an unreachable host.
_PASSING_ERRNOS = frozenset(
    {
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EIO,
        errno.EROFS,
        errno.EMFILE,
        errno.ENFILE,
        errno.EHOSTUNREACH,
        errno.ENETUNREACH,
    }
)


#: What the database's own failures come out as, whoever raises them.
DATABASE_FAULTS = (BaseORMException, sqlite3.Error, asyncpg.PostgresError, asyncpg.InterfaceError)


class DatabaseInUse(RuntimeError):
    """Another process serves, holds or exchanges this database."""


def passing(error: BaseException) -> bool:
    """Whether the database only cannot answer now: locked, full, restarting. What is wrong with a statement is not."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, sqlite3.Error):
            return getattr(seen, "sqlite_errorcode", 0) & 0xFF in _PASSING_CODES
        if isinstance(seen, _PASSING_TYPES):
            return True
        if isinstance(seen, OSError):
            return seen.errno in _PASSING_ERRNOS
        # The ORM raises its own kind while it handles the driver's.
        seen = seen.__cause__ or (seen.__context__ if isinstance(seen, BaseORMException) else None)
    return False
