"""The parts of a rule set's file: what may stand in each, and the sentence for whatever may not."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, time
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from domain import rules_schema as words
from domain.office_hours import LEAP_YEAR, OfficeHours
from domain.vocabulary import STATE_NAMES, Category, Stage, State
from services.rules.sentences import Wrong, a, before, checked, is_in, known, must, one_of, shown, whole

#: A larger number of days or minutes is a slip of the hand.
MOST = 10_000
HOURS = '应是按先后排列、互不重叠的时段，例如 [["09:00", "12:00"], ["13:00", "17:00"]]'
STATES = "、".join(f"{state}（{STATE_NAMES[state]}）" for state in words.OWNED)


def _month_day(text: Any) -> tuple[int, int]:
    """`06-01` as month and day."""
    try:
        day = datetime.strptime(f"{LEAP_YEAR}-{text}", "%Y-%m-%d").date()  # noqa: DTZ007 - a day of any year
    except ValueError:
        raise Wrong([f"：应是月-日，例如 “06-01”，现在是 {shown(text)}"]) from None
    return day.month, day.day


def _office_hours(segments: Any) -> OfficeHours:
    """`[["09:00", "12:00"], …]` as hours."""
    try:
        return OfficeHours(tuple((_minute(start), _minute(end)) for start, end in segments))
    except (ValueError, TypeError):
        raise Wrong([f"：{HOURS}，现在是 {shown(segments)}"]) from None


def _minute(text: Any) -> time:
    return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - a time of any day


def audiences(allowed: Collection[str], needs: str = "", why: str = "") -> BeforeValidator:
    """At least one of these audiences, none twice, and the one without whom nothing would come of it."""

    def faults(value: Any) -> Iterator[str]:
        listed = value if isinstance(value, list) else []
        if not listed:
            yield f"：应是至少一个对象的列表，可写 {one_of(allowed)}"
        yield from (f"：没有对象 {shown(one)}，可写 {one_of(allowed)}" for one in listed if not is_in(one, allowed))
        if len(listed) != len({str(one) for one in listed}):
            yield "：同一对象写了两次"
        if needs and needs not in listed:
            yield f"：要有 {needs}，{why}"

    return before(faults)


Hours = Annotated[OfficeHours, BeforeValidator(_office_hours)]
MonthDay = Annotated[tuple[int, int], BeforeValidator(_month_day)]
FromZero = Annotated[int, whole(0, MOST)]
FromOne = Annotated[int, whole(1, MOST)]
Days = Annotated[int, whole(0, MOST, "工作日数")]
Minutes = Annotated[int, whole(1, MOST, "办公分钟数")]
Text = Annotated[str, a(str, "应是文字")]
OwnedState = Annotated[State, known(words.OWNED, f"这里没有这个状态，可写 {STATES}")]
Owner = Annotated[str, known(words.OWNERS, f"应是 {one_of(words.OWNERS)} 之一，现在是 {{}}")]
Limited = Annotated[Category, known(words.LIMITED, f"没有这个类别，可写 {'、'.join(words.LIMITED)}")]
FirstStage = Annotated[
    Stage, known(words.FIRST_STAGES, "应是 answer（答复）、plan（方案）、promise（承诺）之一，现在是 {}")
]
Version = Annotated[
    str,
    must(
        lambda value: isinstance(value, str) and bool(value.strip()) and len(value) <= 100,
        "应是不超过 100 字的版本号，例如 “2026-2”，现在是 {}",
    ),
]
Article = Annotated[str, must(lambda value: isinstance(value, str) and bool(value.strip()), "请写依据，例如 “第八条”")]


class Part(BaseModel):
    """A part of the file, with exactly these names."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)


class Item(Part):
    """A part that is told as a whole when its names are not these."""

    @model_validator(mode="before")
    @classmethod
    def _names(cls, value: Any) -> Any:
        wanted = {field.alias or name: field.is_required() for name, field in cls.model_fields.items()}
        needed = [name for name, required in wanted.items() if required]
        if isinstance(value, dict) and set(needed) <= set(value) <= set(wanted):
            return value
        names = "、".join(f'"{name}"' for name in needed)
        raise Wrong([f"：应写 {names}，一项都不能少，也不能有别的"])


class SeasonPart(Item):
    """夏季、冬季作息: both days included, over the turn of the year too."""

    start: MonthDay = Field(alias="from")
    end: MonthDay = Field(alias="to")
    hours: Hours


class LimitPart(Item):
    """The limit a category starts with."""

    stage: FirstStage
    days: Days
    cap: Annotated[bool, a(bool, "应是 true 或 false")]
    article: Article


class ThresholdPart(Part):
    """When a reminder before the limit is due, and whom it is for."""

    id: str
    workdays: FromZero | None = None
    minutes: FromZero | None = None
    to: Annotated[tuple[str, ...], audiences(words.CLOCK_AUDIENCES)] = Field(default=(), validate_default=True)

    @model_validator(mode="before")
    @classmethod
    def _told_by_name(cls, value: Any) -> Any:
        return checked(cls._faults, value)

    @classmethod
    def _faults(cls, value: Any) -> Iterator[str]:
        if not isinstance(value, dict):
            yield '：应写 "id"、"workdays" 或 "minutes"、"to"'
            return
        yield from (f"：不认识“{name}”" for name in value if name not in cls.model_fields)
        id_ = value.get("id")
        if not isinstance(id_, str) or not id_.startswith("nudge-") or len(id_) > 40:
            yield "：缺少 id，或不是以 nudge- 开头的短名，例如 “nudge-1d”（不同的提醒靠它区分）"
        amounts = [name for name in ("workdays", "minutes") if name in value]
        if len(amounts) != 1:
            yield "：workdays（提前几个工作日）和 minutes（下班前几分钟）写且只写一个"
        yield from (f" 的 {name}：应是 0 到 {MOST} 的整数，现在是 None" for name in amounts if value[name] is None)


class NoticePart(Item):
    """One line of “who hears what”. `place` stands in files of older releases and means nothing."""

    on: Annotated[str, known(words.EVENTS, "没有事件 {}")]
    to: Annotated[str, known(words.AUDIENCES, f"没有对象 {{}}，可写 {one_of(words.AUDIENCES)}")]
    message: Annotated[str, known(words.MESSAGES, "没有消息 {}")]
    place: Any = None


class PapersPart(Part):
    """What stands on papers; where the last two are left out, the shipped wording stands."""

    government: Text
    discipline: Text
    bureau: Text
    officer: Text
    officer_phone: Text
    code: Text
    mechanism: Text = ""
    notice: Text = ""

    @field_validator("mechanism", "notice")
    @classmethod
    def _not_empty(cls, text: str) -> str:
        return str(checked(lambda one: [] if one else ["：不能空着；不写这一项，就用平政数〔2022〕51号的名称"], text))


PAPER_TEXTS = tuple(name for name, field in PapersPart.model_fields.items() if field.is_required())
