"""限时办结 (第八条): which limit each category gets, from which moment, and what may move it."""

from __future__ import annotations

import pytest

from domain import commands as c
from domain.explain import clock_for, limit_words, why
from domain.vocabulary import Category, Stage, State
from tests.kit.cases import CALENDAR, HOUSING, LEAD, LIAISON, MANAGER, SOCIAL, WINDOW, Story, on, when


def _limit(story: Story) -> tuple[str, str]:
    clock = story.case.running
    assert clock is not None
    assert clock.at == CALENDAR.closing(clock.date)
    return clock.stage.value, f"{clock.date:%m-%d}"


@pytest.mark.parametrize(
    ("category", "expected"),
    [
        (Category.CANNOT, ("answer", "11-26")),
        (Category.GENERAL, ("answer", "11-26")),
        (Category.HARD, ("plan", "11-30")),
        (Category.COMPLEX, ("plan", "11-30")),
        (Category.UNWILLING, ("promise", "11-24")),
    ],
)
def test_each_category_has_its_own_limit_from_receipt(category, expected):
    """第八条: 办不了 3 个工作日, 很难办和复杂 5 个工作日, 不给办当场或承诺."""
    assert _limit(Story().given(category)) == expected


def test_the_limit_starts_at_delivery_and_not_at_dispatch():
    """第八条 “收到《工作单》后”: dispatched Friday evening, delivered Monday."""
    story = Story("11-20 16:00").confirm("11-20 16:10").dispatch(Category.CANNOT, moment="11-20 18:30")
    assert story.case.running is None
    assert _limit(story.deliver("11-23 09:00")) == ("answer", "11-26")


def test_the_limit_never_waits_for_a_signature():
    """A department that never presses 签收 gains nothing."""
    unsigned, signed = Story().given(), Story().given()
    signed.do("11-25 16:00", LIAISON, c.Accept())
    assert _limit(unsigned) == _limit(signed)


def test_who_acts_before_the_receipt_arrives_has_received():
    """签收 or 答复 before the platform's receipt starts the clock itself, and the later receipt moves nothing."""
    story = Story().dispatch(Category.CANNOT)
    story.do("11-23 10:30", LIAISON, c.Accept())
    limit = _limit(story)
    assert story.case.received_at == when("11-23 10:30")
    story.deliver("11-24 09:00")
    assert (story.case.received_at, _limit(story)) == (when("11-23 10:30"), limit)


def test_the_helping_departments_receipt_does_not_start_the_leads_clock():
    """第七条: 牵头部门's receipt counts."""
    story = Story().dispatch(Category.COMPLEX, SOCIAL, HOUSING).deliver(unit=HOUSING)
    assert story.case.running is None
    assert _limit(story.deliver("11-24 09:00")) == ("plan", "12-01")


def test_the_managers_earlier_date_is_the_limit():
    """第七条 “明确办理期限”."""
    assert _limit(Story().given(Category.CANNOT, day=on("11-24"))) == ("answer", "11-24")


def test_the_managers_date_may_not_pass_the_legal_limit():
    """第八条 caps what 第七条 lets the manager choose."""
    story = Story().confirm()
    story.do("11-23 09:50", MANAGER, c.Classify(Category.CANNOT))
    assert story.refused("11-23 10:00", MANAGER, c.Dispatch((SOCIAL,), on("11-27"))) == "date_over_limit"


def test_a_category_without_a_legal_number_takes_any_later_date():
    """一般: the manager's date is the limit itself (第七条)."""
    assert _limit(Story().given(Category.GENERAL, day=on("12-04"))) == ("answer", "12-04")


def test_a_work_order_delivered_after_the_asked_date_is_due_the_day_it_arrives():
    """Dispatched after hours for the same day: it must not break, nor be late before it is seen."""
    story = Story().dispatch(Category.CANNOT, moment="11-23 17:30", day=on("11-23"))
    assert _limit(story.deliver("11-24 09:00")) == ("answer", "11-24")


@pytest.mark.parametrize("text", ["11-28", "11-29", "2027-01-01"])
def test_no_date_may_fall_on_a_rest_day(text):
    """The limit is a close of business; a rest day has none, the refusal offers its neighbours."""
    hard, unwilling = Story().given(Category.HARD), Story().given(Category.UNWILLING)
    assert hard.refused("11-24 10:00", LIAISON, c.Plan(on(text), "方案")) == "date_rest"
    assert unwilling.refused("11-24 10:00", LIAISON, c.Promise(on(text))) == "date_rest"
    general = Story().confirm()
    general.do("11-23 09:50", MANAGER, c.Classify(Category.GENERAL))
    assert general.refused("11-23 10:00", MANAGER, c.Dispatch((SOCIAL,), on(text))) == "date_rest"


def test_no_date_may_lie_in_the_past():
    assert Story().given(Category.HARD).refused("11-24 10:00", LIAISON, c.Plan(on("11-23"), "方案")) == "date_past"


def test_a_promise_today_is_a_promise():
    story = Story().given(Category.UNWILLING)
    story.do("11-23 15:00", LIAISON, c.Promise(on("11-23")))
    assert _limit(story) == ("result", "11-23")


def test_a_promise_may_not_pass_the_date_the_manager_asked_for():
    story = Story().given(Category.UNWILLING, day=on("11-26"))
    assert story.refused("11-23 15:00", LIAISON, c.Promise(on("11-27"))) == "promise_over_limit"
    story.do("11-23 15:00", LIAISON, c.Promise(on("11-26")))
    assert _limit(story) == ("result", "11-26")


def test_a_promise_is_given_once():
    """Moving it is an extension."""
    story = Story().given(Category.UNWILLING)
    story.do("11-23 15:00", LIAISON, c.Promise(on("11-26")))
    assert story.refused("11-23 16:00", LIAISON, c.Promise(on("11-30"))) == "wrong_stage_promise"


@pytest.mark.parametrize("category", [Category.CANNOT, Category.HARD, Category.GENERAL])
def test_only_an_unwilling_matter_is_promised(category):
    assert Story().given(category).refused("11-23 15:00", LIAISON, c.Promise(on("11-26"))) == "wrong_stage_promise"


@pytest.mark.parametrize("category", [Category.CANNOT, Category.UNWILLING, Category.GENERAL])
def test_only_a_hard_or_complex_matter_is_planned(category):
    assert Story().given(category).refused("11-23 15:00", LIAISON, c.Plan(on("11-26"), "方案")) == "wrong_stage_plan"


def test_two_stages_have_two_limits():
    story = Story().given(Category.HARD)
    assert _limit(story) == ("plan", "11-30")
    story.do("11-27 10:00", LIAISON, c.Plan(on("12-18"), "先补正再核验"))
    assert _limit(story) == ("result", "12-18")
    assert [(round_, clock.stage) for round_, clock in story.case.limits] == [(1, Stage.PLAN), (1, Stage.RESULT)]


def test_a_result_in_the_plan_stage_skips_the_second_stage():
    story = Story().given(Category.HARD).answered("11-25 10:00")
    assert (story.case.state, story.case.missed) == (State.C1, ())


def test_a_late_plan_stays_late_though_the_result_is_in_time():
    story = Story().given(Category.HARD)
    story.do("12-02 10:00", LIAISON, c.Plan(on("12-18"), "方案"))
    story.answered("12-16 10:00")
    assert [(missed.stage, missed.days) for missed in story.case.missed] == [(Stage.PLAN, 2)]


def test_reclassification_counts_from_the_original_receipt():
    """第八条: 不给办 turned into 办不了 on the second day still ends three days after receipt."""
    story = Story().given(Category.UNWILLING)
    story.do("11-25 10:00", MANAGER, c.Classify(Category.CANNOT))
    assert _limit(story) == ("answer", "11-26")
    story.do("11-25 11:00", MANAGER, c.Classify(Category.HARD))
    assert _limit(story) == ("plan", "11-30")


def test_the_same_category_again_moves_nothing():
    story = Story().given(Category.CANNOT)
    story.do("11-24 10:00", LIAISON, c.Extend(on("11-30"), "核档"))
    story.do("11-24 11:00", LEAD, c.Grant())
    story.do("11-24 12:00", MANAGER, c.Classify(Category.CANNOT))
    assert _limit(story) == ("answer", "11-30")


def test_a_case_on_its_way_cannot_become_out_of_scope():
    story = Story().given()
    assert story.refused("11-24 10:00", MANAGER, c.Classify(Category.OUT_OF_SCOPE)) == "use_transfer"
    assert story.refused("11-24 10:00", MANAGER, c.Classify(Category.NOT_STATIONED)) == "use_referral"


def _redone(category: Category = Category.HARD) -> Story:
    story = Story().given(category).answered()
    story.do("11-24 11:00", MANAGER, c.Review(False, "没有答到点上"))
    return story


def test_a_redo_has_its_own_limit_from_its_own_delivery():
    """第十条: 退回重办."""
    story = _redone()
    assert (story.case.state, story.case.round, story.case.running) == (State.R, 2, None)
    assert _limit(story.deliver("11-24 14:00")) == ("redo", "11-27")


def test_reclassifying_a_redo_keeps_the_redo_limit():
    story = _redone().deliver("11-24 14:00")
    story.do("11-24 15:00", LIAISON, c.Accept())
    story.do("11-24 16:00", MANAGER, c.Classify(Category.CANNOT))
    assert _limit(story) == ("redo", "11-27")


def test_a_reopened_case_starts_anew_with_the_redo_limit():
    story = Story().closed()
    story.do("11-25 10:00", LEAD, c.Reopen("结果不实"))
    assert story.case.running is None
    story.do("11-25 10:10", MANAGER, c.Dispatch((HOUSING,)))
    assert _limit(story.deliver("11-25 10:11")) == ("redo", "11-30")


def test_a_new_department_has_the_whole_limit():
    """退单改派: 收到《工作单》后 speaks of the department that received it."""
    story = Story().given()
    story.do("11-23 15:00", LIAISON, c.Decline("不属于"))
    story.do("11-24 10:00", MANAGER, c.Grant())
    story.do("11-24 10:10", MANAGER, c.Dispatch((HOUSING,)))
    assert _limit(story.deliver("11-24 10:11")) == ("answer", "11-27")


def test_an_answer_stops_the_clock():
    assert Story().given().answered().case.running is None


def test_an_unpublished_year_makes_the_limit_provisional():
    story = Story("2027-02-01 09:30")
    story.confirm("2027-02-01 09:40")
    story.dispatch(Category.HARD, moment="2027-02-01 10:00").deliver("2027-02-01 10:01")
    assert story.case.running is not None
    assert story.case.running.provisional
    assert "暂定" in limit_words(story.case.running)


def test_dispatch_without_a_category_says_how_to_set_one():
    assert Story().confirm().refused("11-23 10:00", MANAGER, c.Dispatch((SOCIAL,))) == "category_needed"
    story = Story().confirm()
    story.do("11-23 09:50", WINDOW, c.Classify(Category.CANNOT))
    assert story.refused("11-23 10:00", MANAGER, c.Dispatch(())) == "department_needed"


def test_the_card_may_show_the_limit_before_delivery():
    story = Story().dispatch(Category.CANNOT)
    clock = clock_for(story.case, story.bench("11-23 10:00"))
    assert clock is not None
    assert limit_words(clock) == "11-26 17:00前·答复意见"


def test_the_limit_explains_itself():
    story = Story().given(Category.HARD)
    assert story.case.clock is not None
    words = why(story.case, story.case.clock, story.bench("11-23 12:00"))
    assert words == "11-23收到，次日起第5个工作日（第八条）；跳过11-28、11-29"
    story.do("11-24 10:00", LIAISON, c.Plan(on("12-18"), "方案"))
    assert why(story.case, story.case.clock, story.bench("11-24 12:00")) == "期限12-18是约定日期（承诺时限，第八条）"
