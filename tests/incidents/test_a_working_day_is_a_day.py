"""bk-itsm TO_SECOND: one working day is a day of the calendar, not 24 hours of service time."""

from tests.unit.calendar.shipped import at, shipped_calendar

CALENDAR = shipped_calendar()


def test_one_working_day_ends_at_the_close_of_the_next_working_day():
    assert CALENDAR.due(at("2026-11-23 10:00"), 1).at == at("2026-11-24 17:00")


def test_one_working_day_is_the_same_for_the_early_and_the_late_receipt():
    assert CALENDAR.due(at("2026-11-23 09:00"), 1).at == CALENDAR.due(at("2026-11-23 16:59"), 1).at


def test_24_hours_of_service_time_are_something_else():
    assert CALENDAR.add_minutes(at("2026-11-23 10:00"), 24 * 60) == at("2026-11-26 14:00")
