"""The file of a rule set as a centre edits it (`shipped/rules.json` is ours), in the order of its description.

Whatever is wrong with it is told, one Chinese sentence for each fault.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import time
from typing import Annotated, Any

from pydantic import ValidationError, ValidationInfo, field_validator

from domain import rules_schema as words
from domain.audiences import Audience
from domain.events import EventType
from domain.messages import KINDS
from domain.office_hours import OfficeHours, Season, YearlyHours
from domain.rules import Limit, Notice, RuleSet, Threshold
from domain.vocabulary import LEVELS, Category, Rating, State, StepId
from services.rules.rule_parts import (
    MOST,
    PAPER_TEXTS,
    FromOne,
    FromZero,
    Hours,
    Limited,
    LimitPart,
    Minutes,
    NoticePart,
    OwnedState,
    Owner,
    PapersPart,
    Part,
    SeasonPart,
    ThresholdPart,
    Version,
    audiences,
)
from services.rules.sentences import Wrong, a, after, before, is_in, one_of, sentences, shown, whole


class BadRules(Exception):
    """The file is no rule set. `faults` has one Chinese sentence for each thing that is wrong with it."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("；".join(faults))
        self.faults = tuple(faults)


def _apart(seasons: Sequence[SeasonPart]) -> Iterator[str]:
    usual = OfficeHours(((time(9), time(17)),))
    spans = [Season(one.start, one.end, usual) for one in seasons]
    for first, one in enumerate(spans, start=1):
        for second, other in enumerate(spans[first:], start=first + 1):
            try:
                YearlyHours(usual, (one, other))
            except ValueError:
                yield f" 第 {first} 项和seasons 第 {second} 项的日期重叠，同一天只能有一种作息"


def _each_category(limits: Mapping[Category, LimitPart]) -> Iterator[str]:
    yield from (f"：缺少类别“{category}”" for category in words.LIMITED if category not in limits)


def _told_apart(thresholds: Sequence[ThresholdPart]) -> Iterator[str]:
    for place, one in enumerate(thresholds):
        if one.id in {earlier.id for earlier in thresholds[:place]}:
            yield f" 第 {place + 1} 项：id {shown(one.id)} 已经用过，两条提醒只会发出一条"


def _satisfied(value: Any) -> Iterator[str]:
    chosen = value.get("satisfied") if isinstance(value, dict) and set(value) == {"satisfied"} else None
    best = [level.value for level in LEVELS]
    if not isinstance(chosen, list) or not chosen:
        yield '：应写成 {"satisfied": ["非常满意", "满意", "基本满意"]}'
        return
    unknown = [one for one in chosen if not is_in(one, best)]
    yield from (f".satisfied：没有 {shown(one)} 这一档，可写 {'、'.join(best)}" for one in unknown)
    if Rating.DISSATISFIED in chosen or Rating.OUTRAGED in chosen:
        yield ".satisfied：不满意不能清零销号（第十条）"
    elif not unknown and sorted(chosen, key=best.index) != best[: len(chosen)]:
        yield ".satisfied：要从“非常满意”起连续写，不能跳过一档"


def _notices(notices: Sequence[NoticePart]) -> Iterator[str]:
    said: set[tuple[str, str, str]] = set()
    for place, one in enumerate(notices, start=1):
        yield from (f" 第 {place} 项{fault}" for fault in _notice(one))
        key = (one.on, one.to, one.message)
        if key in said:
            yield f" 第 {place} 项：和前面的一项重复"
        said.add(key)
    for event, audience, message in words.WORK_ORDERS:
        if (event, audience, message) not in said:
            yield f"：缺少 {event} → {audience} 的 {message}，部门收不到工作单，期限不会开始（第八条）"


def _notice(one: NoticePart) -> Iterator[str]:
    right = "chat" if one.to in words.CHAT_AUDIENCES else "person"
    if one.place not in (None, right):
        yield f" 的 place：{one.to} 应写 {right}，现在是 {shown(one.place)}；也可以删去，这一项不再需要"
    for word, only in ((one.to, words.AUDIENCE_EVENTS.get(one.to)), (one.message, words.MESSAGES[one.message])):
        if only is not None and one.on not in only:
            yield f"：事件 {one.on} 不能用 {word}，它只用于 {one_of(only)}"


_BY_STATE = a(dict, f"应按状态写，可写 {'、'.join(words.OWNED)}")
_LIST = a(list, "应是一个列表")


class RuleSetFile(Part):
    """A whole file."""

    version: Version
    hours: Hours
    seasons: Annotated[
        tuple[SeasonPart, ...], a(list, '应是一个列表，每项写 "from"、"to"、"hours"'), after(_apart)
    ] = ()
    limits: Annotated[dict[Limited, LimitPart], a(dict, "应按类别写"), after(_each_category)]
    redo_days: FromOne
    decline_days: FromZero
    supervision_days: FromOne
    assist_days: FromZero
    suspension_days: FromOne
    suspensions: FromZero
    #: Absent in files older than this: their cases go on without the manager's consent.
    promise_days: Annotated[int | None, whole(1, MOST)] = None
    returns_to_lead: FromOne
    returns_to_supervise: FromOne
    urgings_to_supervise: FromOne
    call_attempts: FromOne
    call_days: FromOne
    duplicate_days: FromZero
    nudge_cooldown_minutes: FromZero
    remind_days: FromOne = 2
    lead_hears_days: FromOne = 4
    hold_days: FromOne = 5
    thresholds: Annotated[tuple[ThresholdPart, ...], _LIST, after(_told_apart)]
    overdue: Annotated[
        tuple[str, ...], audiences(words.CLOCK_AUDIENCES, "manager", "否则没有人收到督办单草稿（第九条）")
    ]
    ignored: Annotated[
        tuple[str, ...], audiences(words.IGNORED_AUDIENCES, "lead", "通报、报告、抄送由负责人签发（第九条）")
    ]
    owner_minutes: Annotated[dict[OwnedState, Minutes], _BY_STATE]
    owners: Annotated[dict[OwnedState, Owner], _BY_STATE]
    ratings: Annotated[dict[str, tuple[Rating, ...]], before(_satisfied)]
    papers: Annotated[PapersPart, a(dict, f"应写 {'、'.join(PAPER_TEXTS)}")]
    notices: Annotated[tuple[NoticePart, ...], _LIST, after(_notices)]

    @field_validator("owners")
    @classmethod
    def _everybody_named(cls, owners: dict[State, str], info: ValidationInfo) -> dict[State, str]:
        if missing := [state for state in info.data.get("owner_minutes", ()) if state not in owners]:
            raise Wrong([f"：owner_minutes 里有 {state}，这里也要写由谁负责" for state in missing])
        return owners

    def rule_set(self) -> RuleSet:
        """What the mechanism reads: most parts as they stand here."""
        own: dict[str, Any] = {
            "hours": YearlyHours(self.hours, tuple(Season(one.start, one.end, one.hours) for one in self.seasons)),
            "limits": {name: Limit(one.stage, one.days, one.cap, one.article) for name, one in self.limits.items()},
            "thresholds": tuple(
                Threshold(StepId.parse(one.id), one.workdays, one.minutes, _audiences(one.to))
                for one in self.thresholds
            ),
            "overdue": _audiences(self.overdue),
            "ignored": _audiences(self.ignored),
            "owners": {state: Audience.parse(word) for state, word in self.owners.items()},
            "satisfied": frozenset(self.ratings["satisfied"]),
            "papers": self.papers.model_dump(exclude_unset=True),
            "notices": tuple(
                Notice(EventType(one.on), Audience.parse(one.to), KINDS[one.message]) for one in self.notices
            ),
        }
        return RuleSet(
            **own, **{part.name: getattr(self, part.name) for part in fields(RuleSet) if part.name not in own}
        )


def _audiences(words_: Sequence[str]) -> tuple[Audience, ...]:
    return tuple(Audience.parse(word) for word in words_)


def _writable(raw: Any) -> bool:
    """Whether everything in the file can be written again: JSON can say half a character, no encoding can."""
    try:
        json.dumps(raw, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def load_rules(text: str) -> RuleSet:
    """Read a rule set from JSON. Raises BadRules with everything that is wrong."""
    twice: list[str] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        twice.extend(f"“{name}”写了两次，只能保留一个" for name in dict.fromkeys(names) if names.count(name) > 1)
        return dict(pairs)

    try:
        raw = json.loads(text, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        said = f"第 {error.lineno} 行第 {error.colno} 个字符附近不是正确的 JSON（多为少了逗号或引号）"
        raise BadRules([said]) from None
    except (ValueError, RecursionError):
        raise BadRules(["文件里有过长的数字，或括号嵌套过深，不是规则文件"]) from None
    if not _writable(raw):
        raise BadRules(["文件里有不成对的代理字符（写成 \\ud800 一类的半个字），请改成正常的文字"])
    if not isinstance(raw, dict):
        raise BadRules(["文件内容应是一个 { … }，可先用 yousu rules show 得到一份再修改"])
    try:
        rules = RuleSetFile.model_validate(raw).rule_set()
    except ValidationError as error:
        raise BadRules([*twice, *sentences(error)]) from None
    if twice:
        raise BadRules(twice)
    return rules
