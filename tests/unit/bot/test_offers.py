"""The buttons of every card, for everybody: never one that is refused, and never the next act missing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.buttons import ACTS, TYPED, unpack
from bot.cards.drawing import card_now, draw
from bot.cards.offers import speaker
from domain import commands as c
from domain import messages as m
from domain.case import Actor, Case
from domain.lifecycle import allowed, decide, may
from domain.probes import PROBES
from domain.refusals import Refused
from domain.rules import DecisionContext
from domain.view import View
from domain.vocabulary import Category, State
from platforms.contract import Card
from tests.kit.cases import (
    CALENDAR,
    CO_LIAISON,
    DISCIPLINE,
    EVERYBODY,
    HOTLINE,
    LEAD,
    LIAISON,
    MANAGER,
    OTHER_WINDOW,
    RULES,
    SOCIAL,
    STRANGE_LIAISON,
    SUPERIOR,
    WINDOW,
    Story,
)
from tests.kit.explore import Place, explore

READERS = (
    None, WINDOW, OTHER_WINDOW, MANAGER, LEAD, LIAISON, CO_LIAISON, STRANGE_LIAISON, SUPERIOR, HOTLINE, DISCIPLINE
)  # fmt: skip
#: What a card must offer whose job the next step is, as soon as it may be done (docs/commands.md, 第五条至第十条).
NEXT: dict[State, tuple[tuple[Actor | None, ...], tuple[type[c.Command], ...]]] = {
    State.DRAFT: ((WINDOW,), (c.Confirm,)),
    State.REGISTERED: ((MANAGER, LEAD), (c.Classify,)),
    State.SUBMITTED: ((MANAGER, LEAD), (c.Classify,)),
    State.DISPATCHED: ((None, LIAISON, CO_LIAISON), (c.Accept, c.Answer)),
    State.ACCEPTED: ((None, LIAISON, CO_LIAISON), (c.Answer,)),
    State.PLANNED: ((None, LIAISON, CO_LIAISON), (c.Answer,)),
    State.REDO: ((None, LIAISON, CO_LIAISON), (c.Accept, c.Answer)),
    State.REVIEW: ((MANAGER, LEAD), (c.Review,)),
    State.CALL_BACK: ((WINDOW, OTHER_WINDOW), (c.CallBack,)),
}


@pytest.fixture(scope="module")
def places() -> list[Place]:
    """One situation of every state, and every fifth of all."""
    found = list(explore().values())
    return [*{(place.case.state, place.case.pending and place.case.pending.what): place for place in found}.values(),
            *found[::5]]  # fmt: skip


def _view(case: Case, context: DecisionContext, reader: Actor | None) -> View:
    department = SOCIAL.id if reader is None else reader.department
    return View(case, context, reader, suggestions=("人社局",), case_id=42, department=department)


def _acts(card: Card) -> list[type[c.Command]]:
    codes = [unpack(button.key).code for button in card.buttons]
    return [ACTS[code] for code in codes if code in ACTS]


@pytest.mark.parametrize("later", [timedelta(minutes=11), timedelta(days=4)], ids=["soon", "late"])
@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name if reader else "群")
def test_a_card_offers_only_what_is_allowed_and_always_the_next_act(places, reader, later):
    seen = 0
    for place in places:
        context = DecisionContext(place.now + later, CALENDAR, RULES)
        view = _view(place.case, context, reader)
        may_do = allowed(place.case, speaker(view, place.case), context)
        offered = _acts(card_now(view))
        assert set(offered) <= may_do, place.case
        who, acts = NEXT.get(place.case.state, ((), ()))
        if place.case.pending is not None and reader in (MANAGER, LEAD):
            who, acts = (reader,), (c.Grant, c.Deny)
        if reader in who:
            assert may_do & set(acts) <= set(offered), (place.case.state, may_do, offered)
        seen += bool(offered)
    assert seen or reader in (STRANGE_LIAISON, SUPERIOR, HOTLINE, DISCIPLINE)


@pytest.mark.parametrize("kind", [m.CONFIRM, m.DISPATCH, m.REQUEST, m.REVIEW, m.CALL_BACK, m.TASK, m.SUPERVISION_DRAFT,
                                  m.SUPERVISION, m.DRAFTS], ids=lambda kind: kind.name)  # fmt: skip
def test_no_message_offers_what_its_reader_would_be_refused(places, kind):
    for place in places:
        if kind is m.DRAFTS and place.case.supervision_due is None:
            continue
        context = DecisionContext(place.now + timedelta(days=4), CALENDAR, RULES)
        for reader in READERS:
            view = _view(place.case, context, reader)
            card = draw(kind, view)
            if isinstance(card, Card):
                assert set(_acts(card)) <= allowed(place.case, speaker(view, place.case), context), (kind, reader)


def test_what_is_allowed_is_what_decide_lets_through_for_everybody(places):
    """`allowed` and `decide` agree on every probe, but for what passes by itself and for what is on its way."""
    for place in places:
        context = DecisionContext(place.now, CALENDAR, RULES)
        for actor in EVERYBODY:
            for act in PROBES:
                try:
                    done = bool(decide(place.case, PROBES[act](place.case, context), actor, context))
                except Refused as refusal:
                    done = refusal.code == "nudged_recently"
                assert not done or may(place.case, act, actor, context), (act, actor, place.case.state)


def test_an_out_of_scope_complaint_is_offered_to_no_department():
    """第六条: 范围外 is transferred by a command; a tap on a department would only be refused."""
    story = Story(fields={"category": Category.OUT_OF_SCOPE.value}).confirm()
    card = card_now(_view(story.case, story.context("11-23 10:00"), MANAGER))
    assert [button.caption for button in card.buttons] == ["改分类"]


def test_who_answered_is_offered_no_call_back():
    """第十条: 回访 by somebody else."""
    story = Story().confirm()
    story.do("11-23 10:00", WINDOW, c.SettleOnSpot("当场讲清了"))
    assert story.case.answered_by
    now = story.context("11-23 10:30")
    assert not _acts(card_now(_view(story.case, now, WINDOW)))
    assert c.CallBack in _acts(card_now(_view(story.case, now, OTHER_WINDOW)))


def test_the_leader_of_a_department_reads_and_presses_nothing():
    story = Story().given()
    card = card_now(_view(story.case, story.context("11-23 10:30"), SUPERIOR))
    assert [button.caption for button in card.buttons] == ["详情"]


def test_every_button_is_typed_and_names_its_act():
    """Looking and 荐 are no acts on the case."""
    assert set(TYPED) - set(ACTS) == {"show", "nominate"}
    assert set(ACTS) <= set(TYPED)
