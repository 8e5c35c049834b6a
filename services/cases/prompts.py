"""Open questions: the next thing a person says in a chat answers the button they pressed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.vocabulary import Rating
from models.messages import PromptRow


class PromptCode(StrEnum):
    """What is asked for. Values stand in rows; each is the code of the errand that takes the answer, but OPINION."""

    ANSWER = "answer"
    PLAN = "plan"
    PROMISE = "promise"
    CANNOT_DO = "cannot_do"
    EXTEND = "extend"
    DECLINE = "decline"
    REVIEW_FAIL = "review_fail"
    DENY = "deny"
    SETTLE = "settle"
    SUPPLEMENT = "supplement"
    WITHDRAW = "withdraw"
    DISPATCH = "dispatch"
    SUBMIT = "submit"
    CLASSIFY = "classify"
    HOLD = "hold"
    OPINION = "opinion"
    CONTACT = "contact"
    SUSPEND = "suspend"
    VOID = "void"
    SPLIT = "split"
    CONCLUDE = "conclude"

    @property
    def errand(self) -> str:
        """The code of the errand that takes the answer."""
        return "call_back" if self is PromptCode.OPINION else self.value


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question: what is asked for, and of a call-back the rating that wants an opinion."""

    code: PromptCode
    rating: Rating | None = None

    def __str__(self) -> str:
        return self.code.value if self.rating is None else f"{self.code.value}:{self.rating.value}"

    @classmethod
    def parse(cls, stored: str) -> Prompt:
        """Read what `str` wrote, in this release or the one before. Raises ValueError for what neither asks."""
        code, _, rating = stored.partition(":")
        return cls(PromptCode(code), Rating(rating) if rating else None)

    def answered(self, text: str) -> str:
        """The words of the errand that a person's answer makes."""
        return text if self.rating is None else f"{self.rating.value} {text}"


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
