"""glpi #17186: a due date somebody had set by hand was moved by the next pause."""

from __future__ import annotations

from domain import commands as c
from domain.vocabulary import Category, Pause
from tests.kit.cases import LEAD, LIAISON, MANAGER, Story, on


def _pause(story: Story) -> Story:
    story.do("11-25 10:00", LIAISON, c.Suspend(Pause.SUPERIOR, "请示省厅"))
    story.do("11-25 11:00", MANAGER, c.Grant())
    story.do("11-30 09:30", MANAGER, c.Resume())
    assert story.case.paused_days == 3
    return story


def test_the_managers_date_stays_where_the_manager_put_it():
    """第七条 “明确办理期限”."""
    story = _pause(Story().given(Category.GENERAL, day=on("12-04")))
    assert story.case.running is not None
    assert story.case.running.date == on("12-04")


def test_an_extended_date_stays_where_the_lead_put_it():
    story = Story().given()
    story.do("11-24 10:00", LIAISON, c.Extend(on("12-01"), "核档"))
    story.do("11-24 11:00", LEAD, c.Grant())
    _pause(story)
    assert story.case.running is not None
    assert story.case.running.date == on("12-01")


def test_the_managers_date_survives_a_new_category_too():
    story = _pause(Story().given(Category.GENERAL, day=on("12-04")))
    case = story.do("11-30 10:00", MANAGER, c.Classify(Category.UNWILLING))
    assert case.running is not None
    assert case.running.date == on("12-04")


def test_what_the_department_promised_itself_moves_with_the_pause():
    """The difference: its own date supposed that it could work until then."""
    story = Story().given(Category.UNWILLING)
    story.do("11-23 15:00", LIAISON, c.Promise(on("12-04")))
    _pause(story)
    assert story.case.running is not None
    assert story.case.running.date == on("12-09")
