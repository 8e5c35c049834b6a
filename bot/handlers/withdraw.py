"""撤回: the complainant takes it back."""

from __future__ import annotations

from bot import texts
from bot.context import Ask, Context, Reply
from bot.handlers.doing import act, done, need
from bot.router import router
from domain.commands import Withdraw


@router.errand("撤回", "withdraw", "/撤回 编号 原因", "诉求人撤回", "窗口", prompts=True)
async def on_withdraw(ctx: Context, ask: Ask) -> Reply:
    """撤回, with the reason."""
    outcome = await act(ctx, ask, Withdraw(need(ask, "withdraw")))
    return done(ctx, ask, outcome, texts.WITHDRAWN.format(no=outcome.case.no))
