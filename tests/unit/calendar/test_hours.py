from datetime import UTC, date, datetime, time

import pytest

from domain.work_calendar import TZ, OfficeHours, WorkCalendar
from tests.unit.calendar.shipped import at, shipped_calendar, shipped_tables

CALENDAR = shipped_calendar()


@pytest.mark.parametrize(
    ("moment", "is_open", "next_open"),
    [
        ("2026-11-23 08:59", False, "2026-11-23 09:00"),
        ("2026-11-23 09:00", True, "2026-11-23 09:00"),
        ("2026-11-23 12:00", False, "2026-11-23 13:00"),
        ("2026-11-23 12:59", False, "2026-11-23 13:00"),
        ("2026-11-23 16:59", True, "2026-11-23 16:59"),
        ("2026-11-23 17:00", False, "2026-11-24 09:00"),
        ("2026-11-27 17:00", False, "2026-11-30 09:00"),
        ("2026-09-30 20:00", False, "2026-10-08 09:00"),
        ("2026-10-10 10:00", True, "2026-10-10 10:00"),
        ("2026-10-05 10:00", False, "2026-10-08 09:00"),
    ],
)
def test_open_and_next_open(moment, is_open, next_open):
    assert CALENDAR.is_open(at(moment)) == is_open
    assert CALENDAR.next_open(at(moment)) == at(next_open)


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2026-11-23 09:00", 0, "2026-11-23 09:00"),
        ("2026-11-23 11:45", 30, "2026-11-23 13:15"),
        ("2026-11-23 11:30", 30, "2026-11-23 12:00"),
        ("2026-11-23 22:00", 30, "2026-11-24 09:30"),
        ("2026-11-27 16:50", 30, "2026-11-30 09:20"),
        ("2026-11-23 09:00", 420, "2026-11-23 17:00"),
        ("2026-11-23 09:00", 421, "2026-11-24 09:01"),
        ("2026-11-23 13:00", 840, "2026-11-25 12:00"),
        ("2026-10-01 10:00", 30, "2026-10-08 09:30"),
    ],
)
def test_working_minutes_are_added_over_lunch_nights_and_holidays(start, minutes, end):
    assert CALENDAR.add_minutes(at(start), minutes) == at(end)


def test_minutes_between_ignores_closed_time_and_knows_its_sign():
    assert CALENDAR.minutes_between(at("2026-11-23 11:45"), at("2026-11-23 13:15")) == 30
    assert CALENDAR.minutes_between(at("2026-11-23 13:15"), at("2026-11-23 11:45")) == -30
    assert CALENDAR.minutes_between(at("2026-11-28 00:00"), at("2026-11-29 23:59")) == 0
    assert CALENDAR.minutes_between(at("2026-11-27 16:00"), at("2026-11-30 10:00")) == 120


def test_moments_of_any_zone_are_read_on_the_office_clock():
    assert CALENDAR.is_open(datetime(2026, 11, 23, 1, tzinfo=UTC))
    assert CALENDAR.next_open(datetime(2026, 11, 23, 0, tzinfo=UTC)).tzinfo is TZ


def test_negative_minutes_are_refused():
    with pytest.raises(ValueError, match="negative"):
        CALENDAR.add_minutes(at("2026-11-23 10:00"), -1)


def test_another_centre_may_keep_other_hours():
    calendar = WorkCalendar(shipped_tables(), OfficeHours(((time(8, 30), time(18, 30)),)))
    assert calendar.due(at("2026-11-23 10:00"), 3).at == at("2026-11-26 18:30")
    assert calendar.is_open(at("2026-11-23 12:30"))
    assert calendar.opening(date(2026, 11, 23)) == at("2026-11-23 08:30")


@pytest.mark.parametrize(
    "segments",
    [
        (),
        ((time(9), time(9)),),
        ((time(13), time(17)), (time(9), time(12))),
        ((time(9), time(13)), (time(12), time(17))),
    ],
)
def test_hours_that_are_empty_or_overlap_are_refused(segments):
    with pytest.raises(ValueError, match="办公时间"):
        OfficeHours(segments)


@pytest.mark.parametrize(
    ("start", "n", "expected"),
    [
        ("2026-09-30", 1, "2026-10-08"),
        ("2026-10-08", -1, "2026-09-30"),
        ("2026-10-03", -1, "2026-09-30"),
        ("2026-10-03", 0, "2026-10-08"),
        ("2026-10-10", 0, "2026-10-10"),
        ("2025-12-31", 1, "2026-01-04"),
        ("2026-01-04", -1, "2025-12-31"),
        ("2024-06-15", 600, "2026-11-13"),
    ],
)
def test_shift_walks_over_working_days_both_ways(start, n, expected):
    assert str(CALENDAR.shift(date.fromisoformat(start), n)) == expected
