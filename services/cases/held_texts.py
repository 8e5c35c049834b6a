"""A text that looked like no complaint waits, sealed, for its sender's word: 登记 takes it in, all else leaves it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from models.bookkeeping import MetaRow
from models.sealing import SealError
from services.store.app import AppContext

#: How long the sender may still say that it was a complaint.
HELD_FOR = timedelta(minutes=30)
_PREFIX = "held/"


def _key(person: int, platform: str) -> str:
    return f"{_PREFIX}{person}/{platform}"


async def hold(app: AppContext, person: int, platform: str, text: str) -> None:
    """Keep what was said; an earlier text of the same person is forgotten."""
    key = _key(person, platform)
    kept = {"text": text, "until": (app.clock.now() + HELD_FOR).isoformat()}
    await MetaRow.update_or_create(key=key, defaults={"value": app.sealer.seal(json.dumps(kept), f"meta:{key}")})


async def held(app: AppContext, person: int, platform: str) -> str:
    """Return the text that waits; empty when there is none, or when it has waited too long."""
    row = await MetaRow.get_or_none(key=_key(person, platform))
    if row is None:
        return ""
    try:
        kept = json.loads(app.sealer.open(row.value, f"meta:{row.key}"))
    except SealError:
        return ""
    return str(kept["text"]) if datetime.fromisoformat(kept["until"]) > app.clock.now() else ""


async def let_go(person: int, platform: str) -> bool:
    """Forget the text; whether there was one."""
    return await MetaRow.filter(key=_key(person, platform)).delete() > 0


async def let_go_of_old(app: AppContext) -> None:
    """Forget every text that waited too long: it may hold personal data."""
    for row in await MetaRow.filter(key__startswith=_PREFIX):
        _, person, platform = row.key.split("/", 2)
        if not await held(app, int(person), platform):
            await MetaRow.filter(id=row.id, value=row.value).delete()
