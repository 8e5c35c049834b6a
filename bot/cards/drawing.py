"""The table from a kind of message to the function that draws it."""

from __future__ import annotations

from collections.abc import Callable

from bot import texts
from bot.cards import centre, decisions, escalation, guidance, notifications, paper, work_order
from domain import messages as m
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
        return decisions.card(view) or centre.current(view)
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


DRAWINGS: dict[m.MessageKind, Callable[[View], Message | None]] = {
    m.CONFIRM: centre.asks(State.DRAFT),
    m.DISPATCH: centre.asks(State.REGISTERED, State.SUBMITTED),
    m.REFERRAL: centre.status,
    m.REQUEST: centre.asks_decision,
    m.REVIEW: centre.asks(State.REVIEW),
    m.CALL_BACK: centre.asks(State.CALL_BACK),
    m.TASK: work_order.handed,
    m.REDRAW: redraw,
    m.LINE: notifications.line,
    m.HOTLINE: notifications.hotline,
    m.NUDGE: escalation.nudge,
    m.OWNER: notifications.owner,
    m.OVERDUE: escalation.overdue,
    m.SUPERVISION_DRAFT: decisions.put_before(escalation.supervision_draft),
    m.SUPERVISION: escalation.supervision,
    m.DRAFTS: decisions.put_before(escalation.drafts),
    m.DRAFTS_IN_FULL: paper.drafts_in_full,
    m.WAITING: decisions.again,
    m.CIRCULAR: escalation.circular,
    m.SEAL: escalation.seal,
    m.COPY: escalation.copy,
    m.UNDELIVERED: notifications.undelivered,
    m.NOBODY: notifications.nobody,
    m.DIGEST: notifications.digest,
    m.SUMMARY: notifications.summary,
    m.ALARM: notifications.alarm,
    m.GUIDANCE: guidance.news,
    m.MANY: notifications.many,
}

#: What a card that is out of date is redrawn as.
REFRESHED: dict[m.Look, Callable[[View], Card]] = {m.Look.NOW: card_now, m.Look.GONE: work_order.gone}


def draw(what: m.MessageKind | m.Look, view: View) -> Message | None:
    """The message as it should read now; None when there is nothing left to say. Raises KeyError for a strange kind."""
    if isinstance(what, m.Look):
        return REFRESHED[what](view)
    return paper.draw(what, view) if what.paper else DRAWINGS[what](view)
