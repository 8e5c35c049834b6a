"""并单 (第七条): one work order for several people, and nobody's complaint is dropped with another's (有诉必办)."""

from __future__ import annotations

import pytest

from domain import commands as c
from domain.decisions.merging import consequences
from domain.vocabulary import Category, Rating, Request, State
from tests.kit.cases import LEAD, LIAISON, MANAGER, SYSTEM, WINDOW, Story, when

OTHER, THIRD = "YS20261123-0009", "YS20261123-0010"


def _master(*, silent: bool = False) -> Story:
    story = Story().given()
    story.do("11-23 15:00", MANAGER, c.Absorb(OTHER, silent=silent))
    return story


def _call(story: Story, moment: str, rating: Rating, merged: str = OTHER, opinion: str = "") -> State:
    return story.do(moment, WINDOW, c.CalledMerged(merged, rating, opinion)).state


def test_when_the_first_complainant_withdraws_the_department_works_on_for_those_who_joined():
    story = _master()
    case = story.do("11-24 09:30", WINDOW, c.Withdraw("已自行解决"))
    assert (case.state, case.left, case.running) == (State.DISPATCHED, True, story.case.clock)
    assert story.refused("11-24 09:40", WINDOW, c.Withdraw("再撤一次")) == "complainant_left"
    story.answered().reviewed()
    assert story.refused("11-24 14:00", WINDOW, c.CallBack(Rating.SATISFIED)) == "complainant_left"
    assert _call(story, "11-24 15:00", Rating.SATISFIED) is State.WITHDRAWN
    assert story.case.rating is None, "who withdrew is not counted as satisfied"
    assert story.row()["办理情况"] == "诉求人撤回；已经办好"


def test_who_joined_may_still_send_the_case_back_after_the_first_has_withdrawn():
    story = _master().answered().reviewed()
    story.do("11-24 13:30", WINDOW, c.Withdraw("已自行解决"))
    assert _call(story, "11-24 15:00", Rating.DISSATISFIED, opinion="没解决") is State.REDO
    assert story.case.calls == (), "it was not the first complainant who was called"
    assert story.case.rating is None


def test_when_everybody_who_joined_was_called_a_withdrawal_ends_the_case():
    story = _master().answered().reviewed()
    _call(story, "11-24 14:00", Rating.SATISFIED)
    assert story.do("11-24 15:00", WINDOW, c.Withdraw("已自行解决")).state is State.WITHDRAWN


@pytest.mark.parametrize("end", [c.Withdraw("已自行解决"), c.Void("重复录入")])
def test_before_any_department_has_it_those_who_joined_stand_alone_again(end):
    story = Story().confirm()
    story.do("11-23 09:50", MANAGER, c.Absorb(OTHER))
    before = story.case
    after = story.do("11-23 10:00", LEAD, end)
    assert consequences(before, after) == [(OTHER, c.StandAlone())]
    assert after.merged == ()
    follower = Story().confirm()
    follower.do("11-23 09:50", MANAGER, c.MergeInto("YS20261123-0001"))
    case = follower.do("11-23 10:00", SYSTEM, c.StandAlone())
    assert (case.state, case.master, case.round) == (State.SUBMITTED, "", 1)


def test_a_follower_that_was_dispatched_before_stands_alone_as_a_new_round():
    """Its steps of the clock were taken already: a new round re-arms them."""
    story = Story().given()
    story.do("11-23 15:00", MANAGER, c.MergeInto("YS20261123-0001"))
    case = story.do("11-23 16:00", SYSTEM, c.StandAlone())
    assert (case.state, case.round, case.units, case.clock) == (State.SUBMITTED, 2, (), None)


def test_whatever_else_ends_the_master_is_kept_on_the_record_of_those_who_joined():
    story = _master().answered().reviewed()
    story.do("11-24 14:00", WINDOW, c.CallBack(Rating.SATISFIED))
    before = story.case
    _call(story, "11-24 15:00", Rating.SATISFIED)
    ((no, told),) = consequences(before, story.case)
    assert no == OTHER
    assert told == c.Follow(State.SATISFIED, when("11-24 10:00"), False, "已经办好")
    follower = Story().confirm()
    follower.do("11-23 09:50", MANAGER, c.MergeInto("YS20261123-0001"))
    follower.do("11-24 15:00", WINDOW, c.CallBack(Rating.SATISFIED))
    case = follower.do("11-24 15:00", SYSTEM, told)
    assert (case.state, case.followed) == (State.MERGED, State.SATISFIED)
    row = follower.row()
    assert row["办理情况"] == "并入YS20261123-0001办理；已经办好"
    assert (row["实际办结时间"], row["办理结果满意度"]) == ("2026-11-24 10:00", "满意")


def test_a_transfer_of_the_master_is_told_to_those_who_joined():
    story = Story().confirm()
    story.do("11-23 09:50", MANAGER, c.Absorb(OTHER))
    story.do("11-23 09:55", MANAGER, c.Classify(Category.OUT_OF_SCOPE))
    before = story.case
    after = story.do("11-23 10:00", MANAGER, c.Transfer("示例市法院", "已告知"))
    ((_, told),) = consequences(before, after)
    follower = Story().confirm()
    follower.do("11-23 09:50", MANAGER, c.MergeInto("YS20261123-0001"))
    follower.do("11-23 10:00", SYSTEM, told)
    assert follower.row()["办理情况"] == "并入YS20261123-0001办理；主件已转交"


def test_an_anonymous_complainant_who_joined_holds_up_nobody():
    story = _master(silent=True).answered().reviewed()
    assert story.case.uncalled == ()
    assert story.do("11-24 14:00", WINDOW, c.CallBack(Rating.SATISFIED)).state is State.SATISFIED


def test_who_joined_and_cannot_be_reached_is_marked_after_as_many_attempts_as_any_other():
    story = _master().answered().reviewed()
    story.do("11-24 14:00", WINDOW, c.CallBack(Rating.SATISFIED))
    for moment in ("11-24 15:00", "11-24 16:00"):
        assert _call(story, moment, Rating.UNANSWERED) is State.CALL_BACK
        assert story.case.uncalled == (OTHER,)
    assert _call(story, "11-25 09:30", Rating.UNANSWERED) is State.SATISFIED
    assert story.case.merged[0].unreached
    assert story.case.pending is None


def test_three_attempts_on_one_day_are_not_enough():
    story = _master().answered().reviewed()
    for moment in ("11-24 14:00", "11-24 15:00", "11-24 16:00"):
        _call(story, moment, Rating.UNANSWERED)
    assert story.case.uncalled == (OTHER,)


def test_the_first_complainant_out_of_reach_does_not_end_it_before_the_others_are_called():
    story = _master().answered().reviewed()
    for moment in ("11-24 14:00", "11-24 15:00", "11-25 09:30"):
        story.do(moment, WINDOW, c.CallBack(Rating.UNANSWERED))
    assert (story.case.state, story.case.pending) == (State.CALL_BACK, None)
    _call(story, "11-25 10:00", Rating.SATISFIED)
    assert story.case.pending is not None
    assert story.case.pending.what is Request.UNREACHED
    assert story.do("11-25 11:00", LEAD, c.Grant()).state is State.CLOSED_UNREACHED


def test_a_lawful_no_is_not_closed_over_the_head_of_somebody_who_was_not_called():
    story = Story().given(Category.CANNOT)
    story.do("11-23 15:00", MANAGER, c.Absorb(OTHER))
    story.do("11-24 10:00", LIAISON, c.CannotDo("不符合条件", "《条例》第三条"))
    story.reviewed()
    story.do("11-24 14:00", WINDOW, c.CallBack(Rating.DISSATISFIED, "不服"))
    assert story.case.pending is None
    assert story.refused("11-24 14:10", LEAD, c.Conclude("已书面说明")) == "merged_uncalled"
    _call(story, "11-24 15:00", Rating.SATISFIED)
    assert story.case.pending is not None
    assert story.do("11-24 16:00", LEAD, c.Grant("已书面说明")).state is State.CLOSED_LAWFUL


def test_an_opinion_of_the_round_before_does_not_end_the_new_round():
    """Satisfied in the first round, not asked yet in the second."""
    story = _master().answered().reviewed()
    story.do("11-24 14:00", WINDOW, c.CallBack(Rating.SATISFIED))
    _call(story, "11-24 15:00", Rating.DISSATISFIED, opinion="没解决")
    story.answered("11-25 10:00").reviewed("11-25 11:00")
    assert _call(story, "11-25 14:00", Rating.SATISFIED) is State.CALL_BACK
    assert story.do("11-25 15:00", WINDOW, c.CallBack(Rating.SATISFIED)).state is State.SATISFIED


def test_a_follower_opened_again_by_itself_is_waited_for_no_longer():
    follower = Story().confirm()
    follower.do("11-23 09:50", MANAGER, c.MergeInto("YS20261123-0001"))
    before = follower.case
    after = follower.do("11-24 14:00", LEAD, c.Reopen("并非同一件事"))
    assert consequences(before, after) == [("YS20261123-0001", c.Part(after.no))]
    story = _master().answered().reviewed()
    story.do("11-24 14:00", WINDOW, c.CallBack(Rating.SATISFIED))
    assert story.do("11-24 15:00", SYSTEM, c.Part(OTHER)).state is State.SATISFIED
    assert story.do("11-24 15:00", SYSTEM, c.Part(OTHER)).merged == ()


def test_a_withdrawn_master_that_everybody_left_is_over():
    story = _master()
    story.do("11-24 09:30", WINDOW, c.Withdraw("已自行解决"))
    assert story.do("11-24 10:00", SYSTEM, c.Part(OTHER)).state is State.WITHDRAWN


def test_only_those_who_joined_are_called_as_such():
    assert _master().answered().reviewed().refused("11-24 14:00", WINDOW, c.CalledMerged(THIRD, Rating.SATISFIED)) == (
        "not_merged"
    )
