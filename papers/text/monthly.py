"""月报: the indicators of a month, each with its numerator and denominator and what it leaves out.

Counted by the caller; nothing here is a person's. A rate without a denominator is no rate: it prints 无.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.monthly import Breakdown, MonthNumbers
from domain.papers import CentrePaper, PaperName
from domain.rules import DecisionContext
from domain.vocabulary import LEVELS, Rating
from papers.text.shapes import Chart, Letter, Paragraph, Rank, Table
from papers.text.words import date_words

NONE = "无"


@dataclass(frozen=True, slots=True)
class MonthWords:
    """What the office writes beside the numbers: frequent matters, typical cases, suggestions."""

    frequent: tuple[str, ...] = ()
    typical: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()


def rate(part: int, whole: int) -> str:
    """`98.53%（67/68）` to two decimals, halves up; 无 when there is nothing to divide by.

    Raises `ValueError` when the part is not part of the whole: a wrong number must not be printed.
    """
    if not 0 <= part <= whole:
        raise ValueError(f"{part} of {whole}")
    if whole == 0:
        return NONE
    hundredths = (part * 20_000 + whole) // (2 * whole)
    return f"{hundredths // 100}.{hundredths % 100:02d}%（{part}/{whole}）"


def _rows(n: MonthNumbers, satisfying: frozenset[Rating]) -> tuple[tuple[str, ...], ...]:
    """(indicator, how it is counted, value, what is left out); `satisfying` are the levels that count as satisfied."""
    named = [level for level in LEVELS if level in satisfying]
    satisfied, voted = sum(n.rated[LEVELS.index(level)] for level in named), sum(n.rated)
    left_out = f"未联系上{n.unanswered}、匿名{n.anonymous}、拒评{n.unrated}、撤回{n.withdrawn}、转交{n.transferred}"
    no_call = f"匿名{n.anonymous}、撤回{n.withdrawn}、转交{n.transferred}"
    return (
        ("受理件数", "期内登记", str(n.received), f"上期结转{n.carried}"),
        ("当场办结率", "当场办结÷受理", rate(n.on_the_spot, n.received), "—"),
        ("办结件数", "期内办结", str(n.finished), f"转交{n.transferred}、撤回{n.withdrawn}"),
        ("销号率", "清零销号÷办结", rate(n.cleared, n.finished), "—"),
        ("按期办结率（批准时限）", "按期办结÷期内到期", rate(n.due_in_time, n.due), "未到期"),
        ("按期办结率（原时限）", "按原时限办结÷期内到期", rate(n.due_in_original_time, n.due), "未到期"),
        ("方案按时率", "按时报送方案÷应报方案", rate(n.plans_in_time, n.plans_due), "一阶段事项"),
        ("回访率", "已回访÷应回访", rate(n.called, n.to_call), no_call),
        ("回访接通率", "接通÷已回访", rate(n.reached, n.called), "—"),
        ("满意率", f"{'、'.join(named)}÷有效评价", rate(satisfied, voted), left_out),
        ("退回重办率", "发生退回÷报送结果", rate(n.returned, n.results), "—"),
        ("退单率", "退单申请÷转办", rate(n.declined, n.dispatched), "—"),
        ("退单成立率", "同意退单÷退单申请", rate(n.declines_granted, n.declined), "—"),
        ("延期率", "批准延期÷转办", rate(n.extended, n.dispatched), "—"),
        ("催办、督办、通报", "件数", f"{n.nudged}、{n.supervised}、{n.circulated}", "—"),
        ("督办落实率", "督办后落实÷督办", rate(n.supervision_heeded, n.supervised), "—"),
    )


_GROUP_HEAD = ("受理", "结转", "办结", "按期办结率", "满意率", "退回", "督办")
_GROUP_WIDTHS = (36, 13, 13, 13, 29, 30, 11, 11)
_COUNTING = ["二、", "三、", "四、", "五、", "六、", "七、"]


def _group_row(name: str, n: MonthNumbers, satisfying: frozenset[Rating]) -> tuple[str, ...]:
    satisfied = sum(n.rated[LEVELS.index(level)] for level in satisfying)
    counts = map(str, (n.received, n.carried, n.finished))
    rates = (rate(n.due_in_time, n.due), rate(satisfied, sum(n.rated)))
    return (name, *counts, *rates, str(n.returned), str(n.supervised))


def _breakdown(part: Breakdown, whole: MonthNumbers, satisfying: frozenset[Rating]) -> Table:
    rows = [_group_row(name, numbers, satisfying) for name, numbers in (*part.groups, ("合计", whole))]
    return Table((part.what, *_GROUP_HEAD), tuple(rows), _GROUP_WIDTHS)


def _chart(part: Breakdown) -> Chart:
    series = (("受理", "received"), ("办结", "finished"))
    return Chart(
        f"各{part.what}受理、办结件数",
        tuple(name for name, _ in part.groups),
        tuple((name, tuple(getattr(numbers, field) for _, numbers in part.groups)) for name, field in series),
    )


def _sections(
    breakdowns: Sequence[Breakdown], numbers: MonthNumbers, satisfying: frozenset[Rating]
) -> Iterator[tuple[str, list[Paragraph | Table | Chart]]]:
    """分部门、分类别: the table of each that has anybody in it, and a picture of the first."""
    for place, part in enumerate(breakdown for breakdown in breakdowns if breakdown.groups):
        said = Paragraph(f"按牵头{part.what}计，各行相加等于合计，先后不是排名。") if part.what == "部门" else None
        picture = [_chart(part)] if place == 0 else []
        table = _breakdown(part, numbers, satisfying)
        yield f"分{part.what}情况", [*([said] if said else []), table, *picture]


def monthly_report(
    numbers: MonthNumbers,
    centre: CentrePaper,
    context: DecisionContext,
    words: MonthWords | None = None,
    *,
    number: str = "",
    breakdowns: Sequence[Breakdown] = (),
) -> Letter:
    """The month's tables, a picture, and the three parts the office writes itself.

    Raises `ValueError` for impossible numbers.
    """
    words = words or MonthWords()
    votes = "、".join(f"{level}{count}件" for level, count in zip(LEVELS, numbers.rated, strict=True))
    written = (("高频问题", words.frequent), ("典型案例", words.typical), ("工作建议", words.suggestions))
    table = Table(("指标", "算法", "数值", "不计入"), _rows(numbers, context.rules.satisfied), (36, 44, 40, 36))
    body: list[Paragraph | Table | Chart] = [
        Paragraph("一、总体情况", Rank.FIRST),
        Paragraph(
            f"{numbers.period}，我单位受理诉求{numbers.received}件，上期结转{numbers.carried}件，办结{numbers.finished}件，"
            f"清零销号{numbers.cleared}件。有效评价{sum(numbers.rated)}件：{votes}。"
        ),
        table,
    ]
    sections = list(_sections(breakdowns, numbers, context.rules.satisfied))
    for head, items in written:
        text = "\n".join(f"{count}. {item}" for count, item in enumerate(items, start=1))
        sections.append((head, [Paragraph(text or "本期无。")]))
    for place, (head, parts) in zip(_COUNTING, sections, strict=False):
        body += [Paragraph(f"{place}{head}", Rank.FIRST), *parts]
    return Letter(
        genre=PaperName.MONTH,
        title=f"“有诉即办”诉求响应工作月报\n（{numbers.period}）",
        number=f"第{number}期" if number else "",
        addressee="",
        body=tuple(body),
        signature=centre.name,
        day=date_words(context.now),
        note=f"统计依据：{centre.mechanism}第八条至第十条。“无”表示本期没有应计件。",
    )
