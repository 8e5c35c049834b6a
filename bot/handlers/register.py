"""收件 (第五条): register a forwarded text, confirm it, fill its gaps, settle it on the spot."""

from __future__ import annotations

from bot import texts
from bot.cards import centre
from bot.context import CommandArgs, Context, Reply
from bot.handlers.common import act, done
from bot.router import Router
from domain.case import Case
from domain.commands import Confirm, SettleOnSpot
from domain.prompts import PromptCode
from domain.recusal import recuses
from domain.refusals import Refused
from domain.vocabulary import STATE_NAMES
from services.cases.intake import Taken, TakenElsewhere, add_to, take_text

router = Router()


@router.command("登记", "register", "/登记 文本", "登记一件诉求（单聊里直接转发原文也行）", "窗口", about_case=False)
async def on_register(ctx: Context, args: CommandArgs) -> Reply:
    """登记: the parser proposes, the clerk confirms on a card that comes one-to-one."""
    try:
        taken = await take_text(ctx.app, ctx.centre, args.rest, ctx.actor)
    except TakenElsewhere as error:
        return Reply(texts.REGISTERED_ELSEWHERE.format(centre=error))
    again = _again(ctx, taken)
    if again:
        return Reply(again)
    if away := [item.case for item in taken if recuses(item.case, ctx.actor) or item.case.centre != ctx.centre.id]:
        said = "\n".join(_kept_away(ctx, case) for case in away)
        mine = [item.case.no for item in taken if item.case not in away]
        return Reply("\n".join([*([texts.REGISTERED.format(numbers="、".join(mine))] if mine else []), said]))
    said = texts.REGISTERED.format(numbers="、".join(item.case.no for item in taken))
    return Reply(f"{said}{texts.RECALL_ORIGINAL}" if ctx.in_group else said)


def _kept_away(ctx: Context, case: Case) -> str:
    """What becomes of a complaint that its own receiver may not handle (回避): true, and no more than that."""
    if case.centre != ctx.centre.id:
        return texts.REGISTERED_ABOVE.format(no=case.no, centre=case.centre_name)
    return texts.REGISTERED_AWAY.format(no=case.no)


def _again(ctx: Context, taken: list[Taken]) -> str:
    for item in taken:
        if not item.created and recuses(item.case, ctx.actor):
            return texts.REGISTERED_AWAY.format(no=item.case.no)
        if item.urged:
            return texts.URGED.format(no=item.case.no, urgings=item.case.urgings)
        if not item.created:
            return texts.REGISTERED_AGAIN.format(no=item.case.no, state=STATE_NAMES[item.case.state])
    return ""


@router.command("确认", "confirm", "/确认 编号", "核对无误，正式登记", "窗口")
async def on_confirm(ctx: Context, args: CommandArgs) -> Reply:
    """Confirm one or several drafts (第五条)."""
    outcome = await act(ctx, args, Confirm())
    if args.pressed:
        return Reply(card=centre.status(ctx.view(outcome.id, outcome.case)))
    return Reply(texts.CONFIRMED.format(no=outcome.case.no))


@router.command("当场办结", "settle", "/当场办结 编号 答复", "一般问题当场办结", "窗口", asks=PromptCode.SETTLE)
async def on_settle(ctx: Context, args: CommandArgs) -> Reply:
    """当场办结 (第六条); a draft is confirmed on the way."""
    outcome = await act(ctx, args, SettleOnSpot(args.rest))
    return done(ctx, args, outcome, texts.SETTLED.format(no=outcome.case.no))


@router.command("补充", "supplement", "/补充 编号 内容", "补充内容或待补的要素", "窗口", asks=PromptCode.SUPPLEMENT)
async def on_supplement(ctx: Context, args: CommandArgs) -> Reply:
    """补充: labelled values fill gaps, the rest is kept as a note."""
    text = args.rest
    if not text:
        raise Refused("text_needed", verb="补充", number=args.case.number)
    case = await add_to(ctx.app, args.case_id, text, ctx.actor)
    names = "、".join(texts.FIELD_NAMES[name] for name in case.missing)
    missing = texts.STILL_MISSING.format(missing=names) if names else texts.NOTHING_MISSING
    said = texts.SUPPLEMENTED.format(no=case.no, missing=missing)
    if ctx.in_group:
        return Reply(said)
    return Reply(said, card=centre.current(ctx.view(args.case_id, case)))
