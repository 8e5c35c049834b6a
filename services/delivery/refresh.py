"""Cards that are out of date: redrawn as the case is now, taken back from whoever lost it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from domain.messages import Look, MessageKind
from domain.view import View
from models.messages import ShownCard
from models.queues import OutboxRow
from platforms.contract import ChatPlatform, Message, Place, PlatformError, Receipt, Recipient, TryLater
from services.access.cases import sees
from services.delivery.recipients import Target
from services.delivery.sent_cards import redraw
from services.delivery.view_builder import Views
from services.directory.people import actor_of, person_by_account
from services.store.app import AppContext
from services.store.event_store import Record, read

log = logging.getLogger(__name__)

Draw = Callable[[MessageKind | Look, View], Message | None]


class Refresher:
    """Handles the outbox rows that ask for one shown card to be brought up to date."""

    def __init__(self, app: AppContext, platforms: Mapping[str, ChatPlatform], draw: Draw, views: Views) -> None:
        self._app = app
        self._platforms = platforms
        self._draw = draw
        self._views = views

    async def refresh(self, row: OutboxRow) -> list[Target]:
        """Redraw one card that somebody else outdated; what cannot be redrawn is left to a stale press."""
        shown = await ShownCard.get_or_none(id=row.payload["shown"])
        target = await _shown_to(shown) if shown is not None and shown.current else None
        if shown is None or target is None or row.case_id is None:
            return []
        record = await read(row.case_id, self._app.sealer)
        mine = await _theirs(row, record, target)
        if not mine and await self._taken_back(shown):
            return [target]
        called = await self._views.liaisons(row, [record])
        card = self._draw(Look.NOW if mine else Look.GONE, await self._views.view(row, [record], target, called))
        try:
            drawn = card is not None and await redraw(self._platforms, shown, card, record.case.epoch, last=not mine)
        except TryLater:
            raise
        except PlatformError as error:
            log.warning("card not refreshed", extra={"action": "refresh_failed", "code": error.code})
            return []
        return [target] if drawn else []

    async def _taken_back(self, shown: ShownCard) -> bool:
        """Whoever lost the case has no business with its card: recall it where the platform can."""
        try:
            recalled = await self._platforms[shown.platform].recall(Receipt(shown.key, shown.handle))
        except PlatformError as error:
            log.warning("card not recalled", extra={"action": "recall_failed", "code": error.code})
            return False
        if recalled:
            await ShownCard.filter(id=shown.id).update(current=False)
        return recalled


async def _theirs(row: OutboxRow, record: Record, target: Target) -> bool:
    """Whether a card's reader, or the department of its group, still has the case."""
    if target.reader is not None:
        return await sees(actor_of(target.reader), record.id)
    return row.department_id is None or row.department_id in {unit.id for unit in record.case.units}


async def _shown_to(shown: ShownCard) -> Target | None:
    """The place a card is shown; None when its reader is in the directory no longer."""
    place = Place(shown.place)
    reader = await person_by_account(shown.platform, shown.recipient) if place is Place.PERSON else None
    lost = place is Place.PERSON and reader is None
    return None if lost else Target(shown.platform, Recipient(place, shown.recipient), reader)
