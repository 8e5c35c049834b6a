"""Days to come as people say them."""

from datetime import date, datetime

import pytest

from parsing import coming
from tests.unit.parsing.samples import NOW

MONDAY = NOW  # 2026-11-23
YEARS_END = datetime(2026, 12, 30, 16, 0, tzinfo=NOW.tzinfo)  # a Wednesday


@pytest.mark.parametrize(
    ("now", "words", "day"),
    [
        (MONDAY, "今天", "2026-11-23"),
        (MONDAY, "明天", "2026-11-24"),
        (MONDAY, "后天上午", "2026-11-25"),
        (MONDAY, "大后天", "2026-11-26"),
        (MONDAY, "周五", "2026-11-27"),
        (MONDAY, "本周五", "2026-11-27"),
        (MONDAY, "周一", "2026-11-23"),
        (MONDAY, "下周三 档案馆要调档", "2026-12-02"),
        (MONDAY, "下下周一", "2026-12-07"),
        (MONDAY, "月底", "2026-11-30"),
        (MONDAY, "下月底前", "2026-12-31"),
        (MONDAY, "下月5日", "2026-12-05"),
        (MONDAY, "下个月五号", "2026-12-05"),
        (MONDAY, "两周内", "2026-12-07"),
        (MONDAY, "10天后", "2026-12-03"),
        (MONDAY, "一个月内", "2026-12-23"),
        (MONDAY, "半个月之内", "2026-12-08"),
        (MONDAY, "12月4日", "2026-12-04"),
        (MONDAY, "2027-01-08", "2027-01-08"),
        (MONDAY, "年底", "2026-12-31"),
        (YEARS_END, "后天", "2027-01-01"),
        (YEARS_END, "周五", "2027-01-01"),
        (YEARS_END, "下周三", "2027-01-06"),
        (YEARS_END, "周二", "2027-01-05"),
        (YEARS_END, "下月5日", "2027-01-05"),
        (YEARS_END, "下月底", "2027-01-31"),
        (YEARS_END, "1月5日", "2027-01-05"),
        (YEARS_END, "明年1月5日", "2027-01-05"),
        (YEARS_END, "两周内", "2027-01-13"),
        (datetime(2027, 1, 31, 9, tzinfo=NOW.tzinfo), "一个月内", "2027-02-28"),
        (datetime(2028, 2, 10, 9, tzinfo=NOW.tzinfo), "月底", "2028-02-29"),
    ],
)
def test_a_day_to_come_is_read(now, words, day):
    found = coming(words, now)
    assert found is not None
    assert found.day == date.fromisoformat(day)
    assert found.working_days is None


def test_working_days_are_counted_by_the_caller():
    found = coming("请在5个工作日内", MONDAY)
    assert found is not None
    assert (found.day, found.working_days) == (None, 5)


def test_the_span_points_into_the_text_as_given():
    text = "延期到　下周五 档案馆要调档"
    found = coming(text, MONDAY)
    assert found is not None
    assert text[slice(*found.span)] == "下周五"


@pytest.mark.parametrize("words", ["", "尽快", "2月30日", "下月31日后的事", "9999-12-31", "周", "月", "12天都没消息"])
def test_what_names_no_day_gives_none(words):
    assert coming(words, datetime(2026, 5, 4, tzinfo=NOW.tzinfo)) is None
