"""What lies before somebody for a decision, as one message: one thing as its own card, several as a list."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bot import texts
from bot.cards import blocks, centre, escalation
from bot.cards.offers import Offer, offered
from domain.case import Actor, Case
from domain.commands import Grant
from domain.lateness import late_words
from domain.lifecycle import may
from domain.tellings import owed
from domain.view import View
from domain.vocabulary import Role
from domain.waiting import Matter, Waiting, before, unreleased, waiting
from platforms.contract import Button, Card, Message, Text, Tone

#: Most lines of a list; the rest is counted.
LISTED = 10
#: Most buttons of one card on the narrowest platform.
BUTTONS = 6

_CARDS: dict[Matter, Callable[[View], Message | None]] = {
    Matter.SUPERVISION: escalation.supervision_draft,
    Matter.RELEASE: escalation.drafts,
    Matter.REQUEST: centre.request,
    Matter.TELLING: centre.untold,
}


def put_before(alone: Callable[[View], Message | None]) -> Callable[[View], Message | None]:
    """A message about one case as `alone` draws it; about several that fall together, or several matters, a list."""

    def drawn(view: View) -> Message | None:
        return alone(view) if view.reader is None or not view.others else again(view)

    return drawn


def again(view: View) -> Message | None:
    """Everything of these cases that is still to be decided; nothing once it was."""
    reader = view.reader
    found = list(_found(view))
    if not found or reader is None:
        return None
    if len(found) == 1 and reader.has(found[0][2].whose):
        case, case_id, item = found[0]
        return _CARDS[item.matter](view.of(case, case_id))
    lines = [texts.WAITING_DECISIONS.format(count=len(found))]
    lines += [line(view, case, item) for case, _, item in found[:LISTED]]
    if len(found) > LISTED:
        lines.append(texts.AND_MORE.format(count=len(found) - LISTED))
    for matter, how in texts.TOGETHER.items():
        cases = [case for case, _, item in found if item.matter is matter and reader.has(item.whose)]
        if len(cases) > 1:
            lines.append(how.format(numbers=escalation.together(cases)))
    return Text("\n".join(lines))


def _found(view: View) -> Iterator[tuple[Case, int, Waiting]]:
    seen: set[str] = set()
    for case, case_id in zip(view.cases, (view.case_id, *view.other_ids), strict=True):
        if case.no not in seen:
            seen.add(case.no)
            yield from ((case, case_id, item) for item in waiting(case, view.context) if item.ripe(view.context))


def line(view: View, case: Case, item: Waiting) -> str:
    """One matter in one line: which case, what is asked, for how long, and what to send or whom it waits for."""
    days = item.days(view.context)
    words = [_what(view, case, item)]
    if days:
        words.append(texts.WAITED.format(days=days))
    if view.reader is not None and view.reader.has(item.whose):
        words.append(texts.HOW_TO_SETTLE[item.matter].format(number=case.number))
    else:
        names = "、".join(view.facts.get("managers", ())) if item.whose is Role.MANAGER else ""
        whom = f"{item.whose.value}（{names}）" if names else item.whose.value
        words.append(texts.WAITS_FOR[item.matter].format(whom=whom))
    units = f"（{case.departments}）" if case.units else ""
    return f"- {case.no} {blocks.title(case)}{units}：{'，'.join(words)}"


def _what(view: View, case: Case, item: Waiting) -> str:
    if item.matter is Matter.REQUEST and case.pending is not None:
        return texts.REQUEST_WAITS.format(what=case.pending.what.value)
    if item.matter is Matter.TELLING:
        return texts.TELLING_WAITS.format(about=owed(case)[0][0])
    if item.matter is Matter.RELEASE:
        return texts.RELEASE_WAITS.format(what="、".join(unreleased(case)))
    clock = case.running
    late = clock is not None and view.context.now > clock.at
    late_for = (
        f"，已{late_words(view.context.calendar.days_late(clock.at, view.context.now))}" if clock and late else ""
    )
    return f"{texts.SUPERVISION_WAITS}{late_for}"


def buttons(view: View, case: Case, actor: Actor) -> tuple[Button, ...]:
    """What this person can press to decide it: captions name the case, many cases share one card."""
    asked = {item.matter for item in before(case, actor, view.context)}
    offers = []
    if Matter.REQUEST in asked:
        offers += [Offer(f"准{case.number}", "grant", tone=Tone.PRIMARY), Offer(f"不准{case.number}", "deny")]
    if Matter.TELLING in asked:
        offers.append(Offer(f"告知{case.number}", "tell"))
    if Matter.SUPERVISION in asked:
        day = escalation.supervision_day(view).isoformat()
        offers.append(Offer(f"督办{case.number}", "supervise", day, Tone.DANGER))
    if Matter.RELEASE in asked:
        offers.append(Offer(f"签发{case.number}", "approve", tone=Tone.DANGER))
    return offered(view, case, *offers)


def mine(views: list[View]) -> Card | None:
    """The buttons of what lies before the reader, for the list of /我的; one matter alone is its whole card."""
    readers = [(view, view.case, view.reader) for view in views]
    asked = [(v, c, before(c, r, v.context)) for v, c, r in readers if c is not None and r is not None]
    asked = [(view, case, items) for view, case, items in asked if items]
    if len(asked) == 1 and len(asked[0][2]) == 1:
        card = _CARDS[asked[0][2][0].matter](asked[0][0])
        return card if isinstance(card, Card) else None
    pressed = [b for view, case, _ in asked if view.reader is not None for b in buttons(view, case, view.reader)]
    if not pressed:
        return None
    return Card(
        title=texts.TITLE_MINE.format(count=len(asked)),
        source=texts.SOURCE_STATUS,
        body=texts.PRESS_TO_DECIDE,
        buttons=tuple(pressed[:BUTTONS]),
    )


def card(view: View) -> Card | None:
    """The card of what this reader has to decide of the case now; None when there is nothing."""
    case, reader = view.case, view.reader
    if case is None or reader is None:
        return None
    if case.pending is not None and may(case, Grant, reader, view.context):
        return centre.request(view)
    for item in before(case, reader, view.context):
        drawn = _CARDS[item.matter](view)
        if isinstance(drawn, Card):
            return drawn
    return None
