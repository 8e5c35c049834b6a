from datetime import date, timedelta

import chinese_calendar
import pytest

from domain.work_calendar import SpecialDay, WorkCalendar, YearTable, load_tables
from tests.unit.calendar.shipped import shipped_calendar, shipped_tables

CALENDAR = shipped_calendar()
NOTICES = {
    2022: ("国办发明电〔2021〕11号", date(2021, 10, 25)),
    2023: ("国办发明电〔2022〕16号", date(2022, 12, 8)),
    2024: ("国办发明电〔2023〕7号", date(2023, 10, 25)),
    2025: ("国办发明电〔2024〕12号", date(2024, 11, 12)),
    2026: ("国办发明电〔2025〕7号", date(2025, 11, 4)),
}


@pytest.mark.parametrize("year", NOTICES)
def test_every_day_of_a_published_year_agrees_with_an_independent_calendar(year):
    day = date(year, 1, 1)
    while day.year == year:
        assert CALENDAR.is_workday(day) == chinese_calendar.is_workday(day), day
        day += timedelta(days=1)


def test_each_published_table_names_its_notice():
    published = {table.year: table for table in shipped_tables() if not table.provisional}
    assert {year: (table.notice_no, table.published_on) for year, table in published.items()} == NOTICES


def test_2026_has_248_working_days():
    assert CALENDAR.workdays_between(date(2025, 12, 31), date(2026, 12, 31)) == 248


def test_a_year_without_a_notice_has_its_statutory_days_and_is_provisional():
    rest = {"2027-01-01", "2027-02-05", "2027-02-09", "2027-02-10", "2027-04-05", "2027-05-03", "2027-05-04"}
    rest |= {"2027-02-08", "2027-06-09", "2027-09-15", "2027-10-01", "2027-10-04", "2027-10-05"}
    weekdays = (date(2027, 1, 1) + timedelta(days=n) for n in range(365))
    assert {str(day) for day in weekdays if day.weekday() < 5 and not CALENDAR.is_workday(day)} == rest
    assert CALENDAR.is_provisional(date(2027, 3, 1))
    assert not CALENDAR.is_provisional(date(2026, 12, 31))


def test_a_year_without_any_table_keeps_the_solar_holidays_and_is_provisional():
    assert not CALENDAR.is_workday(date(2029, 10, 3))
    assert CALENDAR.is_workday(date(2029, 10, 8))
    assert CALENDAR.why(date(2029, 10, 1)) == "国庆节放假（暂定）"
    assert CALENDAR.why(date(2029, 3, 1)) == "工作日（暂定）"
    assert CALENDAR.is_provisional(date(2029, 3, 1))


def test_compensation_moves_a_weekend_holiday_to_the_next_weekday():
    # 1 January 2028 is a Saturday: Monday the 3rd is given instead (全国年节及纪念日放假办法第六条).
    assert [CALENDAR.is_workday(date(2028, 1, day)) for day in (3, 4)] == [False, True]


def test_a_notice_may_begin_in_december_of_the_year_before():
    assert CALENDAR.why(date(2022, 12, 31)) == "元旦放假（国办发明电〔2022〕16号）"


def test_the_reasons_name_the_notice():
    assert CALENDAR.why(date(2026, 10, 3)) == "国庆节放假（国办发明电〔2025〕7号）"
    assert CALENDAR.why(date(2026, 10, 10)) == "调休上班，工作日（国办发明电〔2025〕7号）"
    assert CALENDAR.why(date(2026, 11, 28)) == "星期六，休息日"
    assert CALENDAR.why(date(2026, 11, 23)) == "工作日"


def test_a_second_notice_for_the_same_year_replaces_the_first():
    first, second = (
        YearTable(2026, (SpecialDay(date(2026, 3, day), True, "临时放假", "X"),), "通知", "X", date(2026, 1, 1), False)
        for day in (2, 3)
    )
    calendar = WorkCalendar([first, second])
    assert calendar.is_workday(date(2026, 3, 2))
    assert not calendar.is_workday(date(2026, 3, 3))


TABLE = (
    '{"year": 2026, "source_title": "通知", "notice_no": "X", "published_on": "2025-11-04", '
    '"provisional": false, "days": [%s]}'
)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "格式不对"),
        ("[]", "格式不对"),
        ('{"year": 2026}', "格式不对"),
        (TABLE % '{"date": "2026-13-01", "off": true, "name": "x"}', "格式不对"),
        (TABLE % '{"date": "2026-10-10", "off": "false", "name": "x"}', "true 或 false"),
        (TABLE % '{"date": "2026-10-12", "off": false, "name": "x"}', "不是周六、周日"),
        (TABLE % '{"date": "2027-01-01", "off": true, "name": "x"}', "不属于2026年"),
        (TABLE % ", ".join(['{"date": "2026-10-01", "off": true, "name": "x"}'] * 2), "出现两次"),
        ((TABLE % "").replace('"X"', '""'), "缺少通知文号"),
    ],
)
def test_a_table_that_cannot_be_right_is_refused_in_words(text, complaint):
    with pytest.raises(ValueError, match=complaint):
        load_tables([text])
