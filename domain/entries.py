"""The entries of the intake a person may put right (第五条“详尽、准确记录”): what each is called and where it stands.

A value is words: a moment in ISO form, a flag as 是 or 否. `replaced` says what an event must carry to change one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.case import Case, Event
from domain.changing import replace
from domain.event_fields import concerned_of, parse_moment, told
from domain.given_dates import record_moment
from domain.privacy import masked_title
from domain.refusals import Refused
from domain.vocabulary import SOURCES, Category
from parsing.titles import title_of

YES, NO = "是", "否"
#: What never was, written out.
NONE = "无"
MAY_BE_NONE = frozenset({"external_no", "external_deadline"})
#: Characters of an order number, as many as the interface takes.
LONGEST_NUMBER = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its field, its name, other words for it, and whether it is sealed."""

    field: str
    name: str
    words: tuple[str, ...] = ()
    sealed: bool = False
    flag: bool = False
    moment: bool = False


ENTRIES: tuple[Entry, ...] = (
    Entry("title", "标题", ("主题", "题目")),
    Entry(
        "name",
        "姓名或单位名称",
        ("姓名", "单位名称", "企业名称", "名称", "诉求人", "诉求人姓名", "反映人", "来电人", "投诉人", "名字"),
        sealed=True,
    ),
    Entry("is_unit", "是否单位", ("单位诉求", "是单位", "企业诉求"), sealed=True, flag=True),
    Entry("contact", "单位联系人", ("联系人", "联系人姓名", "经办联系人"), sealed=True),
    Entry("phone", "联系电话", ("电话", "手机", "手机号", "手机号码", "联系方式", "电话号码", "号码"), sealed=True),
    Entry("address", "联系地址", ("地址", "住址", "家庭住址"), sealed=True),
    Entry("reported_at", "反映时间", ("来电时间", "诉求时间", "时间", "受理时间"), moment=True),
    Entry("kind", "诉求性质", ("性质", "诉求类别", "诉求类型", "反映类别", "反映性质", "类别", "类型")),
    Entry("category", "办理分类", ("分类",)),
    Entry("content", "诉求内容", ("内容", "主要诉求", "反映内容", "诉求"), sealed=True),
    Entry("source", "来源", ("诉求来源", "渠道", "诉求渠道", "来源渠道")),
    Entry(
        "external_no",
        "工单编号",
        ("编号", "热线单号", "单号", "热线编号", "来源编号", "工单号", "热线工单号", "来源单号", "external_no"),
    ),
    Entry(
        "external_deadline",
        "办理时限",
        ("时限", "热线期限", "热线时限", "期限", "要求办结时间", "办结时限"),
        moment=True,
    ),
    Entry("anonymous", "匿名", ("是否匿名",), flag=True),
    Entry("confidential", "保密", ("是否保密", "要求保密"), flag=True),
)  # fmt: skip
BY_FIELD = {entry.field: entry for entry in ENTRIES}
BY_WORD = {word: entry for entry in ENTRIES for word in (entry.name, *entry.words)}
#: Entries that may stand in a title that was masked without knowing them.
TELLING = ("name", "contact", "phone", "address")
#: What an anonymous complainant does not owe (第五条 within 最小必要).
WAIVED = ("name", "phone", "address")


def fits(field: str, value: str) -> None:
    """Refuse a value that cannot stand in its entry: an unknown channel, no moment, a number rows cannot hold."""
    if field == "source" and value not in SOURCES:
        raise Refused("source_unknown", sources="、".join(SOURCES))
    if field == "external_no" and len(value) > LONGEST_NUMBER:
        raise Refused("number_too_long", length=len(value), most=LONGEST_NUMBER)
    if BY_FIELD[field].moment and not (value == NONE and field in MAY_BE_NONE):
        try:
            record_moment(datetime.fromisoformat(value))
        except ValueError:
            raise Refused("entry_unreadable", item=BY_FIELD[field].name, value=value, hint="") from None


def replaced(case: Case, field: str, value: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What an event carries, public and sealed, to put `value` in the place of an entry."""
    entry = BY_FIELD[field]
    if field in MAY_BE_NONE and value == NONE:
        value = ""
    if field == "title":
        return {"title": masked_title(value, case.private.known), "title_by": "clerk"}, {}
    if field == "external_deadline":
        return {"external_due": value}, {}
    known: Any = value == YES if entry.flag else value
    if not entry.sealed:
        return {field: known}, {}
    sealed = {field: known} | ({"phones": [value]} if field == "phone" else {})
    # The title was masked without knowing the new entry.
    retitled = {"title": masked_title(case.title, [value])} if field in TELLING and case.title else {}
    if field == "content":
        retitled = {"title": title_of(value, case.suggested), "title_by": "words"}
    return retitled, sealed


def put_right(case: Case, event: Event) -> Case:
    """The case with the entries an event carries."""
    data = event.data
    return replace(
        told(case, event),
        title=data.get("title", case.title),
        title_built=case.title_built or "title_by" in data,
        concerned=concerned_of(data, case.concerned),
        kind=data.get("kind", case.kind),
        category=Category(data["category"]) if data.get("category") else case.category,
        source=data.get("source", case.source),
        external_no=data.get("external_no", case.external_no),
        external_due=parse_moment(data["external_due"]) if "external_due" in data else case.external_due,
        reported_at=parse_moment(data.get("reported_at")) or case.reported_at,
        anonymous=data.get("anonymous", case.anonymous),
        confidential=data.get("confidential", case.confidential),
        missing=tuple(data.get("missing", case.missing)),
    )


def still_missing(case: Case, given: Mapping[str, str]) -> list[str]:
    """What the window still has to ask for once these entries are given (第五条“详尽”)."""
    private = case.private
    unit = given["is_unit"] == YES if "is_unit" in given else private.is_unit
    anonymous = given["anonymous"] == YES if "anonymous" in given else case.anonymous
    left = [name for name in case.missing if name not in given]
    named = "anonymous" in given and not anonymous
    owed = [name for name in WAIVED if named and not given.get(name) and not getattr(private, name)]
    if unit and "is_unit" in given and not given.get("contact") and not private.contact:
        owed.append("contact")
    waived = (*(WAIVED if anonymous else ()), *(() if unit else ("contact",)))
    return _once(name for name in (*left, *owed) if name not in waived)


def _once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
