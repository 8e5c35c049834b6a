"""回访 (第十条): satisfied clears the number, dissatisfied goes back."""

from __future__ import annotations

from bot import texts
from bot.context import CommandArgs, Context, Reply
from bot.handlers.common import act, done
from bot.router import Router
from domain.case import Case
from domain.commands import CallBack
from domain.prompts import Prompt, PromptCode
from domain.refusals import Refused
from domain.vocabulary import Rating, State
from services.cases.merging import call_merged

router = Router()

_USAGE = "/回访 编号 非常满意|满意|基本满意|不满意|非常不满意|未接通|拒评 [意见]"


@router.command("回访", "call_back", _USAGE, "记录回访结果", "窗口")
async def on_call_back(ctx: Context, args: CommandArgs) -> Reply:
    """回访: the rating, and the complainant's opinion where it is not good."""
    word, _, opinion = args.rest.partition(" ")
    if word not in set(Rating):
        raise Refused("bad_rating")
    rating = Rating(word)
    poor = ctx.app.decision_context(args.case.rules).rules.dissatisfied
    if rating in poor and not opinion and args.pressed:
        return Reply(ask=Prompt(PromptCode.OPINION, rating))
    if args.case.state is State.MERGED:
        outcome = await call_merged(ctx.app, args.subject, rating, opinion.strip(), ctx.actor)
    else:
        outcome = await act(ctx, args, CallBack(rating, opinion.strip()))
    case = outcome.case
    if args.case.state is State.MERGED and rating is Rating.UNANSWERED:
        said = _not_reached(case, args.case.no)
    elif case.state is State.SATISFIED:
        said = texts.CALLED_SATISFIED.format(no=case.no, rating=rating)
    elif case.state is State.REDO:
        said = texts.CALLED_BACK_TO_WORK.format(no=case.no, rating=rating, round=case.round)
    elif case.state is State.SUBMITTED:
        said = texts.CALLED_BACK_TO_DISPATCH.format(no=case.no, rating=rating, round=case.round)
    elif case.state is State.WITHDRAWN:
        said = texts.CALLED_LAST.format(no=case.no, rating=rating)
    elif case.state is State.CLOSED_UNREACHED:
        said = texts.CALLED_CLOSED.format(no=case.no, rating=rating)
    elif case.pending is not None:
        said = texts.CALLED_FOR_THE_LEAD.format(no=case.no, what=case.pending.what)
    elif case.uncalled:
        said = texts.CALLED_MERGED_LEFT.format(no=case.no, left="、".join(case.uncalled))
    else:
        said = texts.CALLED_UNANSWERED.format(no=case.no, attempt=len(case.calls))
    return done(ctx, args, outcome, said)


def _not_reached(master: Case, no: str) -> str:
    """A merged complainant did not answer: tried once more, or often enough."""
    joined = next(one for one in master.merged if one.no == no)
    if joined.unreached:
        return texts.CALLED_MERGED_UNREACHED.format(no=no, attempt=len(joined.calls), master=master.no)
    return texts.CALLED_UNANSWERED.format(no=no, attempt=len(joined.calls))
