"""The transition table as a machine: what can be reached, what cannot end, and whether every refusal can be spoken."""

from __future__ import annotations

import ast
import re
import string
from collections import Counter, deque
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.handlers import router
from domain import commands as c
from domain.case import Actor, Case
from domain.lifecycle import TRANSITIONS, allowed
from domain.lifecycle_hint import HINTS
from domain.probes import PROBES
from domain.refusals import REFUSALS, Refused
from domain.rules import DecisionContext
from domain.vocabulary import NO_CASE, OPEN, STATE_NAMES, Category, Rating, Request, Role, State
from tests.kit.cases import (
    CALENDAR,
    CO_LIAISON,
    EVERYBODY,
    HOUSING,
    LEAD,
    LIAISON,
    MANAGER,
    RULES,
    SOCIAL,
    WINDOW,
    Story,
)
from tests.kit.explore import Place, explore

ROOT = Path(__file__).parents[3]

#: What may be done to a closed case; 重开 alone opens it, the others leave it where it is.
AFTER_THE_END = {"重开", "更正", "准", "不准", "记录未送达", "移出并单", "附件"}
#: What a merged case goes through because of its master or its own complainant.
MERGED = {"回访", "随主件办结", "单独办理"}
NAMES = frozenset(STATE_NAMES.values())


@pytest.fixture(scope="module")
def places() -> dict[tuple[object, ...], Place]:
    return explore()


def test_every_state_can_be_reached(places):
    assert {place.case.state for place in places.values()} == set(State)


def test_no_open_case_is_stuck_even_if_nobody_withdraws_it(places):
    """From everywhere people of the centre and its departments can reach an end."""
    ends = [key for key, place in places.items() if not place.case.state.is_open]
    back: dict[tuple[object, ...], set[tuple[object, ...]]] = {}
    for key, place in places.items():
        for after in place.ways:
            back.setdefault(after, set()).add(key)
    safe, queue = set(ends), deque(ends)
    while queue:
        for before in back.get(queue.popleft(), ()):
            if before not in safe:
                safe.add(before)
                queue.append(before)
    assert not [key for key in places if key not in safe]


def test_only_the_closed_are_ends_and_only_the_lead_reopens_them(places):
    alike = {(place.case.state, place.case.lead): place for place in places.values()}
    for place in alike.values():
        context = DecisionContext(place.now, CALENDAR, RULES)
        people = [actor for actor in EVERYBODY if not actor.has(Role.OPERATOR)]
        verbs = {verb for actor in people for verb in _verbs(place.case, actor, context)}
        if place.case.state.is_open:
            assert verbs
        else:
            if place.case.state in NO_CASE:
                assert not verbs - {"记录未送达", "移出并单"}, (
                    "a draft that was no complaint is no case to do anything to"
                )
                continue
            # The complainant of a merged case is still called back, on their own record.
            more = {State.MERGED: MERGED, State.TRANSFERRED: {"告知"}}.get(place.case.state, set())
            assert verbs <= AFTER_THE_END | more
            assert "重开" in _verbs(place.case, LEAD, context)
            assert "重开" not in _verbs(place.case, MANAGER, context)


def test_nothing_but_a_reopening_moves_a_closed_case(places):
    closed = [place for place in places.values() if not place.case.state.is_open]
    assert len({place.case.state for place in closed}) == 8
    for place in closed:
        for _, verb, after in place.steps:
            # A merged case whose master is gone stands alone again: nobody's complaint is dropped with another's.
            if verb not in ("Reopen", "StandAlone"):
                assert places[after].case.state is place.case.state, verb


def test_whatever_is_asked_somebody_decides_both_ways(places):
    asked = [place for place in places.values() if place.case.pending is not None]
    assert {place.case.pending.what for place in asked} == set(Request)
    for place in asked:
        decided = {verb for _, verb, after in place.steps if places[after].case.pending is None}
        assert {"Grant", "Deny"} <= decided


def test_a_suspended_case_always_starts_again(places):
    """By the manager, by what was waited for, or by the clock when its days are over."""
    suspended = [place for place in places.values() if place.case.suspension is not None]
    assert suspended
    for place in suspended:
        verbs = {verb for _, verb, after in place.steps if places[after].case.suspension is None}
        assert {"Resume", "Escalate"} <= verbs, place.case.state


def test_a_co_department_never_speaks_for_the_case(places):
    """第七条: 牵头部门汇总报送; the co-department's acts move neither state nor clock."""
    spoken = 0
    for place in places.values():
        for actor, _, after in place.steps:
            if place.case.order(actor.department) is not None:
                spoken += 1
                before, now = place.case, places[after].case
                assert (now.state, now.round, bool(now.clock)) == (before.state, before.round, bool(before.clock))
    assert spoken > 100


def test_a_department_never_closes_a_case(places):
    for place in places.values():
        for actor, _, after in place.steps:
            if actor.has(Role.LIAISON):
                assert places[after].case.state.is_open


def test_every_open_state_says_what_would_work():
    assert set(HINTS) == OPEN
    for state in OPEN:
        assert HINTS[state].format(number="7")


def test_every_act_is_a_command_and_every_command_is_in_the_table():
    assert set(TRANSITIONS) | {c.Register} == set(c.Command.__args__)  # type: ignore[attr-defined]


def test_every_verb_is_typed_the_same_everywhere():
    """Three words stand for two acts each: 催办 by hand and by the clock, both sides of 并单, both records of 回访."""
    verbs = Counter(row.verb for row in TRANSITIONS.values())
    assert {verb for verb, count in verbs.items() if count > 1} == {"催办", "并单", "回访"}
    assert max(verbs.values()) == 2


def test_what_is_allowed_is_what_decide_lets_through():
    """`allowed` offers nothing that is refused for state, person, stage, time or what was done before."""
    story = Story().given(Category.COMPLEX, SOCIAL, HOUSING)
    context = story.context("11-23 11:00")
    assert _verbs(story.case, LIAISON, context) == {"签收", "答复", "办不了", "方案", "延期", "退单", "中止", "附件"}
    assert _verbs(story.case, CO_LIAISON, context) == {"签收", "答复", "办不了", "退单", "附件"}
    assert _verbs(story.case, WINDOW, context) == {"补充", "更正", "催单", "撤回", "告知", "附件"}
    assert "签发" not in _verbs(story.case, LEAD, context)
    assert "退单" not in _verbs(story.case, LIAISON, story.context("11-25 11:00"))
    assert "督办" not in _verbs(story.case, MANAGER, context)
    assert "督办" in _verbs(story.case, MANAGER, story.context("12-01 09:00"))


def test_of_a_work_order_on_its_way_the_same_is_allowed_as_of_one_that_has_arrived():
    """Its card is drawn before its receipt is known."""
    sent, there = Story().dispatch(Category.CANNOT), Story().given()
    context = sent.context("11-23 10:05")
    assert sent.case.received_at is None
    assert _verbs(sent.case, LIAISON, context) == _verbs(there.case, LIAISON, context)


def test_a_nudge_a_minute_ago_takes_no_button_from_a_card():
    """It will be allowed in ten minutes, and nothing redraws the card then."""
    story = Story().given()
    story.do("11-24 10:00", MANAGER, c.Nudge())
    assert story.refused("11-24 10:01", MANAGER, c.Nudge()) == "nudged_recently"
    assert "催办" in _verbs(story.case, MANAGER, story.context("11-24 10:01"))


def _verbs(case: Case, actor: Actor, context: DecisionContext) -> set[str]:
    return {TRANSITIONS[command].verb for command in allowed(case, actor, context)}


def test_every_act_of_a_person_has_its_probe():
    """What only the clock, the delivery or another case brings about has none."""
    nobody = {c.Register, c.Deliver, c.Escalate, c.NoteUnheard, c.Recalculate, c.CalledMerged}
    nobody |= {command for command, row in TRANSITIONS.items() if row.who == {Role.SYSTEM}}
    assert set(PROBES) | nobody == set(c.Command.__args__)  # type: ignore[attr-defined]
    assert not set(PROBES) & nobody


# The sentences


class Call(NamedTuple):
    """One `Refused(…)` of the product and the function it stands in."""

    file: str
    within: ast.FunctionDef | ast.AsyncFunctionDef
    node: ast.Call


def _calls_in(function: ast.FunctionDef | ast.AsyncFunctionDef, file: str = "") -> list[Call]:
    named = [node for node in ast.walk(function) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    return [Call(file, function, node) for node in named if getattr(node.func, "id", "") in ("Refused", "BadSpan")]


@cache
def _calls() -> list[Call]:
    found = []
    for folder in ("domain", "services", "bot", "web", "scheduler"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                    found += _calls_in(function, path.name)
    return found


#: A code that is handed in from elsewhere: function and what its callers hand it.
HANDED_IN = {"need_text": {"text_needed", "reason_needed"}}


def _codes(call: Call) -> set[str]:
    """The code itself, or what the function may choose from."""
    first = call.node.args[0]
    if isinstance(first, ast.Constant):
        return {str(first.value)}
    plain = {id(other.node.args[0]) for other in _calls_in(call.within)}
    inside = {
        str(node.value) for node in ast.walk(call.within) if isinstance(node, ast.Constant) and id(node) not in plain
    }
    codes = HANDED_IN.get(call.within.name) or inside & set(REFUSALS)
    assert codes, f"{call.file}:{call.node.lineno}"
    return codes


def _placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("call", _calls(), ids=lambda call: f"{call.file}:{call.node.lineno}")
def test_every_refusal_is_given_what_its_sentence_needs(call):
    given = {keyword.arg for keyword in call.node.keywords}
    for code in _codes(call):
        assert _placeholders(REFUSALS[code]) <= given, code


def test_every_refusal_is_used():
    used = {code for call in _calls() for code in _codes(call)}
    assert used == set(REFUSALS)


@pytest.mark.parametrize("code", list(REFUSALS))
def test_a_refusal_is_a_whole_sentence_or_ends_with_what_to_type(code):
    sentence = str(Refused(code, **dict.fromkeys(_placeholders(REFUSALS[code]), "某")))
    assert not set(sentence) & set("{}")
    if sentence[-1] in "。）" or REFUSALS[code].endswith(("{hint}", "：{fields}")):
        return
    typed = re.search(r"/(\w+)[^/。]*$", sentence)
    assert typed, sentence
    assert typed[1] in {"某", *(command.word for command in router.commands)}, sentence


def test_names_of_states_are_all_different():
    assert len(NAMES) == len(State)


def test_the_calendar_the_tests_use_is_published():
    assert not CALENDAR.is_provisional(Story().context("11-23 10:00").now.date())


def test_ratings_split_into_satisfied_dissatisfied_and_none():
    """第十条: only 满意 clears the number; who gives no opinion is not counted as satisfied."""
    for rating in Rating:
        story = Story().given().answered().reviewed()
        case = story.do("11-24 14:00", WINDOW, c.CallBack(rating, "意见"))
        expected = {"非常满意": "Z1", "满意": "Z1", "基本满意": "Z1", "未接通": "C2", "拒评": "Z3"}
        assert case.state == expected.get(rating.value, "R")
