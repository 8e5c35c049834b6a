"""biz #103, cindy #4757: the weekend worked in exchange counts, the weekday given in exchange does not."""

from datetime import date

from tests.unit.calendar.shipped import at, shipped_calendar

CALENDAR = shipped_calendar()


def test_a_make_up_saturday_counts():
    assert CALENDAR.is_workday(date(2026, 2, 14))
    assert CALENDAR.due(at("2026-02-13 10:00"), 1).date == date(2026, 2, 14)


def test_a_make_up_sunday_counts():
    assert CALENDAR.due(at("2026-09-18 10:00"), 1).date == date(2026, 9, 20)


def test_a_swapped_monday_does_not_count():
    assert not CALENDAR.is_workday(date(2026, 2, 23))
    assert CALENDAR.due(at("2026-02-14 10:00"), 1).date == date(2026, 2, 24)


def test_an_ordinary_saturday_beside_a_make_up_one_does_not_count():
    assert not CALENDAR.is_workday(date(2026, 2, 7))
