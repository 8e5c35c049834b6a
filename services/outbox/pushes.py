"""An ending that other systems hear of, queued in the transaction of the fact."""

from __future__ import annotations

from domain.case import Case
from domain.hotline import is_ending
from models.webhooks import WebhookPush
from services.store.app import AppContext
from services.store.event_store import Record


async def queue_pushes(app: AppContext, before: Case, after: Record) -> None:
    """Queue what a change means to each webhook: an ending of what came from outside, and nothing else."""
    if not app.webhooks or not is_ending(before, after.case):
        return
    now = app.clock.now()
    for hook in app.webhooks:
        await WebhookPush.create(
            hook=hook.id, case_id=after.id, seq=after.events[-1].seq, created_at=now, next_try_at=now
        )
