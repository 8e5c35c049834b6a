"""收件 (第五条): register a forwarded text, confirm it, fill its gaps, settle it on the spot."""

from __future__ import annotations

from collections.abc import Sequence

from bot import texts
from bot.cards import centre
from bot.context import CommandArgs, Context, Reply, Several
from bot.handlers.common import act, done
from bot.router import Router
from bot.words import BadWords
from domain.case import SYSTEM, Case
from domain.commands import Confirm, Discard, SettleOnSpot
from domain.entries import BY_FIELD
from domain.prompts import PromptCode
from domain.recusal import recuses
from domain.refusals import Refused
from domain.vocabulary import NO_CASE, STATE_NAMES, State
from parsing import only_heard
from services.cases import held_texts
from services.cases.intake import NoComplaint, Taken, TakenElsewhere, add_to, amend, foresee, take_text
from services.files.apart import text_of
from services.files.text import Unreadable
from services.materials.store import Held, held_content, join

router = Router()

#: Most of a sentence that is quoted back.
QUOTED = 20


@router.command("登记", "register", "/登记 文本", "登记一件诉求（单聊里直接转发原文也行）", "窗口", about_case=False)
async def on_register(ctx: Context, args: CommandArgs) -> Reply:
    """登记: the sender says that it is a complaint; without words the text that waits for this word is meant."""
    person, platform = ctx.person.id, ctx.incoming.platform
    reply = await forwarded(ctx, args.rest or await held_texts.held(ctx.app, person, platform), insist=True)
    await held_texts.let_go(person, platform)  # what is refused waits on
    return reply


async def forwarded(ctx: Context, text: str, *, insist: bool = False) -> Reply:
    """Take a text in: the parser proposes, the clerk confirms on a card that comes one-to-one.

    Unless its sender insists, what is no complaint is not registered: it waits for their word.
    """
    try:
        taken = await take_text(ctx.app, ctx.centre, text, ctx.actor, insist=insist)
    except TakenElsewhere as error:
        return Reply(texts.REGISTERED_ELSEWHERE.format(centre=error))
    except NoComplaint as error:
        await held_texts.hold(ctx.app, ctx.person.id, ctx.incoming.platform, text)
        return Reply(no_complaint(text, error.kind))
    lines = _lines(ctx, taken)
    held = (*ctx.waiting, *ctx.held)
    if len(taken) == 1:
        # A complaint about its own receiver is none of theirs from now on; what came with it still belongs to it.
        await join(ctx.app, taken[0].id, held, SYSTEM if _is_away(ctx, taken[0].case) else ctx.actor)
    elif held:
        # What speaks of several complainants is nobody's evidence alone: a department would read of the others.
        lines.append(texts.NOT_ATTACHED)
    fresh = [item.case for item in taken if item.created and not _is_away(ctx, item.case)]
    if fresh and ctx.in_group:
        lines[0] += texts.RECALL_ORIGINAL
    if len(fresh) > 1:
        lines.append(texts.CONFIRM_TOGETHER.format(numbers=",".join(case.number for case in fresh)))
    return Reply("\n".join(lines))


async def from_file(ctx: Context, held: Sequence[Held]) -> Reply | None:
    """Take in what a document or a sheet says; None when nothing sent is one. Several matters are shown first."""
    document = next((item for item in held if item.kind == "file"), None)
    if document is None:
        return None
    try:
        text = await text_of(await held_content(ctx.app, document.id))
    except Unreadable as error:
        return Reply(texts.FILE_UNREADABLE.format(name=document.name, why=error))
    count, known = await foresee(ctx.app, ctx.centre, text)
    if count <= 1:
        return await forwarded(ctx, text)
    await held_texts.hold(ctx.app, ctx.person.id, ctx.incoming.platform, text)
    return Reply(texts.SEVERAL_IN_FILE.format(name=document.name, count=count, known=known))


def _is_away(ctx: Context, case: Case) -> bool:
    return recuses(case, ctx.actor) or case.centre != ctx.centre.id


def _kept_away(ctx: Context, case: Case) -> str:
    """What becomes of a complaint that its own receiver may not handle (回避): true, and no more than that."""
    if case.centre != ctx.centre.id:
        return texts.REGISTERED_ABOVE.format(no=case.no, centre=case.centre_name)
    return texts.REGISTERED_AWAY.format(no=case.no)


def no_complaint(text: str, kind: str | None) -> str:
    """What was understood of a sentence that is no complaint, and the one word that registers it all the same."""
    flat = " ".join(text.split())
    shown = flat if len(flat) <= QUOTED else flat[:QUOTED] + "…"
    return texts.NO_COMPLAINT.format(text=shown, kind=kind or texts.PLAIN_WORDS)


def _lines(ctx: Context, taken: Sequence[Taken]) -> list[str]:
    """What became of every matter: taken in, known already, or an urging on its case."""
    fresh = [item.case.no for item in taken if item.created and not _is_away(ctx, item.case)]
    lines = [texts.REGISTERED.format(numbers="、".join(fresh))] if fresh else []
    for item in taken:
        case = item.case
        if recuses(case, ctx.actor) or (item.created and case.centre != ctx.centre.id):
            lines.append(_kept_away(ctx, case))
        elif item.urged:
            lines.append(texts.URGED.format(no=case.no, urgings=case.urgings))
        elif not item.created:
            lines.append(texts.REGISTERED_AGAIN.format(no=case.no, state=STATE_NAMES[case.state]))
    return lines


@router.command("确认", "confirm", "/确认 编号", "核对无误，正式登记", "窗口", several=Several.SPACED)
async def on_confirm(ctx: Context, args: CommandArgs) -> Reply:
    """Confirm one or several drafts (第五条)."""
    outcome = await act(ctx, args, Confirm())
    if args.pressed:
        return Reply(card=centre.status(ctx.view(outcome.id, outcome.case)))
    return Reply(texts.CONFIRMED.format(no=outcome.case.no))


@router.command(
    "放弃", "discard", "/放弃 编号", "草稿不是诉求，放弃登记（编号保留不用）", "窗口", several=Several.JOINED
)
async def on_discard(ctx: Context, args: CommandArgs) -> Reply:
    """放弃: a draft that was no complaint (第五条)."""
    outcome = await act(ctx, args, Discard(args.rest))
    return done(ctx, args, outcome, texts.DISCARDED.format(no=outcome.case.no))


@router.command("当场办结", "settle", "/当场办结 编号 答复", "一般问题当场办结", "窗口", asks=PromptCode.SETTLE)
async def on_settle(ctx: Context, args: CommandArgs) -> Reply:
    """当场办结 (第六条); a draft is confirmed on the way."""
    if only_heard(args.rest):
        raise BadWords(texts.SETTLED_HOW.format(text=args.rest.strip()[:20]))
    outcome = await act(ctx, args, SettleOnSpot(args.rest))
    return done(ctx, args, outcome, texts.SETTLED.format(no=outcome.case.no))


@router.command(
    "补充", "supplement", "/补充 编号 [项目：]内容", "补充内容或待补的要素", "窗口", asks=PromptCode.SUPPLEMENT
)
async def on_supplement(ctx: Context, args: CommandArgs) -> Reply:
    """补充: named values fill gaps, of a draft any entry; the rest is kept as a note."""
    text = args.rest
    if not text:
        raise Refused("text_needed", verb="补充", number=args.case.number)
    added = await add_to(ctx.app, args.subject, text, ctx.actor, epoch=args.epoch)
    await join(ctx.app, args.case_id, (*ctx.waiting, *ctx.held), ctx.actor)
    case = added.case
    done_now = texts.PUT_IN.format(names=_names(added.put_in)) if added.put_in else texts.NOTED
    if added.kept:
        first = BY_FIELD[added.kept[0]].name
        done_now = texts.ALREADY_FILLED.format(names=_names(added.kept), number=case.number, first=first)
    return _mended(
        ctx, case, args.case_id, texts.SUPPLEMENTED.format(no=case.no, done=done_now, missing=_lacking(case))
    )


@router.command("改", "amend", "/改 编号 项目：新值", "确认前改登记内容：标题、姓名、来源、时限等", "窗口")
async def on_amend(ctx: Context, args: CommandArgs) -> Reply:
    """改: a draft is put right at once; a registered case takes a second person (更正)."""
    if args.case.state is not State.DRAFT and args.case.state not in NO_CASE:
        text = args.rest or "项目：新值"
        raise BadWords(texts.AMEND_AFTER.format(no=args.case.no, number=args.case.number, text=text))
    added = await amend(ctx.app, args.case_id, args.rest, ctx.actor, epoch=args.epoch)
    said = texts.AMENDED.format(no=added.case.no, names=_names(added.put_in), missing=_lacking(added.case))
    return _mended(ctx, added.case, args.case_id, said)


def _names(fields: Sequence[str]) -> str:
    return "、".join(texts.FIELD_NAMES.get(name) or BY_FIELD[name].name for name in fields)


def _lacking(case: Case) -> str:
    return texts.STILL_MISSING.format(missing=_names(case.missing)) if case.missing else texts.NOTHING_MISSING


def _mended(ctx: Context, case: Case, case_id: int, said: str) -> Reply:
    """The sentence, and one-to-one the card as it reads now."""
    return Reply(said) if ctx.in_group else Reply(said, card=centre.current(ctx.view(case_id, case)))
