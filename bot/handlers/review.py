"""Pass or fail the quality check of a result (第十条)."""

from __future__ import annotations

from bot import texts
from bot.context import CommandArgs, Context, Reply, Several
from bot.handlers.common import act, done
from bot.router import Router
from bot.words import BadWords
from domain.commands import Review
from domain.prompts import PromptCode
from domain.vocabulary import STATE_NAMES

router = Router()

_VERDICTS = {"通过": True, "合格": True, "不合格": False, "不通过": False}


@router.command(
    "质检", "review", "/质检 编号 通过|不合格 [理由]", "检查答复，通过或退回重办", "管理机构", several=Several.SPACED
)
async def on_review(ctx: Context, args: CommandArgs) -> Reply:
    """质检: passed goes to the call-back, failed back to the department with a reason."""
    word, _, reason = args.rest.partition(" ")
    if word not in _VERDICTS:
        raise BadWords(f"请写明结论：/质检 {args.case.number} 通过，或 /质检 {args.case.number} 不合格 理由")
    return await _judge(ctx, args, reason.strip(), passed=_VERDICTS[word])


@router.command("", "review_fail", "", "", "", asks=PromptCode.REVIEW_FAIL)
async def on_review_failed(ctx: Context, args: CommandArgs) -> Reply:
    """The button 不合格: the reason is asked for."""
    return await _judge(ctx, args, args.rest, passed=False)


async def _judge(ctx: Context, args: CommandArgs, reason: str, *, passed: bool) -> Reply:
    outcome = await act(ctx, args, Review(passed, reason))
    case = outcome.case
    if not passed:
        said = texts.REVIEW_FAILED.format(no=case.no, round=case.round)
    elif case.state.is_open:
        said = texts.REVIEW_PASSED.format(no=case.no)
    else:
        said = texts.REVIEW_CLOSED.format(no=case.no, state=STATE_NAMES[case.state])
    return done(ctx, args, outcome, said)
