"""The work order (工作单) as the department sees it: in its group without personal data, one-to-one with the text."""

from __future__ import annotations

from bot import texts
from bot.buttons import button
from bot.cards import parts
from domain.case import Case
from domain.explain import clock_for
from domain.lifecycle_hint import hint_for
from domain.view import View
from domain.vocabulary import Category, Stage, State
from platforms.contract import Button, Card, Tone

#: The act the running stage asks for, beside 答复.
STAGE_BUTTONS: dict[Stage, tuple[str, str]] = {
    Stage.PLAN: ("方案", "plan"),
    Stage.PROMISE: ("承诺", "promise"),
}


def draw(view: View) -> Card:
    """The department's card: number, category, masked title, unit, limit and why, and what it can do now."""
    case = _case(view)
    clock = clock_for(case, view.bench)
    facts = [*parts.limit(view), *parts.unit(case), parts.category(case), parts.state(case)]
    if view.liaisons:
        facts.append(("联络员", "、".join(view.liaisons)))
    if case.external_due is not None and case.running is not None:
        facts.append(("热线期限", f"{case.external_due:%m-%d %H:%M}前"))
    body = [parts.reason(view), hint_for(clock.stage, case) if clock else ""]
    if view.reader is not None and case.private.content:
        body.insert(0, case.private.content)
    return Card(
        title=parts.headline(case),
        subtitle=parts.title(case),
        source=texts.SOURCE_TASK if case.state is not State.R else texts.SOURCE_REDO.format(round=case.round),
        facts=tuple(facts),
        body="\n".join(line for line in body if line),
        buttons=_buttons(view, case, clock.stage if clock else None),
        tone=Tone.DANGER if clock and view.bench.now > clock.at else Tone.PLAIN,
    )


def _case(view: View) -> Case:
    if view.case is None:
        raise ValueError("a work order is drawn for a case")
    return view.case


def _buttons(view: View, case: Case, stage: Stage | None) -> tuple[Button, ...]:
    def make(caption: str, code: str, tone: Tone = Tone.PLAIN) -> Button:
        return button(caption, code, case, view.case_id, tone=tone)

    found: list[Button] = []
    if case.state in (State.B1, State.R):
        found.append(make("签收", "accept", Tone.PRIMARY))
    if stage is not None:
        found.append(make("答复", "answer", Tone.PRIMARY if case.state in (State.B2, State.B3) else Tone.PLAIN))
        if stage in STAGE_BUTTONS:
            found.append(make(*STAGE_BUTTONS[stage]))
        elif case.category is Category.CANNOT or stage is Stage.ANSWER:
            found.append(make("办不了", "cannot_do"))
        found.append(make("延期", "extend"))
        if case.state in (State.B1, State.B2) and case.round == 1:
            found.append(make("退单", "decline"))
    found.append(make("详情", "show"))
    return tuple(found)
