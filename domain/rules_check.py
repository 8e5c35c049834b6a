"""What is wrong with a rule set somebody edited by hand: one Chinese sentence for each fault, with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, time
from typing import Any

from domain import rules_schema as words
from domain.office_hours import LEAP_YEAR, OfficeHours, Season, YearlyHours
from domain.vocabulary import LEVELS, STATE_NAMES, Rating

Faults = Iterator[str]

#: A larger number of days or minutes is a slip of the hand.
MOST = 10_000


def rule_faults(raw: dict[str, Any]) -> list[str]:
    """Every fault of a rule set as read from JSON, in the order of the file's description; none when it can be used."""
    known = ("version", *words.PARTS, *words.OPTIONAL_PARTS)
    faults = [f"缺少“{name}”" for name in ("version", *words.PARTS) if name not in raw]
    faults += [f"不认识“{name}”，请核对拼写" for name in raw if name not in known]
    for name, check in _CHECKS.items():
        if name in raw:
            faults += check(name, raw[name], raw)
    return faults


def month_day(text: Any) -> tuple[int, int]:
    """`06-01` as month and day. Raises `ValueError`."""
    day = datetime.strptime(f"{LEAP_YEAR}-{text}", "%Y-%m-%d").date()  # noqa: DTZ007 - a day of any year
    return day.month, day.day


def office_hours(segments: Any) -> OfficeHours:
    """`[["09:00", "12:00"], …]` as hours. Raises `ValueError` or `TypeError`."""
    return OfficeHours(tuple((_minute(start), _minute(end)) for start, end in segments))


def _minute(text: Any) -> time:
    return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - a time of any day


def _is_number(value: Any, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= MOST


def _shown(value: Any) -> str:
    return f"“{value}”" if isinstance(value, str) else str(value)[:40]


def _one_of(allowed: Iterable[str]) -> str:
    return "、".join(sorted(allowed))


def _version(name: str, value: Any, raw: dict[str, Any]) -> Faults:
    if not isinstance(value, str) or not value.strip() or len(value) > 100:
        yield "version：应是不超过 100 字的版本号，例如 “2026-2”"


def _number(name: str, value: Any, raw: dict[str, Any]) -> Faults:
    least = words.NUMBERS[name]
    if not _is_number(value, least):
        yield f"{name}：应是 {least} 到 {MOST} 的整数，现在是 {_shown(value)}"


def _hours(name: str, value: Any, raw: dict[str, Any]) -> Faults:
    try:
        office_hours(value)
    except (ValueError, TypeError):
        example = '[["09:00", "12:00"], ["13:00", "17:00"]]'
        yield f"{name}：应是按先后排列、互不重叠的时段，例如 {example}，现在是 {_shown(value)}"


def _seasons(name: str, value: Any, raw: dict[str, Any]) -> Faults:
    if not isinstance(value, list):
        yield 'seasons：应是一个列表，每项写 "from"、"to"、"hours"'
        return
    seasons = []
    for place, item in enumerate(value, start=1):
        here = f"seasons 第 {place} 项"
        if not isinstance(item, dict) or set(item) != {"from", "to", "hours"}:
            yield f'{here}：应写 "from"、"to"、"hours" 三项'
            continue
        ends = []
        for end in ("from", "to"):
            try:
                ends.append(month_day(item[end]))
            except ValueError:
                yield f"{here} 的 {end}：应是月-日，例如 “06-01”，现在是 {_shown(item[end])}"
        yield from _hours(f"{here} 的 hours", item["hours"], raw)
        if len(ends) == 2:
            seasons.append((here, Season(ends[0], ends[1], _ANY_HOURS)))
    for place, (one, first) in enumerate(seasons):
        for other, second in seasons[place + 1 :]:
            try:
                YearlyHours(_ANY_HOURS, (first, second))
            except ValueError:
                yield f"{one}和{other}的日期重叠，同一天只能有一种作息"


_ANY_HOURS = OfficeHours(((time(9), time(17)),))


def _limits(name: str, value: Any, raw: dict[str, Any]) -> Faults:
    if not isinstance(value, dict):
        yield "limits：应按类别写"
        return
    yield from (f"limits：缺少类别“{category}”" for category in words.LIMITED if category not in value)
    for category, item in value.items():
        here = f"limits.{category}"
        if category not in words.LIMITED:
            yield f"{here}：没有这个类别，可写 {'、'.join(words.LIMITED)}"
            continue
        if not isinstance(item, dict) or set(item) != {"stage", "days", "cap", "article"}:
            yield f'{here}：应写 "stage"、"days"、"cap"、"article" 四项'
            continue
        if item["stage"] not in words.FIRST_STAGES:
            yield (
                f"{here}.stage：应是 answer（答复）、plan（方案）、promise（承诺）之一，现在是 {_shown(item['stage'])}"
            )
        if not _is_number(item["days"], 0):
            yield f"{here}.days：应是 0 到 {MOST} 的工作日数，现在是 {_shown(item['days'])}"
        if not isinstance(item["cap"], bool):
            yield f"{here}.cap：应是 true 或 false，现在是 {_shown(item['cap'])}"
        if not isinstance(item["article"], str) or not item["article"].strip():
            yield f"{here}.article：请写依据，例如 “第八条”"


def _audiences(here: str, value: Any, allowed: Iterable[str]) -> Faults:
    allowed = frozenset(allowed)
    if not isinstance(value, list) or not value:
        yield f"{here}：应是至少一个对象的列表，可写 {_one_of(allowed)}"
        return
    yield from (f"{here}：没有对象 {_shown(one)}，可写 {_one_of(allowed)}" for one in value if _absent(one, allowed))
    if len(value) != len({str(one) for one in value}):
        yield f"{here}：同一对象写了两次"


def _absent(value: Any, allowed: Iterable[str]) -> bool:
    return not isinstance(value, str) or value not in allowed


def _thresholds(name: str, value: Any, raw: dict[str, Any]) -> Faults:
    if not isinstance(value, list):
        yield "thresholds：应是一个列表"
        return
    seen: set[str] = set()
    for place, item in enumerate(value, start=1):
        here = f"thresholds 第 {place} 项"
        if not isinstance(item, dict):
            yield f'{here}：应写 "id"、"workdays" 或 "minutes"、"to"'
            continue
        yield from (f"{here}：不认识“{key}”" for key in item if key not in ("id", "workdays", "minutes", "to"))
        id_ = item.get("id")
        if not isinstance(id_, str) or not id_.startswith("nudge-") or len(id_) > 40:
            yield f"{here}：缺少 id，或不是以 nudge- 开头的短名，例如 “nudge-1d”（不同的提醒靠它区分）"
        elif id_ in seen:
            yield f"{here}：id {_shown(id_)} 已经用过，两条提醒只会发出一条"
        else:
            seen.add(id_)
        amounts = [key for key in ("workdays", "minutes") if key in item]
        if len(amounts) != 1:
            yield f"{here}：workdays（提前几个工作日）和 minutes（下班前几分钟）写且只写一个"
        yield from (
            f"{here} 的 {key}：应是 0 到 {MOST} 的整数，现在是 {_shown(item[key])}"
            for key in amounts
            if not _is_number(item[key], 0)
        )
        yield from _audiences(f"{here} 的 to", item.get("to"), words.CLOCK_AUDIENCES)


def _overdue(name: str, value: Any, raw: dict[str, Any]) -> Faults:
    yield from _audiences(name, value, words.CLOCK_AUDIENCES)
    if isinstance(value, list) and "manager" not in value:
        yield "overdue：要有 manager，否则没有人收到督办单草稿（第九条）"


def _ignored(name: str, value: Any, raw: dict[str, Any]) -> Faults:
    yield from _audiences(name, value, words.IGNORED_AUDIENCES)
    if isinstance(value, list) and "lead" not in value:
        yield "ignored：要有 lead，通报、报告、抄送由负责人签发（第九条）"


def _of_states(name: str, value: Any, fine: Callable[[Any], bool], should: str) -> Faults:
    if not isinstance(value, dict):
        yield f"{name}：应按状态写，可写 {'、'.join(words.OWNED)}"
        return
    for code, one in value.items():
        if code not in words.OWNED:
            known = "、".join(f"{state}（{STATE_NAMES[state]}）" for state in words.OWNED)
            yield f"{name}.{code}：这里没有这个状态，可写 {known}"
        elif not fine(one):
            yield f"{name}.{code}：{should}，现在是 {_shown(one)}"


def _owner_minutes(name: str, value: Any, raw: dict[str, Any]) -> Faults:
    yield from _of_states(name, value, lambda one: _is_number(one, 1), f"应是 1 到 {MOST} 的办公分钟数")


def _owners(name: str, value: Any, raw: dict[str, Any]) -> Faults:
    yield from _of_states(name, value, lambda one: not _absent(one, words.OWNERS), f"应是 {_one_of(words.OWNERS)} 之一")
    timed = raw.get("owner_minutes")
    if isinstance(value, dict) and isinstance(timed, dict):
        missing = [code for code in timed if code in words.OWNED and code not in value]
        yield from (f"owners：owner_minutes 里有 {code}，这里也要写由谁负责" for code in missing)


def _ratings(name: str, value: Any, raw: dict[str, Any]) -> Faults:
    chosen = value.get("satisfied") if isinstance(value, dict) and set(value) == {"satisfied"} else None
    best = [level.value for level in LEVELS]
    if not isinstance(chosen, list) or not chosen:
        yield 'ratings：应写成 {"satisfied": ["非常满意", "满意", "基本满意"]}'
        return
    unknown = [one for one in chosen if one not in best]
    yield from (f"ratings.satisfied：没有 {_shown(one)} 这一档，可写 {'、'.join(best)}" for one in unknown)
    if Rating.DISSATISFIED in chosen or Rating.OUTRAGED in chosen:
        yield "ratings.satisfied：不满意不能清零销号（第十条）"
    elif not unknown and sorted(chosen, key=best.index) != best[: len(chosen)]:
        yield "ratings.satisfied：要从“非常满意”起连续写，不能跳过一档"


_PAPER_TEXTS = (*words.PAPER_TEXTS, *words.OPTIONAL_PAPER_TEXTS)


def _papers(name: str, value: Any, raw: dict[str, Any]) -> Faults:
    if not isinstance(value, dict):
        yield f"papers：应写 {'、'.join(words.PAPER_TEXTS)}"
        return
    yield from (f"papers：缺少“{key}”" for key in words.PAPER_TEXTS if key not in value)
    yield from (f"papers：不认识“{key}”，请核对拼写" for key in value if key not in _PAPER_TEXTS)
    yield from (
        f"papers.{key}：应是文字，现在是 {_shown(one)}" for key, one in value.items() if not isinstance(one, str)
    )
    yield from (
        f"papers.{key}：不能空着；不写这一项，就用平政数〔2022〕51号的名称"
        for key in words.OPTIONAL_PAPER_TEXTS
        if value.get(key) == ""
    )


def _notices(name: str, value: Any, raw: dict[str, Any]) -> Faults:
    if not isinstance(value, list):
        yield "notices：应是一个列表"
        return
    said = set()
    for place, item in enumerate(value, start=1):
        here = f"notices 第 {place} 项"
        if not isinstance(item, dict) or set(item) - {"place"} != {"on", "to", "message"}:
            yield f'{here}：应写 "on"、"to"、"message" 三项'
            continue
        faults = list(_notice(here, item["on"], item["to"], item.get("place"), item["message"]))
        yield from faults
        if faults:
            continue
        key = (item["on"], item["to"], item["message"])
        if key in said:
            yield f"{here}：和前面的一项重复"
        said.add(key)
    for event, audience in words.WORK_ORDERS:
        if (event, audience, "task") not in said:
            yield f"notices：缺少 {event} → {audience} 的 task，部门收不到工作单，期限不会开始（第八条）"


def _notice(here: str, event: Any, audience: Any, place: Any, message: Any) -> Faults:
    if _absent(event, words.EVENTS):
        yield f"{here} 的 on：没有事件 {_shown(event)}"
    if _absent(message, words.MESSAGES):
        yield f"{here} 的 message：没有消息 {_shown(message)}"
    if _absent(audience, words.AUDIENCES):
        yield f"{here} 的 to：没有对象 {_shown(audience)}，可写 {_one_of(words.AUDIENCES)}"
        return
    right = "chat" if audience in words.CHAT_AUDIENCES else "person"
    if place not in (None, right):  # written by files of older releases; nobody reads it
        yield f"{here} 的 place：{audience} 应写 {right}，现在是 {_shown(place)}；也可以删去，这一项不再需要"
    for word, only in ((audience, words.AUDIENCE_EVENTS.get(audience)), (message, words.MESSAGES.get(str(message)))):
        if only is not None and not _absent(event, words.EVENTS - only):
            yield f"{here}：事件 {event} 不能用 {word}，它只用于 {_one_of(only)}"


_CHECKS: dict[str, Callable[[str, Any, dict[str, Any]], Faults]] = {
    "version": _version,
    "hours": _hours,
    "seasons": _seasons,
    "limits": _limits,
    **dict.fromkeys(words.NUMBERS, _number),
    "thresholds": _thresholds,
    "overdue": _overdue,
    "ignored": _ignored,
    "owner_minutes": _owner_minutes,
    "owners": _owners,
    "ratings": _ratings,
    "papers": _papers,
    "notices": _notices,
}
