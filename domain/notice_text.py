"""Reads the text of 国务院办公厅关于20XX年部分节假日安排的通知 into a `YearTable`.

The notice's wording is regular: “二、春节：2月15日（…、周日）至23日（…、周一）放假调休，共9天。2月14日（周六）上班。”
It states each fact twice (dates and weekdays, span and number of days), so a slip in the pasted text is found, not
believed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import zip_longest

from domain.year_table import SpecialDay, YearTable, check_table

TITLE = re.compile(r"国务院办公厅关于(\d{4})年部分节假日安排的通知")
NOTICE_NO = re.compile(r"国办发明电[〔\[［（(](\d{4})[〕\]］）)]第?(\d+)号")
SIGNED = re.compile(r"国务院办公厅(\d{4})年(\d{1,2})月(\d{1,2})日")
CLAUSE = re.compile(r"[一二三四五六七八九十]、([^：:，。]{2,12})[：:]")
DAY = r"(?:(?:\d{4}年)?\d{1,2}月)?\d{1,2}日(?:（[^）]*）)?"
DAY_PARTS = re.compile(r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:（([^）]*)）)?")
OFF = re.compile(rf"({DAY})(?:至({DAY}))?(?:放假|补休)")
WORK = re.compile(rf"({DAY}(?:[、和]{DAY})*)上班")
TOTAL = re.compile(r"(?:共|放假(?:调休)?)(\d+)天")
ADVICE = "鼓励"  # 2024 and 2026 also recommend paid leave; that closes no office
WEEKDAY = re.compile(r"(?:周|星期)([一二三四五六日天])")
WEEKDAY_NUMBER = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}


def parse_notice(text: str) -> YearTable:
    """The table of a notice's full text, as pasted. Raises `ValueError` (Chinese) naming what was not understood."""
    flat = re.sub(r"\s+", "", text).translate(str.maketrans("(),:", "（），："))
    title, number = TITLE.search(flat), NOTICE_NO.search(flat)
    signed = max(SIGNED.finditer(flat), key=re.Match.start, default=None)
    if title is None or number is None or signed is None:
        missing = [name for name, found in (("标题", title), ("文号", number), ("落款日期", signed)) if found is None]
        raise ValueError(f"通知缺少：{'、'.join(missing)}")
    year = int(title[1])
    notice_no = f"国办发明电〔{number[1]}〕{number[2]}号"
    days = [
        SpecialDay(day, off, name, notice_no)
        for name, body in _clauses(flat[: signed.start()])
        for day, off in _clause_days(year, name, body)
    ]
    if not days:
        raise ValueError("通知中没有找到放假安排")
    days.sort(key=lambda special: special.date)
    published_on = date(int(signed[1]), int(signed[2]), int(signed[3]))
    table = YearTable(year, tuple(days), title[0], notice_no, published_on, provisional=False)
    check_table(table)
    return table


def _clauses(flat: str) -> Iterator[tuple[str, str]]:
    """(holiday, wording) of each numbered clause."""
    heads = list(CLAUSE.finditer(flat))
    for head, following in zip_longest(heads, heads[1:]):
        yield head[1], flat[head.end() : following.start() if following else len(flat)]


def _clause_days(year: int, name: str, body: str) -> Iterator[tuple[date, bool]]:
    """Each date of a clause with True for off, False for 调休上班; checks the stated number of days."""
    off_days = 0
    for sentence in body.split("。"):
        if sentence.startswith(ADVICE):
            break
        for phrase in sentence.split("，"):
            if span := OFF.match(phrase):
                first = _day(span[1], year)
                last = _day(span[2], year, first) if span[2] else first
                if last < first:
                    raise ValueError(f"{name}：“{phrase}”前后颠倒")
                for n in range((last - first).days + 1):
                    yield first + timedelta(days=n), True
                    off_days += 1
            elif worked := WORK.fullmatch(phrase):
                for part in DAY_PARTS.finditer(worked[1]):
                    yield _day(part[0], year), False
            elif re.search(r"\d日", phrase):
                raise ValueError(f"{name}：看不懂“{phrase}”")
    stated = TOTAL.search(body)
    if stated and int(stated[1]) != off_days:
        raise ValueError(f"{name}：写明{stated[1]}天，日期却是{off_days}天")


def _day(wording: str, year: int, after: date | None = None) -> date:
    """A date as worded; in a span the month may be left out. Raises `ValueError` when the stated weekday disagrees."""
    parts = DAY_PARTS.fullmatch(wording)
    if parts is None or (parts[2] is None and after is None):
        raise ValueError(f"看不懂日期“{wording}”")
    month = int(parts[2]) if parts[2] else after.month if after else 0
    try:
        day = date(int(parts[1] or year), month, int(parts[3]))
    except ValueError as error:
        raise ValueError(f"没有这一天：“{wording}”") from error
    weekday = WEEKDAY.search(parts[4] or "")
    if weekday and WEEKDAY_NUMBER[weekday[1]] != day.weekday():
        raise ValueError(f"“{wording}”与日历不符：{day} 不是{weekday[0]}")
    return day
