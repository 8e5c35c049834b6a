"""催办督办 (第九条): nudge, issue the 督办单, release or hold the grave acts, reopen."""

from __future__ import annotations

from bot import texts
from bot.context import Ask, Context, Reply
from bot.handlers.common import act, done
from bot.router import Router
from bot.words import BadWords, split_list, take_date
from domain.commands import Approve, Conclude, Hold, Nudge, Reopen
from domain.prompts import PromptCode
from domain.vocabulary import Release
from services.cases.supervision import supervise

router = Router()


@router.errand("催办", "nudge", "/催办 编号", "提醒承办部门", "管理机构")
async def on_nudge(ctx: Context, ask: Ask) -> Reply:
    """催办 by hand."""
    outcome = await act(ctx, ask, Nudge())
    return done(ctx, ask, outcome, texts.NUDGED.format(no=outcome.case.no))


@router.errand("督办", "supervise", "/督办 编号 YYYY-MM-DD", "签发督办单", "管理机构")
async def on_supervise(ctx: Context, ask: Ask) -> Reply:
    """督办: the usual date unless another is given."""
    day, _ = take_date(ask.rest, ctx.now)
    if day is None:
        bench = ctx.office.bench(ask.case.rules)
        day = bench.calendar.due(bench.now, bench.rules.supervision_days).date
    outcome = await supervise(ctx.office, ask.case_id, day, ctx.actor, turn=ask.turn)
    said = texts.SUPERVISED.format(no=outcome.case.no, number=outcome.case.supervision_no, date=day.isoformat())
    return done(ctx, ask, outcome, said)


@router.errand("签发", "approve", "/签发 编号 [通报|报告|抄送]", "签发通报、报告、抄送", "负责人")
async def on_approve(ctx: Context, ask: Ask) -> Reply:
    """签发: all three, or the ones named."""
    names = split_list(ask.rest)
    if any(name not in set(Release) for name in names):
        raise BadWords("可签发的有：" + "、".join(Release) + "。")
    outcome = await act(ctx, ask, Approve(tuple(Release(name) for name in names)))
    released = "、".join(str(event.data["what"]) for event in outcome.events)
    return done(ctx, ask, outcome, texts.APPROVED.format(no=outcome.case.no, what=released))


@router.errand("暂缓", "hold", "/暂缓 编号 理由", "暂不签发，写明理由", "负责人", asks=PromptCode.HOLD)
async def on_hold(ctx: Context, ask: Ask) -> Reply:
    """暂缓."""
    outcome = await act(ctx, ask, Hold(ask.rest))
    return done(ctx, ask, outcome, texts.HELD.format(no=outcome.case.no))


@router.errand(
    "依法办结",
    "conclude",
    "/依法办结 编号 说明",
    "结果合法但诉求人不满意，书面说明后办结",
    "负责人",
    asks=PromptCode.CONCLUDE,
)
async def on_conclude(ctx: Context, ask: Ask) -> Reply:
    """依法办结."""
    outcome = await act(ctx, ask, Conclude(ask.rest))
    return done(ctx, ask, outcome, texts.CONCLUDED.format(no=outcome.case.no))


@router.errand("重开", "reopen", "/重开 编号 理由", "办结后发现新情况，重新打开", "负责人")
async def on_reopen(ctx: Context, ask: Ask) -> Reply:
    """重新打开."""
    outcome = await act(ctx, ask, Reopen(ask.rest))
    return done(ctx, ask, outcome, texts.REOPENED.format(no=outcome.case.no))
