"""延期: asked before expiry, decided by the manager or the lead."""

from __future__ import annotations

from bot import texts
from bot.context import CommandArgs, Context, Reply
from bot.handlers.common import act, done, instead
from bot.router import Router
from bot.words import need_date
from domain.commands import Extend
from domain.decisions.requests import decider
from domain.prompts import PromptCode

router = Router()


@router.command("延期", "extend", "/延期 编号 YYYY-MM-DD 理由", "到期前申请延期", "联络员", asks=PromptCode.EXTEND)
async def on_extend(ctx: Context, args: CommandArgs) -> Reply:
    """Ask for 延期 to a date, with a reason (第八条)."""
    day, reason = need_date(args.rest, ctx.now, f"/延期 {args.case.number} 2026-11-30 理由")
    outcome = await act(ctx, args, Extend(day, reason))
    case = outcome.case
    limit = case.running.date.isoformat() if case.running else ""
    said = texts.EXTENSION_ASKED.format(no=case.no, who=decider(case).value, limit=limit)
    return done(ctx, args, outcome, said + instead(outcome))
