"""What the hotline hears through its interface: every ending of what it sent (通知第三条, 第十一条)."""

from __future__ import annotations

from domain.case import Case
from domain.privacy import scrub
from domain.vocabulary import ENDED, ENTERPRISE_SOURCE, WINDOW_SOURCE, State

#: Who stands at a window hears of the ending there.
OWN_SOURCES = frozenset({WINDOW_SOURCE, ENTERPRISE_SOURCE})
#: How a case ends whose answer was checked.
_ANSWERED = frozenset({State.SATISFIED, State.CLOSED_LAWFUL, State.CLOSED_UNREACHED})
_ENDINGS = ENDED | {State.REFERRED}


def is_ending(before: Case, after: Case) -> bool:
    """Whether a change ends a case that came from outside, hands it on, or ends the one it was merged into."""
    if after.source in OWN_SOURCES or after.state not in _ENDINGS:
        return False
    return after.state is not before.state or after.followed is not before.followed


def result_text(case: Case) -> str:
    """The answer as it may leave the centre, personal data masked; "" when the case ended without one."""
    private = case.private
    if case.state not in _ANSWERED and not (case.state is State.MERGED and case.followed in _ANSWERED):
        return ""
    return scrub("；依据：".join(part for part in (private.outcome, private.basis) if part), private.known)
