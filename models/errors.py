"""The database's refusals that use cases may expect, under names of our own."""

from tortoise.exceptions import DoesNotExist as NotFound
from tortoise.exceptions import IntegrityError as Conflict
from tortoise.exceptions import OperationalError as DatabaseError
from tortoise.exceptions import TransactionManagementError as TransactionMisused

__all__ = ["Conflict", "DatabaseError", "DatabaseInUse", "NotFound", "TransactionMisused"]


class DatabaseInUse(RuntimeError):
    """Another process serves, holds or exchanges this database."""
