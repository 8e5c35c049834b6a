"""Tidying: spent nonces and the keys of events long done."""

from __future__ import annotations

from datetime import timedelta

from services.inbox import forget
from services.nonces import forget_nonces
from services.office import Office

#: Platforms repeat an event within minutes; a key is kept far longer than that.
KEYS_KEPT = timedelta(days=7)


async def tidy(office: Office) -> None:
    """Drop what nobody needs any more."""
    now = office.clock.now()
    await forget_nonces(now)
    await forget(now - KEYS_KEPT)
