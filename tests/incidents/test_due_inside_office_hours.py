"""glpi #9082: a due moment fell at night. Ours is always the close of business of a working day."""

from datetime import date, timedelta

import pytest

from tests.unit.calendar.shipped import at, shipped_calendar

CALENDAR = shipped_calendar()


@pytest.mark.parametrize("days", [0, 1, 3, 5])
def test_no_receipt_of_2026_at_any_hour_is_due_outside_office_hours(days):
    for n in range(365):
        for clock in ("00:00", "11:59", "12:30", "17:00", "23:59"):
            due = CALENDAR.due(at(f"{date(2026, 1, 1) + timedelta(days=n)} {clock}"), days)
            assert CALENDAR.is_open(due.at - timedelta(microseconds=1)), due


def test_a_date_promised_in_a_holiday_is_due_inside_office_hours_too():
    due = CALENDAR.due_on(date(2026, 10, 4), at("2026-09-28 10:00"))
    assert CALENDAR.is_open(due.at - timedelta(microseconds=1))
