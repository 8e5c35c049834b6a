"""Reading what people type: dates and lists, with an error that says how to write it right."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from bot import texts
from domain.given_dates import near_day
from domain.office_hours import TZ
from domain.work_calendar import WorkCalendar
from parsing import coming

_ISO = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?=$|[\s，,：:；;])")
_SHORT = re.compile(r"^(\d{1,2})[-/.月](\d{1,2})日?(?=$|[\s，,：:；;])")
_DAYS = {"今天": 0, "明天": 1, "后天": 2}
#: `12月4日` with words right behind it.
_DAY = re.compile(r"^(?:(\d{4})年)?(\d{1,2})月(\d{1,2})[日号]")
#: What people write before a date.
_LEADING = re.compile(
    r"^(?:(?:我们|我局|本局|本单位|申请|请求|希望|需要?|想|最迟|最晚|预计|计划|承诺|争取|保证|定)[，,]?)*"
    r"(?:延期|延长|延后|延|推迟|顺延|改期|改|办理期限|办结时间|办结日期|期限|日期|时间)?[为:：]?(?:到|至|于|在)?\s*"
)
#: What may follow a date that is meant as “by”.
_BEFORE = re.compile(
    r"^(?:[上下中]午|晚上|下班)?(?:\d{1,2}[点时:：]\d{0,2}分?)?(?:之?前|以前|左右)?(?:办结|办完|办好|完成|报结果)?(?=$|[\s，,：:；;。])"
)
#: Working days a person may count ahead: about two years.
MOST_DAYS = 500
_SEPARATORS = re.compile(r"^[\s，,：:；;]+")


class BadWords(Exception):
    """What was typed cannot be read; `str()` says how to write it."""


def take_date(text: str, now: datetime, calendar: WorkCalendar | None = None) -> tuple[date | None, str]:
    """Split a leading date off. (None, text) when there is none; BadWords for one that does not exist, Refused
    for one that nobody arranges anything for.

    A date without a year is the next such day. With a calendar a date may be said: 周五, 下周三, 月底, 3个工作日内,
    with “延期到” and the like before it; the end of a month is its last working day.
    """
    text = text.strip()
    today = now.astimezone(TZ).date()
    for word, days in _DAYS.items():
        if text.startswith(word):
            return today + timedelta(days=days), _rest(text, len(word))
    if match := _ISO.match(text):
        return _date(int(match[1]), int(match[2]), int(match[3]), match[0], today), _rest(text, match.end())
    if match := _SHORT.match(text):
        found = _date(today.year, int(match[1]), int(match[2]), match[0], today)
        if found < today:
            found = _date(today.year + 1, int(match[1]), int(match[2]), match[0], today)
        return found, _rest(text, match.end())
    if re.match(r"^\d{4}\D\d", text) and not (calendar is not None and _DAY.match(text)):
        raise BadWords(_complaint(text.split()[0], today))
    return _spoken(text, now, calendar) if calendar is not None else (None, text)


def _spoken(text: str, now: datetime, calendar: WorkCalendar) -> tuple[date | None, str]:
    """A date as it is said, at the beginning of the text or after words that lead to it."""
    today = now.astimezone(TZ).date()
    lead = _LEADING.match(text)
    start = lead.end() if lead else 0
    words = text[start:]
    if start and (found := take_date(words, now))[0] is not None:
        return found
    if match := _DAY.match(words):
        day = _date(int(match[1] or today.year), int(match[2]), int(match[3]), match[0], today)
        if day < today and not match[1]:
            day = _date(today.year + 1, int(match[2]), int(match[3]), match[0], today)
        return day, _rest(words, match.end())
    said = coming(words, now.astimezone(TZ))
    if said is None or said.span[0] > 0:
        return None, text
    if said.day is None:
        day = calendar.shift(today, min(said.working_days or 0, MOST_DAYS))
    else:
        day = near_day(said.day, today)
        if re.search("[底末]", words[: said.span[1]]) and not calendar.is_workday(day):
            day = calendar.shift(day, -1)
    return day, _rest(words, said.span[1])


def day_words(day: date, now: datetime, calendar: WorkCalendar) -> str:
    """`2026-12-04（周五，第9个工作日）`: a day as people count it, today being none."""
    today = now.astimezone(TZ).date()
    week = "周" + "一二三四五六日"[day.weekday()]
    if day <= today:
        return f"{day.isoformat()}（{week}{'，今天' if day == today else ''}）"
    return f"{day.isoformat()}（{week}，第{calendar.workdays_between(today, day)}个工作日）"


def need_date(text: str, now: datetime, usage: str, calendar: WorkCalendar | None = None) -> tuple[date, str]:
    """Split a leading date off; BadWords with the usage when there is none."""
    found, rest = take_date(text, now, calendar)
    if found is None:
        raise BadWords(texts.DATE_NEEDED.format(usage=usage))
    return found, rest


def _date(year: int, month: int, day: int, text: str, today: date) -> date:
    try:
        given = date(year, month, day)
    except ValueError:
        raise BadWords(_complaint(text, today)) from None
    return near_day(given, today)


def _complaint(text: str, today: date) -> str:
    return texts.BAD_DATE.format(text=text.strip(), example=(today + timedelta(days=3)).isoformat())


def _rest(text: str, start: int) -> str:
    return _SEPARATORS.sub("", _BEFORE.sub("", text[start:])).strip()


def split_list(text: str) -> list[str]:
    """Words separated by commas of either width, 、 or white space."""
    return [word for word in re.split(r"[,，、\s]+", text) if word]


def split_basis(text: str) -> tuple[str, str]:
    """`理由；依据` apart, at the first semicolon of either width; the basis is empty when there is none."""
    reason, _, basis = re.sub("；", ";", text).partition(";")
    return reason.strip(), basis.strip()
