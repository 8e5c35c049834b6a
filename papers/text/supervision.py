"""催办督办 (第九条): 督办单, 通报, 报告 and 抄送函. Facts are times of events; outside the centre no personal data."""

from __future__ import annotations

from domain.answerable import answerable, named, names, parts_done
from domain.case import Case
from domain.lateness import late_words
from domain.papers import CentrePaper, PaperName
from domain.rules import DecisionContext
from domain.vocabulary import STATE_NAMES, Level, Release
from papers.text.shapes import SIGN, Cell, Form, Letter, Paragraph, Rank
from papers.text.words import (
    case_limits,
    date_words,
    is_late,
    longest_delay,
    moment_words,
    moments_words,
    reference,
    scrubbed,
    source_words,
    year_of,
)

#: (ground as the decision records it, as the form prints it); the last is ticked by hand only.
GROUNDS = (
    ("逾期未反馈", "逾期未反馈"),
    ("不满", "“不满”督办"),
    ("多次退回重办", "多次退回重办"),
    ("多次催单", "多次催单"),
    ("拒收推诿", "拒收、推诿"),
)


def supervision_form(case: Case, centre: CentrePaper, context: DecisionContext, *, number: str = "") -> Form:
    """督办单: to the department's leader (第九条). It never tells who complained, whoever reads it.

    A draft, not issued yet, leaves its limit and, without `number`, its number open.
    """
    issued = case.supervision_due is not None
    grounds = case.grounds or GROUNDS[0][0]
    boxes = "　".join(f"{'■' if key == grounds else '□'}{words}" for key, words in GROUNDS)
    late = _late_cell(case, context)
    until = moment_words(case.supervision_due) or "　　年　　月　　日　　时"
    earlier = case.supervised[:-1] if issued else case.supervised
    return Form(
        genre=PaperName.SUPERVISION,
        title="“有诉即办”督办单",
        number=number or (case.supervision_no if issued else f"{year_of(context)}督　　"),
        rows=(
            (Cell("督办事由", boxes),),
            (Cell("主　　送", f"{_named_words(case, context)}（分管负责人）"),),
            (Cell("抄　　送", centre.bureau),),
            (Cell("诉求编号", case.no), Cell("诉求标题", case.matter)),
            (Cell("转办时间", moments_words(case.dispatched)), Cell("已 超 期", late)),
            (Cell("要求办理期限", case_limits(case, context) or "无"),),
            (Cell("此前催办", moments_words(case.nudged)),),
            (Cell("此前督办", moments_words(earlier)),),
            (
                Cell(
                    "督办要求",
                    f"请于{until}前反馈办理结果，或者提出解决方案并答复诉求人；办不了的，说明具体理由和依据。",
                ),
            ),
            (Cell("签　　发", SIGN, tall=True), Cell("经　　办", f"{centre.officer}\n{centre.officer_phone}")),
            (Cell("签　　收", SIGN, tall=True), Cell("签收时间", "")),
            (Cell("反馈情况（承办部门填写）", "", tall=True),),
        ),
        notes=(
            f"依据：{centre.mechanism}第九条。逾期仍未按督办要求办理的，将予以通报，并向同级政府报告、抄送同级纪委监委。",
            f"督办单位：{centre.name}（印章）　　{date_words(context.now)}",
        ),
    )


def _late_cell(case: Case, context: DecisionContext) -> str:
    if not is_late(case, context):
        return "未超期"
    days = longest_delay(case, context)
    return f"{days}个工作日" if days else late_words(days)


def circular(case: Case, centre: CentrePaper, context: DecisionContext, *, number: str = "") -> Letter:
    """通报: to all units, copied to government and 纪委监委 of the same level (第九条).

    Like the other two grave papers it raises `ValueError` for a case without 督办.
    """
    _must_be_supervised(case)
    body = (
        Paragraph(
            f"根据{centre.mechanism}（以下简称《工作机制》）第九条的规定，"
            f"现将{_named_words(case, context)}办理“有诉即办”诉求{_matter(case, context)}的情况通报如下。"
        ),
        Paragraph("一、基本情况", Rank.FIRST),
        Paragraph(f"诉求编号：{case.no}。{_facts(case, context)}"),
        Paragraph("二、催办督办经过", Rank.FIRST),
        Paragraph(_pressing(case)),
        Paragraph("三、存在问题", Rank.FIRST),
        Paragraph(_problem(case, context)),
        Paragraph("四、工作要求", Rank.FIRST),
        Paragraph(
            f"请{_named_words(case, context)}立即办理，向诉求人作出答复，并将办理结果送至“有诉即办”窗口。"
            "各有关单位要引以为戒，严格执行限时办结要求，做到有诉即接、有诉即应、有诉即办、有诉必办。"
        ),
    )
    letter = Letter(
        genre=PaperName.CIRCULAR,
        title=f"关于{_named_words(case, context)}“有诉即办”诉求{_matter(case, context)}情况的通报",
        number=reference(centre, "", year_of(context), number),
        addressee="各有关单位",
        body=body,
        signature=centre.name,
        day=date_words(context.now),
        copies=(centre.government, centre.discipline, centre.bureau),
    )
    return scrubbed(letter, case)


def government_report(
    case: Case, centre: CentrePaper, context: DecisionContext, *, number: str = "", signer: str = ""
) -> Letter:
    """报告: upwards, so it asks for nothing and names its signer (第九条“向同级政府报告”)."""
    done = {what for what, _ in case.released}
    circulated = "已对该单位予以通报" if Release.CIRCULAR in done else "将对该单位予以通报"
    copied = "已抄送同级纪委监委" if Release.COPY in done else "抄送同级纪委监委"
    _must_be_supervised(case)
    body = (
        Paragraph(
            f"根据{centre.mechanism}（以下简称《工作机制》）第九条的规定，"
            f"现将{_named_words(case, context)}办理“有诉即办”诉求{_matter(case, context)}的情况报告如下。"
        ),
        Paragraph("一、基本情况", Rank.FIRST),
        Paragraph(f"诉求编号：{case.no}。{_facts(case, context)}"),
        Paragraph("二、催办督办情况", Rank.FIRST),
        Paragraph(f"{_pressing(case)}{_problem(case, context)}"),
        Paragraph("三、下一步措施", Rank.FIRST),
        Paragraph(f"我单位{circulated}，{copied}；继续跟踪督促，直至办结并回访诉求人，办理结果另行报告。"),
        Paragraph("特此报告。"),
    )
    letter = Letter(
        genre=PaperName.REPORT,
        title=f"关于{_named_words(case, context)}“有诉即办”诉求{_matter(case, context)}情况的报告",
        number=reference(centre, "", year_of(context), number),
        addressee=centre.government,
        body=body,
        signature=centre.name,
        day=date_words(context.now),
        attachments=("“有诉即办”问题工作单（个人信息已隐去）", "“有诉即办”督办单", "通报"),
        signer=signer,
    )
    return scrubbed(letter, case)


def discipline_copy(case: Case, centre: CentrePaper, context: DecisionContext, *, number: str = "") -> Letter:
    """抄送函: a cover for the 通报, by the channel agreed with the 纪委监委 (第九条; 通知第三部分（三）)."""
    _must_be_supervised(case)
    body = (
        Paragraph(
            f"{_named_words(case, context)}承办的“有诉即办”诉求（编号{case.no}），"
            f"经我单位督办后仍未按督办要求办理。{_facts(case, context)}"
        ),
        Paragraph(_pressing(case)),
        Paragraph(f"根据{centre.mechanism}第九条的规定，现将有关情况及通报抄送贵单位。"),
    )
    letter = Letter(
        genre=PaperName.COPY,
        title=f"关于抄送{_named_words(case, context)}“有诉即办”诉求{_matter(case, context)}情况的函",
        number=reference(centre, "函", year_of(context), number),
        addressee=centre.discipline,
        body=body,
        signature=centre.name,
        day=date_words(context.now),
        attachments=("通报",),
    )
    return scrubbed(letter, case)


def _named_words(case: Case, context: DecisionContext) -> str:
    """Whom the paper is about: as issued, or as it would be issued now."""
    issued = bool(case.released) or (case.supervision_due is not None and not case.level >= Level.IGNORED)
    return names(named(case) if issued else answerable(case, context.now))


def _must_be_supervised(case: Case) -> None:
    """通报、报告、抄送 follow a 督办 that was not heeded, nothing less (第九条)."""
    if not case.supervised:
        raise ValueError(f"{case.no} was never supervised")


def _matter(case: Case, context: DecisionContext) -> str:
    return "逾期" if is_late(case, context) else "督办未落实"


def _facts(case: Case, context: DecisionContext) -> str:
    """Channel, dispatch, limit, state: each from an event."""
    about = f"，反映“{case.matter}”"
    lead = f"，{case.departments}" if len(case.units) > 1 else ""
    limit = case_limits(case, context).replace("：", "") or "空"
    return (
        f"该诉求于{date_words(case.reported_at)}经{source_words(case)}收到{about}。"
        f"{moments_words(case.dispatched)}转办{lead}。办理期限为{limit}。"
        f"截至{moment_words(context.now)}，状态为“{STATE_NAMES[case.state]}”。{parts_done(case)}"
    )


def _pressing(case: Case) -> str:
    """催办 and 督办 with their times, as recorded."""
    studied = f"于{moments_words(case.consulted)}组织会商，" if case.consulted else ""
    nudged = f"先后催办{len(case.nudged)}次（{moments_words(case.nudged)}），" if case.nudged else ""
    last = "最近一次" if len(case.supervised) > 1 else ""
    due = f"，要求于{moment_words(case.supervision_due)}前落实" if case.supervision_due else ""
    return (
        f"我单位{studied}{nudged}督办{len(case.supervised)}次（{moments_words(case.supervised)}），"
        f"{last}督办单编号{case.supervision_no}{due}。"
    )


def _problem(case: Case, context: DecisionContext) -> str:
    ignored = f"督办期满，{_named_words(case, context)}仍未按督办要求办理"
    if not is_late(case, context):
        return f"{ignored}。"
    return f"{ignored}，已{late_words(longest_delay(case, context))}，不符合《工作机制》第八条限时办结的要求。"
