"""中止 and 恢复: the clock stands still only for one of four reasons, and only when the manager agrees."""

from __future__ import annotations

from bot import texts
from bot.context import CommandArgs, Context, Reply, Several
from bot.handlers.common import act, done, instead
from bot.router import Router
from bot.words import BadWords
from domain.commands import Resume, Suspend
from domain.prompts import PromptCode
from domain.vocabulary import Pause

router = Router()

#: Words that tell which of the allowed reasons is meant.
_REASONS: tuple[tuple[tuple[str, ...], Pause], ...] = (
    (("材料", "补正", "补充"), Pause.MATERIALS),
    (("检验", "检测", "鉴定", "听证", "评审", "检疫"), Pause.EXAMINATION),
    (("不可抗力", "灾", "疫情"), Pause.FORCE_MAJEURE),
    (("上级", "批复", "请示"), Pause.SUPERIOR),
)


def _why(reason: str) -> Pause:
    for words, why in _REASONS:
        if any(word in reason for word in words):
            return why
    raise BadWords(texts.PAUSE_REASONS)


@router.command(
    "中止", "suspend", "/中止 编号 理由", "待补材料、鉴定等，申请暂停计时", "联络员", asks=PromptCode.SUSPEND
)
async def on_suspend(ctx: Context, args: CommandArgs) -> Reply:
    """Ask for 中止 of the clock, with a reason (第八条)."""
    reason = args.rest
    outcome = await act(ctx, args, Suspend(_why(reason), reason))
    return done(ctx, args, outcome, texts.SUSPENSION_ASKED.format(no=outcome.case.no) + instead(outcome))


@router.command("恢复", "resume", "/恢复 编号", "恢复中止的计时", "管理机构", several=Several.SPACED)
async def on_resume(ctx: Context, args: CommandArgs) -> Reply:
    """Resume the clock of a suspended case (第八条)."""
    outcome = await act(ctx, args, Resume())
    limit = outcome.case.running.date.isoformat() if outcome.case.running else ""
    return done(ctx, args, outcome, texts.RESUMED.format(no=outcome.case.no, limit=limit))
