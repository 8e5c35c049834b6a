"""Reads the text of 国务院办公厅关于20XX年部分节假日安排的通知, or its news form, into a `YearTable`.

The notice's wording is regular: “二、春节：2月15日（…、周日）至23日（…、周一）放假调休，共9天。2月14日（周六）上班。”
It states each fact twice (dates and weekdays, span and number of days), so a slip in the pasted text is found, not
believed. News agencies print it without 文号 and often without its date: both can be given beside the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import zip_longest
from typing import TypeVar

from domain.year_table import SpecialDay, YearTable, check_table

T = TypeVar("T")
TITLES = (
    re.compile(r"国务院办公厅关于(\d{4})年部分节假日安排的通知"),
    re.compile(
        r"(\d{4})年(?:全国)?(?:部分|法定)?(?:法定)?节假日(?:放假)?(?:调休)?(?:日期)?(?:的|进行|作出)?(?:具体)?安排"
    ),
    re.compile(r"(\d{4})年(?:元旦|春节)、"),
)
NOTICE_NO = re.compile(r"国办发(?:明电)?[〔\[［（(【](\d{4})[〕\]］）)】]第?(\d+)号?")
SIGNED = re.compile(r"国务院办公厅(\d{4})年(\d{1,2})月(\d{1,2})日")
#: Where a page of news says when it was published; the year must stand there.
DATED = re.compile(
    r"(?:发布(?:时间|日期)?|成文日期|印发日期|时间|日期)[：:]?(\d{4})[-—年/.](\d{1,2})[-—月/.](\d{1,2})日?"
)
_HOLIDAY = "元旦|春节|清明节?|国际劳动节|劳动节|端午节?|中秋节?|国庆节?"
CLAUSE = re.compile(
    r"[一二三四五六七八九十]、([^：:，。]{2,12})[：:]"
    rf"|(?:[（(]?\d{{1,2}}[)）.、．]|(?<![、\u4e00-\u9fff]))((?:{_HOLIDAY})(?:[、和暨及](?:{_HOLIDAY}))*)[：:]"
)
#: What follows the last clause.
CLOSING = re.compile(r"节假日期间|假日期间，|鼓励单位和个人|特此通知|（完）|责任编辑|编辑：|来源：|记者：")
DAY = r"(?:(?:\d{4}年)?\d{1,2}月)?\d{1,2}日(?:（[^）]*）)?"
DAY_PARTS = re.compile(r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:（([^）]*)）)?")
OFF = re.compile(rf"({DAY})(?:至({DAY}))?(?:放假|补休)")
WORK = re.compile(rf"({DAY}(?:[、和]{DAY})*)上班")
TOTAL = re.compile(r"(?:共|放假(?:调休)?)(\d+)天")
ADVICE = "鼓励"  # 2024 and 2026 also recommend paid leave; that closes no office
WEEKDAY = re.compile(r"(?:周|星期)([一二三四五六日天])")
WEEKDAY_NUMBER = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}


class Missing(ValueError):
    """The text lacks what a notice has: `title`, `notice_no` and `published_on` of these are to be given."""

    def __init__(self, lacks: Sequence[str]) -> None:
        super().__init__(f"通知缺少：{'、'.join(_NAMES[name] for name in lacks)}")
        self.lacks = tuple(lacks)


_NAMES = {"title": "标题", "notice_no": "文号", "published_on": "落款日期"}


def parse_notice(text: str, notice_no: str = "", published_on: date | None = None) -> YearTable:
    """The table of a notice's full text, as pasted; `notice_no` and `published_on` for a text that lacks them.

    Raises `Missing`, or `ValueError` (Chinese) naming what was not understood.
    """
    flat = re.sub(r"\s+", "", text).translate(str.maketrans("(),:", "（），："))
    title = next((found for pattern in TITLES if (found := pattern.search(flat))), None)
    number = NOTICE_NO.search(flat)
    signed = max(SIGNED.finditer(flat), key=re.Match.start, default=None)
    own_no, own_date = _numbered(number), _dated(signed or DATED.search(flat))
    notice_no = _one("文号", own_no, _numbered(given_no(notice_no)) if notice_no else "")
    published_on = _one("日期", own_date, published_on)
    if title is None or not notice_no or published_on is None:
        known = {"title": title, "notice_no": notice_no, "published_on": published_on}
        raise Missing([name for name, value in known.items() if not value])
    year = int(title[1])
    days = [
        SpecialDay(day, off, name, notice_no)
        for name, body in _clauses(flat[: signed.start()] if signed else flat)
        for day, off in _clause_days(year, name, body)
    ]
    if not days:
        raise ValueError("通知中没有找到放假安排（“一、元旦：1月1日……放假”这样的句子）")
    days.sort(key=lambda special: special.date)
    named = f"国务院办公厅关于{year}年部分节假日安排的通知"
    table = YearTable(year, tuple(days), named, notice_no, published_on, provisional=False)
    check_table(table)
    return table


def given_no(text: str) -> re.Match[str]:
    """The 文号 somebody typed. Raises `ValueError`."""
    match = NOTICE_NO.fullmatch(re.sub(r"\s+", "", text))
    if match is None:
        raise ValueError(f"文号“{text}”看不懂，请写成 国办发明电〔2025〕7号 这样")
    return match


def _numbered(found: re.Match[str] | None) -> str:
    return f"国办发明电〔{found[1]}〕{found[2]}号" if found else ""


def _dated(found: re.Match[str] | None) -> date | None:
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError as error:
        raise ValueError(f"没有这一天：“{found[0]}”") from error


def _one(what: str, own: T, given: T) -> T:
    """What the text says, else what was given. Raises `ValueError` when they disagree."""
    if own and given and own != given:
        raise ValueError(f"原文里的{what}是{own}，另外写的是{given}，请核对")
    return own or given


def _clauses(flat: str) -> Iterator[tuple[str, str]]:
    """(holiday, wording) of each numbered clause."""
    heads = list(CLAUSE.finditer(flat))
    for head, following in zip_longest(heads, heads[1:]):
        body = flat[head.end() : following.start() if following else len(flat)]
        closing = CLOSING.search(body)
        yield head[1] or head[2], body[: closing.start()] if closing else body


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
