"""Why a limit is that very moment (“为什么是这一刻”): one line for a card, all steps for the command line."""

from __future__ import annotations

from domain.case import Case, Clock, SubOrder
from domain.decisions.route import assist_clock, start_clock
from domain.event_fields import clock_of
from domain.office_hours import TZ
from domain.rules import DecisionContext
from domain.vocabulary import STAGE_NAMES, WITH_DEPARTMENT, Stage

_ARTICLES: dict[Stage, str] = {
    Stage.ANSWER: "第八条",
    Stage.PLAN: "第八条",
    Stage.PROMISE: "本中心规定，当场不能办结的先承诺日期，第八条",
    Stage.RESULT: "承诺时限，第八条",
    Stage.REDO: "退回重办，第十条",
}


def clock_for(case: Case, context: DecisionContext) -> Clock | None:
    """The limit to show: the running one, or what it will be when the work order is delivered now."""
    if case.running is not None or case.state not in WITH_DEPARTMENT or case.category is None:
        return case.running
    return clock_of({"clock": start_clock(case, context.now, context)})


def assist_clock_for(case: Case, order: SubOrder, context: DecisionContext) -> Clock | None:
    """A co-department's limit to show: its own, or what it will be when the work order is delivered now (第七条)."""
    if order.received_at is not None or case.state not in WITH_DEPARTMENT or case.category is None:
        return order.running
    return clock_of({"clock": assist_clock(case, context.now, context)})


def labelled_limits(case: Case) -> list[tuple[str, Clock]]:
    """Return every limit of a case, of one that was moved the newest, as (label, clock).

    Two-stage matters have both dates (第八条); a promised date gives way to the result's.
    """
    newest: dict[tuple[int, Stage], Clock] = {}
    for round_, clock in case.limits:
        if clock.stage is Stage.RESULT:
            newest.pop((round_, Stage.PROMISE), None)
        newest[(round_, clock.stage)] = clock
    planned = any(stage is Stage.PLAN for _, stage in newest)
    return [(limit_label(clock.stage, planned=planned), clock) for clock in newest.values()]


def limit_label(stage: Stage, *, planned: bool) -> str:
    """Return what stands before a limit where a form prints several: `结果：` only beside a plan's date."""
    return {Stage.PLAN: "方案：", Stage.REDO: "重办：", Stage.RESULT: "结果：" if planned else ""}.get(stage, "")


def limit_words(clock: Clock) -> str:
    """`11-26 17:00前·答复意见`, with 暂定 where the calendar is not published yet."""
    provisional = "（暂定）" if clock.provisional else ""
    return f"{clock.at.astimezone(TZ):%m-%d %H:%M}前{provisional}·{STAGE_NAMES[clock.stage]}"


def why(case: Case, clock: Clock, context: DecisionContext) -> str:
    """`11-23收到，次日起算第3个工作日（第八条）；跳过11-28、11-29` in one line."""
    article = _ARTICLES[clock.stage]
    received = (case.received_at or context.now).astimezone(TZ)
    if clock.days is None:
        return f"期限{clock.date:%m-%d}是约定日期（{article}）"
    steps = context.calendar.due(received, clock.days + case.paused_days).steps
    skipped = [step.date for step in steps if not step.counted][1:]
    paused = f"，中止的{case.paused_days}个工作日不计" if case.paused_days else ""
    tail = f"；跳过{'、'.join(f'{day:%m-%d}' for day in skipped)}" if skipped else ""
    return f"{received:%m-%d}收到，次日起第{clock.days}个工作日（{article}）{paused}{tail}"
