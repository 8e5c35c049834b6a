"""质检反馈评价 (第十条): review, call-back, 清零销号, 退回重办."""

from __future__ import annotations

import pytest

from domain import commands as c
from domain.vocabulary import Category, Level, Rating, State
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
    assert (case.state, case.rating, case.closed_at is not None) == (State.Z1, rating, True)


@pytest.mark.parametrize("rating", [Rating.DISSATISFIED, Rating.OUTRAGED])
def test_dissatisfied_goes_back_to_the_department_as_a_new_round(rating):
    story = _waiting()
    assert story.refused("11-24 14:00", WINDOW, c.CallBack(rating, " ")) == "opinion_needed"
    case = story.do("11-24 14:00", WINDOW, c.CallBack(rating, "问题没有解决"))
    assert (case.state, case.round, len(case.returned), case.units) == (State.R, 2, 1, (SOCIAL,))
    assert case.private.opinion == "问题没有解决"


def test_unanswered_stays_and_is_counted():
    story = _waiting()
    for hour in ("14", "15", "16"):
        story.do(f"11-24 {hour}:00", WINDOW, c.CallBack(Rating.UNANSWERED))
    assert (story.case.state, len(story.case.calls)) == (State.C2, 3)
    assert story.do("11-25 10:00", WINDOW, c.CallBack(Rating.SATISFIED)).state is State.Z1


@pytest.mark.parametrize(
    ("fields", "private"),
    [({"anonymous": True}, ANONYMOUS), ({"no_reply": True}, PRIVATE)],
)
def test_whom_nobody_can_ask_is_never_counted_as_satisfied(fields, private):
    story = Story(fields=fields, private=private).given().answered()
    case = story.do("11-24 11:00", MANAGER, c.Review(True))
    assert (case.state, case.rating, story.types()[-2:]) == (State.Z3, None, ["review_passed", "closed"])


def test_an_anonymous_person_who_left_a_number_is_called():
    story = Story(fields={"anonymous": True}).given().answered()
    assert story.do("11-24 11:00", MANAGER, c.Review(True)).state is State.C2


def test_an_anonymous_matter_settled_on_the_spot_does_not_wait_for_a_call():
    story = Story(fields={"anonymous": True}, private=ANONYMOUS).confirm()
    assert story.do("11-23 10:00", WINDOW, c.SettleOnSpot("当场解释")).state is State.Z3


def test_who_settled_it_may_not_call_back():
    story = Story().confirm()
    story.do("11-23 10:00", WINDOW, c.SettleOnSpot("当场解释"))
    assert story.refused("11-23 11:00", WINDOW, c.CallBack(Rating.SATISFIED)) == "answerer_calls_back"
    assert story.do("11-23 11:00", OTHER_WINDOW, c.CallBack(Rating.SATISFIED)).state is State.Z1


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
    assert (case.state, case.round, case.level, case.private.opinion) == (State.R, 2, Level.NONE, "没有写依据")


def test_an_outside_bodys_bad_answer_goes_back_to_the_manager():
    """No department of the directory could sign for it: the manager refers it anew or dispatches it."""
    story = Story().confirm()
    story.do("11-23 09:40", MANAGER, c.Classify(Category.NOT_STATIONED))
    story.do("11-23 09:45", MANAGER, c.Refer("示例市供电公司", on("11-30")))
    story.do("11-25 10:00", MANAGER, c.Answer("已回函"))
    case = story.do("11-25 11:00", MANAGER, c.Review(False, "答非所问"))
    assert (case.state, case.round) == (State.A2, 2)
    case = story.do("11-25 11:10", MANAGER, c.Refer("示例市供电公司", on("12-02")))
    assert (case.state, case.running is not None) == (State.B4, True)


def test_a_matter_settled_on_the_spot_without_success_goes_to_the_manager():
    story = Story().confirm()
    story.do("11-23 10:00", WINDOW, c.SettleOnSpot("当场解释"))
    case = story.do("11-23 11:00", OTHER_WINDOW, c.CallBack(Rating.DISSATISFIED, "没说清楚"))
    assert (case.state, case.round) == (State.A2, 2)
    assert story.do("11-23 11:10", MANAGER, c.Dispatch((HOUSING,))).state is State.B1


def test_the_delay_of_an_earlier_round_is_not_forgiven():
    story = Story().given()
    story.answered("11-30 10:00")
    story.do("11-30 11:00", MANAGER, c.Review(False, "没有答到点上"))
    story.deliver("11-30 11:01").answered("12-01 10:00").reviewed("12-01 11:00")
    story.do("12-01 14:00", WINDOW, c.CallBack(Rating.SATISFIED))
    assert [missed.days for missed in story.case.missed] == [2]


@pytest.mark.parametrize("command", [c.Confirm(), c.Answer("x"), c.Nudge(), c.Urge(), c.Review(True), c.Withdraw("x")])
def test_closed_means_closed(command):
    for actor in (WINDOW, MANAGER, LEAD, LIAISON, OPERATOR):
        assert Story().closed().refused("11-25 10:00", actor, command) == "closed"


def test_only_the_lead_reopens_and_says_why():
    story = Story().closed()
    assert story.refused("11-25 10:00", MANAGER, c.Reopen("新情况")) == "not_allowed"
    assert story.refused("11-25 10:00", LEAD, c.Reopen("")) == "reason_needed"
    assert story.do("11-25 10:00", LEAD, c.Reopen("新情况")).state is State.A2


def test_a_late_name_is_taken_out_of_the_title():
    """补充 after intake: what was masked without knowing the name is masked again."""
    story = Story(fields={"title": "测甲一的社保转移不给办"}, private={"content": "社保"})
    case = story.do("11-23 09:50", WINDOW, c.Supplement("姓名补上", {}, {"name": "测甲一"}))
    assert "测甲一" not in case.title
    assert "社保" in case.title


def test_the_notice_to_the_complainant_of_a_transfer_holds_no_private_word():
    story = Story().confirm()
    story.do("11-23 09:50", MANAGER, c.Transfer("示例市法院", "已电话告知测甲一 00012340001"))
    assert "测甲一" not in str(story.events[-1].data)
    assert "00012340001" not in str(story.events[-1].data)
