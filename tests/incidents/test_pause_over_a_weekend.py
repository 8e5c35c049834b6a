"""glpi #10594: a pause over a weekend was counted twice, once as paused and once as days off; limits ran away."""

from __future__ import annotations

import pytest

from domain import commands as c
from domain.vocabulary import Category, Pause
from tests.kit.cases import LIAISON, MANAGER, Story, on


def _paused(asked: str, granted: str, resumed: str) -> Story:
    story = Story().given(Category.HARD)
    story.do(asked, LIAISON, c.Suspend(Pause.EXAMINATION, "送检"))
    story.do(granted, MANAGER, c.Grant())
    story.do(resumed, MANAGER, c.Resume())
    return story


@pytest.mark.parametrize(
    ("granted", "resumed", "days", "limit"),
    [
        ("11-27 16:00", "11-30 09:30", 1, "12-01"),
        ("11-27 09:00", "11-30 16:50", 1, "12-01"),
        ("11-26 16:00", "11-30 09:30", 2, "12-02"),
        ("11-27 16:00", "11-27 16:30", 0, "11-30"),
    ],
)
def test_from_friday_to_monday_is_one_working_day(granted, resumed, days, limit):
    story = _paused("11-26 10:00", granted, resumed)
    assert story.case.running is not None
    assert (story.case.paused_days, story.case.running.date) == (days, on(limit))


def test_a_pause_over_the_spring_festival_counts_its_make_up_days_only():
    """2026-02-13 is a Friday, 02-14 is worked in exchange, then nine days off until 02-24."""
    story = Story("02-11 09:00").confirm("02-11 09:10")
    story.dispatch(Category.HARD, moment="02-11 09:20").deliver("02-11 09:21")
    before = story.case.running
    story.do("02-13 10:00", LIAISON, c.Suspend(Pause.EXAMINATION, "送检"))
    story.do("02-13 11:00", MANAGER, c.Grant())
    story.do("02-24 09:30", MANAGER, c.Resume())
    assert (before is not None, story.case.paused_days) == (True, 2)
    assert before is not None
    assert story.case.running is not None
    assert story.case.running.date == story.calendar.shift(before.date, 2)


def test_the_pause_that_ends_by_itself_is_counted_no_differently():
    story = Story().given(Category.HARD)
    story.do("11-26 10:00", LIAISON, c.Suspend(Pause.SUPERIOR, "请示省厅"))
    story.do("11-27 16:00", MANAGER, c.Grant())
    story.tick("12-11 09:00")
    assert story.case.running is not None
    assert (story.case.paused_days, story.case.running.date) == (10, on("12-14"))
