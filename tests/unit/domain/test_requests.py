"""退单, 延期, 中止 and 更正 (第五条、第七条、第八条): who may ask, until when, how often, and who decides."""

from __future__ import annotations

from datetime import date

import pytest

from domain import commands as c
from domain.case import Case
from domain.refusals import Refused
from domain.timeline import sentence
from domain.vocabulary import Category, Pause, Rating, Request, State
from tests.kit.cases import (
    CALENDAR,
    CO_LIAISON,
    HOUSING,
    LEAD,
    LIAISON,
    MANAGER,
    OTHER_WINDOW,
    SOCIAL,
    WINDOW,
    Story,
    on,
    when,
)


def _limit(case: Case) -> date:
    assert case.running is not None
    assert case.running.at == CALENDAR.closing(case.running.date)
    return case.running.date


def _extension(day: str = "11-27") -> c.Extend:
    return c.Extend(on(day), "需要核对档案")


def test_an_extension_needs_a_reason():
    assert Story().given().refused("11-24 10:00", LIAISON, c.Extend(on("11-27"), " ")) == "reason_needed"


def test_an_extension_is_asked_before_expiry():
    story = Story().given()
    assert story.refused("11-26 17:01", LIAISON, _extension("11-30")) == "extension_late"
    story.do("11-26 17:00", LIAISON, _extension("11-30"))


def test_an_extension_is_later_than_the_limit_and_on_a_working_day():
    story = Story().given()
    assert story.refused("11-24 10:00", LIAISON, _extension("11-26")) == "date_not_later"
    assert story.refused("11-24 10:00", LIAISON, _extension("11-28")) == "date_rest"


def test_an_extension_is_no_longer_than_the_limit_itself():
    """3 个工作日 may become 6, not 7."""
    story = Story().given()
    assert story.refused("11-24 10:00", LIAISON, _extension("12-02")) == "extension_too_long"
    story.do("11-24 10:00", LIAISON, _extension("12-01"))


def test_an_extension_of_a_chosen_date_is_measured_from_the_plan():
    story = Story().given(Category.HARD)
    story.do("11-26 10:00", LIAISON, c.Plan(on("11-30"), "方案"))
    assert story.refused("11-27 10:00", LIAISON, _extension("12-03")) == "extension_too_long"
    story.do("11-27 10:00", LIAISON, _extension("12-02"))


def test_a_stage_is_extended_once():
    story = Story().given()
    story.do("11-24 10:00", LIAISON, _extension())
    story.do("11-24 11:00", LEAD, c.Grant())
    assert story.refused("11-25 10:00", LIAISON, _extension("11-30")) == "extension_once"


def test_the_second_stage_may_be_extended_though_the_first_was():
    story = Story().given(Category.HARD)
    story.do("11-24 10:00", LIAISON, _extension("12-01"))
    story.do("11-24 11:00", LEAD, c.Grant())
    story.do("11-30 10:00", LIAISON, c.Plan(on("12-18"), "方案"))
    story.do("12-10 10:00", LIAISON, _extension("12-21"))
    assert _limit(story.do("12-10 11:00", MANAGER, c.Grant())) == on("12-21")


def test_the_first_stage_is_a_legal_number_and_only_the_lead_moves_it():
    story = Story().given()
    story.do("11-24 10:00", LIAISON, _extension())
    assert story.refused("11-24 11:00", MANAGER, c.Grant()) == "lead_decides"
    assert story.refused("11-24 11:00", MANAGER, c.Deny("不行")) == "lead_decides"
    case = story.do("11-24 12:00", LEAD, c.Grant())
    assert _limit(case) == on("11-27")
    assert case.remarks == ("答复意见延期：2026-11-26延至2026-11-27",)


def test_asking_does_not_stop_the_clock():
    story = Story().given()
    limit = story.case.running
    story.do("11-24 10:00", LIAISON, _extension())
    assert story.case.running == limit
    assert ("overdue", "manager") in story.heard("11-27 09:00")


def test_a_departments_newer_request_takes_the_place_of_its_older_one():
    """A liaison who asked for time and then sees that the matter is not theirs need not wait for a ruling."""
    story = Story().given()
    story.do("11-23 15:00", LIAISON, _extension())
    asked = story.case
    case = story.do("11-23 15:10", LIAISON, c.Decline("不属于"))
    assert case.pending is not None
    assert case.pending.what is Request.DECLINE
    assert case.epoch > asked.epoch, "the card that asks about the older one must not decide the newer"
    assert sentence(story.events[-1]) == "申请退单，代替原来的延期申请"
    assert story.do("11-23 15:20", MANAGER, c.Deny("归你局")).pending is None
    assert story.case.extended == frozenset(), "what was taken back was not used up"


def test_somebody_elses_request_is_waited_for_and_the_refusal_says_whose_and_how():
    story = Story().given(Category.COMPLEX, SOCIAL, HOUSING)
    story.do("11-23 14:00", LIAISON, _extension("12-01"))
    with pytest.raises(Refused) as refusal:
        story.do("11-23 15:00", CO_LIAISON, c.Decline("与我局无关"))
    assert str(refusal.value) == (
        "YS20261123-0007 有一项延期申请（11-23 14:00提出）待裁定，"
        "请负责人先发送 /准 1123-7 或 /不准 1123-7 理由，再申请退单。"
    )


def test_a_correction_that_waits_names_the_second_person():
    story = Story().given()
    story.do("11-23 14:00", WINDOW, c.Correct("phone", "00012340009", "录入有误"))
    with pytest.raises(Refused, match="请申请人以外的管理人员先发送"):
        story.do("11-23 15:00", LIAISON, _extension())


def test_four_voices_are_kept_apart():
    """What is asked, what the centre says, what the complainant says, and why the case came back."""
    story = Story().given()
    story.do("11-23 14:00", LIAISON, _extension())
    story.do("11-23 14:10", LEAD, c.Deny("理由不充分"))
    story.answered().reviewed()
    story.do("11-24 14:00", WINDOW, c.CallBack(Rating.DISSATISFIED, "没有解决"))
    story.deliver("11-24 14:01")
    story.do("11-25 10:00", LIAISON, c.Suspend(Pause.EXAMINATION, "送检中"))
    words = story.case.private
    assert (words.request, words.ruling, words.opinion, words.redo) == (
        "送检中",
        "理由不充分",
        "没有解决",
        "没有解决",
    )


def test_nothing_is_decided_that_nobody_asked():
    story = Story().given()
    assert story.refused("11-23 15:00", MANAGER, c.Grant()) == "no_request"
    assert story.refused("11-23 15:00", MANAGER, c.Deny("不行")) == "no_request"


def test_a_late_decision_grants_the_date_that_was_asked_for():
    """Decided after that very date: the new limit lies in the past, it must neither break nor grow."""
    story = Story().given()
    story.do("11-26 10:00", LIAISON, _extension("11-27"))
    case = story.do("11-30 10:00", LEAD, c.Grant())
    assert _limit(case) == on("11-27")


def test_a_denied_extension_keeps_the_limit_and_may_be_asked_again():
    story = Story().given()
    limit = story.case.running
    story.do("11-24 10:00", LIAISON, _extension())
    assert story.do("11-24 11:00", LEAD, c.Deny("按期办理")).running == limit
    story.do("11-24 14:00", LIAISON, _extension())


def test_a_plan_settles_the_request_to_move_the_plans_own_limit():
    """Else the old date would become the limit of the second stage."""
    story = Story().given(Category.HARD)
    story.do("11-24 10:00", LIAISON, _extension("12-02"))
    case = story.do("11-25 10:00", LIAISON, c.Plan(on("12-18"), "方案"))
    assert (case.pending, _limit(case)) == (None, on("12-18"))


def test_a_promise_settles_the_request_to_move_the_limit_before_it():
    story = Story().given(Category.UNWILLING)
    story.do("11-23 15:00", LIAISON, _extension("11-25"))
    assert story.do("11-23 16:00", LIAISON, c.Promise(on("11-27"))).pending is None


def test_a_new_category_settles_the_request_to_move_the_old_limit():
    """Else the date that was asked for would cut the new, longer limit short."""
    story = Story().given()
    story.do("11-24 10:00", LIAISON, _extension())
    case = story.do("11-24 11:00", MANAGER, c.Classify(Category.HARD))
    assert (case.pending, _limit(case)) == (None, on("11-30"))


def test_an_answer_settles_whatever_a_department_asked():
    story = Story().given()
    story.do("11-23 15:00", LIAISON, c.Decline("不属于"))
    assert story.answered("11-23 16:00").case.pending is None


def test_an_answer_does_not_settle_a_correction():
    """It is the window's, and the second person still has to look at it."""
    story = Story().given()
    story.do("11-23 15:00", WINDOW, c.Correct("address", "示例市虚构路3号", "录入有误"))
    assert story.answered("11-23 16:00").case.pending is not None


def test_an_extension_after_the_plan_of_a_second_round_is_measured_from_that_round():
    """The plan of the first round is no beginning of anything any more."""
    story = Story().given(Category.HARD)
    story.do("11-24 10:00", LIAISON, c.Plan(on("11-25"), "方案"))
    story.answered("11-25 10:00").reviewed("11-25 11:00")
    story.do("11-25 14:00", WINDOW, c.CallBack(Rating.SATISFIED))
    story.do("11-30 09:00", LEAD, c.Reopen("新情况"))
    story.do("11-30 09:10", MANAGER, c.Classify(Category.GENERAL))
    story.do("11-30 09:20", MANAGER, c.Dispatch((SOCIAL,), on("12-02")))
    story.deliver("11-30 09:21")
    assert story.refused("12-01 10:00", LIAISON, _extension("12-07")) == "extension_too_long"
    story.do("12-01 10:00", LIAISON, _extension("12-04"))


def test_a_work_order_is_declined_within_one_working_day():
    """第七条: by the close of the working day after receipt."""
    assert Story().given().refused("11-24 17:01", LIAISON, c.Decline("不属于")) == "decline_late"
    assert Story().given().do("11-24 17:00", LIAISON, c.Decline("不属于")).pending is not None


def test_a_decline_needs_a_reason():
    assert Story().given().refused("11-23 15:00", LIAISON, c.Decline("  ")) == "reason_needed"


def test_a_department_declines_a_case_once():
    story = Story().given()
    story.do("11-23 15:00", LIAISON, c.Decline("不属于"))
    story.do("11-23 16:00", MANAGER, c.Grant("已核实"))
    story.do("11-23 16:10", MANAGER, c.Dispatch((SOCIAL,)))
    story.deliver("11-23 16:11")
    assert story.refused("11-23 16:20", LIAISON, c.Decline("还是不属于")) == "decline_once"


def test_the_helper_who_declined_is_remembered_and_not_the_lead():
    story = Story().given(Category.COMPLEX, SOCIAL, HOUSING)
    story.do("11-23 15:00", CO_LIAISON, c.Decline("与我局无关"))
    assert story.do("11-23 16:00", MANAGER, c.Grant()).declined == {HOUSING.id}


def test_a_declined_case_does_not_stop_the_clock_while_it_waits():
    story = Story().given()
    limit = story.case.running
    assert story.do("11-23 15:00", LIAISON, c.Decline("不属于")).running == limit


def test_a_decline_is_asked_before_the_plan():
    story = Story().given(Category.HARD)
    story.do("11-23 15:00", LIAISON, c.Plan(on("12-18"), "方案"))
    assert story.refused("11-23 16:00", LIAISON, c.Decline("不属于")) == "wrong_state"


def test_a_new_department_inherits_no_supervision():
    """退单改派 after 督办: the next department starts with a clean slate."""
    story = Story().given()
    story.do("11-23 15:00", LIAISON, c.Decline("不属于"))
    story.do("11-27 09:10", MANAGER, c.Supervise(on("11-30"), "2026督1"))
    case = story.do("11-27 10:00", MANAGER, c.Grant())
    assert (case.state, case.supervision_due, case.level) == (State.SUBMITTED, None, 0)
    story.do("12-01 09:10", MANAGER, c.Dispatch((HOUSING,)))
    story.deliver("12-01 09:11")
    assert not story.heard("12-01 09:20")


@pytest.mark.parametrize(
    "command", [c.Decline("不属于"), c.Extend(on("11-27"), "核档"), c.Suspend(Pause.SUPERIOR, "请示省厅")]
)
def test_only_the_department_asks(command):
    assert Story().given().refused("11-23 15:00", MANAGER, command) == "not_allowed"


# 中止


def _pause(why: Pause = Pause.EXAMINATION) -> c.Suspend:
    return c.Suspend(why, "送检，预计三天")


def test_a_suspension_is_asked_before_expiry_with_a_reason_and_by_the_lead_department():
    story = Story().given(Category.COMPLEX, SOCIAL, HOUSING)
    assert story.refused("11-24 10:00", LIAISON, c.Suspend(Pause.EXAMINATION, " ")) == "reason_needed"
    assert story.refused("11-24 10:00", CO_LIAISON, _pause()) == "lead_submits"
    assert story.refused("11-30 17:01", LIAISON, _pause()) == "extension_late"
    story.do("11-30 17:00", LIAISON, _pause())


def test_asking_for_a_suspension_does_not_stop_the_clock():
    story = Story().given()
    limit = story.case.running
    assert story.do("11-24 10:00", LIAISON, _pause()).running == limit
    assert story.do("11-24 11:00", MANAGER, c.Deny("可以边办边等")).running == limit


def test_a_case_is_suspended_so_often_as_the_rules_say():
    story = Story().given(Category.HARD)
    for day in ("24", "25"):
        story.do(f"11-{day} 10:00", LIAISON, _pause())
        story.do(f"11-{day} 11:00", MANAGER, c.Grant())
        story.do(f"11-{day} 16:00", MANAGER, c.Resume())
    assert story.refused("11-26 10:00", LIAISON, _pause()) == "suspended_enough"


def test_nothing_is_suspended_before_it_was_received():
    assert Story().dispatch(Category.CANNOT).refused("11-23 10:30", LIAISON, _pause()) == "wrong_state"


def test_while_the_clock_stands_still_nobody_extends_suspends_or_presses():
    story = Story().given()
    story.do("11-24 10:00", LIAISON, _pause())
    story.do("11-24 11:00", MANAGER, c.Grant())
    assert story.refused("11-24 14:00", LIAISON, _extension()) == "suspended_already"
    assert story.refused("11-24 14:00", LIAISON, _pause()) == "suspended_already"
    assert story.refused("11-24 14:00", MANAGER, c.Nudge()) == "suspended_already"
    assert story.refused("11-30 14:00", MANAGER, c.Supervise(on("12-02"), "2026督1")) == "not_overdue"


def test_what_was_waited_for_ends_the_suspension_by_itself():
    """待补充材料: the window enters them, and the clock runs again."""
    story = Story().given()
    story.do("11-24 10:00", LIAISON, _pause(Pause.MATERIALS))
    story.do("11-24 11:00", MANAGER, c.Grant())
    case = story.do("11-26 10:00", WINDOW, c.Supplement("已补交缴费凭证"))
    assert (case.suspension, _limit(case)) == (None, on("11-30"))


def test_a_supplement_does_not_end_a_suspension_that_waits_for_something_else():
    story = Story().given()
    story.do("11-24 10:00", LIAISON, _pause(Pause.SUPERIOR))
    story.do("11-24 11:00", MANAGER, c.Grant())
    assert story.do("11-26 10:00", WINDOW, c.Supplement("又来电催问")).suspension is not None


# 更正


def _wrong_phone() -> c.Correct:
    return c.Correct("phone", "00012340009", "录入有误")


def test_nobody_agrees_to_their_own_correction():
    """第五条 “准确”: two pairs of eyes; the manager who asked cannot grant, another one can."""
    story = Story().given()
    story.do("11-24 10:00", MANAGER, _wrong_phone())
    assert story.refused("11-24 10:10", MANAGER, c.Grant()) == "second_person"
    assert story.do("11-24 10:20", LEAD, c.Grant()).private.phone == "00012340009"


def test_the_window_asks_for_a_correction_and_does_not_decide_it():
    story = Story().given()
    story.do("11-24 10:00", WINDOW, _wrong_phone())
    assert story.refused("11-24 10:10", OTHER_WINDOW, c.Grant()) == "not_allowed"


@pytest.mark.parametrize("field", ["name", "contact", "phone", "address", "content", "kind"])
def test_every_entry_of_the_record_can_be_corrected_and_nothing_else(field):
    story = Story().given()
    story.do("11-24 10:00", WINDOW, c.Correct(field, "示例", "录入有误"))
    case = story.do("11-24 10:10", MANAGER, c.Grant())
    assert getattr(case if field == "kind" else case.private, field) == "示例"
    for wrong in ("state", "level", "clock"):
        assert story.refused("11-24 11:00", WINDOW, c.Correct(wrong, "示例", "录入有误")) == "not_correctable"


def test_a_denied_correction_changes_nothing():
    story = Story().given()
    before = story.case.private.phone
    story.do("11-24 10:00", WINDOW, _wrong_phone())
    assert story.do("11-24 10:10", MANAGER, c.Deny("与录音一致")).private.phone == before


def test_a_closed_case_can_still_be_put_right_and_stays_closed():
    story = Story().closed()
    story.do("11-25 10:00", WINDOW, _wrong_phone())
    case = story.do("11-25 10:10", MANAGER, c.Grant())
    assert (case.state, case.private.phone, case.epoch) == (State.SATISFIED, "00012340009", story.case.epoch)


def test_the_old_entry_stays_in_the_record_and_the_new_one_stays_out_of_it():
    """The public part of the history names the entry, never its value."""
    story = Story().given()
    story.do("11-24 10:00", WINDOW, _wrong_phone())
    story.do("11-24 10:10", MANAGER, c.Grant())
    assert "00012340009" not in "".join(str(dict(event.data)) for event in story.events)
    assert story.events[0].private["phone"] == "00012340001"
    assert story.case.private.phones == ("00012340009",)


def test_a_corrected_name_is_taken_out_of_the_title():
    """The title was masked without knowing it, and stands in the group."""
    story = Story(fields={"title": "测丁四的社保转移不给办"}, private={"name": "测甲一", "content": "社保"})
    story.do("11-23 09:50", WINDOW, c.Correct("name", "测丁四", "登记时听错"))
    case = story.do("11-23 09:55", MANAGER, c.Grant())
    assert "测丁四" not in case.title
    assert "社保" in case.title


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("external_no", "PDS20261123-9", "PDS20261123-9"),
        ("source", "12345热线", "12345热线"),
        ("external_deadline", "2026-11-25T12:00:00+08:00", when("11-25 12:00")),
    ],
)
def test_what_the_hotline_sent_can_be_put_right_by_two_people(field, value, kept):
    story = Story().given()
    story.do("11-23 11:00", WINDOW, c.Correct(field, value, "登记时没有写"))
    name = {"external_deadline": "external_due"}.get(field, field)
    assert getattr(story.case, name) != kept
    assert getattr(story.do("11-23 11:10", MANAGER, c.Grant()), name) == kept
    assert "更正" in sentence(story.events[-1])


def test_a_number_or_limit_that_never_was_is_taken_out_again():
    fields = {"source": "12345热线", "external_no": "X1", "external_due": "2026-11-25T12:00:00+08:00"}
    for field, name, none in (("external_no", "external_no", ""), ("external_deadline", "external_due", None)):
        story = Story(fields=fields).given()
        story.do("11-23 11:00", WINDOW, c.Correct(field, "无", "录入有误"))
        assert getattr(story.do("11-23 11:10", MANAGER, c.Grant()), name) == none


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("source", "微信群", "source_unknown"),
        ("external_no", "9" * 101, "number_too_long"),
        ("external_deadline", "下周", "entry_unreadable"),
        ("external_deadline", "9999-12-31", "date_out_of_range"),
    ],
)
def test_what_cannot_stand_there_is_refused(field, value, code):
    assert Story().given().refused("11-23 11:00", WINDOW, c.Correct(field, value, "录入有误")) == code
