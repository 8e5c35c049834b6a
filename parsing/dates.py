"""Points in time as Chinese texts write them, resolved against the moment the text arrived.

Everything is Asia/Shanghai, written with the fixed offset +08:00. A time of day that is not stated is 00:00 and costs
confidence; nothing is invented beyond that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8))
_HAN_DIGIT = dict(zip("〇零一二三四五六七八九两", (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 2), strict=True))
_N = r"(?:\d{1,2}|[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])"
_TIME = (
    rf"(?P<part>凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|早|晚)?[ ]?"
    rf"(?:(?P<hour>{_N})[ ]?(?:[:时点]|点钟)[ ]?(?:(?P<half>半)|"
    rf"(?P<quarter>[一三]刻)|(?P<minute>\d{{1,2}}|{_N})[ ]?(?:分|:"
    rf"(?P<second>\d{{2}})(?:\.\d{{1,6}})?|(?!\d)))?)?"
)
_DATE = (
    r"(?:(?P<year>(?:19|20)\d{2}|[一二][〇零一二三四五六七八九]{3})[ ]?(?:[-/.]|年)[ ]?(?P<month>"
    + _N
    + r")[ ]?(?:[-/.]|月)[ ]?(?P<day>"
    + _N
    + r"(?!\d))[ ]?[日号]?"
    r"|(?P<y8>20\d{2})(?P<m8>0[1-9]|1[0-2])(?P<d8>0[1-9]|[12]\d|3[01])(?:[ ]?"
    r"(?P<h8>[01]\d|2[0-3])(?P<i8>[0-5]\d)(?P<s8>[0-5]\d)?)?(?![-_]?\d)"
    r"|(?P<m2>" + _N + r")[ ]?月[ ]?(?P<d2>" + _N + r")[ ]?[日号]?"
    r"|(?P<m3>\d{1,2})(?:[/-]|\.(?=\d{1,2}[ ]?(?:凌晨|早上|上午|中午|下午|晚上)))(?P<d3>\d{1,2})(?![\d/-])"
    r"|(?P<named>今天|今日|今早|今晨|今晚|昨天|昨日|昨晚|前天|前日|大前天|明天|明日|后天|刚才|刚刚)"
    r"|(?P<ago>" + _N + r")[天日]前"
    r"|(?P<week>上上|上|本|这|下)?(?:个)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天]))"
)
MOMENT = re.compile(
    rf"(?<![\dA-Za-z.])(?<![A-Za-z][-_])(?<!\d[-/])(?:{_DATE}(?:[ T]*(?:\(?(?:周"
    rf"|星期)[一二三四五六日天]\)?)?[ ]*{_TIME})(?P<zone>Z"
    rf"|[+-]\d{{2}}:?\d{{2}})?)"
)
CLOCK = re.compile(rf"(?<![\d:]){_TIME}(?![\d%])")
_NAMED = {"今": 0, "刚": 0, "昨": -1, "前": -2, "大": -3, "明": 1, "后": 2}
_WEEKS = {"上上": -2, "上": -1, "本": 0, "这": 0, "下": 1}
_AFTERNOON = frozenset({"下午", "傍晚", "晚上", "夜里", "晚"})


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time at flat offsets. `exact`: written with its year; `timed`: with an hour."""

    start: int
    end: int
    at: datetime
    exact: bool
    timed: bool

    @property
    def iso(self) -> str:
        """ISO 8601 with +08:00."""
        return self.at.isoformat()

    def confidence(self, labelled: float) -> float:
        """Less for a date without a year, a relative one, or one without a time of day."""
        return labelled - (0 if self.exact else 0.07) - (0 if self.timed else 0.07)


def number(text: str) -> int | None:
    """12, 十二, 二十, 两 as an integer; None for anything else."""
    if text.isascii() and text.isdigit():
        return int(text)
    if "十" in text:
        tens, _, ones = text.partition("十")
        if all(part == "" or part in _HAN_DIGIT for part in (tens, ones)):
            return (_HAN_DIGIT[tens] if tens else 1) * 10 + (_HAN_DIGIT[ones] if ones else 0)
        return None
    if text and all(char in _HAN_DIGIT for char in text):
        return int("".join(str(_HAN_DIGIT[char]) for char in text))
    return None


def local(now: datetime) -> datetime:
    """`now` in Shanghai; a naive one is taken to be there already."""
    return now.replace(tzinfo=SHANGHAI) if now.tzinfo is None else now.astimezone(SHANGHAI)


def _near(month: int, day: int, now: datetime, *, future: bool) -> date | None:
    """The year that makes a month and day plausible: a recent past for reports, a coming date for limits."""
    candidates = []
    for year in (now.year - 1, now.year, now.year + 1):
        try:
            candidates.append(date(year, month, day))
        except ValueError:
            continue
    today = now.date()
    back, ahead = (60, 305) if future else (335, 30)
    fitting = [day_ for day_ in candidates if -back <= (day_ - today).days <= ahead]
    return fitting[-1] if fitting else None


def _date_of(groups: dict[str, str | None], now: datetime, *, future: bool) -> tuple[date | None, bool]:
    today = now.date()
    if groups["year"]:
        year, month, day = (number(groups[key] or "") for key in ("year", "month", "day"))
        return date(year or 0, month or 0, day or 0), True
    if groups["y8"]:
        return date(int(groups["y8"]), int(groups["m8"] or 0), int(groups["d8"] or 0)), True
    for month_key, day_key in (("m2", "d2"), ("m3", "d3")):
        if groups[month_key]:
            return _near(
                number(groups[month_key] or "") or 0, number(groups[day_key] or "") or 0, now, future=future
            ), False
    if groups["named"]:
        return today + timedelta(days=_NAMED[groups["named"][0]]), False
    if groups["ago"]:
        return today - timedelta(days=number(groups["ago"]) or 0), False
    wanted = "一二三四五六日天".index(groups["weekday"] or "一") % 7 if groups["weekday"] != "天" else 6
    monday = today - timedelta(days=today.weekday())
    day_of_week = monday + timedelta(days=wanted, weeks=_WEEKS.get(groups["week"] or "本", 0))
    if not groups["week"] and not future and day_of_week > today:
        day_of_week -= timedelta(days=7)
    return day_of_week, False


def _time_of(groups: dict[str, str | None]) -> time | None:
    if groups.get("h8"):
        return time(int(groups["h8"] or 0), int(groups["i8"] or 0), int(groups["s8"] or 0))
    if not groups["hour"]:
        return None
    hour = number(groups["hour"])
    minute = number(groups["minute"]) if groups["minute"] else 0
    if groups["half"]:
        minute = 30
    if groups["quarter"]:
        minute = 15 if groups["quarter"][0] == "一" else 45
    if hour is None or minute is None:
        return None
    evening = groups["part"] in _AFTERNOON or (groups.get("named") or "") in ("昨晚", "今晚")
    if hour < 12 and (evening or (groups["part"] == "中午" and hour < 4)):
        hour += 12
    return time(hour, minute, int(groups["second"] or 0))


def _moment(match: re.Match[str], now: datetime, *, future: bool) -> Moment | None:
    groups = match.groupdict()
    try:
        day, exact = _date_of(groups, now, future=future)
        clock = _time_of(groups)
        if day is None or not 1990 <= day.year <= 2100:
            return None
        at = datetime.combine(day, clock or time(0), SHANGHAI)
        zone = groups["zone"]
        if zone and clock:
            at = datetime.fromisoformat(at.replace(tzinfo=None).isoformat() + zone.replace("Z", "+00:00")).astimezone(
                SHANGHAI
            )
    except (ValueError, OverflowError):
        return None
    end = match.start() + len(match.group().rstrip())
    return Moment(match.start(), end, at, exact, clock is not None)


def moments(flat: str, now: datetime, start: int = 0, end: int | None = None, *, future: bool = False) -> list[Moment]:
    """Every dated moment in the slice, in order; `future` prefers coming years for dates without a year."""
    found = (
        _moment(match, local(now), future=future)
        for match in MOMENT.finditer(flat, start, len(flat) if end is None else end)
    )
    return [moment for moment in found if moment is not None]


def clock_today(flat: str, now: datetime, start: int, end: int) -> Moment | None:
    """A bare time of day such as 上午10点 at the start of a memo: taken to be today's."""
    for match in CLOCK.finditer(flat, start, end):
        groups: dict[str, str | None] = match.groupdict()
        if not groups["hour"] or not (groups["part"] or ":" in match.group()):
            continue
        try:
            clock = _time_of(groups)
        except ValueError:
            continue
        if clock is not None:
            return Moment(
                match.start(),
                match.end(),
                datetime.combine(local(now).date(), clock, SHANGHAI),
                exact=False,
                timed=True,
            )
    return None
