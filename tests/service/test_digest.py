"""The morning's digest is queued centre by centre: a stop in between loses nothing and repeats nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from benchmarks.seed import FRIDAY, SIGNED, number, office_at, plant, settle_in, story
from models.people import Centre
from models.queues import OutboxRow
from services.outbox import digest
from services.store.app import AppContext


def stopped_at(centre: int, facts: Callable[..., Any]) -> Callable[..., Any]:
    async def stop(app: AppContext, centre_id: int, *rest: Any) -> dict[str, Any]:
        if centre_id == centre:
            raise ConnectionError("stopped")
        return dict(await facts(app, centre_id, *rest))

    return stop


async def test_a_stop_between_two_centres_loses_and_repeats_nothing(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = office_at(FRIDAY)
    place = await settle_in(FRIDAY)
    await plant(app, [story(app, place, number(FRIDAY, 1), place.units[0], FRIDAY, SIGNED)])
    assert await digest.queue_digest(app) is False  # the first morning
    last = await Centre.all().order_by("-id").first()
    assert last is not None
    monday = office_at(FRIDAY + timedelta(days=3))
    whole = digest._facts
    monkeypatch.setattr(digest, "_facts", stopped_at(last.id, whole))
    with pytest.raises(ConnectionError):
        await digest.queue_digest(monday)
    before = set(await OutboxRow.filter(kind="digest").values_list("key", flat=True))
    assert before
    monkeypatch.setattr(digest, "_facts", whole)
    assert await digest.queue_digest(monday) is True
    after = list(await OutboxRow.filter(kind="digest").values_list("key", flat=True))
    assert before <= set(after)
    assert len(after) == len(set(after))
    assert await digest.queue_digest(monday) is False
