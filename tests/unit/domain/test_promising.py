"""承诺 and 方案 (第八条): a near date stands at once, a far one only with the manager's consent."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from domain import commands as c
from domain.timeline import sentence
from domain.vocabulary import Category, Request, Stage, State
from services.rules.rule_file import load_rules
from tests.kit.cases import (
    LEAD,
    LIAISON,
    MANAGER,
    RULES,
    RULES_FILE,
    SOCIAL,
    SYSTEM,
    WINDOW,
    Story,
    on,
    when,
    with_rules,
)

FAR = on("2027-06-30")


def promised_by(category: Category) -> c.Command:
    return c.Promise(FAR, "需换发新证") if category is Category.UNWILLING else c.Plan(FAR, "先补正再核验")


@pytest.mark.parametrize("category", [Category.UNWILLING, Category.HARD, Category.COMPLEX])
def test_a_far_date_waits_for_the_manager_and_moves_nothing_until_then(category):
    story = Story().given(category)
    before = story.case.clock
    case = story.do("11-23 15:00", LIAISON, promised_by(category))
    assert case.pending is not None
    assert case.pending.what is (Request.PROMISE if category is Category.UNWILLING else Request.PLAN)
    assert (case.clock, case.state, case.planned_at) == (before, State.ACCEPTED, None)
    assert "待管理机构同意" in sentence(story.events[-1])


def test_what_may_be_promised_without_asking_ends_after_the_centres_working_days():
    rules = with_rules(promise_days=5)
    story = Story(rules=rules).given(Category.UNWILLING)
    assert story.do("11-23 15:00", LIAISON, c.Promise(on("11-30"))).pending is None
    story = Story(rules=rules).given(Category.UNWILLING)
    assert story.do("11-23 15:00", LIAISON, c.Promise(on("12-01"))).pending is not None


@pytest.mark.parametrize("category", [Category.UNWILLING, Category.HARD])
def test_an_agreed_date_is_the_limit_and_the_consents_delay_is_not_the_departments(category):
    story = Story().given(category)
    story.do("11-24 16:00", LIAISON, promised_by(category))
    case = story.do("12-02 10:00", MANAGER, c.Grant("同意"))
    assert case.pending is None
    assert case.clock is not None
    assert (case.clock.date, case.clock.stage) == (FAR, Stage.RESULT)
    assert case.missed == (), "it was asked for in time"
    if category is Category.HARD:
        assert (case.state, case.private.plan) == (State.PLANNED, "先补正再核验")
    assert "管理机构同意" in sentence(story.events[-1])


def test_a_plan_asked_for_too_late_stays_late():
    story = Story().given(Category.HARD)
    story.do("12-02 10:00", LIAISON, promised_by(Category.HARD))
    assert story.do("12-02 11:00", MANAGER, c.Grant()).missed


def test_a_refused_date_leaves_the_limit_and_another_may_be_given():
    story = Story().given(Category.UNWILLING)
    before = story.case.clock
    story.do("11-23 15:00", LIAISON, c.Promise(FAR))
    assert story.refused("11-23 15:30", MANAGER, c.Deny("")) == "reason_needed"
    case = story.do("11-23 16:00", MANAGER, c.Deny("太久"))
    assert (case.pending, case.clock) == (None, before)
    assert story.do("11-23 16:30", LIAISON, c.Promise(on("11-30"))).clock.date == on("11-30")


def test_a_nearer_date_or_the_result_itself_overtakes_the_far_one():
    for command in (c.Promise(on("11-30")), c.Answer("已办结")):
        story = Story().given(Category.UNWILLING)
        story.do("11-23 15:00", LIAISON, c.Promise(FAR))
        assert story.do("11-23 16:00", LIAISON, command).pending is None
        assert story.refused("11-23 17:00", MANAGER, c.Grant()) == "no_request"


def test_the_limit_goes_on_while_a_far_date_waits():
    story = Story().given(Category.UNWILLING)
    story.do("11-23 15:00", LIAISON, c.Promise(FAR))
    assert ("overdue", "manager") in story.heard("11-25 09:01")


def test_nobody_promises_years_ahead_with_or_without_consent():
    story = Story().given(Category.UNWILLING)
    assert story.refused("11-23 15:00", LIAISON, c.Promise(on("2029-12-28"))) == "date_far"


def test_files_without_the_limit_still_load_and_their_cases_go_on_without_consent():
    raw = json.loads(RULES_FILE.read_text(encoding="utf-8"))
    del raw["promise_days"]
    old = load_rules(json.dumps(raw))
    assert old == replace(RULES, promise_days=None)
    assert Story(rules=old).given(Category.UNWILLING).do("11-23 15:00", LIAISON, c.Promise(FAR)).clock.date == FAR


@pytest.mark.parametrize(
    ("category", "last", "stage"),
    [
        (Category.CANNOT, "11-26", Stage.ANSWER),
        (Category.HARD, "11-30", Stage.PLAN),
        (Category.COMPLEX, "11-30", Stage.PLAN),
    ],
)
def test_a_referral_keeps_the_number_of_its_category(category, last, stage):
    story = Story().confirm()
    story.do("11-23 09:50", MANAGER, c.Classify(category))
    late = story.calendar.shift(on(last), 1)
    assert story.refused("11-23 10:00", MANAGER, c.Refer("示例区政务服务中心", late)) == "date_over_limit"
    case = story.do("11-23 10:00", MANAGER, c.Refer("示例区政务服务中心", on(last)))
    assert (case.clock.date, case.clock.stage) == (on(last), stage)


@pytest.mark.parametrize("category", [Category.NOT_STATIONED, Category.GENERAL, Category.UNWILLING, None])
def test_a_referral_without_a_number_asks_for_its_reply_within_the_centres_days(category):
    story = Story().confirm()
    if category is not None:
        story.do("11-23 09:50", MANAGER, c.Classify(category))
    assert story.refused("11-23 10:00", MANAGER, c.Refer("市供电公司", on("2027-03-01"))) == "date_beyond"
    assert story.do("11-23 10:00", MANAGER, c.Refer("市供电公司", on("12-04"))).clock.date == on("12-04")


def test_what_was_referred_has_its_plan_and_then_its_result():
    story = Story().confirm()
    story.do("11-23 09:50", MANAGER, c.Classify(Category.COMPLEX))
    story.do("11-23 10:00", MANAGER, c.Refer("示例区政务服务中心", on("11-30")))
    assert story.refused("11-27 10:00", LIAISON, c.Plan(on("12-11"), "分步办理")) == "not_allowed"
    assert story.refused("11-27 10:00", MANAGER, c.Plan(on("2027-06-30"), "分步办理")) == "date_beyond"
    case = story.do("11-27 10:00", MANAGER, c.Plan(on("12-11"), "分步办理"))
    assert (case.state, case.clock.stage, case.clock.date) == (State.REFERRED, Stage.RESULT, on("12-11"))
    assert story.row()["要求办理期限"] == "方案：2026-11-30；结果：2026-12-11"
    assert story.do("12-10 10:00", MANAGER, c.Answer("已办结")).state is State.REVIEW


def test_an_outside_bodys_no_is_written_down_with_reason_and_basis():
    story = Story().confirm()
    story.do("11-23 09:50", MANAGER, c.Classify(Category.CANNOT))
    story.do("11-23 10:00", MANAGER, c.Refer("市医保局", on("11-26")))
    assert story.refused("11-24 10:00", MANAGER, c.Answer("对方答复办不了")) == "cannot_needs_basis"
    case = story.do("11-24 10:00", MANAGER, c.CannotDo("断缴超过三个月", "《社会保险法》第二十三条"))
    assert case.cannot
    assert case.state is State.REVIEW


@pytest.mark.parametrize("category", [Category.GENERAL, Category.UNWILLING])
def test_a_date_the_manager_sets_himself_is_not_months_away_either(category):
    story = Story().confirm()
    story.do("11-23 09:50", MANAGER, c.Classify(category))
    assert story.refused("11-23 10:00", MANAGER, c.Dispatch((SOCIAL,), FAR)) == "date_beyond"


@pytest.mark.parametrize("basis", ["有关规定", "国家法律法规", "按照上级文件要求", "政策。"])
def test_a_basis_that_names_nothing_is_none(basis):
    story = Story().given(Category.CANNOT)
    assert story.refused("11-24 10:00", LIAISON, c.CannotDo("不符合条件", basis)) == "basis_vague"


def test_the_lead_may_agree_like_the_manager_and_nobody_else():
    story = Story().given(Category.UNWILLING)
    story.do("11-23 15:00", LIAISON, c.Promise(FAR))
    for actor in (LIAISON, WINDOW):
        assert story.refused("11-23 15:10", actor, c.Grant()) == "not_allowed"
    assert story.do("11-23 15:20", LEAD, c.Grant()).clock.date == FAR


def test_another_category_or_another_lead_leaves_no_far_date_behind():
    story = Story().given(Category.UNWILLING)
    story.do("11-23 15:00", LIAISON, c.Promise(FAR))
    assert story.do("11-23 16:00", MANAGER, c.Classify(Category.HARD)).pending is None


def test_a_work_order_on_its_way_is_taken_as_received_by_who_promises():
    story = Story().dispatch(Category.UNWILLING)
    case = story.do("11-23 15:00", LIAISON, c.Promise(FAR))
    assert (case.received_at, case.state) == (when("11-23 15:00"), State.ACCEPTED)
    assert story.do("11-23 15:05", SYSTEM, c.Deliver(story.case.lead, "群消息")).received_at == when("11-23 15:00")


def test_a_supervision_is_not_put_off_for_months():
    story = Story().given(Category.CANNOT)
    story.tick("11-27 09:01")
    assert story.refused("11-27 10:00", MANAGER, c.Supervise(FAR, "2026督1")) == "date_beyond"
