"""The 台账 in a chat: counts first, then rows; never a name or a number of a complainant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.cards import blocks
from domain.case import Actor, Case
from domain.explain import limit_words
from domain.ledger_form import HEADERS
from domain.office_hours import TZ
from domain.rules import DecisionContext
from domain.vocabulary import STATE_NAMES, Role
from domain.waiting import Matter, before

PAGE = 10
#: Columns of the 台账 that name or reach a complainant stay out of the chat.
_HIDDEN = frozenset({"姓名或单位名称", "单位联系人", "联系方式", "主要诉求", "办理情况"})


def summary(counts: Any, centre: str, now: datetime) -> str:
    """`counts` is `services.store.statistics.Summary`."""
    lines = [
        f"【{centre}“有诉即办”台账】（{now.astimezone(TZ):%m-%d %H:%M}）",
        f"在办 {counts.open} 件，今日到期 {counts.due_today} 件，已超期 {counts.overdue} 件",
    ]
    if counts.by_state:
        lines.append("按状态：" + "，".join(f"{name} {n}" for name, n in counts.by_state))
    if counts.departments:
        loads = [
            f"{load.name} {load.open}" + (f"（超期{load.late}）" if load.late else "") for load in counts.departments
        ]
        lines.append("按部门：" + "，".join(loads))
    weeks = [f"{week.start:%m-%d}起 收{week.registered} 结{week.closed}" for week in counts.trend]
    lines.append("本月趋势：" + "；".join(weeks))
    return "\n".join(lines)


def department(counts: Any, name: str, context: DecisionContext) -> str:
    """A department at a glance, for its liaisons and its leader: what it holds, what is due, what is late.

    `counts` is `services.papers.ledger_pages.DepartmentCounts`.
    """
    lines = [
        f"【{name}“有诉即办”】（{context.now.astimezone(TZ):%m-%d %H:%M}）",
        f"在手 {counts.held} 件（待签收 {counts.unsigned} 件），今日到期 {counts.due_today} 件，"
        f"已超期 {counts.late} 件；已报结果待质检、回访 {counts.total - counts.held - counts.closed} 件，"
        f"已办结 {counts.closed} 件",
    ]
    if counts.late:
        lines.append("请督促办理：" + "、".join(counts.late_numbers))
    return "\n".join(lines)


def waiting(undecided: Any, context: DecisionContext, actor: Actor) -> str:
    """What waits for the decision of this manager or lead; empty when nothing does.

    `undecided` is `services.papers.ledger_pages.Undecided`.
    """
    lead = actor.has(Role.LEAD)
    matters = {case.no: {item.matter for item in before(case, actor, context)} for case in undecided.cases}
    asked = [no for no, found in matters.items() if Matter.REQUEST in found]
    drafts = [no for no, found in matters.items() if Matter.RELEASE in found]
    late = ("已超期、还没有督办", undecided.late, undecided.late_numbers)
    shown = [
        ("待您裁定", len(asked), asked[:PAGE]),
        ("待您签发通报、报告、抄送", len(drafts), drafts[:PAGE]) if lead else late,
    ]
    return "\n".join(f"{what} {count} 件：{'、'.join(nos)}" for what, count, nos in shown if count)


def copied(cases: Sequence[Case], centre: str) -> str:
    """For 纪检: how many were copied to it, and how many of them are still not done."""
    open_ = [case for case in cases if case.state.is_open]
    units = Counter(case.units[0].name for case in cases if case.units)
    by_unit = "，".join(f"{name} {count}" for name, count in units.most_common())
    return f"【{centre}抄送纪检的诉求】共 {len(cases)} 件，尚未办结 {len(open_)} 件（已脱敏）\n按牵头部门：{by_unit}"


def rows(page: Any, name: str, context: DecisionContext) -> str:
    """One page of the rows, the newest number last; `page` is `services.papers.ledger_pages.LedgerPage`."""
    lines = [f"【{name}】共 {page.count} 件，第 {page.number}/{page.pages} 页"]
    for case in page.cases:
        clock = case.running
        words = [STATE_NAMES[case.state], case.departments]
        if clock is not None:
            words.append(("已超期 " if context.now > clock.at else "") + limit_words(clock))
        lines.append(f"- {case.no} {blocks.title(case)}｜{'｜'.join(word for word in words if word)}")
    if page.number < page.pages:
        lines.append(f"下一页：/台账 {name} {page.number + 1}")
    return "\n".join(lines)


def one(no: str, cells: Sequence[str]) -> str:
    """The ledger row of one case, column by column, without what names the complainant."""
    pairs = zip(HEADERS, cells, strict=True)
    lines = [f"- {header}：{cell}" for header, cell in pairs if header not in _HIDDEN and header != "序号" and cell]
    return "\n".join([f"【{no} 台账】", *lines])
