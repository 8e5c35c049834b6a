"""One of every paper, made from cases that went the way they go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from domain import commands as c
from domain.vocabulary import Category, Rating, Stage
from papers import text as p
from tests.kit.cases import HOUSING, LIAISON, MANAGER, MEDICAL, SOCIAL, UNIT_PRIVATE, WINDOW, Story, on, when

CENTRE = p.CentrePaper(
    name="示例市虚构区政务服务中心",
    government="示例市虚构区人民政府",
    discipline="中共示例市虚构区纪律检查委员会",
    bureau="示例市虚构区政务服务和大数据管理局",
    officer="窗甲",
    officer_phone="000-0005678",
    code="示政服",
    mechanism="《示例市“有诉即办”工作机制（试行）》",
    notice="《示例市关于开展“有诉即办”工作的通知》（示政数〔2022〕1号）",
)
NUMBERS = p.MonthNumbers(
    "2026年11月", received=340, on_the_spot=41, finished=300, cleared=270, due=68, due_in_time=67,
    due_in_original_time=60, to_call=300, called=300, reached=280, rated=(120, 100, 40, 12, 4), unanswered=20,
    anonymous=6, unrated=4, withdrawn=3, transferred=8,
)  # fmt: skip
#: Two departments and what is with none: together the 340 of the month.
BREAKDOWNS = (
    p.Breakdown(
        "部门",
        (
            ("人力资源和社会保障局", p.MonthNumbers("2026年11月", received=200, finished=180, due=40, due_in_time=40)),
            ("住房和城乡建设局", p.MonthNumbers("2026年11月", received=130, finished=120, due=28, due_in_time=27)),
            ("未转办", p.MonthNumbers("2026年11月", received=10)),
        ),
    ),
    p.Breakdown("类别", (("办不了", p.MonthNumbers("2026年11月", received=340, finished=300)),)),
)


def ignored(**changes: Any) -> Story:
    """办不了, nudged three times, overdue on 11-26, supervised on 11-27, not heeded by 12-01."""
    story = Story(**changes).given(Category.CANNOT)
    for moment in ("11-25 09:00", "11-26 09:00", "11-26 15:00", "11-27 09:00"):
        story.tick(moment)
    story.do("11-27 09:40", MANAGER, c.Supervise(on("12-01"), "2026督3"))
    story.tick("12-02 09:00")
    return story


def grave(story: Story) -> tuple[p.Letter, ...]:
    """通报、报告、抄送函."""
    case, context = story.case, story.context("12-02 10:00")
    return (
        p.circular(case, CENTRE, context, number="12"),
        p.government_report(case, CENTRE, context, number="13", signer="负甲"),
        p.discipline_copy(case, CENTRE, context, number="014"),
    )


def _letters() -> Iterator[p.Paper]:
    referred = Story().confirm()
    referred.do("11-23 09:50", MANAGER, c.Classify(Category.NOT_STATIONED))
    referred.do("11-23 10:00", MANAGER, c.Refer("示例市虚构区税务局", on("11-30")))
    yield p.referral_letter(referred.case, CENTRE, referred.context("11-23 10:10"), number="7")
    transferred = Story().confirm()
    transferred.do("11-23 09:50", MANAGER, c.Classify(Category.OUT_OF_SCOPE))
    transferred.do("11-23 10:00", MANAGER, c.Transfer("示例市虚构区人民法院", "电话告知"))
    context = transferred.context("11-23 10:10")
    yield p.transfer_letter(transferred.case, CENTRE, context, number="8")
    yield p.transfer_notice(transferred.case, CENTRE, context, body_phone="000-0009999", other_way="诉讼")
    refused = Story().given(Category.CANNOT)
    refused.do("11-24 10:00", LIAISON, c.CannotDo("原参保地未办结停保手续", "《示例办法》第三条"))
    yield p.cannot_do_answer(refused.case, CENTRE, refused.context("11-24 10:10"), other_way="到原参保地办理。")
    refused.do("11-24 11:00", MANAGER, c.Review(False, "测甲一反映的第二个问题没有回应"))
    yield p.redo_notice(refused.case, CENTRE, refused.context("11-24 11:10"))
    done = Story().given().answered().reviewed()
    done.do("11-24 14:00", WINDOW, c.CallBack(Rating.SATISFIED))
    context = done.context("12-01 09:00")
    yield p.guidance_case(done.case, CENTRE, context, p.Lesson(scope="跨省转移", joint=("人社局",)), number="3")
    frequent = p.MonthWords(frequent=("社保转移（31件）",))
    yield p.monthly_report(NUMBERS, CENTRE, context, frequent, number="11", breakdowns=BREAKDOWNS)


def _forms() -> Iterator[p.Paper]:
    story = ignored()
    yield p.supervision_form(story.case, CENTRE, story.context("12-02 10:00"))
    asked = Story().given(Category.HARD)
    context = asked.context("11-25 10:10")
    extension = p.Extension("人社局", Stage.PLAN, on("11-30"), on("12-04"), when("11-25 10:00"), "待外省核验")
    yield p.extension_form(asked.case, CENTRE, context, extension)
    decline = p.Decline("人社局", when("11-24 09:00"), "征缴由税务部门负责", "税务局")
    verdict = p.Verdict(False, when("11-24 11:00"), "属人社局职责")
    yield p.decline_ruling(asked.case, CENTRE, context, decline, verdict=verdict)
    materials = ("停保证明", "身份证明")
    suspension = p.Suspension("待诉求人补充材料", when("11-25 10:00"), on("12-09"), on("11-30"), materials)
    yield p.suspension_notice(asked.case, CENTRE, context, suspension)
    resumption = p.Resumption(when("11-25 10:00"), when("11-30 10:00"), 3, on("11-30"), on("12-03"))
    yield p.resumption_notice(asked.case, CENTRE, asked.context("11-30 10:10"), resumption)


def genre(paper: p.Paper) -> p.PaperName:
    """Which paper it is."""
    return p.PaperName.WORK_ORDER if isinstance(paper, p.WorkOrder) else paper.genre


def every_paper() -> list[p.Paper]:
    """One of each kind, the 工作单 of a company with three departments first."""
    work = Story(private=UNIT_PRIVATE).given(Category.COMPLEX, SOCIAL, HOUSING, MEDICAL)
    order = p.work_order(work.case, CENTRE, work.context("11-23 11:00"))
    return [order, *_letters(), *grave(ignored()), *_forms()]


def strings(value: Any) -> Iterator[str]:
    """Every string of a paper."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from strings(item)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from strings(getattr(value, field.name))


def text(paper: Any) -> str:
    """All of it, one line a string."""
    return "\n".join(strings(paper))
