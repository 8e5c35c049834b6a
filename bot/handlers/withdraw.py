"""撤回: the complainant takes it back."""

from __future__ import annotations

from bot import texts
from bot.context import CommandArgs, Context, Reply
from bot.handlers.common import act, done
from bot.router import Router
from domain.case import Case
from domain.commands import Withdraw
from domain.prompts import PromptCode
from domain.vocabulary import State

router = Router()


@router.command("撤回", "withdraw", "/撤回 编号 原因", "诉求人撤回", "窗口", asks=PromptCode.WITHDRAW)
async def on_withdraw(ctx: Context, args: CommandArgs) -> Reply:
    """撤回, with the reason."""
    outcome = await act(ctx, args, Withdraw(args.rest))
    case = outcome.case
    if case.state is not State.WITHDRAWN:
        left = "、".join(joined.no for joined in case.merged)
        return done(ctx, args, outcome, texts.WITHDRAWN_GOES_ON.format(no=case.no, left=left))
    return done(ctx, args, outcome, texts.WITHDRAWN.format(no=case.no) + freed(args.case, case))


def freed(before: Case, after: Case) -> str:
    """Who had joined and stands alone again."""
    alone = [joined.no for joined in before.merged if not after.merged]
    return texts.WITHDRAWN_FREED.format(freed="、".join(alone)) if alone else ""
