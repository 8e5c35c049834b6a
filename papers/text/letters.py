"""Letters to other bodies, to the complainant and to the departments: 函转、转交、告知、“办不了”答复、退回重办."""

from __future__ import annotations

from domain.case import Case
from domain.explain import clock_for
from domain.papers import CentrePaper, PaperName
from domain.privacy import scrub
from domain.rules import DecisionContext
from domain.vocabulary import TRANSFER, Category
from papers.text.shapes import Letter, Paragraph, Rank
from papers.text.words import (
    WORK_ORDER,
    addressee_name,
    contact_note,
    date_words,
    reference,
    source_words,
    subject,
    telling,
    units_words,
    until_words,
    year_of,
)

_ASIDE = "诉求人的联系方式由我单位经办人另行提供，请严格保密。"


def _paragraphs(*texts: str) -> tuple[Paragraph, ...]:
    return tuple(Paragraph(text) for text in texts if text)


def referral_letter(
    case: Case, centre: CentrePaper, context: DecisionContext, *, number: str = "", masked: bool = True
) -> Letter:
    """函转函: to a body that is not stationed in the hall (通知第三部分（一）), or of another level (第七条)."""
    if case.category is Category.NOT_STATIONED:
        why = "该诉求涉及的业务属于贵单位职责，且未进驻我中心"
        basis = f"{centre.notice}第三部分第（一）项"
    else:
        why, basis = "该诉求涉及跨层级办理", f"{centre.mechanism}第七条"
    until = f"于{date_words(case.clock.date)}前" if case.clock else "及时"
    return Letter(
        genre=PaperName.REFERRAL,
        title=f"关于转请办理{_outward(case, masked)}的函",
        number=reference(centre, "函", year_of(context), number),
        addressee=units_words(case),
        body=_paragraphs(
            f"{date_words(case.reported_at)}，我单位收到经{source_words(case)}反映的诉求（编号{case.no}）。经研判，{why}。"
            f"根据{basis}的规定，现函转贵单位依法依规办理。",
            f"请{until}提出解决方案或者办理意见，答复诉求人，并将办理情况函告我单位。{_ASIDE}",
        ),
        signature=centre.name,
        day=date_words(context.now),
        attachments=(WORK_ORDER,),
        note=contact_note(centre),
    )


def transfer_letter(
    case: Case, centre: CentrePaper, context: DecisionContext, *, number: str = "", masked: bool = True
) -> Letter:
    """转交函: outside government services, so for the body to handle by law (第六条)."""
    return Letter(
        genre=PaperName.TRANSFER,
        title=f"关于转交{_outward(case, masked)}的函",
        number=reference(centre, "函", year_of(context), number),
        addressee=units_words(case),
        body=_paragraphs(
            f"{date_words(case.reported_at)}，我单位收到经{source_words(case)}反映的诉求（编号{case.no}）。"
            "经研判，该诉求不属于政务服务范围，属于贵单位职责。"
            f"根据{centre.mechanism}第六条的规定，现转交贵单位依法依规处理，"
            f"我单位{'已将转交情况告知诉求人' if case.was_told(TRANSFER) else '将另行告知诉求人'}。",
            f"请贵单位直接答复诉求人。{_ASIDE}",
        ),
        signature=centre.name,
        day=date_words(context.now),
        attachments=(WORK_ORDER,),
        note=contact_note(centre),
    )


def transfer_notice(
    case: Case,
    centre: CentrePaper,
    context: DecisionContext,
    *,
    number: str = "",
    masked: bool = False,
    body_phone: str = "",
    other_way: str = "",
) -> Letter:
    """告知书 (范围外): to the complainant, where the matter went and what else is open to him (第六条“告知诉求人”).

    `body_phone` is the public number of that body; `other_way` a statutory way (复议、诉讼), if known.
    """
    unit = units_words(case)
    phone = f"（联系电话：{body_phone}）" if body_phone else ""
    moved = case.finished_at or context.now
    return Letter(
        genre=PaperName.TRANSFER_NOTICE,
        title="关于诉求转交办理情况的告知书",
        number=reference(centre, "告", year_of(context), number),
        addressee=addressee_name(case, masked),
        body=_paragraphs(
            f"您于{date_words(case.reported_at)}反映的诉求（编号{case.no}）收悉。经研判，该诉求不属于政务服务范围。",
            f"根据{centre.mechanism}第六条的规定，我单位已于{date_words(moved)}将该诉求转交{unit}{phone}依法依规处理，"
            "由其直接向您答复。",
            f"您也可以通过{other_way}反映。" if other_way else "",
            "特此告知。",
        ),
        signature=centre.name,
        day=date_words(context.now),
        note=contact_note(centre),
    )


def cannot_do_answer(
    case: Case,
    centre: CentrePaper,
    context: DecisionContext,
    *,
    number: str = "",
    masked: bool = False,
    other_way: str = "",
) -> Letter:
    """“办不了”答复: conclusion, reason, basis, other ways, remedies (第八条; 通知第三部分（一）“明确告知不能办的原因”).

    The words of reason and basis are the department's, from the case; the feedback is the centre's (第十条).
    """
    private = case.private
    reason, basis = (scrub(text, telling(case)) if masked else text for text in (private.outcome, private.basis))
    unit = units_words(case) or "责任部门"
    remedy = (
        f"如对本答复有异议，您可以向我单位或者{centre.bureau}提出；"
        "属于行政复议、行政诉讼受理范围的，可以依法申请行政复议或者提起行政诉讼。"
    )
    sections = (
        ("办理结论", f"经{unit}研究，您反映的事项目前不能办理。"),
        ("具体理由", reason),
        ("依据", basis),
        ("其他办理渠道", other_way),
        ("救济途径", remedy),
    )
    body = [
        Paragraph(
            f"您于{date_words(case.reported_at)}反映的诉求（编号{case.no}）收悉。"
            f"根据{centre.mechanism}第八条、第十条的规定，现将办理情况答复如下。"
        )
    ]
    for count, (head, text) in zip("一二三四五", ((head, text) for head, text in sections if text), strict=False):
        body += [Paragraph(f"{count}、{head}", Rank.FIRST), Paragraph(text)]
    return Letter(
        genre=PaperName.CANNOT,
        title="关于诉求事项不能办理的答复",
        number=reference(centre, "答", year_of(context), number),
        addressee=addressee_name(case, masked),
        body=tuple(body),
        signature=centre.name,
        day=date_words(context.now),
        note=contact_note(centre),
    )


def redo_notice(
    case: Case,
    centre: CentrePaper,
    context: DecisionContext,
    *,
    number: str = "",
    masked: bool = True,
    reason: str = "",
) -> Letter:
    """退回重办通知 (第n次): why it comes back, what is asked, until when (第十条).

    `reason` defaults to why the case was last sent back. Whether the review or the complainant sent
    it back is read from the times of the events.
    """
    times = len(case.returned)
    called = bool(case.calls and case.returned and case.calls[-1] == case.returned[-1])
    cause = "经回访，诉求人对办理结果不满意" if called else "经质检，办理结果不符合要求"
    opinion = (reason or case.private.redo).rstrip("。；")
    words = scrub(opinion, telling(case)) if masked else opinion
    clock = clock_for(case, context)
    until = f"请于{until_words(clock)}" if clock else "请尽快"
    return Letter(
        genre=PaperName.REDO,
        title=f"关于退回重办{_outward(case, masked)}的通知\n（第{max(times, 1)}次）",
        number=reference(centre, "", year_of(context), number),
        addressee=units_words(case),
        body=(
            Paragraph(
                f"你单位报送的诉求（编号{case.no}）办理结果收悉。{cause}。"
                f"根据{centre.mechanism}第十条的规定，现予退回重办，有关事项通知如下。"
            ),
            Paragraph("一、退回原因", Rank.FIRST),
            Paragraph(f"{words or '详见质检、回访记录'}。"),
            Paragraph("二、重办要求", Rank.FIRST),
            Paragraph("请针对退回原因逐项核实办理，不得重复报送原结果；确属“办不了”的，应当说明具体理由和依据。"),
            Paragraph("三、重办期限", Rank.FIRST),
            Paragraph(f"{until}将重办结果送至“有诉即办”窗口。已发生的超期情况不因重办而消除。"),
        ),
        signature=centre.name,
        day=date_words(context.now),
        note=contact_note(centre),
    )


def _outward(case: Case, masked: bool) -> str:
    """The subject of a letter: the title is masked already, but what was added later may name somebody in it."""
    title = subject(case)
    return scrub(title, telling(case)) if masked else title
