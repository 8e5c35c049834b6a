"""退单, and the decision on whatever a department asked for."""

from __future__ import annotations

from bot import texts
from bot.context import Ask, Context, Reply
from bot.handlers.common import act, done, instead
from bot.router import Router
from domain.commands import Decline, Deny, Grant
from domain.events import EventType
from domain.prompts import PromptCode
from domain.vocabulary import STATE_NAMES, State

router = Router()


@router.errand("退单", "decline", "/退单 编号 理由", "不属于本单位职责，申请退回", "联络员", asks=PromptCode.DECLINE)
async def on_decline(ctx: Context, ask: Ask) -> Reply:
    """退单: asking does not stop the clock."""
    outcome = await act(ctx, ask, Decline(ask.rest))
    return done(ctx, ask, outcome, texts.DECLINE_ASKED.format(no=outcome.case.no) + instead(outcome))


@router.errand("准", "grant", "/准 编号 [理由]", "同意待裁定的申请", "管理机构")
async def on_grant(ctx: Context, ask: Ask) -> Reply:
    """准."""
    outcome = await act(ctx, ask, Grant(ask.rest))
    case = outcome.case
    limit = case.running.date.isoformat() if case.running else ""
    template = texts.GRANTED[outcome.events[-1].type]
    if case.state is State.SUBMITTED and outcome.events[-1].type is EventType.DECLINE_GRANTED:
        template = texts.GRANTED_BACK
    said = template.format(no=case.no, number=case.number, limit=limit, state=STATE_NAMES[case.state])
    return done(ctx, ask, outcome, said)


@router.errand("不准", "deny", "/不准 编号 理由", "不同意待裁定的申请", "管理机构", asks=PromptCode.DENY)
async def on_deny(ctx: Context, ask: Ask) -> Reply:
    """不准."""
    outcome = await act(ctx, ask, Deny(ask.rest))
    return done(ctx, ask, outcome, texts.DENIED.format(no=outcome.case.no))
