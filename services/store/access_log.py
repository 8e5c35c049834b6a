"""The journal of looks: who saw personal data, of which case, and why."""

from __future__ import annotations

from domain.case import Actor
from models.bookkeeping import AccessLog
from services.store.app import AppContext
from services.store.journal import note_look


async def log_access(app: AppContext, actor: Actor, what: str, purpose: str, case_id: int | None = None) -> None:
    """Write down who saw personal data, and why, in a chained journal: no look can be taken out unseen."""
    now = app.clock.now()
    row = AccessLog(case_id=case_id, person_id=actor.person, what=what, purpose=purpose, at=now)
    await note_look(app.sealer, row)
