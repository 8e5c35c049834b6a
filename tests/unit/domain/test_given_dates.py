"""Which dates and numbers may be given, and that the calendar walks no further."""

from __future__ import annotations

import json
import time
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.given_dates import AHEAD, FIRST, LAST, limit_day, month_named, record_moment, whole_number
from domain.refusals import Refused
from domain.work_calendar import SPAN_YEARS, TZ, BadSpan, load_tables
from services.rules.rule_file import BadRules, load_rules
from tests.unit.calendar.shipped import shipped_calendar

TODAY = date(2026, 11, 23)
ZONES = (UTC, TZ, timezone(timedelta(hours=23, minutes=59)), timezone(timedelta(hours=-23)))
ANY = st.datetimes(timezones=st.sampled_from(ZONES))


@given(st.dates())
def test_a_limit_is_today_or_at_most_two_years_ahead(day: date):
    try:
        assert TODAY <= limit_day(day, TODAY) <= TODAY + AHEAD
    except Refused:
        assert day < TODAY or day > TODAY + AHEAD


@given(ANY)
def test_a_moment_that_is_taken_can_be_said_in_every_zone(moment: datetime):
    try:
        taken = record_moment(moment)
    except Refused:
        assert not FIRST.year < moment.year < LAST.year
        return
    assert FIRST <= taken.astimezone(TZ).date() <= LAST
    assert taken.astimezone(UTC).timestamp() == taken.timestamp()


@given(st.text(max_size=30) | st.text("0123456789²٣०９", max_size=30))
def test_a_number_is_read_or_it_is_none(text: str):
    number = whole_number(text)
    assert number is None or 0 <= number < 10**9
    assert (number is None) or all(character in "0123456789０１２３４５６７８９" for character in text)


NO_MONTHS = ("", "2026", "2026-1", "2026-13", "2026-00", "0000-01", "²026-01", "２０２６-01", "9" * 5000)


@pytest.mark.parametrize("text", NO_MONTHS)
def test_what_is_no_month_is_none(text: str):
    assert month_named(text) is None


@pytest.mark.parametrize("text", ["9999-12", "0001-01", "1989-12", "2101-01"])
def test_a_month_nobody_reports_about_is_refused(text: str):
    with pytest.raises(Refused, match="1990-01-01 至 2100-12-31"):
        month_named(text)


CALENDAR = shipped_calendar()


@given(ANY, st.integers(-(10**40), 10**40), st.dates())
def test_the_calendar_answers_or_refuses_and_never_walks_for_ever(moment: datetime, days: int, other: date):
    began = time.process_time()
    for ask in (
        lambda: CALENDAR.due(moment, days),
        lambda: CALENDAR.due_on(other, moment),
        lambda: CALENDAR.shift(other, days),
        lambda: CALENDAR.workdays_between(moment.date(), other),
        lambda: CALENDAR.add_minutes(moment, days),
        lambda: CALENDAR.minutes_between(moment, datetime.combine(other, moment.timetz())),
        lambda: CALENDAR.next_open(moment),
        lambda: CALENDAR.is_workday(other),
    ):
        try:
            ask()
        except BadSpan:
            continue
        except ValueError:
            assert days < 0 or other <= moment.date() + timedelta(days=1)
    # Eight questions; each found far more than this before it was bounded.
    assert time.process_time() - began < 5


def test_a_span_of_the_longest_kind_is_still_counted():
    days = SPAN_YEARS * 240
    assert CALENDAR.due(datetime(2026, 1, 5, 9, tzinfo=TZ), days).days == days
    with pytest.raises(BadSpan):
        CALENDAR.due(datetime(2026, 1, 5, 9, tzinfo=TZ), 99_999_999)


def _year(**more: object) -> str:
    table = {"year": 2027, "days": [], "source_title": "x", "notice_no": "x", "published_on": "2026-11-01", **more}
    return json.dumps(table)


@pytest.mark.parametrize(
    "text",
    [
        _year(year=float("inf")), _year(year=float("nan")), _year(year=2027.5), _year(year=True), _year(year="2027"),
        _year(year=0), _year(year=99999), _year(days=[{"date": "9999-12-31", "off": True, "name": "x"}]),
        "[" * 100_000, '{"year": ' + "9" * 5000 + "}", "null", "{}", "[]", '"x"',
    ],
    ids=range(14),
)  # fmt: skip
def test_a_year_table_that_cannot_be_right_is_refused_in_chinese(text: str):
    with pytest.raises(ValueError, match=r"[\u4e00-\u9fff]"):
        load_tables([text])


NO_RULES = ("[" * 100_000, '{"version": ' + "9" * 5000 + "}", "null", "", '{"version": Infinity}')


@pytest.mark.parametrize("text", NO_RULES)
def test_a_rules_file_that_cannot_be_read_is_refused_in_chinese(text: str):
    with pytest.raises(BadRules, match=r"[\u4e00-\u9fff]"):
        load_rules(text)
