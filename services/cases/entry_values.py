"""Read `项目：新值` as people type it: which entry of the intake is meant, and its value as the record keeps it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import datetime

from domain.entries import BY_FIELD, BY_WORD, MAY_BE_NONE, NO, NONE, YES, Entry
from domain.given_dates import record_day
from domain.office_hours import TZ
from domain.refusals import Refused
from domain.vocabulary import ENTERPRISE_SOURCE, HOTLINE_SOURCE, WINDOW_SOURCE, Category
from parsing import coming, parse

_WORDS = "|".join(sorted(map(re.escape, BY_WORD), key=len, reverse=True))
#: An entry's name at the start of the text, of a line or after a semicolon, and a colon, an equals sign or 改为.
_NAMED = re.compile(
    rf"(?:^|(?<=[\n；;。]))[ \t]*(?:把|将)?(?P<word>{_WORDS})(?:[ \t]*(?:[:：=＝]|改[为成:：]|更正为)|[ \t]+)[ \t]*"
)
#: After the first one only a colon names another: the words of a complaint are full of these names.
_FURTHER = re.compile(rf"(?<=[\n；;])[ \t]*(?P<word>{_WORDS})[ \t]*[:：=＝][ \t]*")
_LOOSE = re.compile(rf"^[ \t]*(?P<word>{_WORDS})[ \t]*[:：=＝][ \t]*")
_PHONE = re.compile(r"\+?\d[\d\- ]{4,22}\d")
#: A name that is a unit's.
_UNIT = re.compile(r"(?:公司|企业|厂|合作社|集团|学校|医院|协会|商行|经营部|工作室|事务所)$")
_YES = frozenset({"是", "要", "有", "对", "匿名", "保密", "单位", "企业", "公司", "需要"})
_NO = frozenset({"否", "不", "不是", "没有", "不匿名", "不保密", "个人", "实名", "公开", "不需要", "不要"})
_SOURCES = {
    "热线": HOTLINE_SOURCE,
    "12345": HOTLINE_SOURCE,
    "12345政务服务便民热线": HOTLINE_SOURCE,
    "万人助万企": ENTERPRISE_SOURCE,
    "企业窗口": ENTERPRISE_SOURCE,
    "现场": WINDOW_SOURCE,
    "有诉即办窗口": WINDOW_SOURCE,
}
_LONGEST = {"title": 60, "name": 100, "contact": 60, "address": 300, "source": 60, "external_no": 100, "kind": 20}


def read_entries(text: str, now: datetime, missing: Sequence[str] = (), *, strict: bool = True) -> dict[str, str]:
    """The entries a text names, as field and value. Raises `Refused` for a value that cannot be read.

    Not `strict`, only a colon names an entry, and a bare value may fill the gap it fits in `missing`; then there may
    be none.
    """
    text = text.strip()
    first = (_NAMED if strict else _LOOSE).match(text)
    if first is None:
        if strict:
            names = "、".join(entry.name for entry in BY_FIELD.values())
            raise Refused("entry_unknown", names=names)
        return _bare(text, missing)
    marks = [first, *(match for match in _FURTHER.finditer(text) if match.start() >= first.end())]
    given: dict[str, str] = {}
    for place, mark in enumerate(marks):
        end = marks[place + 1].start() if place + 1 < len(marks) else len(text)
        value = text[mark.end() : end].strip().rstrip("；;").strip()
        entry = _meant(BY_WORD[mark["word"]], value)
        given[entry.field] = read_value(entry, value, now)
    if _UNIT.search(given.get("name", "")):
        given.setdefault("is_unit", YES)
    return given


def _meant(entry: Entry, value: str) -> Entry:
    """类别 is said of two things: what kind of complaint it is, and how it is handled (第六条)."""
    return BY_FIELD["category"] if entry.field == "kind" and value in set(Category) else entry


def _bare(text: str, missing: Sequence[str]) -> dict[str, str]:
    """A value without a name, as an answer to what the bot said is missing."""
    flat = unicodedata.normalize("NFKC", text).strip(" 。.，,")
    if "kind" in missing and (kind := _kind(flat)) and len(flat) <= len(kind) + 2:
        return {"kind": kind}
    if "phone" in missing and _PHONE.fullmatch(flat):
        return {"phone": re.sub(r"[^\d+]", "", flat)}
    rest = [name for name in missing if name in ("name", "contact", "address")]
    if len(missing) == 1 and rest and 2 <= len(flat) <= 30 and not re.search(r"[，。；,;!?！？\n]", text):
        return {rest[0]: flat}
    return {}


def read_value(entry: Entry, value: str, now: datetime) -> str:
    """One value as the record keeps it. Raises `Refused` with what would be read."""
    flat = unicodedata.normalize("NFKC", value).strip()
    most = _LONGEST.get(entry.field)
    if entry.field in MAY_BE_NONE and flat == NONE:
        return NONE
    if not flat or (most is not None and len(flat) > most):
        raise _unreadable(entry, flat[:20], f"请写成“{entry.name}：内容”" + (f"，最多 {most} 字。" if most else "。"))
    reader = _READERS.get(entry.field) or (_flag if entry.flag else None)
    return reader(entry, flat, now) if reader else value.strip()


def _unreadable(entry: Entry, value: str, how: str) -> Refused:
    return Refused("entry_unreadable", item=entry.name, value=value, hint=how)


def _flag(entry: Entry, value: str, _now: datetime) -> str:
    if value in _YES:
        return YES
    if value in _NO:
        return NO
    raise _unreadable(entry, value, f"请写“{entry.name}：是”或“{entry.name}：否”。")


def _phone(entry: Entry, value: str, _now: datetime) -> str:
    number = re.sub(r"[^\d+]", "", value)
    if not _PHONE.fullmatch(value) or not 5 <= len(number) <= 20:
        raise _unreadable(entry, value, "请只写号码，例如：联系电话：00012345678。")
    return number


def _kind(value: str) -> str:
    found = parse(f"诉求性质：{value}\n诉求内容：无", datetime(2026, 1, 5, 9, tzinfo=TZ), insist=True).cases
    read = found[0].fields.get("kind") if found else None
    return str(read.value) if read is not None and str(read.value)[:2] in value else ""


def _kind_of(entry: Entry, value: str, _now: datetime) -> str:
    kind = _kind(value)
    if not kind:
        raise _unreadable(entry, value, "请从投诉、举报、咨询、建议、求助、表扬里选，例如：诉求类别：投诉。")
    return kind


def _category(entry: Entry, value: str, _now: datetime) -> str:
    if value not in set(Category):
        raise _unreadable(entry, value, "请从以下选一项：" + "、".join(Category) + "。")
    return value


def _source(_entry: Entry, value: str, _now: datetime) -> str:
    return _SOURCES.get(value, value)


def _number(_entry: Entry, value: str, _now: datetime) -> str:
    return re.sub(r"\s", "", value)


def _reported(entry: Entry, value: str, now: datetime) -> str:
    found = parse(f"反映时间：{value}\n诉求内容：无", now.astimezone(TZ), insist=True).cases
    read = found[0].fields.get("reported_at") if found else None
    if read is None:
        raise _unreadable(entry, value, f"请写成“反映时间：{now.astimezone(TZ):%Y-%m-%d %H:%M}”这样。")
    moment = datetime.fromisoformat(str(read.value))
    if moment > now:
        raise _unreadable(entry, value, "反映时间不能晚于现在。")
    return moment.isoformat()


def _deadline(entry: Entry, value: str, now: datetime) -> str:
    """The other system's own limit: a moment, or a day, which ends at close of business."""
    found = parse(f"办理时限：{value}\n诉求内容：无", now.astimezone(TZ), insist=True).cases
    read = found[0].fields.get("external_deadline") if found else None
    moment = datetime.fromisoformat(str(read.value)) if read is not None else None
    if moment is not None and (moment.hour, moment.minute) not in _NO_HOUR:
        return moment.isoformat()
    day = coming(value, now.astimezone(TZ))
    if day is None or day.day is None:
        raise _unreadable(entry, value, f"请写成“办理时限：{now.astimezone(TZ):%Y-%m-%d} 17:00”这样。")
    return datetime.combine(record_day(day.day), datetime.min.time().replace(hour=17), TZ).isoformat()


#: How a day without an hour is read.
_NO_HOUR = ((0, 0), (23, 59))

_READERS: dict[str, Callable[[Entry, str, datetime], str]] = {
    "phone": _phone,
    "kind": _kind_of,
    "category": _category,
    "source": _source,
    "external_no": _number,
    "reported_at": _reported,
    "external_deadline": _deadline,
}
