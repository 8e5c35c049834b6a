"""Which buttons a card has: tables give caption, order and tone; `domain.lifecycle.may` says whether one appears."""

from __future__ import annotations

from dataclasses import dataclass

from bot.buttons import ACTS, button
from domain.case import Actor, Case
from domain.commands import Command
from domain.guidance import check_nomination
from domain.lifecycle import may
from domain.refusals import Refused
from domain.view import View
from domain.vocabulary import Role
from platforms.contract import Button, Tone


@dataclass(frozen=True, slots=True)
class Offer:
    """A button a card would like to have. `command` is what it asks for, where that is more than its command's act."""

    caption: str
    code: str
    arg: str = ""
    tone: Tone = Tone.PLAIN
    command: Command | None = None


#: On nearly every card: looking asks for no right that reading the card did not.
DETAILS = Offer("详情", "show")


def speaker(view: View, case: Case) -> Actor:
    """Whose buttons they are: the reader's, in a group those of a liaison of the department that is spoken to."""
    if view.reader is not None:
        return view.reader
    department = view.department if view.department is not None else case.lead.id if case.lead else None
    return Actor(None, "", frozenset({Role.LIAISON}), case.centre, department)


def offered(view: View, case: Case, *offers: Offer) -> tuple[Button, ...]:
    """The buttons of those offers this reader may use now, in order."""
    actor = speaker(view, case)
    return tuple(
        button(offer.caption, offer.code, case, view.case_id, offer.arg, offer.tone)
        for offer in offers
        if _may(view, case, offer, actor)
    )


def _may(view: View, case: Case, offer: Offer, actor: Actor) -> bool:
    if offer.code == "nominate":
        return may_nominate(case, actor)
    act = offer.command or ACTS.get(offer.code)
    return act is None or may(case, act, actor, view.context)


def may_nominate(case: Case, actor: Actor) -> bool:
    """Whether this person may make an example of the case (第十一条): no act on the case, so not in its table."""
    try:
        check_nomination(case, actor)
    except Refused:
        return False
    return True
