"""Office hours that change with the season: 夏季 and 冬季作息, also over the year's end."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.work_calendar import TZ, OfficeHours, Season, WorkCalendar, YearlyHours
from tests.unit.calendar.shipped import at, shipped_calendar, shipped_tables

USUAL = OfficeHours(((time(9), time(12)), (time(13), time(17))))
SUMMER = OfficeHours(((time(8, 30), time(12)), (time(15), time(18, 30))))
WINTER = OfficeHours(((time(9), time(12)), (time(13, 30), time(16, 30))))
HOURS = YearlyHours(USUAL, (Season((6, 1), (9, 30), SUMMER), Season((12, 1), (2, 29), WINTER)))
CALENDAR = WorkCalendar(shipped_tables(), HOURS)
PLAIN = shipped_calendar()
MOMENTS = st.datetimes(datetime(2022, 1, 1), datetime(2028, 6, 1), timezones=st.just(TZ))  # noqa: DTZ001 -- hypothesis adds the zone
#: More than two years of office time, so that several seasons lie inside.
MINUTES = st.integers(0, 250_000)


@pytest.mark.parametrize(
    ("day", "opens", "closes"),
    [
        ("2026-05-29", "09:00", "17:00"),
        ("2026-06-01", "08:30", "18:30"),
        ("2026-09-30", "08:30", "18:30"),
        ("2026-10-08", "09:00", "17:00"),
        ("2026-11-30", "09:00", "17:00"),
        ("2026-12-01", "09:00", "16:30"),
        ("2027-01-05", "09:00", "16:30"),
        ("2027-02-26", "09:00", "16:30"),
        ("2027-03-01", "09:00", "17:00"),
        ("2028-02-29", "09:00", "16:30"),
    ],
)
def test_every_day_has_the_hours_of_its_season(day, opens, closes):
    d = date.fromisoformat(day)
    assert CALENDAR.opening(d) == at(f"{day} {opens}")
    assert CALENDAR.closing(d) == at(f"{day} {closes}")


@pytest.mark.parametrize(
    ("received", "days", "due"),
    [
        ("2026-05-28 16:00", 1, "2026-05-29 17:00"),
        ("2026-05-28 16:00", 2, "2026-06-01 18:30"),
        ("2026-09-29 10:00", 1, "2026-09-30 18:30"),
        ("2026-09-29 10:00", 2, "2026-10-08 17:00"),
        ("2026-11-30 10:00", 3, "2026-12-03 16:30"),
        # 17:30 is inside the summer day and after the winter one: 0 days is today here and tomorrow there.
        ("2026-06-01 17:30", 0, "2026-06-01 18:30"),
        ("2026-12-01 17:30", 0, "2026-12-02 16:30"),
    ],
)
def test_a_limit_ends_when_business_closes_on_its_own_day(received, days, due):
    assert CALENDAR.due(at(received), days).at == at(due)


def test_the_days_of_a_limit_are_the_same_in_every_season():
    for month in range(1, 13):
        received = at(f"2026-{month:02d}-10 10:00")
        assert CALENDAR.due(received, 25).steps == PLAIN.due(received, 25).steps


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        # One usual hour on the last of May (a Friday), the rest on the first summer morning.
        ("2026-05-29 16:00", 60, "2026-05-29 17:00"),
        ("2026-05-29 16:00", 90, "2026-06-01 09:00"),
        ("2026-05-29 16:00", 60 + 420, "2026-06-01 18:30"),
        ("2026-05-29 16:00", 60 + 421, "2026-06-02 08:31"),
        # Out of the summer over the National Day holiday.
        ("2026-09-30 18:00", 31, "2026-10-08 09:01"),
        ("2026-11-30 16:30", 31, "2026-12-01 09:01"),
    ],
)
def test_office_minutes_are_counted_in_the_hours_of_each_day(start, minutes, end):
    assert CALENDAR.add_minutes(at(start), minutes) == at(end)
    assert CALENDAR.minutes_between(at(start), at(end)) == minutes


def test_the_doors_follow_the_season():
    assert CALENDAR.is_open(at("2026-06-01 18:00"))
    assert not CALENDAR.is_open(at("2026-05-29 18:00"))
    assert CALENDAR.next_open(at("2026-06-01 13:00")) == at("2026-06-01 15:00")
    assert CALENDAR.next_open(at("2026-05-29 17:00")) == at("2026-06-01 08:30")


@given(MOMENTS, st.integers(0, 300))
def test_a_limit_never_ends_outside_office_hours(received, days):
    due = CALENDAR.due(received, days)
    assert due.at > received
    assert CALENDAR.is_open(due.at - timedelta(microseconds=1))
    assert not CALENDAR.is_open(due.at)
    assert due.date == PLAIN.due(received, days).date or days == 0


@given(MOMENTS, MINUTES)
def test_minutes_added_over_seasons_are_minutes_between(start, minutes):
    end = CALENDAR.add_minutes(start, minutes)
    assert CALENDAR.minutes_between(start, end) == minutes
    assert CALENDAR.minutes_between(end, start) == -minutes
    assert CALENDAR.is_open(end) or CALENDAR.is_open(end - timedelta(microseconds=1))


@given(MOMENTS, MOMENTS, MOMENTS)
def test_minutes_between_add_up_wherever_the_season_changes(one, other, third):
    a, b, c = sorted((one, other, third))
    parts = CALENDAR.minutes_between(a, b) + CALENDAR.minutes_between(b, c)
    assert parts <= CALENDAR.minutes_between(a, c) <= parts + 1


@given(MOMENTS, st.integers(0, 40))
def test_minutes_between_is_what_a_day_by_day_count_finds(start, days):
    """The count by runs of equal hours against the plain one, over a stretch that may change season."""
    end = start + timedelta(days=days, hours=5)
    total = timedelta()
    for n in range(days + 2):
        day = start.date() + timedelta(days=n)
        if not CALENDAR.is_workday(day):
            continue
        for opens, closes in HOURS.on(day).segments:
            first = max(start, datetime.combine(day, opens, TZ))
            last = min(end, datetime.combine(day, closes, TZ))
            total += max(last - first, timedelta())
    assert CALENDAR.minutes_between(start, end) == total // timedelta(minutes=1)


@given(MOMENTS)
def test_next_open_is_open_in_any_season(moment):
    opened = CALENDAR.next_open(moment)
    assert CALENDAR.is_open(opened)
    assert CALENDAR.minutes_between(moment, opened) == 0


@given(st.dates(date(2023, 1, 1), date(2028, 12, 31)))
def test_the_hours_hold_up_to_the_end_of_their_run_and_no_longer(day):
    last = HOURS.until(day)
    assert last >= day
    assert HOURS.on(last) == HOURS.on(day)
    assert HOURS.on(last + timedelta(days=1)) != HOURS.on(day)


def test_other_hours_of_the_same_calendar_are_one_calendar_and_share_its_days():
    calendar = WorkCalendar(shipped_tables())
    other = calendar.with_hours(HOURS)
    assert other is calendar.with_hours(HOURS)
    assert other.with_hours(USUAL) is calendar
    received = at("2026-06-01 10:00")
    assert (other.due(received, 3).at, calendar.due(received, 3).at) == (
        at("2026-06-04 18:30"),
        at("2026-06-04 17:00"),
    )
    assert other.due(received, 3).steps[1] is calendar.due(received, 3).steps[1]


def test_two_seasons_may_not_claim_one_day():
    with pytest.raises(ValueError, match="02-28重叠"):
        YearlyHours(USUAL, (Season((12, 1), (2, 28), WINTER), Season((2, 28), (6, 1), SUMMER)))
    with pytest.raises(ValueError, match="02-30"):
        Season((2, 30), (3, 1), SUMMER)
