"""What a person or the clock may ask of a case. Imperative, one class per act; texts are the person's own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from domain.case import Clock, Unit
from domain.vocabulary import Category, Pause, Rating, Release, State, StepId


@dataclass(frozen=True, slots=True)
class Register:
    """Take a complaint in (收单, 第五条). `fields` are free of personal data, `private` is sealed."""

    no: str
    centre: int
    centre_name: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    private: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Confirm:
    """The clerk has checked what was understood (确认登记, 第五条)."""


@dataclass(frozen=True, slots=True)
class Supplement:
    """More from the complainant, or a gap filled (补充)."""

    text: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    private: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Amend:
    """改: entries of a draft put right at once, as pairs of field and value (`domain.entries`).

    `concerned` are people of the directory the new words name, as events carry them (回避).
    """

    entries: tuple[tuple[str, str], ...]
    concerned: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Urge:
    """The complainant asks again (催单)."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class Withdraw:
    """The complainant takes it back (撤回)."""

    reason: str


@dataclass(frozen=True, slots=True)
class SettleOnSpot:
    """一般性问题当场办结 (第六条)."""

    text: str


@dataclass(frozen=True, slots=True)
class Submit:
    """提交管理机构处理, with the first classification (第六条)."""

    category: Category


@dataclass(frozen=True, slots=True)
class Classify:
    """Set or change the 办理分类 (第六条、第七条)."""

    category: Category


@dataclass(frozen=True, slots=True)
class Dispatch:
    """转办; the first unit leads (第七条). `day` is the date the manager asks for, if any."""

    units: tuple[Unit, ...]
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """转交相关单位: outside government services (第六条). `told` says how the complainant was told, if that is done."""

    body: str
    told: str = ""


@dataclass(frozen=True, slots=True)
class Tell:
    """告知诉求人: what the complainant was told and by which way (第六条、第八条、通知第三条（一）)."""

    words: str


@dataclass(frozen=True, slots=True)
class Consult:
    """会商: the departments studied it together (通知第三条（一）“组织相关部门共同研究”); `words` are the minutes."""

    words: str


@dataclass(frozen=True, slots=True)
class Refer:
    """函转 to a body outside the hall and keep tracking (通知第三条（一）)."""

    body: str
    day: date


@dataclass(frozen=True, slots=True)
class HearPeer:
    """A peer centre ended what was referred to it; `number` is its own case."""

    peer: str
    number: str
    end: State
    cannot: bool = False
    outcome: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Deliver:
    """The work order reached the department: its clock starts (第八条). `how` is the channel."""

    unit: Unit
    how: str


@dataclass(frozen=True, slots=True)
class Accept:
    """Accept the work order (第七条)."""


@dataclass(frozen=True, slots=True)
class Decline:
    """退单: the department says it is not theirs."""

    reason: str


@dataclass(frozen=True, slots=True)
class Promise:
    """承诺办结日期 for “不给办” (第八条); a date that needs the manager's consent is better given with its reason."""

    day: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """报送解决方案 and the date of the result (第八条)."""

    day: date
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Hand in the result (第十条)."""

    text: str


@dataclass(frozen=True, slots=True)
class CannotDo:
    """“办不了” with reason and basis (第八条)."""

    reason: str
    basis: str


@dataclass(frozen=True, slots=True)
class Extend:
    """Ask for a later limit (第八条)."""

    day: date
    reason: str


@dataclass(frozen=True, slots=True)
class Suspend:
    """申请中止: one of the allowed reasons, and what exactly is waited for."""

    why: Pause
    reason: str


@dataclass(frozen=True, slots=True)
class Resume:
    """Resume the clock (第八条)."""


@dataclass(frozen=True, slots=True)
class Correct:
    """更正: a wrong entry; a second person has to agree. `field` is one of `domain.entries`.

    `concerned` are people of the directory the new words name, as events carry them (回避).
    """

    field: str
    value: str
    reason: str
    concerned: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Void:
    """作废: registered by mistake; the number stays."""

    reason: str


@dataclass(frozen=True, slots=True)
class Discard:
    """放弃: a draft that was no complaint; out of every list and count, its number stays used (第五条)."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Conclude:
    """依法办结: the result is lawful and complete although the complainant is not satisfied (第十条)."""

    explanation: str


@dataclass(frozen=True, slots=True)
class MergeInto:
    """并单: this case follows `master` from now on."""

    master: str


@dataclass(frozen=True, slots=True)
class Absorb:
    """并单, the master's side: `merged` joins; its stricter limit, if any, becomes the master's.

    `silent` says that its complainant cannot be called back.
    """

    merged: str
    clock: Clock | None = None
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Follow:
    """The master has ended: the merged case keeps what came of it."""

    end: State
    finished_at: datetime | None = None
    cannot: bool = False
    outcome: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True)
class StandAlone:
    """The master is gone before anything was done: the merged complaint is handled by itself."""


@dataclass(frozen=True, slots=True)
class Part:
    """`merged` follows this case no longer."""

    merged: str


@dataclass(frozen=True, slots=True)
class CalledMerged:
    """The complainant of a merged case was called back."""

    merged: str
    rating: Rating
    opinion: str = ""


@dataclass(frozen=True, slots=True)
class Split:
    """拆单: another matter that was told with this one is a case of its own, `number`."""

    number: str


@dataclass(frozen=True, slots=True)
class NoteUnheard:
    """Nobody could be told: an empty post or a dead channel, on the record of the case."""

    what: str
    who: str


@dataclass(frozen=True, slots=True)
class Recalculate:
    """The working calendar changed: the limit is computed anew from the receipt (第八条)."""

    source: str


@dataclass(frozen=True, slots=True)
class Grant:
    """准: agree to the pending request."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Deny:
    """不准: refuse the pending request, with a reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class Review:
    """Pass or fail the quality check of a result (第十条)."""

    passed: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CallBack:
    """Record one call-back and its rating (第十条)."""

    rating: Rating
    opinion: str = ""


@dataclass(frozen=True, slots=True)
class Nudge:
    """催办 by hand (第九条)."""


@dataclass(frozen=True, slots=True)
class Supervise:
    """签发督办单 (第九条). `number` is the register number of the paper."""

    day: date
    number: str


@dataclass(frozen=True, slots=True)
class Approve:
    """签发通报、报告、抄送 (第九条)."""

    what: tuple[Release, ...]


@dataclass(frozen=True, slots=True)
class Hold:
    """暂缓: the lead sets the grave step aside with a reason; it comes back on `until`, or after the usual days."""

    reason: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Reopen:
    """重新打开 a closed case on new facts."""

    reason: str


@dataclass(frozen=True, slots=True)
class AddMaterial:
    """附件: something beside words comes to the case. `size` in bytes, `sha256` of the bytes as sent."""

    kind: str
    type: str
    size: int
    sha256: str
    name: str


@dataclass(frozen=True, slots=True)
class Escalate:
    """The clock's own step (第九条): what `escalation.due_steps` found. `at` is when it should have happened."""

    step: StepId
    at: datetime


Command = (
    Register | Confirm | Supplement | Urge | Withdraw | SettleOnSpot | Submit | Classify | Dispatch | Transfer | Refer
    | Tell | Consult | Discard | Amend
    | HearPeer
    | Deliver | Accept | Decline | Promise | Plan | Answer | CannotDo | Extend | Grant | Deny | Review | CallBack
    | Nudge | Supervise | Approve | Hold | Reopen | Escalate | Suspend | Resume | Correct | Void | Conclude
    | MergeInto | Absorb | Split | CalledMerged | Follow | StandAlone | Part | Recalculate | NoteUnheard | AddMaterial
)  # fmt: skip
