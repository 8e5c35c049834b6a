"""glpi #6902, #15605: after a change of category or priority the limit was computed anew and the pause was lost."""

from __future__ import annotations

import pytest

from domain import commands as c
from domain.vocabulary import Category, Pause
from tests.kit.cases import LIAISON, MANAGER, Story, on


def _suspended() -> Story:
    story = Story().given(Category.CANNOT)
    story.do("11-24 10:00", LIAISON, c.Suspend(Pause.MATERIALS, "待补缴费凭证"))
    story.do("11-24 11:00", MANAGER, c.Grant())
    return story


@pytest.mark.parametrize(("category", "limit"), [(Category.HARD, "12-02"), (Category.UNWILLING, "11-26")])
def test_what_stood_still_before_the_change_still_counts(category, limit):
    story = _suspended()
    story.do("11-26 09:30", MANAGER, c.Resume())
    case = story.do("11-26 10:00", MANAGER, c.Classify(category))
    assert case.running is not None
    assert (case.paused_days, case.running.date) == (2, on(limit))


def test_a_case_that_changes_its_category_while_it_stands_still_goes_on_standing_still():
    story = _suspended()
    case = story.do("11-25 10:00", MANAGER, c.Classify(Category.HARD))
    assert (case.running, case.suspension is not None) == (None, True)
    case = story.do("11-26 09:30", MANAGER, c.Resume())
    assert case.running is not None
    assert case.running.date == on("12-02")


def test_both_ways_come_to_the_same_limit():
    before, after = _suspended(), _suspended()
    before.do("11-25 10:00", MANAGER, c.Classify(Category.HARD))
    before.do("11-26 09:30", MANAGER, c.Resume())
    after.do("11-26 09:30", MANAGER, c.Resume())
    after.do("11-26 10:00", MANAGER, c.Classify(Category.HARD))
    assert before.case.running == after.case.running
