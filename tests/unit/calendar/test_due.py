from datetime import UTC, date, datetime

import pytest

from tests.unit.calendar.shipped import at, shipped_calendar

CALENDAR = shipped_calendar()

# Received, then the end of 1, 3 and 5 working days; None: needs the unpublished 2027 notice.
GOLDEN = """
2026-01-02 2026-01-04 2026-01-06 2026-01-08
2026-02-11 2026-02-12 2026-02-14 2026-02-25
2026-02-12 2026-02-13 2026-02-24 2026-02-26
2026-02-13 2026-02-14 2026-02-25 2026-02-27
2026-02-14 2026-02-24 2026-02-26 2026-02-28
2026-02-20 2026-02-24 2026-02-26 2026-02-28
2026-02-27 2026-02-28 2026-03-03 2026-03-05
2026-04-03 2026-04-07 2026-04-09 2026-04-13
2026-04-30 2026-05-06 2026-05-08 2026-05-11
2026-05-08 2026-05-09 2026-05-12 2026-05-14
2026-06-17 2026-06-18 2026-06-23 2026-06-25
2026-09-18 2026-09-20 2026-09-22 2026-09-24
2026-09-19 2026-09-20 2026-09-22 2026-09-24
2026-09-24 2026-09-28 2026-09-30 2026-10-09
2026-09-29 2026-09-30 2026-10-09 2026-10-12
2026-09-30 2026-10-08 2026-10-10 2026-10-13
2026-10-10 2026-10-12 2026-10-14 2026-10-16
2026-11-23 2026-11-24 2026-11-26 2026-11-30
2026-12-25 2026-12-28 2026-12-30 provisional
2026-12-29 2026-12-30 provisional provisional
"""
VECTORS = [
    (row.split()[0], days, row.split()[column])
    for row in GOLDEN.strip().splitlines()
    for column, days in ((1, 1), (2, 3), (3, 5))
]


@pytest.mark.parametrize(("received", "days", "expected"), VECTORS)
@pytest.mark.parametrize("clock", ["00:00", "09:00", "12:30", "17:00", "23:59"])
def test_golden_vectors_at_any_hour_of_the_day_of_receipt(received, days, expected, clock):
    due = CALENDAR.due(at(f"{received} {clock}"), days)
    if expected == "provisional":
        assert due.provisional
        assert due.date.year == 2027
    else:
        assert (str(due.date), due.provisional) == (expected, False)
        assert due.at == at(f"{expected} 17:00")


def test_there_are_sixty_golden_vectors():
    assert len(VECTORS) == 60


def test_every_day_on_the_way_is_explained():
    due = CALENDAR.due(at("2026-10-09 16:00"), 2)
    assert [(str(step.date), step.counted, step.why) for step in due.steps] == [
        ("2026-10-09", False, "收到当日不计入"),
        ("2026-10-10", True, "调休上班，第1个工作日（国办发明电〔2025〕7号）"),
        ("2026-10-11", False, "星期日，休息日"),
        ("2026-10-12", True, "第2个工作日"),
    ]


def test_a_holiday_on_the_way_cites_its_notice():
    due = CALENDAR.due(at("2026-06-18 10:00"), 1)
    assert due.steps[1].why == "端午节放假（国办发明电〔2025〕7号）"
    assert due.date == date(2026, 6, 22)


def test_a_moment_in_another_zone_is_received_on_the_chinese_day():
    due = CALENDAR.due(datetime(2026, 11, 22, 17, tzinfo=UTC), 3)  # 01:00 on Monday the 23rd in Shanghai
    assert due.steps[0].date == date(2026, 11, 23)
    assert due.date == date(2026, 11, 26)
    assert due.at.isoformat() == "2026-11-26T17:00:00+08:00"
    assert due.received.isoformat() == "2026-11-23T01:00:00+08:00"


def test_a_count_that_only_starts_in_an_unpublished_year_is_not_provisional():
    due = CALENDAR.due(at("2021-12-31 10:00"), 1)
    assert (due.date, due.provisional) == (date(2022, 1, 4), False)


def test_zero_days_means_today_until_close():
    due = CALENDAR.due(at("2026-11-23 10:00"), 0)
    assert (due.at, due.days) == (at("2026-11-23 17:00"), 0)
    assert [step.why for step in due.steps] == ["当日期限，截至下班"]


@pytest.mark.parametrize(
    ("received", "first"),
    [("2026-11-27 17:00", "已过下班时间，顺延至下一个工作日"), ("2026-11-28 10:00", "星期六，休息日")],
)
def test_zero_days_after_close_or_on_a_rest_day_means_the_next_working_day(received, first):
    due = CALENDAR.due(at(received), 0)
    assert due.at == at("2026-11-30 17:00")
    assert due.steps[0].why == first


def test_a_promise_ends_at_the_close_of_the_promised_day():
    due = CALENDAR.due_on(date(2026, 12, 1), at("2026-11-23 10:00"))
    assert (due.at, due.days) == (at("2026-12-01 17:00"), 6)
    assert due.steps[-1].why == "第6个工作日，承诺日期"


def test_a_promise_for_today_is_todays_close():
    due = CALENDAR.due_on(date(2026, 11, 23), at("2026-11-23 10:00"))
    assert (due.at, due.days, due.steps[0].why) == (at("2026-11-23 17:00"), 0, "承诺日期")


def test_a_promise_for_a_rest_day_gives_way_to_the_next_working_day():
    due = CALENDAR.due_on(date(2026, 10, 3), at("2026-09-30 10:00"))
    assert due.at == at("2026-10-08 17:00")
    assert due.steps[-1].why == "第1个工作日，承诺日期非工作日，依民法典第二百零三条顺延至此"


def test_a_promise_for_today_made_after_close_is_for_the_next_working_day():
    due = CALENDAR.due_on(date(2026, 11, 23), at("2026-11-23 17:30"))
    assert due.at == at("2026-11-24 17:00")
    assert due.steps[0].why == "已过下班时间，顺延至下一个工作日"


def test_a_promise_before_receipt_is_refused():
    with pytest.raises(ValueError, match="before receipt"):
        CALENDAR.due_on(date(2026, 11, 22), at("2026-11-23 10:00"))


def test_a_naive_moment_or_a_negative_count_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        CALENDAR.due(datetime(2026, 11, 23, 10), 3)  # noqa: DTZ001
    with pytest.raises(ValueError, match="negative"):
        CALENDAR.due(at("2026-11-23 10:00"), -1)


@pytest.mark.parametrize(
    ("done", "late"),
    [
        ("2026-11-26 16:59", 0),
        ("2026-11-26 23:00", 0),
        ("2026-11-27 09:00", 1),
        ("2026-11-28 09:00", 1),
        ("2026-11-30 09:00", 2),
        ("2026-11-24 09:00", 0),
    ],
)
def test_lateness_counts_working_days_after_the_due_date(done, late):
    assert CALENDAR.days_late(at("2026-11-26 17:00"), at(done)) == late
