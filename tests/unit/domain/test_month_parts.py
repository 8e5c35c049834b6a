"""月报 by department and by category: the parts add up to the whole, whatever the cases went through."""

from __future__ import annotations

from dataclasses import fields

import pytest

from domain import commands as c
from domain.monthly import MonthNumbers, MonthTally, by_category, by_department, month_numbers
from domain.vocabulary import Category, Rating
from tests.kit.cases import HOUSING, MEDICAL, SOCIAL, WINDOW, Story, when
from tests.unit.papers.papers_kit import ignored

MONTH = (when("11-01 00:00"), when("12-01 00:00"), "2026年11月")


def _histories():
    done = Story().given(Category.CANNOT, SOCIAL).answered().reviewed()
    done.do("11-24 14:00", WINDOW, c.CallBack(Rating.SATISFIED))
    two = Story().given(Category.COMPLEX, HOUSING, MEDICAL)
    return [(story.case, story.events) for story in (done, two, ignored(), Story(), Story().confirm())]


@pytest.mark.parametrize("broken_down", [by_department, by_category])
def test_the_parts_add_up_to_the_whole(broken_down):
    histories = _histories()
    whole = month_numbers(histories, *MONTH)
    parts = [numbers for _, numbers in broken_down(histories, *MONTH).groups]
    assert len(parts) > 2
    assert whole.received == 5
    for field in fields(MonthNumbers):
        if field.type == "int":
            assert sum(getattr(part, field.name) for part in parts) == getattr(whole, field.name), field.name
    assert [sum(level) for level in zip(*(part.rated for part in parts), strict=True)] == list(whole.rated)


def test_what_has_no_department_yet_has_a_row_of_its_own_and_a_co_department_none():
    names = [name for name, _ in by_department(_histories(), *MONTH).groups]
    assert names[-1] == "未转办"
    assert HOUSING.name in names
    assert MEDICAL.name not in names, "the lead has the case (第七条)"


@pytest.mark.parametrize("size", [1, 2, 99])
def test_counted_a_part_at_a_time_it_is_the_same(size):
    histories = [*_histories(), *_histories()]
    tally = MonthTally(*MONTH)
    for start in range(0, len(histories), size):
        tally.add(histories[start : start + size])
    assert tally.numbers == month_numbers(histories, *MONTH)
    assert tally.breakdowns == (by_department(histories, *MONTH), by_category(histories, *MONTH))
    assert all(len(part.groups) > 2 for part in tally.breakdowns)
