"""质检反馈评价 (第十条): review, call-back, 清零销号, 退回重办."""

from __future__ import annotations

import pytest

from domain import commands as c
from domain.vocabulary import Category, Level, Rating, Request, State
from tests.kit.cases import (
    HOUSING,
    LEAD,
    LIAISON,
    MANAGER,
    OPERATOR,
    OTHER_WINDOW,
    PRIVATE,
    SOCIAL,
    WINDOW,
    Story,
    on,
)

ANONYMOUS = {"content": "窗口一直不给办理，请尽快处理"}


def _waiting() -> Story:
    return Story().given().answered().reviewed()


@pytest.mark.parametrize("rating", [Rating.DELIGHTED, Rating.SATISFIED, Rating.ACCEPTABLE])
def test_satisfied_clears_the_number(rating):
    story = _waiting()
    case = story.do("11-24 14:00", WINDOW, c.CallBack(rating))
    assert (case.state, case.rating, case.closed_at is not None) == (State.SATISFIED, rating, True)


@pytest.mark.parametrize("rating", [Rating.DISSATISFIED, Rating.OUTRAGED])
def test_dissatisfied_goes_back_to_the_department_as_a_new_round(rating):
    story = _waiting()
    assert story.refused("11-24 14:00", WINDOW, c.CallBack(rating, " ")) == "opinion_needed"
    case = story.do("11-24 14:00", WINDOW, c.CallBack(rating, "问题没有解决"))
    assert (case.state, case.round, len(case.returned), case.units) == (State.REDO, 2, 1, (SOCIAL,))
    assert case.private.opinion == "问题没有解决"


def test_unanswered_stays_and_is_counted():
    """第十条 “结果回访”: three calls on one day are not enough to give somebody up."""
    story = _waiting()
    for hour in ("14", "15", "16"):
        story.do(f"11-24 {hour}:00", WINDOW, c.CallBack(Rating.UNANSWERED))
    assert (story.case.state, len(story.case.calls), story.case.pending) == (State.CALL_BACK, 3, None)
    assert story.do("11-25 10:00", WINDOW, c.CallBack(Rating.SATISFIED)).state is State.SATISFIED


def _unreached() -> Story:
    story = _waiting()
    for moment in ("11-24 14:00", "11-24 16:00", "11-25 10:00"):
        story.do(moment, WINDOW, c.CallBack(Rating.UNANSWERED))
    return story


def test_after_three_calls_on_two_days_the_lead_may_close_without_an_opinion():
    """第十条: never by the clock, never counted as satisfied."""
    story = _unreached()
    assert story.case.pending is not None
    assert (story.case.state, story.case.pending.what) == (State.CALL_BACK, "未联系上办结")
    assert story.refused("11-25 10:30", MANAGER, c.Grant()) == "lead_decides"
    assert story.refused("11-25 10:30", WINDOW, c.CallBack(Rating.SATISFIED)) == "request_pending"
    case = story.do("11-25 11:00", LEAD, c.Grant())
    assert (case.state, case.rating) == (State.CLOSED_UNREACHED, Rating.UNANSWERED)


def test_the_lead_may_want_another_call():
    story = _unreached()
    assert story.do("11-25 11:00", LEAD, c.Deny("换个时间再打")).pending is None
    assert story.do("11-25 18:00", WINDOW, c.CallBack(Rating.SATISFIED)).state is State.SATISFIED


def test_the_calls_of_an_earlier_round_do_not_count_against_the_complainant():
    story = _unreached()
    story.do("11-25 11:00", LEAD, c.Grant())
    story.do("11-30 10:00", LEAD, c.Reopen("诉求人来电"))
    story.do("11-30 10:10", MANAGER, c.Dispatch((SOCIAL,)))
    story.deliver("11-30 10:11").answered("11-30 11:00").reviewed("11-30 14:00")
    story.do("11-30 15:00", WINDOW, c.CallBack(Rating.UNANSWERED))
    assert (story.case.state, story.case.pending) == (State.CALL_BACK, None)


def test_who_declines_to_rate_is_closed_without_a_cleared_number():
    """第十条: 满意的清零销号; no opinion is not satisfaction."""
    story = _waiting()
    case = story.do("11-24 14:00", WINDOW, c.CallBack(Rating.DECLINED))
    assert (case.state, case.rating) == (State.CLOSED_UNREACHED, Rating.DECLINED)


def _lawful_no() -> Story:
    story = Story().given()
    story.do("11-24 10:00", LIAISON, c.CannotDo("不符合条件", "《条例》第三条"))
    return story.reviewed()


def test_a_lawful_no_that_nobody_likes_is_put_before_the_lead():
    """第八条、第十条: dissatisfaction with a lawful “办不了” is no reason to do the impossible again."""
    story = _lawful_no()
    story.do("11-24 14:00", WINDOW, c.CallBack(Rating.DISSATISFIED, "没有道理"))
    assert story.case.pending is not None
    assert (story.case.state, story.case.pending.what) == (State.CALL_BACK, "依法办结")
    assert story.refused("11-24 14:30", MANAGER, c.Grant("已说明")) == "lead_decides"
    assert story.refused("11-24 14:30", LEAD, c.Grant()) == "text_needed"
    case = story.do("11-24 15:00", LEAD, c.Grant("已书面说明"))
    assert (case.state, case.rating, case.private.explanation) == (
        State.CLOSED_LAWFUL,
        Rating.DISSATISFIED,
        "已书面说明",
    )


def test_a_lawful_no_the_lead_does_not_believe_goes_back():
    story = _lawful_no()
    story.do("11-24 14:00", WINDOW, c.CallBack(Rating.OUTRAGED, "没有道理"))
    case = story.do("11-24 15:00", LEAD, c.Deny("依据不对"))
    assert (case.state, case.round, case.pending) == (State.REDO, 2, None)


def test_a_lawful_no_that_satisfies_clears_the_number():
    assert _lawful_no().do("11-24 14:00", WINDOW, c.CallBack(Rating.ACCEPTABLE)).state is State.SATISFIED


def test_only_a_dissatisfied_complainant_makes_a_lawful_ending():
    """未接通 is not 不满意: who was not reached is called again."""
    story = _waiting()
    assert story.refused("11-24 13:30", LEAD, c.Conclude("已书面说明")) == "nothing_to_conclude"
    story.do("11-24 14:00", WINDOW, c.CallBack(Rating.UNANSWERED))
    assert story.refused("11-24 14:30", LEAD, c.Conclude("已书面说明")) == "nothing_to_conclude"


# 并单


def _with_merged(**fields: object) -> Story:
    story = Story(fields=fields).given()
    story.do("11-23 15:00", MANAGER, c.Absorb("YS20261123-0009"))
    return story.answered()


def _called(story: Story, rating: Rating, moment: str = "11-24 15:00") -> State:
    opinion = "没解决" if rating is Rating.DISSATISFIED else ""
    return story.do(moment, WINDOW, c.CalledMerged("YS20261123-0009", rating, opinion)).state


def test_the_number_is_cleared_when_every_complainant_was_called():
    """第十条: 并单 is one work order and several people."""
    story = _with_merged().reviewed()
    assert story.do("11-24 14:00", WINDOW, c.CallBack(Rating.SATISFIED)).state is State.CALL_BACK
    assert story.case.uncalled == ("YS20261123-0009",)
    assert _called(story, Rating.SATISFIED) is State.SATISFIED


def test_in_whatever_order_they_are_called():
    story = _with_merged().reviewed()
    assert _called(story, Rating.ACCEPTABLE) is State.CALL_BACK
    assert story.do("11-24 16:00", WINDOW, c.CallBack(Rating.SATISFIED)).state is State.SATISFIED


def test_one_dissatisfied_complainant_sends_the_case_back_for_all():
    story = _with_merged().reviewed()
    story.do("11-24 14:00", WINDOW, c.CallBack(Rating.SATISFIED))
    assert _called(story, Rating.DISSATISFIED) is State.REDO
    assert story.case.uncalled == ("YS20261123-0009",)


def test_who_declines_to_rate_does_not_end_it_for_the_others():
    story = _with_merged().reviewed()
    assert story.do("11-24 14:00", WINDOW, c.CallBack(Rating.DECLINED)).state is State.CALL_BACK
    assert _called(story, Rating.SATISFIED) is State.CLOSED_UNREACHED


def test_an_anonymous_masters_merged_complainants_are_called_all_the_same():
    story = _with_merged(no_reply=True).reviewed()
    assert story.case.state is State.CALL_BACK
    assert _called(story, Rating.SATISFIED) is State.CLOSED_UNREACHED


def test_a_merged_complainants_dislike_of_a_lawful_no_is_the_leads_too():
    story = Story().given()
    story.do("11-23 15:00", MANAGER, c.Absorb("YS20261123-0009"))
    story.do("11-24 10:00", LIAISON, c.CannotDo("不符合条件", "《条例》第三条"))
    story.reviewed()
    assert _called(story, Rating.DISSATISFIED) is State.CALL_BACK
    assert story.case.pending is None, "the first complainant is asked before the lead decides"
    case = story.do("11-24 15:30", WINDOW, c.CallBack(Rating.SATISFIED))
    assert (case.state, case.pending.what, case.rating) == (State.CALL_BACK, Request.LAWFUL, Rating.SATISFIED)
    assert story.do("11-24 16:00", LEAD, c.Deny("依据不对")).state is State.REDO


def test_a_merged_complainant_is_called_on_their_own_record_and_says_why():
    """Their record keeps date and rating; it stays closed."""
    story = Story().confirm()
    story.do("11-23 10:00", MANAGER, c.MergeInto("YS20261123-0001"))
    assert story.refused("11-24 14:00", WINDOW, c.CallBack(Rating.DISSATISFIED)) == "opinion_needed"
    case = story.do("11-24 14:00", WINDOW, c.CallBack(Rating.DISSATISFIED, "没解决"))
    assert (case.state, case.rating, len(case.calls)) == (State.MERGED, Rating.DISSATISFIED, 1)


def test_a_case_that_others_follow_follows_no_other():
    story = Story().given()
    story.do("11-23 15:00", MANAGER, c.Absorb("YS20261123-0009"))
    assert story.refused("11-23 16:00", MANAGER, c.MergeInto("YS20261123-0001")) == "cannot_merge"
    assert Story().given().refused("11-23 16:00", MANAGER, c.MergeInto("YS20261123-0007")) == "cannot_merge"


def test_what_was_answered_is_not_merged_any_more():
    """Only the call is left, and that is the complainant's own."""
    assert Story().given().answered().refused("11-24 10:30", MANAGER, c.MergeInto("YS20261123-0001")) == "wrong_state"


@pytest.mark.parametrize(
    ("fields", "private"),
    [({"anonymous": True}, ANONYMOUS), ({"no_reply": True}, PRIVATE)],
)
def test_whom_nobody_can_ask_is_never_counted_as_satisfied(fields, private):
    story = Story(fields=fields, private=private).given().answered()
    case = story.do("11-24 11:00", MANAGER, c.Review(True))
    assert (case.state, case.rating, story.types()[-2:]) == (State.CLOSED_UNREACHED, None, ["review_passed", "closed"])


def test_an_anonymous_person_who_left_a_number_is_called():
    story = Story(fields={"anonymous": True}).given().answered()
    assert story.do("11-24 11:00", MANAGER, c.Review(True)).state is State.CALL_BACK


def test_an_anonymous_matter_settled_on_the_spot_does_not_wait_for_a_call():
    story = Story(fields={"anonymous": True}, private=ANONYMOUS).confirm()
    assert story.do("11-23 10:00", WINDOW, c.SettleOnSpot("当场解释")).state is State.CLOSED_UNREACHED


def test_who_settled_it_may_not_call_back():
    story = Story().confirm()
    story.do("11-23 10:00", WINDOW, c.SettleOnSpot("当场解释"))
    assert story.refused("11-23 11:00", WINDOW, c.CallBack(Rating.SATISFIED)) == "answerer_calls_back"
    assert story.do("11-23 11:00", OTHER_WINDOW, c.CallBack(Rating.SATISFIED)).state is State.SATISFIED


def test_who_recorded_an_outside_bodys_answer_may_not_call_back():
    story = Story().confirm()
    story.do("11-23 09:45", MANAGER, c.Refer("示例市供电公司", on("11-30")))
    story.do("11-25 10:00", MANAGER, c.Answer("已回函"))
    story.reviewed("11-25 11:00")
    assert story.refused("11-25 14:00", MANAGER, c.CallBack(Rating.SATISFIED)) == "answerer_calls_back"


def test_a_department_reviews_and_calls_nobody():
    story = Story().given().answered()
    assert story.refused("11-24 11:00", LIAISON, c.Review(True)) == "not_allowed"
    story.reviewed()
    assert story.refused("11-24 14:00", LIAISON, c.CallBack(Rating.SATISFIED)) == "not_allowed"
    assert story.refused("11-24 14:00", LIAISON, c.Withdraw("算了")) == "not_allowed"


def test_the_window_does_not_review():
    assert Story().given().answered().refused("11-24 11:00", WINDOW, c.Review(True)) == "not_allowed"


def test_a_failed_review_needs_a_reason_the_department_can_read():
    story = Story().given().answered()
    assert story.refused("11-24 11:00", MANAGER, c.Review(False)) == "reason_needed"
    case = story.do("11-24 11:00", MANAGER, c.Review(False, "没有写依据"))
    assert (case.state, case.round, case.level, case.private.redo) == (State.REDO, 2, Level.NONE, "没有写依据")


def test_an_outside_bodys_bad_answer_goes_back_to_the_manager():
    """No department of the directory could sign for it: the manager refers it anew or dispatches it."""
    story = Story().confirm()
    story.do("11-23 09:40", MANAGER, c.Classify(Category.NOT_STATIONED))
    story.do("11-23 09:45", MANAGER, c.Refer("示例市供电公司", on("11-30")))
    story.do("11-25 10:00", MANAGER, c.Answer("已回函"))
    case = story.do("11-25 11:00", MANAGER, c.Review(False, "答非所问"))
    assert (case.state, case.round) == (State.SUBMITTED, 2)
    case = story.do("11-25 11:10", MANAGER, c.Refer("示例市供电公司", on("12-02")))
    assert (case.state, case.running is not None) == (State.REFERRED, True)


def test_a_matter_settled_on_the_spot_without_success_goes_to_the_manager():
    story = Story().confirm()
    story.do("11-23 10:00", WINDOW, c.SettleOnSpot("当场解释"))
    case = story.do("11-23 11:00", OTHER_WINDOW, c.CallBack(Rating.DISSATISFIED, "没说清楚"))
    assert (case.state, case.round) == (State.SUBMITTED, 2)
    assert story.do("11-23 11:10", MANAGER, c.Dispatch((HOUSING,))).state is State.DISPATCHED


def test_the_delay_of_an_earlier_round_is_not_forgiven():
    story = Story().given()
    story.answered("11-30 10:00")
    story.do("11-30 11:00", MANAGER, c.Review(False, "没有答到点上"))
    story.deliver("11-30 11:01").answered("12-01 10:00").reviewed("12-01 11:00")
    story.do("12-01 14:00", WINDOW, c.CallBack(Rating.SATISFIED))
    assert [missed.days for missed in story.case.missed] == [2]


@pytest.mark.parametrize(
    "command",
    [
        c.Confirm(),
        c.Answer("x"),
        c.Nudge(),
        c.Urge(),
        c.Review(True),
        c.Withdraw("x"),
        c.Void("x"),
        c.MergeInto("YS20261123-0001"),
        c.Resume(),
        c.Conclude("x"),
        c.CallBack(Rating.SATISFIED),
        c.Recalculate("x"),
    ],
    ids=lambda command: type(command).__name__,
)
def test_closed_means_closed(command):
    for actor in (WINDOW, MANAGER, LEAD, LIAISON, OPERATOR):
        assert Story().closed().refused("11-25 10:00", actor, command) == "closed"


def test_only_the_lead_reopens_and_says_why():
    story = Story().closed()
    assert story.refused("11-25 10:00", MANAGER, c.Reopen("新情况")) == "not_allowed"
    assert story.refused("11-25 10:00", LEAD, c.Reopen("")) == "reason_needed"
    assert story.do("11-25 10:00", LEAD, c.Reopen("新情况")).state is State.SUBMITTED


def test_a_late_name_is_taken_out_of_the_title():
    """补充 after intake: what was masked without knowing the name is masked again."""
    story = Story(fields={"title": "测甲一的社保转移不给办"}, private={"content": "社保"})
    case = story.do("11-23 09:50", WINDOW, c.Supplement("姓名补上", {}, {"name": "测甲一"}))
    assert "测甲一" not in case.title
    assert "社保" in case.title


def test_the_notice_to_the_complainant_of_a_transfer_holds_no_private_word():
    story = Story().confirm()
    story.do("11-23 09:45", MANAGER, c.Classify(Category.OUT_OF_SCOPE))
    story.do("11-23 09:50", MANAGER, c.Transfer("示例市法院", "已电话告知测甲一 00012340001"))
    public = str([event.data for event in story.events[-2:]])
    assert "测甲一" not in public
    assert "00012340001" not in public
