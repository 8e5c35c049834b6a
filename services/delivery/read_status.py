"""已读情况: whether the department's liaisons have read the card in their group, asked once before a case escalates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.case import Case
from models.messages import ShownCard
from models.people import Chat
from platforms.contract import ChatPlatform, Place, PlatformError, Receipt
from services.delivery.recipients import liaisons_on_duty

#: An answer serves every reader of the same escalation: a platform may count each question.
KEPT = timedelta(minutes=30)

Status = tuple[list[str], list[str]]


@dataclass
class ReadStatus:
    """Asks the platforms and remembers their answers for a while."""

    platforms: Mapping[str, ChatPlatform]
    _known: dict[int, tuple[datetime, Status]] = field(default_factory=dict)

    async def of(self, case: Case, case_id: int, now: datetime) -> Status | None:
        """Names of the liaisons who have and who have not read; None when no platform can tell."""
        shown = await self._card(case, case_id)
        if shown is None:
            return None
        self._known = {key: known for key, known in self._known.items() if timedelta() <= now - known[0] < KEPT}
        if shown.id not in self._known:
            status = await self._ask(shown, case, now)
            if status is None:
                return None
            self._known[shown.id] = now, status
        return self._known[shown.id][1]

    async def _card(self, case: Case, case_id: int) -> ShownCard | None:
        """The card the lead department's group shows."""
        unit = next((unit.id for unit in case.units if unit.id), None)
        chats = await Chat.filter(department_id=unit).values_list("chat_id", flat=True) if unit else []
        cards = ShownCard.filter(case_id=case_id, place=Place.CHAT.value, recipient__in=list(chats), current=True)
        return await cards.order_by("-id").first() if chats else None

    async def _ask(self, shown: ShownCard, case: Case, now: datetime) -> Status | None:
        platform = self.platforms.get(shown.platform)
        try:
            readers = await platform.readers(Receipt(shown.key, shown.handle)) if platform and shown.handle else None
        except PlatformError:
            return None
        unit = next(unit.id for unit in case.units if unit.id)
        liaisons = await liaisons_on_duty(case.centre, unit, now)
        if readers is None or not liaisons:
            return None
        known = {account.lower() for account in readers}
        read = [card.name for card in liaisons if card.accounts.get(shown.platform, "").lower() in known]
        return read, [card.name for card in liaisons if card.name not in read]
