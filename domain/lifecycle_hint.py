"""What would work now: by the state a case is in, and by what its stage asks of the department."""

from __future__ import annotations

from domain.case import Case
from domain.vocabulary import Stage, State

_STAGE_HINTS: dict[Stage, str] = {
    Stage.ANSWER: "请直接答复：/答复 {number} 内容，或 /办不了 {number} 理由；依据",
    Stage.PLAN: "请报送方案：/方案 {number} YYYY-MM-DD 内容",
    Stage.PROMISE: "能当场办的请答复：/答复 {number} 内容；不能的请承诺日期：/承诺 {number} YYYY-MM-DD",
    Stage.RESULT: "请在承诺日期前答复结果：/答复 {number} 内容",
    Stage.REDO: "请重新答复：/答复 {number} 内容",
}


def hint_for(stage: Stage, case: Case) -> str:
    """The sentence for a stage of this case."""
    return _STAGE_HINTS[stage].format(number=case.number)


def stage_hint(case: Case) -> str:
    """The sentence for the case's running stage; empty when no limit runs."""
    return hint_for(case.running.stage, case) if case.running else ""


#: What the person can do instead, by the state the case is in.
HINTS: dict[State, str] = {
    State.DRAFT: "请窗口先核对并发送：/确认 {number}",
    State.REGISTERED: "请管理机构转办：/转办 {number} 部门",
    State.SUBMITTED: "请管理机构转办：/转办 {number} 部门",
    State.DISPATCHED: "承办部门可发送：/签收 {number} 或 /答复 {number} 内容",
    State.ACCEPTED: "承办部门可发送：/答复 {number} 内容",
    State.PLANNED: "承办部门可发送：/答复 {number} 办理结果",
    State.REFERRED: "收到外单位结果后，请管理机构发送：/答复 {number} 内容",
    State.REVIEW: "请管理机构质检：/质检 {number} 通过",
    State.CALL_BACK: "请窗口回访：/回访 {number} 满意",
    State.REDO: "承办部门可发送：/签收 {number} 或 /答复 {number} 内容",
}


def hint(case: Case) -> str:
    """What would work now, as one sentence."""
    return HINTS.get(case.state, "").format(number=case.number)
