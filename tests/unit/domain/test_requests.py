"""退单 and 延期 (第七条、第八条): who may ask, until when, how often, and who decides."""

from __future__ import annotations

from datetime import date

import pytest

from domain import commands as c
from domain.case import Case
from domain.vocabulary import Category, State
from tests.kit.cases import CALENDAR, CO_LIAISON, HOUSING, LEAD, LIAISON, MANAGER, SOCIAL, Story, on


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


def test_one_request_at_a_time():
    story = Story().given()
    story.do("11-23 15:00", LIAISON, _extension())
    assert story.refused("11-23 15:10", LIAISON, c.Decline("不属于")) == "request_pending"
    assert story.refused("11-23 15:10", LIAISON, _extension()) == "request_pending"


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


def test_an_answer_settles_whatever_was_asked():
    story = Story().given()
    story.do("11-23 15:00", LIAISON, c.Decline("不属于"))
    assert story.answered("11-23 16:00").case.pending is None


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
    assert (case.state, case.supervision_due, case.level) == (State.A2, None, 0)
    story.do("12-01 09:10", MANAGER, c.Dispatch((HOUSING,)))
    story.deliver("12-01 09:11")
    assert not story.heard("12-01 09:20")


@pytest.mark.parametrize("command", [c.Decline("不属于"), c.Extend(on("11-27"), "核档")])
def test_only_the_department_asks(command):
    assert Story().given().refused("11-23 15:00", MANAGER, command) == "not_allowed"
