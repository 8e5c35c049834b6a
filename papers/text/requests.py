"""What a department asks and the centre decides, each on one page: 延期, 退单, 中止 and 恢复 (第七条、第八条).

What the case no longer holds once it is decided comes in as facts of the two events.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from domain.case import Case
from domain.papers import CentrePaper, PaperName
from domain.privacy import scrub
from domain.rules import DecisionContext
from domain.vocabulary import STAGE_NAMES, Stage
from papers.text.shapes import SIGN, Cell, Form
from papers.text.words import (
    contact_note,
    date_words,
    moment_words,
    moments_words,
    telling,
    units_words,
    year_of,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision: granted or not, when, and why."""

    granted: bool
    at: datetime
    opinion: str = ""


@dataclass(frozen=True, slots=True)
class Extension:
    """延期: of which stage, from which date to which, asked when and why."""

    department: str
    stage: Stage
    due: date
    until: date
    asked_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Decline:
    """退单: which department says it is not competent, when, why, and who should be instead."""

    department: str
    asked_at: datetime
    reason: str
    suggested: str = ""


@dataclass(frozen=True, slots=True)
class Suspension:
    """中止: why, for what (`materials`, told once and completely), until when at the latest."""

    reason: str
    at: datetime
    until: date
    due: date
    materials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resumption:
    """恢复: since when the clock stood, when it runs again, by how many working days, and the new limit."""

    suspended_at: datetime
    at: datetime
    days: int
    old_due: date
    due: date
    reason: str = ""


def extension_form(
    case: Case,
    centre: CentrePaper,
    context: DecisionContext,
    facts: Extension,
    *,
    number: str = "",
    masked: bool = True,
    verdict: Verdict | None = None,
) -> Form:
    """延期审批单: a first-stage limit is a number of 第八条, so its extension is decided by the lead."""
    decider = "管理机构负责人" if facts.stage in (Stage.ANSWER, Stage.PLAN) else "管理机构"
    return Form(
        genre=PaperName.EXTENSION,
        title="“有诉即办”延期审批单",
        number=number or f"{year_of(context)}延　　",
        rows=(
            (Cell("诉求编号", case.no), Cell("申请部门", facts.department)),
            (Cell("诉求标题", case.matter),),
            (Cell("申请时间", moment_words(facts.asked_at)), Cell("申请阶段", STAGE_NAMES[facts.stage])),
            (Cell("原定期限", date_words(facts.due)), Cell("申请延至", date_words(facts.until))),
            (Cell("延期理由", _words(facts.reason, case, masked), tall=True),),
            (Cell("申请部门负责人意见", SIGN, tall=True),),
            (Cell(f"{decider}审批意见", _verdict(verdict, case, masked, "同意延期", "不同意延期"), tall=True),),
            (Cell("告知诉求人情况", "方式：　　　　　时间：　　　　　经办人：", tall=False),),
        ),
        notes=(
            f"依据：{centre.mechanism}第七条（明确办理期限）、第八条（限时办结）。",
            "延期应在期限届满前申请，同一阶段只延一次，延长的期限不超过原期限；原期限继续保留，按时办结情况分别统计。",
            _foot(centre, context),
        ),
    )


def decline_ruling(
    case: Case,
    centre: CentrePaper,
    context: DecisionContext,
    facts: Decline,
    *,
    number: str = "",
    masked: bool = True,
    verdict: Verdict | None = None,
) -> Form:
    """退单裁定: the manager settles who is competent; until then the clock runs (第七条“审核确定”)."""
    return Form(
        genre=PaperName.DECLINE,
        title="“有诉即办”退单裁定书",
        number=number or f"{year_of(context)}退　　",
        rows=(
            (Cell("诉求编号", case.no), Cell("申请部门", facts.department)),
            (Cell("诉求标题", case.matter),),
            (Cell("转办时间", moments_words(case.dispatched)), Cell("申请退单时间", moment_words(facts.asked_at))),
            (Cell("退单理由和依据", _words(facts.reason, case, masked), tall=True),),
            (Cell("建议承办部门", facts.suggested or "未提出"),),
            (
                Cell(
                    "裁定意见",
                    _verdict(verdict, case, masked, "同意退单，另行转办", "不同意退单，由原部门继续办理"),
                    tall=True,
                ),
            ),
            (Cell("裁定后承办部门", units_words(case) if verdict and case.units else ""),),
            (Cell("签　　发", SIGN, tall=True), Cell("经　　办", f"{centre.officer}\n{centre.officer_phone}")),
        ),
        notes=(
            f"依据：{centre.mechanism}第七条（审核确定）。",
            "裁定作出前办理期限不停止计算。同意退单的，新承办部门自收到《工作单》起重新计算期限；"
            "不同意的，原期限不变，不得再次退单。",
            _foot(centre, context),
        ),
    )


def suspension_notice(
    case: Case,
    centre: CentrePaper,
    context: DecisionContext,
    facts: Suspension,
    *,
    number: str = "",
    masked: bool = True,
) -> Form:
    """中止通知: the reason and the complete list of what is missing, told once (行政许可法第三十二条)."""
    listed = "\n".join(f"{count}. {item}" for count, item in enumerate(facts.materials, start=1))
    return Form(
        genre=PaperName.SUSPENSION,
        title="“有诉即办”办理期限中止通知",
        number=number or f"{year_of(context)}中　　",
        rows=(
            (Cell("诉求编号", case.no), Cell("承办部门", units_words(case))),
            (Cell("诉求标题", case.matter),),
            (Cell("中止时间", moment_words(facts.at)), Cell("最迟恢复日期", date_words(facts.until))),
            (Cell("原办理期限", date_words(facts.due)),),
            (Cell("中止原因", _words(facts.reason, case, masked), tall=True),),
            (Cell("需补充的材料（一次告知）", _words(listed, case, masked) or "无", tall=True),),
            (Cell("签　　发", SIGN, tall=True), Cell("经　　办", f"{centre.officer}\n{centre.officer_phone}")),
            (Cell("告知诉求人情况", "方式：　　　　　时间：　　　　　经办人："),),
        ),
        notes=(
            f"依据：{centre.mechanism}第八条（限时办结）。中止期间不计入办理期限；"
            f"原因消除或者到{date_words(facts.until)}的，自动恢复计算。",
            _foot(centre, context),
        ),
    )


def resumption_notice(
    case: Case,
    centre: CentrePaper,
    context: DecisionContext,
    facts: Resumption,
    *,
    number: str = "",
    masked: bool = True,
) -> Form:
    """恢复通知: how long the clock stood and the limit that follows."""
    return Form(
        genre=PaperName.RESUMPTION,
        title="“有诉即办”办理期限恢复通知",
        number=number or f"{year_of(context)}复　　",
        rows=(
            (Cell("诉求编号", case.no), Cell("承办部门", units_words(case))),
            (Cell("诉求标题", case.matter),),
            (Cell("中止时间", moment_words(facts.suspended_at)), Cell("恢复时间", moment_words(facts.at))),
            (Cell("中止天数", f"{facts.days}个工作日"), Cell("原办理期限", date_words(facts.old_due))),
            (Cell("恢复后办理期限", f"{date_words(facts.due)}前"),),
            (Cell("恢复原因", _words(facts.reason, case, masked) or "中止原因已消除", tall=True),),
            (Cell("签　　发", SIGN, tall=True), Cell("经　　办", f"{centre.officer}\n{centre.officer_phone}")),
        ),
        notes=(
            f"依据：{centre.mechanism}第八条（限时办结）。期限自恢复次日起继续计算。",
            _foot(centre, context),
        ),
    )


def _words(text: str, case: Case, masked: bool) -> str:
    """People's own words; the department's copy does not repeat who complained."""
    return scrub(text, telling(case)) if masked else text


def _own(text: str, case: Case) -> str:
    return scrub(text, telling(case))


def _verdict(verdict: Verdict | None, case: Case, masked: bool, yes: str, no: str) -> str:
    if verdict is None:
        return f"□{yes}　□{no}\n{SIGN}"
    opinion = _words(verdict.opinion, case, masked)
    marks = f"{'■' if verdict.granted else '□'}{yes}　{'□' if verdict.granted else '■'}{no}"
    return "\n".join(part for part in (marks, opinion, moment_words(verdict.at)) if part)


def _foot(centre: CentrePaper, context: DecisionContext) -> str:
    return f"{centre.name}（印章）　　{date_words(context.now)}　{contact_note(centre)}".rstrip("　")
