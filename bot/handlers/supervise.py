"""催办督办 (第九条): nudge, issue the 督办单, release or hold the grave acts, reopen."""

from __future__ import annotations

from bot import texts
from bot.context import CommandArgs, Context, Reply, Several
from bot.handlers.common import act, calendar, done
from bot.router import Router
from bot.words import BadWords, day_words, split_list, take_date
from domain.commands import Approve, Conclude, Hold, Nudge, Reopen
from domain.prompts import PromptCode
from domain.vocabulary import Release
from services.cases.supervision import supervise

router = Router()


@router.command("催办", "nudge", "/催办 编号", "提醒承办部门", "管理机构", several=Several.SPACED)
async def on_nudge(ctx: Context, args: CommandArgs) -> Reply:
    """Remind the department by hand (第九条)."""
    outcome = await act(ctx, args, Nudge())
    return done(ctx, args, outcome, texts.NUDGED.format(no=outcome.case.no))


@router.command("督办", "supervise", "/督办 编号 YYYY-MM-DD", "签发督办单", "管理机构", several=Several.SPACED)
async def on_supervise(ctx: Context, args: CommandArgs) -> Reply:
    """督办: the usual date unless another is given; a button proposed one when it was drawn, which may be past."""
    days = calendar(ctx, args)
    day, _ = take_date(args.rest, ctx.now, days)
    context = ctx.app.decision_context(args.case.rules)
    over = day is not None and (not context.calendar.is_workday(day) or context.calendar.closing(day) <= ctx.now)
    if day is None or (args.pressed and over):
        day = context.calendar.due(context.now, context.rules.supervision_days).date
    outcome = await supervise(ctx.app, args.case_id, day, ctx.actor, epoch=args.epoch)
    said = texts.SUPERVISED.format(
        no=outcome.case.no, number=outcome.case.supervision_no, date=day_words(day, ctx.now, days)
    )
    return done(ctx, args, outcome, said)


@router.command(
    "签发", "approve", "/签发 编号 [通报|报告|抄送]", "签发通报、报告、抄送", "负责人", several=Several.SPACED
)
async def on_approve(ctx: Context, args: CommandArgs) -> Reply:
    """签发: all three, or the ones named."""
    names = split_list(args.rest)
    if any(name not in set(Release) for name in names):
        raise BadWords("可签发的有：" + "、".join(Release) + "。")
    outcome = await act(ctx, args, Approve(tuple(Release(name) for name in names)))
    released = "、".join(str(event.data["what"]) for event in outcome.events)
    return done(ctx, args, outcome, texts.APPROVED.format(no=outcome.case.no, what=released))


@router.command(
    "暂缓", "hold", "/暂缓 编号 [YYYY-MM-DD] 理由", "暂不签发，写明理由；到期再提请", "负责人", asks=PromptCode.HOLD
)
async def on_hold(ctx: Context, args: CommandArgs) -> Reply:
    """Hold back the prepared papers of 第九条 for some days, with a reason."""
    until, reason = take_date(args.rest, ctx.now)
    outcome = await act(ctx, args, Hold(reason, until))
    return done(ctx, args, outcome, texts.HELD.format(no=outcome.case.no, until=outcome.case.held_until or ""))


@router.command(
    "依法办结",
    "conclude",
    "/依法办结 编号 说明",
    "结果合法但诉求人不满意，书面说明后办结",
    "负责人",
    asks=PromptCode.CONCLUDE,
)
async def on_conclude(ctx: Context, args: CommandArgs) -> Reply:
    """Conclude by law a case whose complainant stays dissatisfied (第十条)."""
    outcome = await act(ctx, args, Conclude(args.rest))
    return done(ctx, args, outcome, texts.CONCLUDED.format(no=outcome.case.no))


@router.command("重开", "reopen", "/重开 编号 理由", "办结后发现新情况，重新打开", "负责人")
async def on_reopen(ctx: Context, args: CommandArgs) -> Reply:
    """Reopen a closed case, with a reason."""
    outcome = await act(ctx, args, Reopen(args.rest))
    return done(ctx, args, outcome, texts.REOPENED.format(no=outcome.case.no))
