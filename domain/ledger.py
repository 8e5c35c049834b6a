"""The ledger row (工作台账, annex 3): seventeen cells, each derived from events; nobody types into a cell.

`COLUMNS` pairs every header with the function that derives it; `row` applies them in order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.case import Case
from domain.explain import labelled_limits
from domain.lateness import late_words
from domain.office_hours import TZ
from domain.privacy import mask_address, mask_name, mask_phone, scrub
from domain.vocabulary import BEFORE_DISPATCH, RUNNING, STAGE_NAMES, STATE_NAMES, TRANSFER, Rating, State

#: 主要诉求 of a masked ledger is a summary; in full it stands in the full one and in the 工作单.
SUMMARY_LENGTH = 60
NOT_A_UNIT = "—"
ON_THE_SPOT = "—（当场）"


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """What a cell is derived from: the case, its number in the period, the moment, and whether to mask."""

    number: int
    case: Case
    now: datetime
    masked: bool
    days_late: Callable[[datetime, datetime], int]


def format_moment(at: datetime | None) -> str:
    """`2026-11-25 09:00` in local time; empty for None."""
    return at.astimezone(TZ).strftime("%Y-%m-%d %H:%M") if at else ""


def day(at: datetime | None) -> str:
    """`2026-11-25` in local time; empty for None."""
    return at.astimezone(TZ).strftime("%Y-%m-%d") if at else ""


def _number(line: LedgerLine) -> str:
    return str(line.number)


def _name(line: LedgerLine) -> str:
    private = line.case.private
    if line.case.anonymous and not private.name:
        return "匿名"
    return mask_name(private.name, is_unit=private.is_unit) if line.masked else private.name


def _contact(line: LedgerLine) -> str:
    """Note 1: only where a unit complains."""
    private = line.case.private
    if not private.is_unit:
        return NOT_A_UNIT
    return mask_name(private.contact) if line.masked else private.contact


def _phone(line: LedgerLine) -> str:
    private = line.case.private
    if line.case.anonymous:
        return "匿名"
    phones = private.phones or ((private.phone,) if private.phone else ())
    return "；".join(mask_phone(phone) if line.masked else phone for phone in phones)


def _complaint(line: LedgerLine) -> str:
    private = line.case.private
    text = " ".join(private.content.split())
    if not line.masked:
        return text
    known = (*private.known, private.address, mask_address(private.address)) if private.address else private.known
    text = scrub(text, known)
    return text if len(text) <= SUMMARY_LENGTH else text[: SUMMARY_LENGTH - 1] + "…"


def _category(line: LedgerLine) -> str:
    case = line.case
    names = [case.kind, case.category.value if case.category else ""]
    return "／".join(name for name in names if name)


def _departments(line: LedgerLine) -> str:
    """Note 2: the lead is named where several departments work."""
    return line.case.departments


def _dispatched(line: LedgerLine) -> str:
    if line.case.on_the_spot and not line.case.dispatched:
        return ON_THE_SPOT
    return "；".join(format_moment(at) for at in line.case.dispatched)


def _limit(line: LedgerLine) -> str:
    """Two-stage matters print both dates (第八条); of a limit that was moved the newest is printed."""
    if line.case.on_the_spot and not line.case.dispatched:
        return ON_THE_SPOT
    return "；".join(
        f"{label}{clock.date.isoformat()}{'（暂定）' if clock.provisional else ''}"
        for label, clock in labelled_limits(line.case)
    )


def _times(moments: Sequence[datetime]) -> str:
    """`否`, or `是 2026-11-25 09:00（第1次）；…`: the compound form of the three “是否…及时间” columns."""
    if not moments:
        return "否"
    return "是 " + "；".join(f"{format_moment(at)}（第{n}次）" for n, at in enumerate(moments, start=1))


def _nudged(line: LedgerLine) -> str:
    return _times(line.case.nudged) if line.case.dispatched else ""


def _supervised(line: LedgerLine) -> str:
    return _times(line.case.supervised) if line.case.dispatched else ""


def _returned(line: LedgerLine) -> str:
    return _times(line.case.returned) if line.case.dispatched or line.case.returned else ""


def _finished(line: LedgerLine) -> str:
    case = line.case
    if case.state is State.WITHDRAWN:
        return NOT_A_UNIT
    if case.state in RUNNING | BEFORE_DISPATCH:
        return ""
    return format_moment(case.finished_at)


def _handling(line: LedgerLine) -> str:
    case, private = line.case, line.case.private
    parts = []
    if case.planned_at is not None:
        parts.append(f"方案（{day(case.planned_at)}）：{private.plan}")
    parts += [f"会商（{day(at)}）：{words}" for at, words in zip(case.consulted, private.minutes, strict=False)]
    parts += [f"配合：{text}" for text in private.assists]
    if case.state is State.REFERRED:
        parts.append(f"已函转{case.departments}，跟踪中")
    elif case.state is State.TRANSFERRED:
        parts.append(f"已转交{case.departments}，{'已' if case.was_told(TRANSFER) else '待'}告知诉求人")
    elif case.state is State.WITHDRAWN:
        parts.append("诉求人撤回")
    elif case.state is State.MERGED:
        parts.append(f"并入{case.master}办理")
        if case.followed is State.TRANSFERRED:
            parts.append("主件已转交")
    elif case.state is State.VOID:
        parts.append("作废")
    # Of a withdrawn master the result is printed for those who joined it, of a merged case once its master ended.
    told = (
        case.merged
        if case.state is State.WITHDRAWN
        else case.followed
        if case.state is State.MERGED
        else case.finished_at
    )
    if private.outcome and told and case.state not in (State.TRANSFERRED, State.VOID, State.REFERRED):
        label = "办不了：" if case.cannot else ""
        basis = f"；依据：{private.basis}" if case.cannot and private.basis else ""
        parts.append(f"{label}{private.outcome}{basis}")
    if case.state is State.CLOSED_LAWFUL and private.explanation:
        parts.append(f"依法办结说明：{private.explanation}")
    text = "；".join(parts) or STATE_NAMES[case.state]
    return scrub(text, private.known) if line.masked else text


def _called(line: LedgerLine) -> str:
    case = line.case
    if not case.calls and case.state is State.CLOSED_UNREACHED and case.silent:
        return "无需回访"
    return "；".join(format_moment(at) for at in case.calls)


#: Ratings that are none, and what they are called in the ledger.
_UNRATED: dict[Rating | None, str] = {None: "未回访", Rating.UNANSWERED: "未联系上", Rating.DECLINED: "拒评"}


def _rating(line: LedgerLine) -> str:
    case = line.case
    unrated = case.state is State.MERGED and case.followed is not None and case.rating in _UNRATED
    if case.state is State.CLOSED_UNREACHED or unrated:
        return f"未评价（{_UNRATED.get(case.rating, '未联系上') if not case.silent else '匿名'}）"
    if case.rating is not None and case.rating not in _UNRATED:
        return case.rating.value
    return ""


def _remarks(line: LedgerLine) -> str:
    """Note 3: “是否超期及超期时间”, then what else the reader must know, separated by bars."""
    case = line.case
    late = [
        f"{late_words(missed.days)}（{STAGE_NAMES[missed.stage]}应{missed.due:%m-%d}，实{missed.done:%m-%d}）"
        for missed in case.missed
    ]
    clock = case.running
    if clock is not None and line.now > clock.at:
        days = line.days_late(clock.at, line.now)
        late.append(f"{late_words(days)}（{STAGE_NAMES[clock.stage]}应{clock.date:%m-%d}，未办结）")
    parts = ["；".join(late) if late else "未超期", *case.remarks]
    if case.suspension is not None:
        parts.append(f"中止中（{case.suspension.why.value}）")
    if case.urgings:
        parts.append(f"催单{case.urgings}次")
    if case.materials:
        parts.append(f"附件{len(case.materials)}件")
    if case.external_no:
        parts.append(f"热线单号{case.external_no}")
    if case.external_missed is not None:
        parts.append(_hotline_missed(case, case.external_missed))
    if case.state is State.SATISFIED:
        parts.append(f"{day(case.closed_at)}销号")
    return "｜".join(parts)


def _hotline_missed(case: Case, due: datetime) -> str:
    """What note 3 asks of the mechanism's own limits, said of the hotline's (通知第三条（二）)."""
    done = case.finished_at if case.state not in RUNNING | BEFORE_DISPATCH else None
    when = f"{done.astimezone(TZ):实%m-%d %H:%M}" if done else "未办结" if case.state.is_open else "未报结果"
    return f"超热线期限（应{due.astimezone(TZ):%m-%d %H:%M}，{when}）"


COLUMNS: tuple[tuple[str, Callable[[LedgerLine], str]], ...] = (
    ("序号", _number),
    ("姓名或单位名称", _name),
    ("单位联系人", _contact),
    ("联系方式", _phone),
    ("主要诉求", _complaint),
    ("诉求类别", _category),
    ("政务服务部门及牵头部门", _departments),
    ("分办转办时间", _dispatched),
    ("要求办理期限", _limit),
    ("是否催办及时间", _nudged),
    ("是否督办及时间", _supervised),
    ("是否退回重办及时间", _returned),
    ("实际办结时间", _finished),
    ("办理情况", _handling),
    ("回访时间", _called),
    ("办理结果满意度", _rating),
    ("备注", _remarks),
)


def row(line: LedgerLine) -> tuple[str, ...]:
    """The seventeen cells of one case."""
    return tuple(derive(line) for _, derive in COLUMNS)
