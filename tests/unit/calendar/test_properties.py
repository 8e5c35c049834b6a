from datetime import date, datetime, timedelta

import chinese_calendar
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.work_calendar import TZ
from tests.unit.calendar.shipped import shipped_calendar

CALENDAR = shipped_calendar()
# Past the published years too: the promises of the calendar hold in provisional years as well.
FIRST, LAST = datetime(2021, 12, 1), datetime(2028, 6, 1)  # noqa: DTZ001 -- hypothesis adds the zone
MOMENTS = st.datetimes(FIRST, LAST, timezones=st.just(TZ))
DATES = st.dates(date(2021, 12, 1), date(2028, 6, 1))
DAYS = st.integers(0, 300)
MINUTES = st.integers(0, 60_000)


@given(MOMENTS, DAYS)
def test_due_ends_at_the_close_of_a_working_day_after_receipt(received, days):
    due = CALENDAR.due(received, days)
    assert CALENDAR.is_workday(due.date)
    assert due.at == CALENDAR.closing(due.date) > received
    assert CALENDAR.is_open(due.at - timedelta(microseconds=1))


@given(MOMENTS, st.integers(1, 300))
def test_due_counts_exactly_the_days_it_was_given(received, days):
    due = CALENDAR.due(received, days)
    assert sum(step.counted for step in due.steps) == days
    assert CALENDAR.workdays_between(received.date(), due.date) == days
    assert CALENDAR.shift(received.date(), days) == due.date


@given(MOMENTS, DAYS)
def test_the_explanation_covers_every_civil_day_once(received, days):
    due = CALENDAR.due(received, days)
    length = (due.date - received.date()).days + 1
    assert [step.date for step in due.steps] == [received.date() + timedelta(days=n) for n in range(length)]
    assert all(step.why for step in due.steps)
    assert all(step.counted == CALENDAR.is_workday(step.date) for step in due.steps[1:])


@given(MOMENTS, MOMENTS, DAYS)
def test_later_receipt_is_never_due_earlier(one, other, days):
    first, second = sorted((one, other))
    assert CALENDAR.due(first, days).at <= CALENDAR.due(second, days).at


@given(MOMENTS, DAYS)
def test_one_more_day_is_always_later(received, days):
    assert CALENDAR.due(received, days).at <= CALENDAR.due(received, days + 1).at
    assert CALENDAR.due(received, days + 1).at < CALENDAR.due(received, days + 2).at


@given(MOMENTS, st.integers(0, 400))
def test_a_promise_ends_at_the_close_of_a_working_day_not_before_the_promised_date(received, ahead):
    promised = received.date() + timedelta(days=ahead)
    due = CALENDAR.due_on(promised, received)
    assert due.date >= promised
    assert due.at == CALENDAR.closing(due.date) > received
    assert CALENDAR.is_workday(due.date)
    assert sum(step.counted for step in due.steps) == due.days


@given(DATES, st.integers(-300, 300).filter(bool))
def test_shift_and_count_are_inverse(day, n):
    reached = CALENDAR.shift(day, n)
    assert CALENDAR.is_workday(reached)
    between = CALENDAR.workdays_between(day, reached)
    # Backwards the count starts after the reached day, so it counts `day` itself when that is a working day.
    assert between == (n if n > 0 or CALENDAR.is_workday(day) else n + 1)


@given(DATES, DATES)
def test_working_days_between_is_antisymmetric_and_additive(a, b):
    middle = date.fromordinal((a.toordinal() + b.toordinal()) // 2)
    assert CALENDAR.workdays_between(a, b) == -CALENDAR.workdays_between(b, a)
    assert CALENDAR.workdays_between(a, b) == CALENDAR.workdays_between(a, middle) + CALENDAR.workdays_between(
        middle, b
    )


@settings(max_examples=30, deadline=None)  # years of days, one by one
@given(st.dates(date(2022, 1, 1), date(2026, 12, 31)), st.dates(date(2022, 1, 1), date(2026, 12, 31)))
def test_working_days_between_agrees_with_an_independent_calendar(a, b):
    a, b = sorted((a, b))
    days = (a + timedelta(days=n) for n in range(1, (b - a).days + 1))
    assert CALENDAR.workdays_between(a, b) == sum(map(chinese_calendar.is_workday, days))


@given(MOMENTS)
def test_next_open_is_open_and_never_earlier(moment):
    opened = CALENDAR.next_open(moment)
    assert CALENDAR.is_open(opened)
    assert opened >= moment
    assert CALENDAR.minutes_between(moment, opened) == 0
    assert (opened == moment) == CALENDAR.is_open(moment)


@given(MOMENTS, MINUTES)
def test_minutes_added_are_minutes_between(start, minutes):
    assert CALENDAR.minutes_between(start, CALENDAR.add_minutes(start, minutes)) == minutes


@given(MOMENTS, MOMENTS, MINUTES)
def test_minutes_added_to_a_later_start_never_end_earlier(one, other, minutes):
    first, second = sorted((one, other))
    assert CALENDAR.add_minutes(first, minutes) <= CALENDAR.add_minutes(second, minutes)


@given(MOMENTS, MINUTES)
def test_minutes_always_end_inside_or_at_the_end_of_office_hours(start, minutes):
    end = CALENDAR.add_minutes(start, minutes)
    assert CALENDAR.is_open(end) or CALENDAR.is_open(end - timedelta(microseconds=1))


@given(MOMENTS, DAYS)
def test_nobody_is_late_before_the_due_moment(received, days):
    due = CALENDAR.due(received, days)
    assert CALENDAR.days_late(due.at, due.at) == 0
    assert CALENDAR.days_late(due.at, CALENDAR.opening(CALENDAR.shift(due.date, 4))) == 4
