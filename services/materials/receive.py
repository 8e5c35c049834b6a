"""Take what came beside a message: fetched at once, judged, sealed; nothing of it is written anywhere unsealed."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import StrEnum

from platforms.contract import ChatPlatform, Incoming, PlatformError, TooLarge, TryLater
from services.materials.kinds import is_program
from services.materials.store import Held, origin_of, put, stored
from services.store.app import AppContext

log = logging.getLogger(__name__)


class Lost(StrEnum):
    """Why something was not taken."""

    TOO_LARGE = "too_large"
    GONE = "gone"
    EMPTY = "empty"
    PROGRAM = "program"


@dataclass(frozen=True, slots=True)
class Received:
    """What was taken of a message, and of what was not: its kind and why."""

    held: tuple[Held, ...] = ()
    lost: tuple[tuple[str, Lost], ...] = ()


async def receive(app: AppContext, platform: ChatPlatform, incoming: Incoming, person: int) -> Received:
    """Fetch and seal every attachment of a message. Raises `TryLater` for a passing fault: the event is tried again.

    One that an earlier try of the same event stored is not fetched again.
    """
    held: list[Held] = []
    lost: list[tuple[str, Lost]] = []
    for place, attachment in enumerate(incoming.attachments):
        origin = origin_of(incoming.platform, incoming.event_key, place)
        known = await stored(app, origin)
        if known is not None:
            held.append(known)
            continue
        try:
            fetched = await platform.fetch(attachment)
        except TooLarge:
            lost.append((attachment.kind, Lost.TOO_LARGE))
            continue
        except TryLater:
            raise
        except PlatformError as error:
            log.warning("an attachment was not fetched", extra={"action": "fetch_failed", "code": error.code})
            lost.append((attachment.kind, Lost.GONE))
            continue
        if not fetched.content or is_program(fetched.content):
            lost.append((attachment.kind, Lost.PROGRAM if fetched.content else Lost.EMPTY))
            continue
        chat = incoming.chat_id or ""
        item = await put(app, origin, fetched.name, fetched.content, kind=attachment.kind, person=person, chat=chat)
        held.append(item)
    return Received(tuple(held), tuple(lost))
