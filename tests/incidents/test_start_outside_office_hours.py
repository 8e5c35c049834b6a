"""biz #122, Chatwoot #14009, Frappe #2212: a clock started over lunch, at night, at a weekend or on a holiday."""

import pytest

from tests.unit.calendar.shipped import at, shipped_calendar

CALENDAR = shipped_calendar()


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-11-23 12:10", "2026-11-23 13:30"),
        ("2026-11-23 11:50", "2026-11-23 13:20"),
        ("2026-11-23 03:00", "2026-11-23 09:30"),
        ("2026-11-23 23:00", "2026-11-24 09:30"),
        ("2026-11-28 10:00", "2026-11-30 09:30"),
        ("2026-10-02 10:00", "2026-10-08 09:30"),
        ("2026-09-30 16:45", "2026-10-08 09:15"),
    ],
)
def test_thirty_working_minutes_run_only_while_the_office_is_open(start, end):
    assert CALENDAR.add_minutes(at(start), 30) == at(end)


@pytest.mark.parametrize("start", ["2026-11-23 12:10", "2026-11-23 03:00", "2026-11-23 23:00"])
def test_the_hour_of_receipt_does_not_move_a_deadline_in_days(start):
    assert CALENDAR.due(at(start), 3).at == at("2026-11-26 17:00")


def test_a_receipt_at_a_weekend_still_has_three_full_working_days():
    assert CALENDAR.due(at("2026-11-28 10:00"), 3).at == at("2026-12-02 17:00")
