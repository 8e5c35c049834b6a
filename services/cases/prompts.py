"""Open questions: the next thing a person says in a chat answers the button they pressed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.prompts import Prompt
from models.messages import PromptRow


@dataclass(frozen=True, slots=True)
class Waiting:
    """The question that waits for words, and the case it is about."""

    case_id: int
    prompt: Prompt


async def open_(person: int, platform: str, chat_id: str | None, case_id: int, prompt: Prompt, until: datetime) -> None:
    """Ask; an earlier question to the same person in the same chat is forgotten."""
    await PromptRow.update_or_create(
        person_id=person,
        platform=platform,
        chat_id=chat_id or "",
        defaults={"case_id": case_id, "action": str(prompt), "expires_at": until},
    )


async def waiting(person: int, platform: str, chat_id: str | None, now: datetime) -> Waiting | None:
    """The open question, unless it is too old, or one that only another release asks."""
    row = await PromptRow.get_or_none(person_id=person, platform=platform, chat_id=chat_id or "", expires_at__gt=now)
    try:
        return Waiting(row.case_id, Prompt.parse(row.action)) if row else None
    except ValueError:
        return None


async def close(person: int, platform: str, chat_id: str | None) -> None:
    """The question was answered or the person went on to something else."""
    await PromptRow.filter(person_id=person, platform=platform, chat_id=chat_id or "").delete()
