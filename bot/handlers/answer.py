"""限时办结 (第八条): the plan, the result, or the lawful “no”."""

from __future__ import annotations

from bot import texts
from bot.context import CommandArgs, Context, Reply
from bot.handlers.common import act, calendar, day_to_come, done, promise_asked
from bot.router import Router
from bot.words import BadWords, day_words, need_date, split_basis
from domain.commands import Answer, CannotDo, Plan
from domain.events import EventType
from domain.prompts import PromptCode
from parsing import only_heard
from services.cases.execute import Outcome

router = Router()


@router.command("方案", "plan", "/方案 编号 YYYY-MM-DD 内容", "报送解决方案和承诺日期", "联络员", asks=PromptCode.PLAN)
async def on_plan(ctx: Context, args: CommandArgs) -> Reply:
    """很难办、复杂: the plan and the date of the result."""
    example = day_to_come(ctx, args.case, PromptCode.PLAN)
    days = calendar(ctx, args)
    day, text = need_date(args.rest, ctx.now, f"/方案 {args.case.number} {example} 先补正材料再核验", days)
    if not text:
        raise BadWords(texts.DATE_ALONE.format(day=day_words(day, ctx.now, days), what="方案内容"))
    outcome = await act(ctx, args, Plan(day, text))
    if asked := promise_asked(ctx, outcome):
        return done(ctx, args, outcome, asked)
    return done(ctx, args, outcome, texts.PLANNED.format(no=outcome.case.no, limit=day_words(day, ctx.now, days)))


@router.command("答复", "answer", "/答复 编号 内容", "报送办理结果", "联络员", asks=PromptCode.ANSWER)
async def on_answer(ctx: Context, args: CommandArgs) -> Reply:
    """Hand in 办理结果 for review, or a co-department's part (第七条、第十条)."""
    if only_heard(args.rest):
        raise BadWords(texts.HEARD_ONLY.format(text=args.rest.strip()[:20], number=args.case.number))
    outcome = await act(ctx, args, Answer(args.rest))
    return done(ctx, args, outcome, _taken(outcome))


def _taken(outcome: Outcome) -> str:
    """Whose turn it is now: the review's, or the lead department's when a co-department gave its part (第七条)."""
    case = outcome.case
    if outcome.events and outcome.events[-1].type is EventType.ASSISTED:
        return texts.ASSISTED.format(no=case.no, lead=case.units[0].name)
    return texts.ANSWERED.format(no=case.no)


@router.command(
    "办不了",
    "cannot_do",
    "/办不了 编号 理由；依据",
    "依法不能办理，写明理由和依据",
    "联络员",
    asks=PromptCode.CANNOT_DO,
)
async def on_cannot_do(ctx: Context, args: CommandArgs) -> Reply:
    """办不了 with reason and basis."""
    outcome = await act(ctx, args, CannotDo(*split_basis(args.rest)))
    return done(ctx, args, outcome, _taken(outcome))
