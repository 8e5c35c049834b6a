"""政务服务指导案例 (第十一条; 通知第四部分): the four elements of the notice, free of personal data."""

from __future__ import annotations

from dataclasses import dataclass

from domain.case import Case
from domain.papers import CentrePaper, PaperName
from domain.rules import DecisionContext
from papers.text.shapes import Letter, Paragraph, Rank
from papers.text.words import date_words, reference, scrubbed, source_words, units_words, year_of

EMPTY = "（待补充）"


@dataclass(frozen=True, slots=True)
class Lesson:
    """What an editor adds to the record; an empty text is taken from the case where the case has it."""

    title: str = ""
    problem: str = ""
    method: str = ""
    steps: tuple[str, ...] = ()
    conclusion: str = ""
    scope: str = ""
    basis: str = ""
    joint: tuple[str, ...] = ()


def guidance_case(
    case: Case, centre: CentrePaper, context: DecisionContext, lesson: Lesson | None = None, *, number: str = ""
) -> Letter:
    """问题详情、处理方法、步骤、结论意见, then scope and basis. A draft for 审核 by the bureau, which publishes it."""
    lesson = lesson or Lesson()
    private = case.private
    steps = lesson.steps or _steps(case)
    body: list[Paragraph] = []
    sections = (
        ("一、问题详情", lesson.problem or private.content),
        ("二、处理方法", lesson.method or private.plan or private.outcome),
        ("三、步骤", "\n".join(f"{count}. {step}" for count, step in enumerate(steps, start=1))),
        ("四、结论意见", lesson.conclusion or private.outcome),
        ("五、适用范围与依据", "\n".join(part for part in (lesson.scope, lesson.basis or private.basis) if part)),
    )
    for head, text in sections:
        body += [Paragraph(head, Rank.FIRST), Paragraph(text or EMPTY)]
    body.append(
        Paragraph(
            f"本案例依据{centre.mechanism}第十一条整理，经{centre.bureau}审核后发布，作为处理同类问题的指导、借鉴和参考。",
            Rank.SECOND,
        )
    )
    paper = Letter(
        genre=PaperName.GUIDANCE,
        title=f"政务服务指导案例：{lesson.title or case.title or EMPTY}",
        number=reference(centre, "案", year_of(context), number),
        addressee="",
        body=tuple(body),
        signature="、".join((centre.bureau, *lesson.joint)),
        day=date_words(context.now),
    )
    return scrubbed(paper, case)


def _steps(case: Case) -> tuple[str, ...]:
    """What the record tells: intake, dispatch, plan, result, closing."""
    known = (
        (case.reported_at, f"经{source_words(case)}接到诉求并登记"),
        (case.dispatched[0] if case.dispatched else None, f"转办{units_words(case)}"),
        (case.planned_at, "提出解决方案并答复诉求人"),
        (case.finished_at, "报送办理结果"),
        (case.calls[-1] if case.calls else None, "回访诉求人"),
    )
    return tuple(f"{date_words(at)}，{what}。" for at, what in known if at is not None)
