"""What the platforms' per-minute budgets cannot know after a restart: who was sent how much before it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from models.messages import ReceiptRow
from models.queues import InboxRow
from platforms.contract import ChatPlatform, Place, Recipient
from services.delivery.inbox import answered_at, open_events
from services.store.app import AppContext

#: The longest window a platform counts in.
LOOK_BACK = timedelta(hours=1)
#: Sends the dead process may have made to somebody it was speaking with in its last minute and not written down:
#: those whose receipt was on its way.
UNWRITTEN = 4
#: Sends it may have made, to each place it answers, for an event that is not marked as done: a card and words.
IN_HAND = 2
#: What it sent longer than a minute ago is written down, and no platform let it send anybody more in a minute: many
#: events that wait for their answer, over many restarts, do not spend an hour's budget.
IN_A_MINUTE = 30


async def seed_budgets(app: AppContext, platforms: Mapping[str, ChatPlatform]) -> None:
    """Tell each platform what went to whom within the last hour, counted towards the careful side."""
    now, paced = app.clock.now(), app.clock.paced()
    sent: defaultdict[tuple[str, str, str], list[datetime]] = defaultdict(list)
    rows = ReceiptRow.filter(at__gt=now - LOOK_BACK).order_by("at")
    for platform, place, recipient, at in await rows.values_list("platform", "place", "recipient", "at"):
        sent[platform, place, recipient].append(min(at, now))
    answered = InboxRow.filter(answered__isnull=False)
    # What is not done yet may have been said just now.
    for events in (answered.filter(done_at__gt=now - LOOK_BACK), answered.filter(done_at__isnull=True)):
        for platform, said, at in await events.values_list("platform", "answered", "done_at"):
            for place, recipient in said:
                sent[platform, place, recipient].append(min(at or now, now))
    unmarked: Counter[tuple[str, str, str]] = Counter()
    for incoming in await open_events(app):
        unmarked.update((incoming.platform, to.place.value, to.id) for to in answered_at(incoming))
    for whom, count in unmarked.items():
        sent[whom] += [now] * min(count * IN_HAND, IN_A_MINUTE)
    for (name, place, recipient), stamps in sent.items():
        if max(stamps) > now - timedelta(minutes=1):
            stamps += [now] * UNWRITTEN
        if name in platforms:
            platforms[name].remember(Recipient(Place(place), recipient), [paced - (now - at) for at in stamps])
