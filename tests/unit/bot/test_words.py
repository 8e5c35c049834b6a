"""Dates and lists as people type them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.words import BadWords, need_date, split_basis, split_list, take_date
from domain.refusals import Refused
from tests.kit.cases import when

NOW = when("11-23 10:00")


@pytest.mark.parametrize(
    ("text", "day", "rest"),
    [
        ("2026-11-30 内容", date(2026, 11, 30), "内容"),
        ("2026-11-30，内容", date(2026, 11, 30), "内容"),
        ("2026/11/30 内容", date(2026, 11, 30), "内容"),
        ("2026.11.30 内容", date(2026, 11, 30), "内容"),
        ("2026年11月30日 内容", date(2026, 11, 30), "内容"),
        ("2026-1-5", date(2026, 1, 5), ""),
        ("11-30 内容", date(2026, 11, 30), "内容"),
        ("11月30日 内容", date(2026, 11, 30), "内容"),
        ("1-5 内容", date(2027, 1, 5), "内容"),
        ("今天 内容", date(2026, 11, 23), "内容"),
        ("明天 内容", date(2026, 11, 24), "内容"),
        ("后天内容", date(2026, 11, 25), "内容"),
        ("内容", None, "内容"),
        ("下周一 内容", None, "下周一 内容"),
        ("", None, ""),
    ],
)
def test_a_leading_date_is_taken_off(text, day, rest):
    assert take_date(text, NOW) == (day, rest)


@pytest.mark.parametrize("text", ["2026-02-30 内容", "2026-13-01", "13-40 内容", "2026年2月30日", "2-30"])
def test_a_date_that_does_not_exist_is_answered_with_an_example(text):
    with pytest.raises(BadWords, match="2026-11-26"):
        take_date(text, NOW)


def test_a_missing_date_is_answered_with_the_usage():
    with pytest.raises(BadWords, match="/承诺 7 2026-11-30"):
        need_date("内容", NOW, "/承诺 7 2026-11-30")


def test_a_leap_day_of_next_year_that_does_not_exist_is_said_so():
    with pytest.raises(BadWords):
        take_date("2-29", NOW)


#: Anything, and dates with anything behind them.
DATES = st.dates(NOW.date(), NOW.date() + timedelta(days=300)).map(str)
SAID = st.text(max_size=60) | st.tuples(DATES, st.sampled_from([" ", "，", ""]), st.text(max_size=20)).map("".join)


@given(SAID)
def test_a_date_is_taken_from_the_beginning_and_the_rest_is_left_as_it_is(text: str):
    try:
        day, rest = take_date(text, NOW)
    except (BadWords, Refused):
        return
    assert text.rstrip().endswith(rest)
    if day is None:
        assert rest == text.strip()
    else:
        assert len(rest) < len(text)
        assert NOW.date() - timedelta(days=1) <= day or str(day.year) in text


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("人社局,住建局", ["人社局", "住建局"]),
        ("人社局，住建局、医保局 税务局", ["人社局", "住建局", "医保局", "税务局"]),
        ("", []),
        ("，", []),
    ],
)
def test_a_list_is_split_at_every_usual_comma(text, items):
    assert split_list(text) == items


@pytest.mark.parametrize(
    ("text", "reason", "basis"),
    [
        ("不符合；《条例》第三条", "不符合", "《条例》第三条"),
        ("不符合;《条例》", "不符合", "《条例》"),
        ("不符合；甲；乙", "不符合", "甲;乙"),
        ("不符合", "不符合", ""),
        ("", "", ""),
    ],
)
def test_reason_and_basis_part_at_the_first_semicolon(text, reason, basis):
    assert split_basis(text) == (reason, basis)
