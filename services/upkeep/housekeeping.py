"""Tidying: spent nonces, the keys of events long done, and texts and materials nobody registered."""

from __future__ import annotations

from datetime import timedelta

from services.cases.held_texts import let_go_of_old
from services.delivery.inbox import forget
from services.materials.store import let_go_of_unclaimed
from services.store.app import AppContext
from services.store.nonces import forget_nonces

#: Platforms repeat an event within minutes; a key is kept far longer than that.
KEYS_KEPT = timedelta(days=7)


async def tidy(app: AppContext) -> None:
    """Drop what nobody needs any more."""
    now = app.clock.now()
    await forget_nonces(now)
    await forget(now - KEYS_KEPT)
    await let_go_of_old(app)
    await let_go_of_unclaimed(app)
