"""People a platform's own directory no longer knows: whoever left is taken off the list, the manager hears of it."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from domain.office_hours import TZ
from models.bookkeeping import MetaRow
from models.people import Account, Person
from platforms.contract import ChatPlatform, PlatformError
from services.directory.people import PersonCard, person_by_account
from services.outbox.digest import queue_alarm
from services.store.app import AppContext
from services.store.journal import watched

log = logging.getLogger(__name__)

_ROLL = "roll_call"


async def left(app: AppContext, platform: str, account: str) -> None:
    """Somebody left the organisation, says the platform: that account is theirs no longer.

    Who has no other account is out of the directory; what waits for them goes to whoever is next (第四条).
    """
    card = await person_by_account(platform, account)
    if card is None:
        return
    others = {name for name in card.accounts if name != platform}
    async with watched(app.sealer, app.clock.now(), "persons"):
        if others:
            await Account.filter(person_id=card.id, platform=platform).delete()
        else:
            await Person.filter(id=card.id).update(active=False)
        await queue_alarm(app, "person_left", _named(card), about=f"/{card.id}", centre_id=card.centre_id)


async def sync_directory(app: AppContext, platforms: Mapping[str, ChatPlatform]) -> None:
    """Once a day: ask every platform whom of the directory it does not know, and tell the managers.

    Nobody is taken off the list for it: the application may only have lost the right to see them.
    """
    today = app.clock.now().astimezone(TZ).date().isoformat()
    done = await MetaRow.get_or_none(key=_ROLL)
    if done is not None and done.value == today:
        return
    for name, platform in platforms.items():
        try:
            await _call(app, name, platform)
        except PlatformError as error:
            log.warning("the roll was not called", extra={"action": "roll_call", "code": error.code})
            return
    await MetaRow.update_or_create(key=_ROLL, defaults={"value": today})


async def _call(app: AppContext, name: str, platform: ChatPlatform) -> None:
    rows = await Account.filter(platform=name, person__active=True).order_by("person_id").select_related("person")
    strangers = await platform.strangers([row.account for row in rows])
    for person in [row.person for row in rows if row.account in strangers]:
        await queue_alarm(app, "stranger", person.name, about=f"/{person.id}", centre_id=person.centre_id)


def _named(card: PersonCard) -> str:
    return f"{card.department} {card.name}".strip()
