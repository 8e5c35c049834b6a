"""What a stage asks of the department, as the sentence a liaison can act on."""

from __future__ import annotations

from domain.case import Case
from domain.vocabulary import Stage

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
