"""The office's turns of phrase: dates, limits, numbers, names, and the gate against personal data."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from typing import Any, TypeVar

from domain.answerable import names
from domain.case import Case, Clock
from domain.explain import clock_for, labelled_limits, limit_label
from domain.office_hours import TZ
from domain.papers import CentrePaper
from domain.privacy import mask_address, mask_name, mask_phone, scrub
from domain.rules import DecisionContext
from domain.vocabulary import Stage
from parsing.normalized_text import NormalizedText
from parsing.phones import all_numbers

WORK_ORDER = "“有诉即办”问题工作单"

_SOURCES = {
    "窗口": "“有诉即办”窗口",
    "12345热线": "12345政务服务热线",
    "万人助万企窗口": "“万人助万企”服务窗口",
}


def date_words(day: date | datetime | None) -> str:
    """`2026年11月3日`: Arabic, no leading zeros (GB/T 9704), in local time; empty for None."""
    if day is None:
        return ""
    local = day.astimezone(TZ) if isinstance(day, datetime) else day
    return f"{local.year}年{local.month}月{local.day}日"


def moment_words(at: datetime | None) -> str:
    """`2026年11月26日17时`, or with minutes `9时05分`; empty for None."""
    if at is None:
        return ""
    local = at.astimezone(TZ)
    minutes = f"{local.minute:02d}分" if local.minute else ""
    return f"{date_words(local)}{local.hour}时{minutes}"


def moments_words(moments: Iterable[datetime]) -> str:
    """`2026年11月25日9时、2026年11月26日9时`; 无 for none."""
    return "、".join(moment_words(at) for at in moments) or "无"


def reference(centre: CentrePaper, genre: str, year: int, number: str) -> str:
    """`示政服函〔2026〕7号`: 六角括号, no leading zeros, no 第; without a number a gap for the office to fill.

    `genre` follows the 代字: 函 for letters, empty for the rest.
    """
    bare = number.strip()
    serial = str(int(bare)) if bare.isascii() and bare.isdigit() else bare
    return f"{centre.code}{genre}〔{year}〕{serial or '　　'}号"


def year_of(context: DecisionContext) -> int:
    """The year of a paper drawn now."""
    return context.now.astimezone(TZ).year


def source_words(case: Case) -> str:
    """The channel in full: 12345政务服务热线."""
    return _SOURCES.get(case.source, case.source) or "“有诉即办”窗口"


def subject(case: Case) -> str:
    """What the case is called on paper: its matter in known words."""
    return f"“{case.matter}”诉求"


def units_words(case: Case) -> str:
    """Every department the case was given to, the lead first: A、B."""
    return names(case.units)


def contact_note(centre: CentrePaper) -> str:
    """（联系人：…，电话：…）of the officer, empty when neither is known."""
    parts = [
        f"{label}：{value}" for label, value in (("联系人", centre.officer), ("电话", centre.officer_phone)) if value
    ]
    return f"（{'，'.join(parts)}）" if parts else ""


# Limits

_CHOSEN = {
    Stage.ANSWER: "指定期限",
    Stage.PLAN: "指定期限",
    Stage.PROMISE: "指定期限",
    Stage.RESULT: "承诺时限",
    Stage.REDO: "重办期限",
}


def rule_words(clock: Clock) -> str:
    """`3个工作日`, or which kind of chosen date it is (第七条、第八条)."""
    return f"{clock.days}个工作日" if clock.days is not None else _CHOSEN[clock.stage]


def until_words(clock: Clock) -> str:
    """`2026年11月26日前（3个工作日）`, with 暂定 while the year's holiday notice is not published."""
    return f"{date_words(clock.date)}前（{rule_words(clock)}{'，暂定' if clock.provisional else ''}）"


def case_limits(case: Case, context: DecisionContext) -> str:
    """完成时限, the same dates as the ledger's 要求办理期限: both stages where there are two (第八条)."""
    if case.on_the_spot and not case.dispatched:
        return "当场办结"
    known = labelled_limits(case)
    parts = [f"{label}{until_words(clock)}" for label, clock in known]
    coming = clock_for(case, context) if case.running is None else None
    if coming is not None:
        planned = any(clock.stage is Stage.PLAN for _, clock in known)
        parts.append(f"{limit_label(coming.stage, planned=planned)}{until_words(coming)}（按制单当日收到计算）")
    return "；".join(parts)


def longest_delay(case: Case, context: DecisionContext) -> int:
    """超期 in working days: of the running limit, or the longest of those that were missed; 0 for none."""
    clock = case.running
    running = context.calendar.days_late(clock.at, context.now) if clock is not None else 0
    return max((running, *(missed.days for missed in case.missed)))


def is_late(case: Case, context: DecisionContext) -> bool:
    """Whether a limit of the case has passed, by however little."""
    return bool(case.missed) or (case.running is not None and context.now > case.running.at)


# Personal data

T = TypeVar("T")
_SHORTEST_PHONE = 5


def telling(case: Case) -> tuple[str, ...]:
    """The strings that give the complainant away; an address that only names a district or a 街道 tells nothing."""
    private = case.private
    coarse = private.address if private.address and mask_address(private.address) == private.address else None
    return tuple(part for part in private.known if part != coarse)


def scrubbed(paper: T, case: Case) -> T:
    """The paper with personal data taken out of every string in it: the gate of all papers for outsiders."""
    known = telling(case)
    changed: T = _mapped(paper, lambda text: scrub(text, known))
    return changed


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    if type(value) is str:
        return change(value)
    if isinstance(value, tuple):
        return tuple(_mapped(item, change) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: _mapped(getattr(value, field.name), change) for field in fields(value)})
    return value


def without_phones(text: str, case: Case) -> str:
    """The text with every phone number masked (000****0001), those of the case in any spelling included."""
    normalized = NormalizedText.of(text)
    for phone in reversed(all_numbers(normalized.flat)):
        start, end = normalized.span(phone.start, phone.end)
        text = text[:start] + mask_phone(phone.number) + text[end:]
    for written in sorted({case.private.phone, *case.private.phones}, key=len, reverse=True):
        if len(written) >= _SHORTEST_PHONE:
            text = text.replace(written, mask_phone(written))
    return text


def addressee_name(case: Case, masked: bool) -> str:
    """The complainant as the addressee of a letter; 诉求人 when anonymous."""
    private = case.private
    if not private.name:
        return "诉求人"
    return mask_name(private.name, is_unit=private.is_unit) if masked else private.name
