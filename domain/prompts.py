"""What a person is asked for when a button cannot carry the words: typed, as it stands in rows and tables."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.vocabulary import Rating


class PromptCode(StrEnum):
    """What is asked for. Values stand in rows; each is the code of the command that takes the answer, but OPINION."""

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
    TELL = "tell"
    CONSULT = "consult"

    @property
    def command(self) -> str:
        """The code of the command that takes the answer."""
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
        """The words of the command that a person's answer makes."""
        return text if self.rating is None else f"{self.rating.value} {text}"
