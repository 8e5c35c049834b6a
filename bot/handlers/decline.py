"""退单, and the decision on whatever a department asked for."""

from __future__ import annotations

from bot import texts
from bot.context import CommandArgs, Context, Reply, Several
from bot.handlers.common import act, done, instead
from bot.router import Router
from domain.commands import Decline, Deny, Grant
from domain.events import EventType
from domain.prompts import PromptCode
from domain.vocabulary import STATE_NAMES, State

router = Router()


@router.command("退单", "decline", "/退单 编号 理由", "不属于本单位职责，申请退回", "联络员", asks=PromptCode.DECLINE)
async def on_decline(ctx: Context, args: CommandArgs) -> Reply:
    """退单: asking does not stop the clock."""
    outcome = await act(ctx, args, Decline(args.rest))
    return done(ctx, args, outcome, texts.DECLINE_ASKED.format(no=outcome.case.no) + instead(outcome))


@router.command("准", "grant", "/准 编号 [理由]", "同意待裁定的申请", "管理机构", several=Several.JOINED)
async def on_grant(ctx: Context, args: CommandArgs) -> Reply:
    """Grant the pending request."""
    outcome = await act(ctx, args, Grant(args.rest))
    case = outcome.case
    limit = case.running.date.isoformat() if case.running else ""
    template = texts.GRANTED[outcome.events[-1].type]
    if case.state is State.SUBMITTED and outcome.events[-1].type is EventType.DECLINE_GRANTED:
        template = texts.GRANTED_BACK
    said = template.format(no=case.no, number=case.number, limit=limit, state=STATE_NAMES[case.state])
    return done(ctx, args, outcome, said)


@router.command("不准", "deny", "/不准 编号 理由", "不同意待裁定的申请", "管理机构", asks=PromptCode.DENY)
async def on_deny(ctx: Context, args: CommandArgs) -> Reply:
    """Deny the pending request, with a reason."""
    outcome = await act(ctx, args, Deny(args.rest))
    return done(ctx, args, outcome, texts.DENIED.format(no=outcome.case.no))
