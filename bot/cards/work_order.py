"""The work order (工作单) as the department sees it: in its group without personal data, one-to-one with the text."""

from __future__ import annotations

from dataclasses import replace

from bot import texts
from bot.cards import blocks
from bot.cards.offers import DETAILS, Offer, offered
from domain.case import Case, SubOrder
from domain.explain import assist_clock_for, clock_for, limit_words
from domain.ledger import format_moment
from domain.lifecycle_hint import hint_for
from domain.office_hours import TZ
from domain.view import View
from domain.vocabulary import WITH_DEPARTMENT, Category, Stage, State
from platforms.contract import Card, Tone

_ACCEPT = Offer("签收", "accept", tone=Tone.PRIMARY)
#: The act the running stage asks for, beside 答复.
STAGE_BUTTONS: dict[Stage, Offer] = {
    Stage.PLAN: Offer("方案", "plan"),
    Stage.PROMISE: Offer("承诺", "promise"),
}


def draw(view: View) -> Card:
    """The department's card: number, category, masked title, unit, limit and why, and what it can do now."""
    case = _case(view)
    order = case.order(view.department)
    if order is not None:
        return _assist(view, case, order)
    card = _work_order(view, case)
    return _supervised(card, case) if case.supervision_due and case.state in WITH_DEPARTMENT else card


def handed(view: View) -> Card | None:
    """The work order that is sent; nothing to a department that lost the case before it could be delivered."""
    return None if lost(view) else draw(view)


def lost(view: View) -> bool:
    """Whether the department spoken to has this case no longer."""
    units = {unit.id for unit in _case(view).units}
    return view.department is not None and view.department not in units


def gone(view: View) -> Card:
    """What stays of a work order in the group of a department that lost the case."""
    case = _case(view)
    return Card(title=blocks.headline(case), source=texts.SOURCE_STATUS, body=texts.NO_LONGER_YOURS)


def _supervised(card: Card, case: Case) -> Card:
    """A work order under 督办 keeps saying so, with the limit the 督办单 set (第九条)."""
    facts = (("督办期限", f"{format_moment(case.supervision_due)} 前"), ("督办理由", case.grounds), *card.facts)
    return replace(card, source=texts.SOURCE_SUPERVISION, facts=facts, tone=Tone.DANGER)


def _work_order(view: View, case: Case) -> Card:
    """The lead's card, or the only department's."""
    clock = clock_for(case, view.context)
    facts = [*blocks.limit(view), *blocks.unit(case), blocks.category(case), blocks.state(case)]
    if view.liaisons:
        facts.append(("联络员", "、".join(view.liaisons)))
    if case.external_due is not None and clock is not None:
        facts.append(("热线期限", f"{case.external_due.astimezone(TZ):%m-%d %H:%M}前"))
    facts += [*blocks.materials(case), *blocks.lessons(view)]
    body = [blocks.reason(view), hint_for(clock.stage, case) if clock else ""]
    body.insert(0, blocks.content(view))
    return Card(
        title=blocks.headline(case),
        subtitle=blocks.title(case),
        source=texts.SOURCE_TASK if case.state is not State.REDO else texts.SOURCE_REDO.format(round=case.round),
        facts=tuple(facts),
        body="\n".join(line for line in body if line),
        buttons=offered(view, case, *_offers(case, clock.stage if clock else None)),
        tone=Tone.DANGER if clock and view.context.now > clock.at else Tone.PLAIN,
    )


_ASSIST_OFFERS = (
    Offer("签收", "accept"),
    Offer("答复", "answer", tone=Tone.PRIMARY),
    Offer("退单", "decline"),
    DETAILS,
)


def _assist(view: View, case: Case, order: SubOrder) -> Card:
    """The card of a co-department: its own limit, and its part goes to the lead (第七条)."""
    clock = assist_clock_for(case, order, view.context)
    facts = [("办理期限", limit_words(clock))] if clock else []
    facts += [*blocks.unit(case), blocks.category(case), blocks.state(case)]
    if view.liaisons:
        facts.append(("联络员", "、".join(view.liaisons)))
    hint = texts.ASSIST_HINT if order.fed_back_at is None else texts.ASSIST_DONE
    return Card(
        title=blocks.headline(case),
        subtitle=blocks.title(case),
        source=texts.SOURCE_ASSIST,
        facts=tuple(facts),
        body="\n".join(line for line in (blocks.content(view), hint.format(number=case.number)) if line),
        buttons=offered(view, case, *_ASSIST_OFFERS),
    )


def _case(view: View) -> Case:
    if view.case is None:
        raise ValueError("a work order is drawn for a case")
    return view.case


def _offers(case: Case, stage: Stage | None) -> list[Offer]:
    """What the lead's card would like to offer, in order: at most six, so what the stage asks for comes first."""
    signed = case.state in (State.ACCEPTED, State.PLANNED)
    offers = [_ACCEPT, Offer("答复", "answer", tone=Tone.PRIMARY if signed else Tone.PLAIN)]
    if stage in STAGE_BUTTONS:
        offers.append(STAGE_BUTTONS[stage])
    elif case.category is Category.CANNOT or stage is Stage.ANSWER:
        offers.append(Offer("办不了", "cannot_do"))
    offers.append(Offer("延期", "extend"))
    if case.round == 1:
        offers.append(Offer("退单", "decline"))
    return [*offers, DETAILS]
