"""The office's words as enumerations. Codes are what rows and the API carry; Chinese names are what people read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class State(StrEnum):
    """Where a case stands (state table of the mechanism; values are stored, Chinese names are `STATE_NAMES`)."""

    DRAFT = "D"
    REGISTERED = "A1"
    SUBMITTED = "A2"
    DISPATCHED = "B1"
    ACCEPTED = "B2"
    PLANNED = "B3"
    REFERRED = "B4"
    REVIEW = "C1"
    CALL_BACK = "C2"
    REDO = "R"
    SATISFIED = "Z1"
    CLOSED_LAWFUL = "Z2"
    CLOSED_UNREACHED = "Z3"
    TRANSFERRED = "Z4"
    WITHDRAWN = "Z5"
    MERGED = "Z6"
    VOID = "Z7"
    DISCARDED = "Z8"

    @property
    def is_open(self) -> bool:
        """Whether somebody still owes this case something."""
        return self not in ENDED


#: Nobody owes the case anything any more.
ENDED = frozenset(
    {
        State.SATISFIED,
        State.CLOSED_LAWFUL,
        State.CLOSED_UNREACHED,
        State.TRANSFERRED,
        State.WITHDRAWN,
        State.MERGED,
        State.VOID,
        State.DISCARDED,
    }
)

STATE_NAMES: dict[State, str] = {
    State.DRAFT: "待核对",
    State.REGISTERED: "已登记",
    State.SUBMITTED: "待审核",
    State.DISPATCHED: "已转办待签收",
    State.ACCEPTED: "办理中",
    State.PLANNED: "方案已答复",
    State.REFERRED: "已函转跟踪",
    State.REVIEW: "待质检",
    State.CALL_BACK: "待回访",
    State.REDO: "退回重办",
    State.SATISFIED: "清零销号",
    State.CLOSED_LAWFUL: "办结未销号（不满意）",
    State.CLOSED_UNREACHED: "办结未销号（未联系上/匿名）",
    State.TRANSFERRED: "已转交（范围外）",
    State.WITHDRAWN: "已撤回",
    State.MERGED: "已并单",
    State.VOID: "作废",
    State.DISCARDED: "已放弃（不是诉求）",
}

#: The department holds the case and its clock runs (第八条).
WITH_DEPARTMENT = frozenset({State.DISPATCHED, State.ACCEPTED, State.PLANNED, State.REDO})
#: Somebody outside the centre holds the case: a department, or a body the case was referred to.
RUNNING = WITH_DEPARTMENT | {State.REFERRED}
#: The centre has it before dispatch.
BEFORE_DISPATCH = frozenset({State.DRAFT, State.REGISTERED, State.SUBMITTED})
#: What was no complaint: in no list, no ledger and no count; only its number is used (第五条).
NO_CASE = frozenset({State.DISCARDED})
OPEN = frozenset(state for state in State if state.is_open)


class Category(StrEnum):
    """The seven ways a complaint is handled (第六条)."""

    GENERAL = "一般"
    CANNOT = "办不了"
    HARD = "很难办"
    UNWILLING = "不给办"
    COMPLEX = "复杂"
    OUT_OF_SCOPE = "范围外"
    NOT_STATIONED = "未进驻"


class Stage(StrEnum):
    """Which promise the running clock measures (第八条)."""

    ANSWER = "answer"
    PLAN = "plan"
    PROMISE = "promise"
    RESULT = "result"
    REDO = "redo"


STAGE_NAMES: dict[Stage, str] = {
    Stage.ANSWER: "答复意见",
    Stage.PLAN: "解决方案",
    Stage.PROMISE: "承诺办结日期",
    Stage.RESULT: "办理结果",
    Stage.REDO: "重办结果",
}


class StepKind(StrEnum):
    """What a step of the clock is about (第九条)."""

    NUDGE = "nudge"
    ASSIST = "assist"
    LATE = "late"
    EXTERNAL = "external"
    OVERDUE = "overdue"
    IGNORED = "ignored"
    OWNER = "owner"
    RESUME = "resume"
    #: What lies before somebody for a decision is put before them again.
    AGAIN = "again"


STEP_NAMES: dict[StepKind, str] = {
    StepKind.NUDGE: "催办",
    StepKind.ASSIST: "催办",
    StepKind.LATE: "配合超期提醒",
    StepKind.EXTERNAL: "热线期限提醒",
    StepKind.RESUME: "恢复计时",
    StepKind.OVERDUE: "督办提请",
    StepKind.IGNORED: "签发提请",
    StepKind.OWNER: "待办提醒",
    StepKind.AGAIN: "待决提醒",
}


@dataclass(frozen=True, slots=True)
class StepId:
    """Which step of the clock: its kind, and which one of them where there are several (`nudge-1d`, `late-12`)."""

    kind: StepKind
    which: str | None = None

    def __str__(self) -> str:
        return self.kind.value if self.which is None else f"{self.kind.value}-{self.which}"

    @classmethod
    def parse(cls, text: str) -> StepId:
        """Read what `str` wrote, as rows and rule files carry it. Raises ValueError for an id no step has."""
        kind, dash, which = text.partition("-")
        return cls(StepKind(kind), which if dash else None)


class Level(IntEnum):
    """How far the pressing has gone (第九条)."""

    NONE = 0
    NUDGED = 1
    SUPERVISED = 2
    IGNORED = 3
    CIRCULATED = 4
    REPORTED = 5


LEVEL_NAMES: dict[Level, str] = {
    Level.NONE: "无",
    Level.NUDGED: "已催办",
    Level.SUPERVISED: "已督办",
    Level.IGNORED: "督办未落实",
    Level.CIRCULATED: "已通报",
    Level.REPORTED: "已报告、抄送",
}


class Role(StrEnum):
    """角色 of the directory, plus the two actors that are not people."""

    WINDOW = "窗口"
    MANAGER = "管理机构"
    LEAD = "负责人"
    LIAISON = "联络员"
    SUPERIOR = "分管领导"
    HOTLINE = "热线"
    DISCIPLINE = "纪检"
    PUBLISHER = "案例发布"
    SYSTEM = "系统"
    OPERATOR = "运维"


#: Roles whose holders work for the centre and see its cases.
CENTRE_ROLES = frozenset({Role.WINDOW, Role.MANAGER, Role.LEAD})

#: What comes beside words, by its kind.
MATERIAL_KINDS = {"image": "图片", "file": "文件", "voice": "语音", "video": "视频"}
#: Most materials one case keeps.
MOST_MATERIALS = 30


#: Through which channel a complaint came (第三条).
HOTLINE_SOURCE, WINDOW_SOURCE, ENTERPRISE_SOURCE = "12345热线", "窗口", "万人助万企窗口"
SOURCES = (WINDOW_SOURCE, HOTLINE_SOURCE, ENTERPRISE_SOURCE, "上级·其他平台转办")


class Rating(StrEnum):
    """办理结果满意度: the five levels of 好差评, the call that was not answered, and the one that gave no opinion."""

    DELIGHTED = "非常满意"
    SATISFIED = "满意"
    ACCEPTABLE = "基本满意"
    DISSATISFIED = "不满意"
    OUTRAGED = "非常不满意"
    UNANSWERED = "未接通"
    DECLINED = "拒评"


#: What a complainant may say of the result, the best first; which of them clear a case is a rule of the centre.
LEVELS = (Rating.DELIGHTED, Rating.SATISFIED, Rating.ACCEPTABLE, Rating.DISSATISFIED, Rating.OUTRAGED)
OPINIONS = frozenset(LEVELS)


#: What a complainant is told of (第六条、第八条、通知第三条（一）), by the state that owes it; else `PROGRESS`.
TRANSFER, CHANNEL, PLAN, PROGRESS = "转交情况", "办理渠道", "解决方案", "办理情况"
TELLINGS: dict[State, str] = {
    State.TRANSFERRED: TRANSFER,
    State.REFERRED: CHANNEL,
    State.PLANNED: PLAN,
}


class Release(StrEnum):
    """The three grave acts of 第九条; each is released by a person, never by the clock."""

    CIRCULAR = "通报"
    REPORT = "报告"
    COPY = "抄送"


class Request(StrEnum):
    """What waits for a decision with /准 or /不准: asked by a department, or by the centre's own people."""

    DECLINE = "退单"
    EXTEND = "延期"
    SUSPEND = "中止"
    PROMISE = "承诺期限"
    PLAN = "方案期限"
    UNREACHED = "未联系上办结"
    LAWFUL = "依法办结"
    CORRECT = "更正"


class Pause(StrEnum):
    """Why a clock may stand still: a closed list, because every other reason is a delay."""

    MATERIALS = "待补充材料"
    EXAMINATION = "检验鉴定听证"
    FORCE_MAJEURE = "不可抗力"
    SUPERIOR = "待上级批复"
