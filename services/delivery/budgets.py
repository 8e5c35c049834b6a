"""What the platforms' per-minute budgets cannot know after a restart: who was sent how much before it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from models.messages import ReceiptRow
from platforms.contract import ChatPlatform, Place, Recipient
from services.store.app import Office

#: The longest window a platform counts in.
LOOK_BACK = timedelta(hours=1)
#: Sends the dead process may have made to somebody it was speaking with in its last minute and not written down:
#: the one whose receipt was on its way, and answers to commands, which leave no receipt.
UNWRITTEN = 4


async def seed_budgets(office: Office, platforms: Mapping[str, ChatPlatform]) -> None:
    """Tell each platform what went to whom within the last hour, counted towards the careful side."""
    now = office.clock.now()
    sent: defaultdict[tuple[str, str, str], list[datetime]] = defaultdict(list)
    rows = ReceiptRow.filter(at__gt=now - LOOK_BACK).order_by("at")
    for platform, place, recipient, at in await rows.values_list("platform", "place", "recipient", "at"):
        sent[platform, place, recipient].append(min(at, now))
    for (name, place, recipient), stamps in sent.items():
        if stamps[-1] > now - timedelta(minutes=1):
            stamps += [now] * UNWRITTEN
        if name in platforms:
            platforms[name].remember(Recipient(Place(place), recipient), stamps)
