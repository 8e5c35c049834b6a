"""催办督办 (第九条): what the clock asks for, when, of whom, and never twice."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from domain import commands as c
from domain.escalation import timetable
from domain.vocabulary import Category, Level, Pause, Release, State, StepKind
from tests.kit.cases import (
    CALENDAR,
    CO_LIAISON,
    HOUSING,
    LEAD,
    LIAISON,
    MANAGER,
    OTHER_WINDOW,
    SOCIAL,
    SYSTEM,
    WINDOW,
    Story,
    on,
    when,
)

#: The reminders of a limit go to the department that leads; a co-department has its own.
GROUP = f"unit:{SOCIAL.id}"
HELPERS = f"unit:{HOUSING.id}"


def _plan(story: Story) -> list[tuple[str, str, str]]:
    """(rung, audience, local moment) of the whole timetable."""
    context = story.context("11-23 10:30")
    return [(str(step.id), str(step.audience), f"{step.at:%m-%d %H:%M}") for step in timetable(story.case, context)]


def test_the_ladder_of_a_three_day_matter():
    """09:00 one working day before, 09:00 on the day, two hours before close; overdue at the next opening."""
    assert _plan(Story().given()) == [
        ("nudge-1d", GROUP, "11-25 09:00"),
        ("nudge-0d", GROUP, "11-26 09:00"),
        ("nudge-2h", GROUP, "11-26 15:00"),
        ("nudge-2h", "manager", "11-26 15:00"),
        ("overdue", "manager", "11-27 09:00"),
        ("overdue", "superior", "11-27 09:00"),
    ]


def test_the_ladder_steps_over_the_weekend():
    """Due Monday: the day before is Friday."""
    story = Story().given(Category.HARD)
    assert _plan(story)[0] == ("nudge-1d", GROUP, "11-27 09:00")


def test_a_limit_of_one_day_is_not_nudged_before_it_was_received():
    """不给办 received on Monday at 10:01, due Tuesday: no nudge at Monday 09:00."""
    steps = _plan(Story().given(Category.UNWILLING))
    assert steps[0] == ("nudge-0d", GROUP, "11-24 09:00")


def test_a_limit_on_the_day_itself_is_nudged_before_close():
    story = Story().given(Category.UNWILLING)
    story.do("11-23 15:10", LIAISON, c.Promise(on("11-23")))
    assert ("nudge-2h", GROUP, "11-23 15:00") in _plan(story)


@pytest.mark.parametrize("category", [Category.CANNOT, Category.HARD, Category.UNWILLING, Category.COMPLEX])
def test_nothing_is_planned_outside_office_hours(category):
    """Dispatched at any hour of a week with a make-up Saturday."""
    for hours in range(0, 24 * 8, 5):
        moment = when("02-11 08:30") + timedelta(hours=hours)
        story = Story("02-11 08:00").confirm("02-11 08:10")
        story.dispatch(category, moment="02-11 08:20")
        story.do(moment, SYSTEM, c.Deliver(SOCIAL, "群消息"))
        for step in timetable(story.case, story.context(moment)):
            assert CALENDAR.is_open(step.at), step


def test_each_rung_is_taken_when_it_is_due_and_not_before():
    story = Story().given()
    assert story.heard("11-25 08:59") == set()
    assert story.heard("11-25 09:00") == {("nudge-1d", GROUP)}
    assert story.heard("11-25 09:00") == set()
    assert story.heard("11-26 09:00") == {("nudge-0d", GROUP)}
    assert story.heard("11-26 15:00") == {("nudge-2h", GROUP), ("nudge-2h", "manager")}
    assert story.heard("11-26 17:00") == set()
    assert story.heard("11-27 09:00") == {("overdue", "manager"), ("overdue", "superior")}
    story.answered("11-27 10:00").reviewed("11-27 10:10")
    assert story.heard("11-27 11:00") == set()


def test_the_next_look_is_the_next_unsent_step():
    story = Story().given()
    assert story.due("11-23 10:30").next_at == when("11-25 09:00")
    story.tick("11-25 09:00")
    assert story.due("11-25 09:00").next_at == when("11-26 09:00")
    story.tick("11-27 09:00")
    assert story.due("11-27 09:00").next_at == when("12-01 09:00"), "a draft nobody releases is shown again"


def test_after_downtime_each_audience_hears_the_last_level_only():
    story = Story().given()
    due = story.due("11-26 16:00")
    assert {(str(step.id), str(step.audience)) for step in due.send} == {("nudge-2h", GROUP), ("nudge-2h", "manager")}
    assert [str(step.id) for step in due.skip] == ["nudge-1d", "nudge-0d"]


def test_after_a_long_downtime_nobody_is_told_that_a_past_limit_is_near():
    story = Story().given()
    sent = story.tick("12-10 09:00")
    assert sorted((str(step.id), str(step.audience)) for step in sent) == [
        ("overdue", "manager"),
        ("overdue", "superior"),
    ]
    assert story.tick("12-10 09:01") == ()
    assert story.case.grounds == "逾期未反馈"


def test_an_answer_ends_the_ladder():
    story = Story().given()
    story.tick("11-25 09:00")
    story.answered("11-26 10:00")
    assert story.heard("11-27 09:00") == {("owner", "manager")}


def test_a_late_answer_before_the_supervision_needs_no_supervision_but_stays_late():
    story = Story().given()
    story.tick("11-27 09:00")
    story.answered("11-27 10:00")
    assert story.refused("11-27 10:10", MANAGER, c.Supervise(on("11-30"), "2026督1")) == "wrong_state"
    assert story.case.missed[0].days == 1


def _supervised() -> Story:
    story = Story().given()
    story.tick("11-27 09:00")
    story.do("11-27 09:30", MANAGER, c.Supervise(on("12-01"), "2026督1"))
    return story


def test_a_supervision_that_is_ignored_reaches_the_lead_and_nobody_else():
    story = _supervised()
    assert story.case.supervision_due == when("12-01 17:00")
    assert story.heard("12-01 17:00") == set()
    assert story.heard("12-02 09:00") == {("ignored", "lead")}
    assert (story.case.level, story.case.released) == (Level.IGNORED, ())


def test_a_supervision_that_is_heeded_goes_no_further():
    story = _supervised()
    story.answered("12-01 16:00")
    assert ("ignored", "lead") not in story.heard("12-02 09:00")
    assert story.case.level is Level.SUPERVISED


def test_a_supervision_issued_before_the_overdue_step_replaces_it():
    """The manager was faster than the tick: no draft of what is already issued."""
    story = Story().given()
    story.do("11-26 17:30", MANAGER, c.Supervise(on("12-01"), "2026督1"))
    assert ("overdue", "manager") not in story.heard("11-27 09:00")


def test_a_supervision_is_due_on_a_working_day():
    story = Story().given()
    assert story.refused("11-27 09:30", MANAGER, c.Supervise(on("11-28"), "2026督1")) == "date_rest"
    assert story.refused("11-27 09:30", MANAGER, c.Supervise(on("11-26"), "2026督1")) == "date_past"


def test_the_second_stage_escalates_again_after_a_supervised_first_stage():
    """很难办: the plan came only after the 督办; when the result is late too, the ladder starts again."""
    story = Story().given(Category.HARD)
    story.tick("12-01 09:00")
    story.do("12-01 09:30", MANAGER, c.Supervise(on("12-03"), "2026督1"))
    story.do("12-02 10:00", LIAISON, c.Plan(on("12-08"), "方案"))
    story.do("12-02 10:30", WINDOW, c.Tell("电话 已答复方案"))
    assert ("nudge-1d", GROUP) in story.heard("12-07 09:00")
    assert {("overdue", "manager"), ("overdue", "superior")} <= story.heard("12-09 09:00")
    story.do("12-09 09:30", MANAGER, c.Supervise(on("12-11"), "2026督2"))
    assert story.heard("12-14 09:00") == {("ignored", "lead")}


def test_a_second_supervision_that_is_ignored_may_be_released_again():
    story = _supervised()
    story.tick("12-02 09:00")
    story.do("12-02 10:00", LEAD, c.Approve(()))
    story.do("12-02 11:00", MANAGER, c.Supervise(on("12-04"), "2026督2"))
    assert story.heard("12-07 09:00") == {("ignored", "lead")}
    story.do("12-07 10:00", LEAD, c.Approve((Release.CIRCULAR,)))
    assert len(story.case.released) == 4


def test_a_redo_re_arms_the_ladder():
    story = Story().given()
    story.tick("11-25 09:00")
    story.answered("11-25 10:00")
    story.do("11-25 11:00", MANAGER, c.Review(False, "没有答到点上"))
    assert story.case.level is Level.NONE
    story.deliver("11-25 11:01")
    assert story.heard("11-27 09:00") == {("nudge-1d", GROUP)}
    assert {step.round for step in timetable(story.case, story.context("11-27 09:00"))} == {2}


def test_an_extension_re_arms_the_ladder():
    story = Story().given()
    story.tick("11-25 09:00")
    story.do("11-25 10:00", LIAISON, c.Extend(on("12-01"), "核档"))
    story.do("11-25 11:00", LEAD, c.Grant())
    assert story.heard("11-26 15:00") == set()
    assert story.heard("11-30 09:00") == {("nudge-1d", GROUP)}


def test_the_key_of_a_step_is_unlike_every_other_of_the_case():
    story = Story().given(Category.HARD)
    seen: list[tuple[int, str, int, str]] = []
    moments = ("11-27 09:00", "11-30 15:00", "12-01 09:00")
    for moment in moments:
        seen += [step.key for step in story.tick(moment)]
    story.do("12-01 10:00", LIAISON, c.Plan(on("12-08"), "方案"))
    seen += [step.key for step in story.tick("12-09 09:00")]
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize(
    ("state", "moment", "audience"),
    [
        (State.DRAFT, "11-23 10:00", "window"),
        (State.REGISTERED, "11-23 10:10", "manager"),
        (State.SUBMITTED, "11-23 11:45", "manager"),
        (State.REVIEW, "11-24 15:00", "manager"),
        (State.CALL_BACK, "11-25 11:00", "window"),
    ],
)
def test_the_centre_is_reminded_of_what_waits_for_it(state, moment, audience):
    """通知第三条（一）“事情有人管”: 30, 30, 120, 240 and 420 office minutes."""
    story = {
        State.DRAFT: lambda: Story(),
        State.REGISTERED: lambda: Story().confirm(),
        State.SUBMITTED: lambda: _submitted(),
        State.REVIEW: lambda: Story().given().answered(),
        State.CALL_BACK: lambda: Story().given().answered().reviewed(),
    }[state]()
    assert story.case.state is state
    at = when(moment)
    assert story.heard(at - timedelta(minutes=1)) == set()
    assert story.heard(at) == {("owner", audience)}
    assert story.heard(at + timedelta(days=30)) == set()


def _submitted() -> Story:
    story = Story().confirm()
    story.do("11-23 09:45", WINDOW, c.Submit(Category.HARD))
    return story


def test_an_unanswered_call_is_reminded_of_again():
    story = Story().given().answered().reviewed()
    story.tick("11-25 11:00")
    story.do("11-25 14:00", OTHER_WINDOW, c.CallBack(c.Rating.UNANSWERED))
    assert story.heard("11-26 13:59") == set()
    assert story.heard("11-26 14:00") == {("owner", "window")}


def test_a_closed_case_asks_for_nothing():
    story = Story().closed()
    assert timetable(story.case, story.context("12-31 09:00")) == []


def test_dissatisfaction_of_an_enterprise_drafts_a_supervision_at_once():
    """通知第二条 “‘不满’督办”."""
    story = Story(fields={"source": "万人助万企窗口"}).given().answered().reviewed()
    story.do("11-24 14:00", WINDOW, c.CallBack(c.Rating.DISSATISFIED, "没解决"))
    assert story.types()[-2:] == ["dissatisfied", "supervision_drafted"]
    case = story.do("11-24 15:00", MANAGER, c.Supervise(on("11-26"), "2026督1"))
    assert (case.grounds, case.level) == ("不满", Level.SUPERVISED)


def _sent_back(story: Story, *days: str) -> Story:
    for day in days:
        story.answered(f"11-{day} 10:00")
        story.do(f"11-{day} 11:00", MANAGER, c.Review(False, "没有答到点上"))
        story.deliver(f"11-{day} 11:01")
    return story


def test_the_second_return_is_told_to_the_lead_and_the_third_may_be_supervised():
    """第九条、第十条: the number is the centre's (`returns_to_lead`, `returns_to_supervise`), the 督办单 a person's."""
    story = _sent_back(Story().given(), "24", "25")
    assert story.types()[-2:] == ["returned_again", "delivered"]
    assert story.refused("11-25 14:00", MANAGER, c.Supervise(on("11-27"), "2026督1")) == "not_overdue"
    _sent_back(story, "26")
    assert story.types()[-3:] == ["returned_again", "supervision_drafted", "delivered"]
    case = story.do("11-26 14:00", MANAGER, c.Supervise(on("11-30"), "2026督1"))
    assert case.grounds == "多次退回重办"


def test_a_return_decided_by_the_lead_counts_like_every_other():
    """“依法办结” refused by the lead is a return too."""
    story = _sent_back(Story().given(), "24", "25")
    story.do("11-26 10:00", LIAISON, c.CannotDo("不符合条件", "《条例》第三条"))
    story.reviewed("11-26 10:30")
    story.do("11-26 11:00", WINDOW, c.CallBack(c.Rating.DISSATISFIED, "没有道理"))
    story.do("11-26 14:00", LEAD, c.Deny("依据不对"))
    assert story.types()[-4:] == ["request_denied", "sent_back", "returned_again", "supervision_drafted"]


def test_the_third_urging_is_ground_for_a_supervision():
    """第九条: “多次催单” while a department holds the case; before dispatch nobody is behind."""
    early = Story()
    for minute in ("40", "45", "50"):
        early.do(f"11-23 09:{minute}", WINDOW, c.Urge())
    assert "supervision_drafted" not in early.types()
    story = Story().given()
    for hour in ("14", "15", "16"):
        story.do(f"11-23 {hour}:00", WINDOW, c.Urge())
    assert story.types()[-2:] == ["urged", "supervision_drafted"]
    assert story.do("11-23 16:10", MANAGER, c.Supervise(on("11-25"), "2026督1")).grounds == "多次催单"


# Co-departments


def _together(moment: str = "11-23 10:01") -> Story:
    return Story().given(Category.COMPLEX, SOCIAL, HOUSING).deliver(moment, HOUSING)


def test_a_co_department_has_its_own_limit_before_the_leads_and_its_own_reminders():
    """第七条: its part is due a working day before, so that the lead can use it."""
    story = _together()
    (order,) = story.case.orders
    assert order.clock is not None
    assert (order.clock.date, order.clock.at) == (on("11-27"), CALENDAR.closing(on("11-27")))
    assert [step for step in _plan(story) if step[0].startswith(("assist", "late"))] == [
        ("assist-nudge-1d", HELPERS, "11-26 09:00"),
        ("assist-nudge-0d", HELPERS, "11-27 09:00"),
        ("assist-nudge-2h", HELPERS, "11-27 15:00"),
        (f"late-{HOUSING.id}", "manager", "11-30 09:00"),
    ]


def test_a_co_departments_part_ends_its_reminders_and_not_the_leads():
    story = _together()
    story.do("11-25 10:00", CO_LIAISON, c.Answer("我局意见"))
    assert {step[1] for step in _plan(story)} == {GROUP, "manager", "superior"}
    assert story.heard("11-27 09:00") == {("nudge-1d", GROUP)}


def test_a_late_co_department_is_the_managers_business_and_not_the_cases_delay():
    story = _together()
    for moment in ("11-26 09:00", "11-27 15:00"):
        story.tick(moment)
    assert (f"late-{HOUSING.id}", "manager") in story.heard("11-30 09:00")
    assert "assist_overdue" in story.types()
    story.do("12-01 09:10", CO_LIAISON, c.Answer("我局意见"))
    assert story.case.missed == ()
    assert "配合单位住建局超期2个工作日" in story.case.remarks


def test_after_downtime_a_co_department_is_not_told_that_a_past_limit_is_near():
    due = _together().due("11-30 10:00")
    assert not [step for step in due.send if str(step.audience) == HELPERS]
    assert [str(step.id) for step in due.send if step.kind is StepKind.LATE] == [f"late-{HOUSING.id}"]


def test_a_co_department_called_in_after_the_limit_is_due_at_once():
    """Its limit lies before the lead's, but not before it heard of the case."""
    story = Story().given(Category.CANNOT)
    story.do("11-30 10:00", MANAGER, c.Dispatch((SOCIAL, HOUSING)))
    story.deliver("11-30 10:01", HOUSING)
    assert story.case.orders[0].clock is not None
    assert story.case.orders[0].clock.date == on("11-30")


# The hotline's own limit


def _external(limit: str) -> Story:
    return Story(fields={"source": "12345热线", "external_due": when(limit).isoformat()}).given()


def test_the_hotlines_stricter_limit_drives_the_reminders_and_its_end_is_told():
    """通知第三条（二）: the mechanism's limit stays what it is; what is stricter is pressed for."""
    story = _external("11-25 17:00")
    assert _plan(story)[:5] == [
        ("nudge-1d", GROUP, "11-24 09:00"),
        ("nudge-0d", GROUP, "11-25 09:00"),
        ("nudge-2h", GROUP, "11-25 15:00"),
        ("nudge-2h", "manager", "11-25 15:00"),
        ("external", "manager", "11-26 09:00"),
    ]
    assert story.case.running is not None
    assert story.case.running.date == on("11-26")


def test_once_the_hotlines_limit_is_behind_the_mechanisms_own_is_reminded_of():
    """第九条 speaks of every limit that is near."""
    story = _external("11-25 17:00")
    assert [(step[0], step[2]) for step in _plan(story)[5:8]] == [
        ("nudge-0d", "11-26 09:00"),
        ("nudge-2h", "11-26 15:00"),
        ("nudge-2h", "11-26 15:00"),
    ]


def test_two_limits_on_one_day_are_two_reminders():
    story = _external("11-26 12:00")
    moments = [step[2] for step in _plan(story) if step[0] == "nudge-2h" and step[1] == GROUP]
    assert moments == ["11-26 10:00", "11-26 15:00"]
    keys = [step.key for step in timetable(story.case, story.context("11-23 10:30"))]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("limit", ["11-26 17:00", "12-04 17:00", "11-20 17:00"])
def test_a_hotline_limit_that_is_no_stricter_changes_nothing(limit):
    nudges = [step for step in _plan(_external(limit)) if step[0].startswith("nudge")]
    assert nudges == [step for step in _plan(Story().given()) if step[0].startswith("nudge")]


# Standing still


def _suspended(granted: str = "11-24 11:00") -> Story:
    story = Story().given()
    story.do("11-24 10:00", LIAISON, c.Suspend(Pause.EXAMINATION, "送检"))
    story.do(granted, MANAGER, c.Grant())
    return story


def test_a_suspended_case_is_pressed_by_nobody_and_starts_again_by_itself():
    """第八条: at the longest for the days the rules allow (`suspension_days`), then the clock runs again."""
    story = _suspended()
    assert _plan(story) == [("resume", "manager", "12-08 09:00")]
    assert story.heard("11-27 09:00") == set()
    assert story.heard("12-08 09:00") == {("resume", "manager")}
    assert story.case.running is not None
    assert story.case.running.date == on("12-10")


def test_a_resumed_case_is_reminded_of_again():
    story = _suspended()
    story.do("11-26 09:30", MANAGER, c.Resume())
    assert story.heard("11-27 09:00") == {("nudge-1d", GROUP)}
    assert story.heard("11-30 15:00") == {("nudge-2h", GROUP), ("nudge-2h", "manager")}


def test_while_a_call_back_waits_for_a_decision_the_decider_is_reminded():
    """Else the window would be reminded of a call it may not make."""
    story = Story().given()
    story.do("11-24 10:00", LIAISON, c.CannotDo("不符合条件", "《条例》第三条"))
    story.reviewed()
    story.do("11-24 14:00", WINDOW, c.CallBack(c.Rating.DISSATISFIED, "没有道理"))
    assert story.heard("11-25 14:00") == {("owner", "lead")}


def test_a_draft_is_all_the_clock_does_by_itself():
    """Without a person the ladder ends with two drafts, however long nobody looks."""
    story = Story().given()
    moment: datetime = when("11-23 11:00")
    while moment < when("12-31 17:00"):
        story.tick(moment)
        moment += timedelta(hours=3)
    assert not story.case.supervised
    assert not story.case.released
    assert story.case.level is Level.NUDGED


@pytest.mark.parametrize("handed", ["draft", "registered", "dispatched", "suspended"])
def test_the_hotlines_limit_is_missed_wherever_the_case_lies(handed):
    story = Story(fields={"source": "12345热线", "external_due": when("11-25 12:00").isoformat()})
    if handed != "draft":
        story.confirm()
    if handed in ("dispatched", "suspended"):
        story.dispatch(Category.HARD)
    if handed == "suspended":
        story.deliver()
        story.do("11-24 10:00", LIAISON, c.Suspend(Pause.MATERIALS, "待补材料"))
        story.do("11-24 10:10", MANAGER, c.Grant())
    assert ("external", "manager") in story.heard("11-25 13:01")
    assert "超热线期限（应11-25 12:00，未办结）" in story.row("11-25 14:00")["备注"]
    assert ("external", "manager") not in story.heard("11-26 13:01"), "told once"


def test_a_result_before_the_hotlines_limit_meets_it_and_one_after_it_leaves_its_mark():
    fields = {"source": "12345热线", "external_due": when("11-25 12:00").isoformat()}
    met = Story(fields=fields).given()
    met.answered("11-25 11:00")
    assert ("external", "manager") not in met.heard("11-25 13:01")
    assert "热线期限" not in met.row("11-25 14:00")["备注"]
    late = Story(fields=fields).given()
    late.tick("11-25 13:01")
    late.answered("11-25 16:00")
    assert "超热线期限（应11-25 12:00，实11-25 16:00）" in late.row("11-26 14:00")["备注"]


def test_a_limit_that_was_over_when_the_order_came_is_nobodys_delay():
    story = Story(fields={"source": "12345热线", "external_due": when("11-20 12:00").isoformat()}).given()
    assert ("external", "manager") not in story.heard("11-24 13:01")
