"""The table from a message's name (as the rule set and the outbox carry it) to the function that draws it."""

from __future__ import annotations

from collections.abc import Callable

from bot import texts
from bot.cards import centre, escalation, guidance, notifications, paper, work_order
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
        return centre.current(view)
    if reader is None and work_order.lost(view):
        return work_order.gone(view)
    card = work_order.draw(view)
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
    return None if work_order.lost(view) or notifications.not_theirs(view) else card_now(view)


DRAWINGS: dict[str, Callable[[View], Message | None]] = {
    "confirm": centre.asks(State.DRAFT),
    "dispatch": centre.asks(State.REGISTERED, State.SUBMITTED),
    "referral": centre.status,
    "request": centre.asks_decision,
    "review": centre.asks(State.REVIEW),
    "call_back": centre.asks(State.CALL_BACK),
    "task": work_order.handed,
    "redraw": redraw,
    "line": notifications.line,
    "hotline": notifications.hotline,
    "nudge": escalation.nudge,
    "owner": notifications.owner,
    "overdue": escalation.overdue,
    "supervision_draft": escalation.supervision_draft,
    "supervision": escalation.supervision,
    "drafts": escalation.drafts,
    "circular": escalation.circular,
    "seal": escalation.seal,
    "copy": escalation.copy,
    "undelivered": notifications.undelivered,
    "nobody": notifications.nobody,
    "digest": notifications.digest,
    "alarm": notifications.alarm,
    "guidance": guidance.news,
    "many": notifications.many,
}


#: What a card that is out of date is redrawn as: the case as it is, or what stays of it with whoever lost it.
REFRESHED: dict[str, Callable[[View], Card]] = {"now": card_now, "gone": work_order.gone}


def draw(kind: str, view: View) -> Message | None:
    """The message `kind` as it should read now; None when there is nothing left to say. Raises KeyError."""
    if kind.startswith(paper.PREFIX):
        return paper.draw(kind, view)
    return (REFRESHED.get(kind) or DRAWINGS[kind])(view)
