"""The table from a message's name (as the rule set and the outbox carry it) to the function that draws it."""

from __future__ import annotations

from collections.abc import Callable

from bot import texts
from bot.cards import clerk, guidance, news, paper, pressing, task
from domain.view import View
from domain.vocabulary import WITH_DEPARTMENT, Role, State
from platforms.contract import Card, Message


def card_now(view: View) -> Card:
    """The fresh card for whoever pressed: the department's work order, or the centre's next step."""
    case = view.case
    if case is None:
        raise ValueError("a card is drawn for a case")
    reader = view.reader
    if reader is not None and reader.department is None:
        return clerk.current(view)
    if reader is None and task.lost(view):
        return task.gone(view)
    card = task.draw(view)
    if case.state in WITH_DEPARTMENT or (reader is not None and reader.has(Role.LIAISON)):
        return card
    return Card(
        title=card.title,
        subtitle=card.subtitle,
        source=texts.SOURCE_STATUS,
        facts=card.facts,
        body=card.body,
        buttons=card.buttons,
    )


def redraw(view: View) -> Card | None:
    """The work order as it is now, for the card already shown in the department's group.

    Nothing to a department that has the case no longer, nor of a refusal of what no department asked for.
    """
    return None if task.lost(view) or news.not_theirs(view) else card_now(view)


DRAWINGS: dict[str, Callable[[View], Message | None]] = {
    "confirm": clerk.asks(State.DRAFT),
    "dispatch": clerk.asks(State.REGISTERED, State.SUBMITTED),
    "referral": clerk.status,
    "request": clerk.asks_decision,
    "review": clerk.asks(State.REVIEW),
    "call_back": clerk.asks(State.CALL_BACK),
    "task": task.handed,
    "redraw": redraw,
    "line": news.line,
    "hotline": news.hotline,
    "nudge": pressing.nudge,
    "owner": news.owner,
    "overdue": pressing.overdue,
    "supervision_draft": pressing.supervision_draft,
    "supervision": pressing.supervision,
    "drafts": pressing.drafts,
    "circular": pressing.circular,
    "seal": pressing.seal,
    "copy": pressing.copy,
    "undelivered": news.undelivered,
    "nobody": news.nobody,
    "digest": news.digest,
    "alarm": news.alarm,
    "guidance": guidance.news,
    "many": news.many,
}


#: What a card that is out of date is redrawn as: the case as it is, or what stays of it with whoever lost it.
REFRESHED: dict[str, Callable[[View], Card]] = {"now": card_now, "gone": task.gone}


def draw(kind: str, view: View) -> Message | None:
    """The message `kind` as it should read now; None when there is nothing left to say. Raises KeyError."""
    if kind.startswith(paper.PREFIX):
        return paper.draw(kind, view)
    return (REFRESHED.get(kind) or DRAWINGS[kind])(view)
