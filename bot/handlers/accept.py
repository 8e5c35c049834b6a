"""签收 and 承诺: the department takes the work order."""

from __future__ import annotations

from bot import texts
from bot.context import CommandArgs, Context, Reply, Several
from bot.handlers.common import act, calendar, day_to_come, done, promise_asked
from bot.router import Router
from bot.words import day_words, need_date
from domain.commands import Accept, Promise
from domain.lifecycle_hint import stage_hint
from domain.prompts import PromptCode

router = Router()


@router.command("签收", "accept", "/签收 编号", "签收工作单", "联络员", several=Several.SPACED)
async def on_accept(ctx: Context, args: CommandArgs) -> Reply:
    """The liaison signs for the case (签收)."""
    outcome = await act(ctx, args, Accept())
    return done(ctx, args, outcome, texts.ACCEPTED.format(no=outcome.case.no, hint=stage_hint(outcome.case)))


@router.command("承诺", "promise", "/承诺 编号 YYYY-MM-DD", "承诺办结日期（不给办）", "联络员", asks=PromptCode.PROMISE)
async def on_promise(ctx: Context, args: CommandArgs) -> Reply:
    """不给办: a date instead of an answer on the spot (第八条)."""
    days = calendar(ctx, args)
    example = day_to_come(ctx, args.case, PromptCode.PROMISE)
    day, reason = need_date(args.rest, ctx.now, f"/承诺 {args.case.number} {example}", days)
    outcome = await act(ctx, args, Promise(day, reason))
    if asked := promise_asked(ctx, outcome):
        return done(ctx, args, outcome, asked)
    return done(ctx, args, outcome, texts.PROMISED.format(no=outcome.case.no, limit=day_words(day, ctx.now, days)))
