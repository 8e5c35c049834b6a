"""延期: asked before expiry, decided by the manager or the lead."""

from __future__ import annotations

from bot import texts
from bot.context import CommandArgs, Context, Reply
from bot.handlers.common import act, calendar, day_to_come, done, instead
from bot.router import Router
from bot.words import BadWords, day_words, need_date
from domain.commands import Extend
from domain.decisions.requests import decider
from domain.prompts import PromptCode

router = Router()


@router.command("延期", "extend", "/延期 编号 YYYY-MM-DD 理由", "到期前申请延期", "联络员", asks=PromptCode.EXTEND)
async def on_extend(ctx: Context, args: CommandArgs) -> Reply:
    """Ask for 延期 to a date, with a reason (第八条)."""
    days = calendar(ctx, args)
    example = day_to_come(ctx, args.case, PromptCode.EXTEND)
    day, reason = need_date(args.rest, ctx.now, f"/延期 {args.case.number} {example} 需现场核验", days)
    asked = day_words(day, ctx.now, days)
    if not reason:
        raise BadWords(texts.DATE_ALONE.format(day=asked, what="延期理由"))
    outcome = await act(ctx, args, Extend(day, reason))
    case = outcome.case
    limit = case.running.date.isoformat() if case.running else ""
    said = texts.EXTENSION_ASKED.format(no=case.no, who=decider(case).value, limit=limit, day=asked)
    return done(ctx, args, outcome, said + instead(outcome))
