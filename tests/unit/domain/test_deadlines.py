"""限时办结 (第八条): which limit each category gets, from which moment, and what may move it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from domain import commands as c
from domain.explain import clock_for, limit_words, why
from domain.vocabulary import Category, Pause, Stage, State
from tests.kit.cases import (
    CALENDAR,
    CO_LIAISON,
    HOUSING,
    LEAD,
    LIAISON,
    MANAGER,
    MEDICAL,
    SOCIAL,
    SYSTEM,
    WINDOW,
    Story,
    on,
    when,
)
from tests.unit.calendar.shipped import calendar_with


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
    assert (story.case.state, story.case.missed) == (State.REVIEW, ())


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
    assert (story.case.state, story.case.round, story.case.running) == (State.REDO, 2, None)
    assert _limit(story.deliver("11-24 14:00")) == ("redo", "11-27")


def test_reclassifying_a_redo_keeps_the_redo_limit():
    story = _redone().deliver("11-24 14:00")
    story.do("11-24 15:00", LIAISON, c.Accept())
    story.do("11-24 16:00", MANAGER, c.Classify(Category.CANNOT))
    assert _limit(story) == ("redo", "11-27")


def test_a_reopened_case_is_dispatched_anew_with_the_whole_limit_of_its_category():
    """It goes back to the manager, who classifies and dispatches again; 3 days for a redo are for who only mends."""
    story = Story().closed()
    story.do("11-25 10:00", LEAD, c.Reopen("结果不实"))
    assert story.case.running is None
    story.do("11-25 10:10", MANAGER, c.Classify(Category.HARD))
    story.do("11-25 10:10", MANAGER, c.Dispatch((HOUSING,)))
    assert _limit(story.deliver("11-25 10:11")) == ("plan", "12-02")


def test_another_lead_midway_gets_no_new_time():
    """第七条: 改派 is the manager's choice, the complainant waits all the same."""
    story = Story().given()
    story.do("11-23 15:00", LIAISON, c.Accept())
    case = story.do("11-25 10:00", MANAGER, c.Dispatch((HOUSING,)))
    assert (case.state, case.units, case.accepted_at) == (State.DISPATCHED, (HOUSING,), None)
    assert _limit(story.deliver("11-25 10:01")) == ("answer", "11-26")
    assert story.case.remarks == ("牵头部门由人社局改为住建局",)


def test_who_leads_now_and_who_helps_now_get_a_work_order_of_their_own():
    """The old lead that stays as a helper owes its part by a limit of its own; the new lead hears that it leads."""
    story = Story().given(Category.COMPLEX)
    story.do("11-24 10:00", MANAGER, c.Dispatch((HOUSING, SOCIAL)))
    assert (story.events[-1].data["added"], story.events[-1].data["removed"]) == ([HOUSING.id, SOCIAL.id], [])
    story.deliver("11-24 10:01", SOCIAL)
    (order,) = story.case.orders
    assert (order.unit, order.clock is not None) == (SOCIAL, True)
    assert story.refused("11-24 10:30", LIAISON, c.Plan(on("12-18"), "方案")) == "lead_submits"


def test_a_co_department_that_joins_later_keeps_the_others_as_they_are():
    story = Story().given(Category.COMPLEX, SOCIAL, HOUSING).deliver(unit=HOUSING)
    story.do("11-23 15:00", CO_LIAISON, c.Accept())
    before, limit = story.case.orders[0], story.case.running
    case = story.do("11-24 10:00", MANAGER, c.Dispatch((SOCIAL, HOUSING, MEDICAL)))
    assert (case.orders[0], case.running, case.state) == (before, limit, State.DISPATCHED)
    assert story.events[-1].data["added"] == [MEDICAL.id]


def test_what_the_old_lead_asked_for_is_moot_when_another_leads():
    """Else a granted 退单 of a department that is gone would take the case from the new one."""
    story = Story().given()
    story.do("11-23 15:00", LIAISON, c.Decline("不属于"))
    case = story.do("11-23 16:00", MANAGER, c.Dispatch((HOUSING,)))
    assert case.pending is None
    assert story.refused("11-23 16:10", MANAGER, c.Grant()) == "no_request"


def test_a_co_departments_request_stays_while_it_stays():
    story = Story().given(Category.COMPLEX, SOCIAL, HOUSING)
    story.do("11-23 15:00", CO_LIAISON, c.Decline("与我局无关"))
    assert story.do("11-23 16:00", MANAGER, c.Dispatch((SOCIAL, HOUSING, MEDICAL))).pending is not None
    assert story.do("11-23 16:10", MANAGER, c.Dispatch((SOCIAL, MEDICAL))).pending is None


def test_the_same_departments_again_are_no_change():
    assert Story().given().refused("11-24 10:00", MANAGER, c.Dispatch((SOCIAL,))) == "same_departments"


def test_a_redo_is_a_redo_for_the_helpers_too():
    """Each round has its own sub-orders: a helper may not speak for the case because its first part is done."""
    story = Story().given(Category.COMPLEX, SOCIAL, HOUSING).deliver(unit=HOUSING)
    story.do("11-24 09:00", CO_LIAISON, c.Answer("我局意见"))
    story.answered()
    case = story.do("11-24 11:00", MANAGER, c.Review(False, "没有答到点上"))
    assert [order.fed_back_at for order in case.orders] == [None]
    story.deliver("11-24 11:01")
    story.deliver("11-24 11:01", HOUSING)
    assert story.case.orders[0].clock is not None
    assert story.do("11-24 15:00", CO_LIAISON, c.Answer("补充意见")).state is State.REDO


def test_a_new_department_has_the_whole_limit():
    """退单改派: 收到《工作单》后 speaks of the department that received it."""
    story = Story().given()
    story.do("11-23 15:00", LIAISON, c.Decline("不属于"))
    story.do("11-24 10:00", MANAGER, c.Grant())
    story.do("11-24 10:10", MANAGER, c.Dispatch((HOUSING,)))
    assert _limit(story.deliver("11-24 10:11")) == ("answer", "11-27")


def test_an_answer_stops_the_clock():
    assert Story().given().answered().case.running is None


# Standing still (中止)


def _suspended(category: Category = Category.CANNOT, day: date | None = None, asked: str = "11-24 10:00") -> Story:
    story = Story().given(category, day=day)
    story.do(asked, LIAISON, c.Suspend(Pause.EXAMINATION, "送检"))
    story.do(asked.replace("10:00", "11:00"), MANAGER, c.Grant())
    return story


def test_a_suspended_clock_moves_by_the_working_days_it_stood_still():
    """第八条 within the day counting of the law: from the day after 中止 to the day of 恢复, whole working days."""
    story = _suspended()
    assert story.case.running is None
    story.do("11-26 09:30", MANAGER, c.Resume())
    assert _limit(story) == ("answer", "11-30")
    assert story.case.remarks == ("中止2个工作日（检验鉴定听证）",)


def test_a_pause_within_a_day_moves_nothing():
    story = _suspended()
    story.do("11-24 16:00", MANAGER, c.Resume())
    assert (_limit(story), story.case.paused_days) == (("answer", "11-26"), 0)


def test_two_pauses_add_up():
    story = _suspended(Category.HARD)
    story.do("11-25 09:30", MANAGER, c.Resume())
    story.do("11-25 10:00", LIAISON, c.Suspend(Pause.SUPERIOR, "请示省厅"))
    story.do("11-25 10:30", MANAGER, c.Grant())
    story.do("11-27 09:30", MANAGER, c.Resume())
    assert (_limit(story), story.case.paused_days) == (("plan", "12-03"), 3)


def test_a_limit_that_stood_still_explains_itself():
    story = _suspended()
    story.do("11-26 09:30", MANAGER, c.Resume())
    assert story.case.clock is not None
    words = why(story.case, story.case.clock, story.context("11-26 10:00"))
    assert words == "11-23收到，次日起第3个工作日（第八条），中止的2个工作日不计；跳过11-28、11-29"


def test_an_answer_given_while_the_clock_stands_still_is_not_late():
    story = _suspended()
    story.answered("12-02 10:00")
    assert (story.case.state, story.case.missed, story.case.suspension) == (State.REVIEW, (), None)


def test_a_plan_given_while_the_clock_stands_still_ends_the_pause_and_its_date_stays():
    """The date was chosen in knowledge of the pause; a later 恢复 must not move it."""
    story = _suspended(Category.HARD)
    story.do("12-01 10:00", LIAISON, c.Plan(on("12-18"), "方案"))
    assert (_limit(story), story.case.suspension) == (("result", "12-18"), None)
    assert story.refused("12-02 10:00", MANAGER, c.Resume()) == "not_suspended"


def test_a_pause_granted_after_the_limit_forgives_nothing_and_breaks_nothing():
    """Asked on the last day, granted four days later: the days before the 中止 stay lost."""
    story = Story().given()
    story.do("11-26 16:00", LIAISON, c.Suspend(Pause.SUPERIOR, "请示省厅"))
    story.do("12-01 10:00", MANAGER, c.Grant())
    story.do("12-02 10:00", MANAGER, c.Resume())
    assert _limit(story) == ("answer", "11-27")
    story.answered("12-02 11:00")
    assert [missed.days for missed in story.case.missed] == [3]


def test_a_new_round_begins_without_the_pauses_of_the_old_one():
    story = _suspended()
    story.do("11-26 09:30", MANAGER, c.Resume())
    story.answered("11-26 10:00")
    story.do("11-26 11:00", MANAGER, c.Review(False, "没有答到点上"))
    story.deliver("11-26 11:01")
    assert (_limit(story), story.case.paused_days) == (("redo", "12-01"), 0)


def test_a_declined_case_does_not_stand_still_for_the_next_department():
    story = Story().given()
    story.do("11-23 11:00", LIAISON, c.Suspend(Pause.SUPERIOR, "请示省厅"))
    story.do("11-23 11:30", MANAGER, c.Grant())
    story.do("11-23 15:00", LIAISON, c.Decline("不属于"))
    story.do("11-24 10:00", MANAGER, c.Grant())
    story.do("11-24 10:10", MANAGER, c.Dispatch((HOUSING,)))
    assert _limit(story.deliver("11-24 10:11")) == ("answer", "11-27")


# A changed calendar


def test_a_calendar_that_did_not_change_moves_nothing():
    story = Story().given()
    assert story.do("11-24 10:00", SYSTEM, c.Recalculate("同一通知")).limits == story.case.limits
    assert "recalculated" not in story.types()


def test_an_answered_case_is_not_recalculated():
    """Its limit is history."""
    story = Story().given().answered()
    story.calendar = calendar_with(on("11-25"))
    story.do("11-24 11:00", SYSTEM, c.Recalculate("国办发明电〔2026〕1号"))
    assert "recalculated" not in story.types()


def test_a_recalculated_limit_keeps_what_it_stood_still():
    story = _suspended()
    story.do("11-26 09:30", MANAGER, c.Resume())
    story.calendar = calendar_with(on("11-27"))
    story.do("11-26 10:00", SYSTEM, c.Recalculate("国办发明电〔2026〕1号"))
    assert _limit(story) == ("answer", "12-01")
    assert story.case.remarks[-1] == "日历调整，期限由2026-11-30改为2026-12-01"


def test_a_limit_borrowed_from_a_merged_case_is_a_date_and_not_counted_again():
    """并单: the stricter limit came from another receipt; recalculating it from ours would give the time back."""
    story = Story().given()
    other = Story().given().case.clock
    assert other is not None
    stricter = replace(other, date=on("11-25"), at=CALENDAR.closing(on("11-25")))
    story.do("11-24 10:00", MANAGER, c.Absorb("YS20261123-0009", stricter))
    assert _limit(story) == ("answer", "11-25")
    story.do("11-24 11:00", SYSTEM, c.Recalculate("同一通知"))
    assert _limit(story) == ("answer", "11-25")


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
    clock = clock_for(story.case, story.context("11-23 10:00"))
    assert clock is not None
    assert limit_words(clock) == "11-26 17:00前·答复意见"


def test_the_limit_explains_itself():
    story = Story().given(Category.HARD)
    assert story.case.clock is not None
    words = why(story.case, story.case.clock, story.context("11-23 12:00"))
    assert words == "11-23收到，次日起第5个工作日（第八条）；跳过11-28、11-29"
    story.do("11-24 10:00", LIAISON, c.Plan(on("12-18"), "方案"))
    assert why(story.case, story.case.clock, story.context("11-24 12:00")) == "期限12-18是约定日期（承诺时限，第八条）"


def test_a_date_that_comes_with_another_department_is_kept_within_what_is_left():
    """第七条、第八条: 改派 gives no new time; an earlier date counts, a later one is refused with the reason."""
    story = Story().given(Category.CANNOT)
    assert story.refused("11-24 10:00", MANAGER, c.Dispatch((HOUSING,), on("11-27"))) == "reassign_over_limit"
    assert story.refused("11-24 10:00", MANAGER, c.Dispatch((SOCIAL,), on("11-25"))) == "date_alone"
    assert story.refused("11-24 10:00", MANAGER, c.Dispatch((HOUSING,), on("11-28"))) == "date_rest"
    case = story.do("11-24 10:00", MANAGER, c.Dispatch((HOUSING,), on("11-25")))
    assert case.running is not None
    assert (case.running.date, case.lead) == (on("11-25"), HOUSING)
    assert "改派时期限由2026-11-26提前至2026-11-25" in case.remarks
    assert story.deliver("11-24 10:01").case.running == case.running, "a receipt does not set it anew"


def test_a_date_given_before_the_work_order_arrived_counts_when_it_does():
    story = Story().dispatch(Category.CANNOT)
    assert story.refused("11-23 10:05", MANAGER, c.Dispatch((HOUSING,), on("11-27"))) == "date_over_limit"
    story.do("11-23 10:05", MANAGER, c.Dispatch((HOUSING,), on("11-25")))
    case = story.deliver("11-23 10:06").case
    assert case.running is not None
    assert case.running.date == on("11-25")


def test_a_date_after_a_granted_return_is_kept_within_the_cap():
    story = Story().given(Category.CANNOT)
    story.do("11-23 15:00", LIAISON, c.Decline("不属于"))
    story.do("11-24 10:00", MANAGER, c.Grant())
    assert story.refused("11-24 10:30", MANAGER, c.Dispatch((HOUSING,), on("11-30"))) == "date_over_limit"
    story.do("11-24 10:30", MANAGER, c.Dispatch((HOUSING,), on("11-25")))
    case = story.deliver("11-24 10:31").case
    assert case.running is not None
    assert case.running.date == on("11-25")


def test_the_date_of_the_first_dispatch_does_not_shorten_a_redo():
    story = Story().given(Category.GENERAL, day=on("11-24")).answered("11-23 15:00")
    story.do("11-23 16:00", MANAGER, c.Review(False, "没有写明时间"))
    case = story.deliver("11-23 16:01").case
    assert case.running is not None
    assert case.running.date == on("11-26")
    story = Story().given(Category.GENERAL).answered("11-23 15:00")
    story.do("11-23 16:00", MANAGER, c.Review(False, "没有写明时间"))
    assert story.refused("11-23 16:01", MANAGER, c.Dispatch((HOUSING,), on("11-27"))) == "date_over_limit"
    story.do("11-23 16:01", MANAGER, c.Dispatch((HOUSING,), on("11-25")))
    case = story.deliver("11-23 16:02").case
    assert case.running is not None
    assert (case.state, case.running.date) == (State.REDO, on("11-25"))


def test_a_pause_moves_what_the_co_department_owes_with_the_leads_limit():
    story = Story().given(Category.COMPLEX, SOCIAL, HOUSING).deliver("11-23 10:02", HOUSING)
    story.do("11-24 10:00", LIAISON, c.Suspend(Pause.EXAMINATION, "送检"))
    story.do("11-24 11:00", MANAGER, c.Grant())
    case = story.do("11-26 10:00", MANAGER, c.Resume())
    assert case.running is not None
    assert (case.running.date, case.orders[0].clock.date) == (on("12-02"), on("12-01"))
