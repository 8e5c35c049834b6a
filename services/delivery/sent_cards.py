"""What is on people's screens: receipts of what was sent, and cards brought up to date where the platform can."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from domain.case import Case
from models.database import transaction
from models.messages import ReceiptRow, ShownCard
from models.queues import OutboxRow
from platforms.contract import Card, ChatPlatform, Message, Place, Receipt
from services.delivery.recipients import Target


def digest(message: Message) -> str:
    """A fingerprint of what was shown, to tell whether a card still shows the truth."""
    return hashlib.sha256(repr(message).encode()).hexdigest()


async def keep_receipt(
    row: OutboxRow, case: Case | None, target: Target, receipt: Receipt, message: Message, key: str, now: datetime
) -> None:
    """Write down that the platform took a message; a card of a case takes the place of the one shown before."""
    async with transaction():
        await ReceiptRow.create(
            outbox_id=row.id,
            platform=target.platform,
            place=target.to.place.value,
            recipient=target.to.id,
            message_id=receipt.message_id,
            handle=dict(receipt.handle),
            at=now,
            digest=digest(message),
        )
        if case is None or row.case_id is None or not isinstance(message, Card):
            return
        before = ShownCard.filter(case_id=row.case_id, platform=target.platform, recipient=target.to.id)
        await before.update(current=False)
        await ShownCard.filter(key=key).delete()
        await ShownCard.create(
            platform=target.platform,
            place=target.to.place.value,
            recipient=target.to.id,
            case_id=row.case_id,
            kind=row.kind,
            key=key,
            handle=dict(receipt.handle),
            digest=digest(message),
            turn=case.epoch,
            at=now,
        )


async def group_shown(platform: str, key: str) -> str | None:
    """The group a card was sent to; None for one person's card, and for one that nothing is known of."""
    shown = await ShownCard.get_or_none(platform=platform, key=key, place=Place.CHAT.value)
    return shown.recipient if shown else None


async def case_shown(platform: str, key: str) -> int | None:
    """The case a card shows; None for a card that nothing is known of."""
    shown = await ShownCard.get_or_none(platform=platform, key=key) if key else None
    return shown.case_id if shown else None


async def current_card(row: OutboxRow, target: Target) -> ShownCard | None:
    """The card of this case that this place shows now."""
    return await ShownCard.get_or_none(
        case_id=row.case_id, platform=target.platform, recipient=target.to.id, current=True
    )


async def redraw(
    platforms: Mapping[str, ChatPlatform],
    shown: ShownCard | None,
    message: Message,
    epoch: int | None = None,
    *,
    last: bool = False,
) -> bool:
    """Redraw a shown card; False when there is none or the platform cannot. Raises PlatformError.

    With `epoch` the card is done with afterwards, whether it could be redrawn or not: one person's card has served its
    purpose. A group's card stays the department's view of the case where the platform redraws it at any time, unless
    this is its `last` look.
    """
    if shown is None or not isinstance(message, Card):
        return False
    receipt, platform = Receipt(shown.key, shown.handle), platforms[shown.platform]
    drawn = await platform.update(receipt, message, key=shown.key)
    if epoch is not None:
        again = drawn and not last and platform.redraws and shown.place == Place.CHAT
        await ShownCard.filter(id=shown.id).update(turn=epoch, current=again, digest=digest(message))
    elif drawn:
        await ShownCard.filter(id=shown.id).update(digest=digest(message))
    return drawn
