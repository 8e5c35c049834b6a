"""指导案例 (第十一条): who may do what in which state, and what may never stand in the text."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from domain import commands as c
from domain.case import OPERATOR, Actor
from domain.guidance import (
    FIELD_LENGTH,
    HINTS,
    RULES,
    Act,
    Change,
    Guidance,
    GuidanceState,
    check_nomination,
    decide,
    draft,
    exposures,
    may_read,
    take_number,
)
from domain.refusals import Refused
from domain.vocabulary import Category, Rating, Role
from tests.kit.cases import CENTRE, DISCIPLINE, FOREIGN_MANAGER, HOTLINE, LEAD, LIAISON, MANAGER, PRIVATE, WINDOW, Story

PUBLISHER = Actor(107, "案甲", frozenset({Role.PUBLISHER}), CENTRE)
FOREIGN_PUBLISHER = Actor(207, "案外", frozenset({Role.PUBLISHER}), 2)
BOTH = Actor(108, "两职", frozenset({Role.MANAGER, Role.PUBLISHER}), CENTRE)
S = GuidanceState

WHOLE = Guidance(
    "AL2026-3",
    CENTRE,
    "示例市政务服务中心",
    title="社保转移材料齐全应当场受理",
    problem="群众材料齐全，窗口以系统原因不予受理。",
    method="由人社局牵头核实，窗口当场补办。",
    steps="1. 核对材料 2. 当场受理 3. 回访",
    conclusion="符合政策且材料齐全的，应当场受理。",
    known=("测甲一", "示例市虚构机械有限公司", "00012340001", "示例市虚构区样板路88号院3号楼"),
)
#: Every act that needs words, with words that are right.
FITTING: dict[Act, Change] = {
    Act.EDIT: Change({"scope": "《社会保险法》"}),
    Act.RETURN: Change(reason="步骤写得不清楚"),
    Act.WITHDRAW: Change(reason="政策有变"),
}
#: The table of the mechanism, written out a second time: (state, act) → who, and where it leads.
TABLE: dict[tuple[GuidanceState, Act], tuple[Actor, GuidanceState]] = {
    (S.DRAFT, Act.EDIT): (MANAGER, S.DRAFT),
    (S.DRAFT, Act.SUBMIT): (MANAGER, S.SUBMITTED),
    (S.DRAFT, Act.WITHDRAW): (MANAGER, S.WITHDRAWN),
    (S.SUBMITTED, Act.RETURN): (PUBLISHER, S.RETURNED),
    (S.SUBMITTED, Act.APPROVE): (PUBLISHER, S.APPROVED),
    (S.SUBMITTED, Act.PUBLISH): (PUBLISHER, S.PUBLISHED),
    (S.SUBMITTED, Act.WITHDRAW): (MANAGER, S.WITHDRAWN),
    (S.RETURNED, Act.EDIT): (MANAGER, S.DRAFT),
    (S.RETURNED, Act.SUBMIT): (MANAGER, S.SUBMITTED),
    (S.RETURNED, Act.WITHDRAW): (MANAGER, S.WITHDRAWN),
    (S.APPROVED, Act.RETURN): (PUBLISHER, S.RETURNED),
    (S.APPROVED, Act.PUBLISH): (PUBLISHER, S.PUBLISHED),
    (S.APPROVED, Act.WITHDRAW): (PUBLISHER, S.WITHDRAWN),
    (S.PUBLISHED, Act.WITHDRAW): (PUBLISHER, S.WITHDRAWN),
    (S.WITHDRAWN, Act.EDIT): (MANAGER, S.DRAFT),
}
EVERYBODY = (MANAGER, LEAD, PUBLISHER, WINDOW, LIAISON, HOTLINE, DISCIPLINE, FOREIGN_MANAGER, FOREIGN_PUBLISHER)


def _refused(guidance: Guidance, act: Act, actor: Actor, change: Change | None = None) -> Refused:
    with pytest.raises(Refused) as caught:
        decide(guidance, act, actor, change or FITTING.get(act))
    return caught.value


@pytest.mark.parametrize(("state", "act"), list(product(S, [act for act in Act if act is not Act.NOMINATE])))
def test_every_act_is_allowed_where_the_table_says_and_nowhere_else(state: GuidanceState, act: Act):
    guidance = replace(WHOLE, state=state)
    if (state, act) not in TABLE:
        refusal = _refused(guidance, act, BOTH)
        assert refusal.code == "wrong_state"
        assert "AL2026-3" in str(refusal)
        return
    person, to = TABLE[state, act]
    assert decide(guidance, act, person, FITTING.get(act)).state is to
    allowed = {MANAGER, LEAD} if person is MANAGER else {PUBLISHER}
    for other in EVERYBODY:
        if other not in allowed:
            assert _refused(guidance, act, other).code in ("not_allowed", "other_centre")


def test_every_line_of_the_table_cites_its_article_and_every_state_says_what_works():
    assert all(rule.article.startswith("第十一条") for rule in RULES)
    assert set(HINTS) == set(S)
    assert {(state, rule.act) for rule in RULES for state in rule.states} == set(TABLE)


def test_who_submitted_does_not_review_his_own_text():
    submitted = decide(WHOLE, Act.SUBMIT, BOTH)
    assert _refused(submitted, Act.APPROVE, BOTH).code == "guidance_own"
    assert _refused(submitted, Act.PUBLISH, BOTH).code == "guidance_own"
    assert decide(submitted, Act.PUBLISH, PUBLISHER).state is S.PUBLISHED


def test_the_operator_may_do_what_a_lead_may_and_not_what_the_reviewing_body_does():
    assert decide(WHOLE, Act.SUBMIT, OPERATOR).state is S.SUBMITTED
    assert _refused(replace(WHOLE, state=S.SUBMITTED), Act.PUBLISH, OPERATOR).code == "not_allowed"


@pytest.mark.parametrize("name", ["title", "problem", "method", "steps", "conclusion"])
def test_without_one_of_the_four_elements_or_the_title_nothing_is_submitted(name: str):
    refusal = _refused(replace(WHOLE, **{name: "  "}), Act.SUBMIT, MANAGER)
    assert refusal.code == "guidance_incomplete"


@pytest.mark.parametrize("act", [Act.RETURN, Act.WITHDRAW])
def test_returning_and_withdrawing_need_a_reason(act: Act):
    assert _refused(replace(WHOLE, state=S.APPROVED), act, PUBLISHER, Change(reason=" ")).code == "reason_needed"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("请联系 00012340001", "电话"),
        ("身份证 410402199001011234", "身份证号"),
        ("家住样板路88号院3号楼", "门牌"),
        ("测甲一反映材料齐全", "姓名"),
        ("测 甲 一反映材料齐全", "姓名"),
        ("虚构机械申请办证", "姓名或单位名称"),
        ("车牌豫D12345不能年检", "车牌"),
    ],
)
@pytest.mark.parametrize("name", ["title", "problem", "scope"])
def test_personal_data_passes_no_gate(text: str, kind: str, name: str):
    edit = _refused(WHOLE, Act.EDIT, MANAGER, Change({name: text}))
    assert edit.code == "guidance_exposes"
    assert kind in str(edit)
    assert text not in str(edit)
    stained = replace(WHOLE, **{name: text})
    assert _refused(stained, Act.SUBMIT, MANAGER).code == "guidance_exposes"
    assert _refused(replace(stained, state=S.SUBMITTED), Act.APPROVE, PUBLISHER).code == "guidance_exposes"
    for state in (S.SUBMITTED, S.APPROVED):
        assert _refused(replace(stained, state=state), Act.PUBLISH, PUBLISHER).code == "guidance_exposes"


def test_a_stained_text_can_still_be_returned_and_withdrawn():
    stained = replace(WHOLE, state=S.SUBMITTED, problem="测甲一反映")
    assert decide(stained, Act.RETURN, PUBLISHER, Change(reason="含姓名")).state is S.RETURNED
    assert decide(replace(stained, state=S.PUBLISHED), Act.WITHDRAW, PUBLISHER, Change(reason="含姓名"))


def test_joint_publishers_are_named_once_and_must_be_bodies():
    submitted = replace(WHOLE, state=S.SUBMITTED)
    published = decide(submitted, Act.PUBLISH, PUBLISHER, Change(bodies=("人社局", " 医保局 ", "人社局", "")))
    assert published.bodies == ("人社局", "医保局")
    for wrong in ("x", "00012340001", "某" * 41):
        assert _refused(submitted, Act.PUBLISH, PUBLISHER, Change(bodies=(wrong,))).code == "guidance_body"
    assert _refused(submitted, Act.PUBLISH, PUBLISHER, Change(bodies=("虚构机械",))).code == "guidance_exposes"


def test_text_has_a_length_a_person_can_read():
    assert _refused(WHOLE, Act.EDIT, MANAGER, Change({"title": "长" * 61})).code == "guidance_too_long"
    edited = decide(WHOLE, Act.EDIT, MANAGER, Change({"problem": f" {'长' * FIELD_LENGTH} "}))
    assert len(edited.problem) == FIELD_LENGTH


def test_only_what_is_published_is_for_everybody():
    for state in S:
        guidance = replace(WHOLE, state=state)
        assert all(may_read(guidance, actor) for actor in (MANAGER, LEAD, PUBLISHER, OPERATOR))
        for actor in (WINDOW, LIAISON, FOREIGN_MANAGER, FOREIGN_PUBLISHER):
            assert may_read(guidance, actor) is (state is S.PUBLISHED)


def test_a_solved_case_may_be_nominated_by_its_own_management():
    case = Story().closed().case
    for actor in (MANAGER, LEAD, OPERATOR):
        check_nomination(case, actor)
    for actor, code in ((WINDOW, "not_allowed"), (PUBLISHER, "not_allowed"), (FOREIGN_MANAGER, "other_centre")):
        with pytest.raises(Refused) as caught:
            check_nomination(case, actor)
        assert caught.value.code == code


def test_an_open_or_a_withdrawn_case_is_no_example():
    withdrawn = Story().confirm()
    withdrawn.do("11-23 10:00", WINDOW, c.Withdraw("自行解决"))
    for case in (Story().given().case, withdrawn.case):
        with pytest.raises(Refused, match="办结后"):
            check_nomination(case, MANAGER)


def test_the_first_draft_holds_the_solution_and_nothing_personal():
    story = Story().given(Category.HARD)
    assert story.case.clock is not None
    story.do("11-24 10:00", LIAISON, c.Plan(story.case.clock.date, "先为测甲一核对00012340001再补办"))
    story.do("11-25 10:00", LIAISON, c.Answer("已为测甲一办结转移"))
    story.do("11-25 11:00", MANAGER, c.Review(True))
    story.do("11-25 14:00", WINDOW, c.CallBack(Rating.SATISFIED))
    made = draft("AL2026-1", story.case, story.events)
    assert made.state is S.DRAFT
    assert "材料已经交齐" in made.problem
    assert made.method.startswith("由人社局办理。")
    assert "再补办" in made.method
    assert made.steps.splitlines()[0] == "1. 转办：人社局"
    assert "质检通过" in made.steps
    assert "办结转移" in made.conclusion
    assert exposures(made) == []
    whole = "".join(made.text(name) for name in ("title", "problem", "method", "steps", "conclusion", "scope"))
    for secret in (PRIVATE["name"], *PRIVATE["phones"], PRIVATE["address"]):
        assert secret not in whole
    assert decide(replace(made, title="材料齐全应当场受理"), Act.SUBMIT, MANAGER).state is S.SUBMITTED


def test_of_a_confidential_complaint_no_word_is_taken_over():
    made = draft("AL2026-1", Story(fields={"confidential": True}).closed().case, ())
    assert (made.title, made.problem) == ("", "")


@pytest.mark.parametrize(
    ("text", "number", "rest"),
    [
        ("AL2026-3", "AL2026-3", ""),
        ("al2026-3 步骤：一", "AL2026-3", "步骤：一"),
        ("2025-12，理由", "AL2025-12", "理由"),
        ("3", "AL2026-3", ""),
        ("#3号 人社局", "AL2026-3", "人社局"),
        ("AL2026－0003", "AL2026-3", ""),
        ("12345 热线", "", "12345 热线"),
        ("不动产 补办", "", "不动产 补办"),
        ("", "", ""),
    ],
)
def test_a_number_is_understood_in_every_form_people_type(text: str, number: str, rest: str):
    assert take_number(text, 2026) == (number, rest)
