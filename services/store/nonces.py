"""Spent nonces of the intake interface, kept ten minutes: longer than a timestamp stays valid."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.bookkeeping import NonceRow
from models.database import transaction
from models.errors import Conflict

KEPT = timedelta(minutes=10)


async def spend_nonce(key_id: str, nonce: str, now: datetime) -> bool:
    """Spend a nonce; False when it was spent before."""
    try:
        async with transaction():
            await NonceRow.create(key_id=key_id, nonce=nonce, at=now)
    except Conflict:
        return False
    return True


async def forget_nonces(now: datetime) -> int:
    """Drop what is too old to be replayed."""
    return await NonceRow.filter(at__lt=now - KEPT).delete()
