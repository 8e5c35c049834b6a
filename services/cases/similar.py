"""重复诉求: complaints that may be the same, proposed to the clerk and never merged silently."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from difflib import SequenceMatcher
from typing import Any

from domain.vocabulary import NO_CASE
from models.cases import CaseRow
from services.store.app import AppContext
from services.store.event_store import read_many

#: From this similarity on (0 to 1) two texts of the same person are proposed as one matter.
ALIKE = 0.5
#: Most candidates a card names.
SHOWN = 3


async def similar_cases(app: AppContext, centre: int, values: Mapping[str, Any]) -> list[str]:
    """Numbers of earlier cases of the same person with a similar text, the newest first."""
    phone = str(values.get("phone") or "")
    if not phone:
        return []
    since = app.clock.now() - timedelta(days=app.rules_of(centre).duplicate_days)
    rows = CaseRow.filter(centre_id=centre, phone_index__in=app.sealer.blinds(phone), registered_at__gte=since)
    found = await rows.exclude(state__in=[state.value for state in NO_CASE]).order_by("-id").limit(20)
    records = await read_many([row.id for row in found], app.sealer)
    text = str(values.get("content") or "")
    alike = [record.case.no for record in records if _ratio(record.case.private.content, text) >= ALIKE]
    return sorted(alike, reverse=True)[:SHOWN]


def _ratio(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
