"""查 and 我的: where a case stands, and what waits for me."""

from __future__ import annotations

from dataclasses import replace

from bot import texts
from bot.cards import blocks, centre, decisions, work_order
from bot.cards.drawing import card_now
from bot.context import CommandArgs, Context, Reply
from bot.router import Router
from bot.words import BadWords
from domain.case import Case
from domain.explain import limit_words
from domain.ledger import format_moment
from domain.recusal import closed_groups
from domain.timeline import sentence
from domain.view import View
from domain.vocabulary import STATE_NAMES
from domain.waiting import before
from platforms.contract import Card
from services.access.cases import (
    SHORTEST,
    access_matching,
    access_waiting,
    searchable,
)
from services.access.rights import reads_masked
from services.directory.people import department_on
from services.store.access_log import log_access

router = Router()

#: Most cases a search lists.
LISTED = 20
#: Most recent events a person is shown.
EVENTS_SHOWN = 12
#: Most cases /我的 lists.
MINE_SHOWN = 20


@router.command(
    "查",
    "show",
    "/查 编号|姓名|电话|关键词",
    "查看一件诉求的进度，或按姓名、电话、关键词查找",
    "所有人",
    about_case=False,
)
async def on_show(ctx: Context, args: CommandArgs) -> Reply:
    """查: one case by its number, or those in which one may read the words."""
    if args.record is not None:
        return await _shown(ctx, args)
    return await _found(ctx, args.rest.strip())


async def _found(ctx: Context, words: str) -> Reply:
    """What a search found: one case is shown at once, several are listed without anything personal."""
    if len(searchable(words)) < SHORTEST:
        raise BadWords(texts.SEARCH_HOW)
    records = await access_matching(ctx.app, ctx.actor, words, LISTED + 1)
    await log_access(ctx.app, ctx.actor, "search", f"{len(records)} 件")
    if not records:
        raise BadWords(texts.NOTHING_FOUND.format(text=words[:20]))
    if len(records) == 1 and not ctx.in_group:
        return await _shown(ctx, CommandArgs("", records[0]))
    lines = [texts.FOUND.format(text=words[:20], count=min(len(records), LISTED))]
    lines += [_line(ctx, record.case) for record in records[:LISTED]]
    lines.append(texts.FOUND_MORE if len(records) > LISTED else texts.FOUND_HOW)
    said = "\n".join(lines)
    # Which cases somebody's name leads to is nobody's business in a group.
    return Reply(texts.ONE_TO_ONE, private=said) if ctx.in_group else Reply(said)


async def _shown(ctx: Context, args: CommandArgs) -> Reply:
    """One case: in a group only what everybody may see; one-to-one the text and the history too."""
    card = _card(ctx, args, private=False)
    history = _history(args)
    if ctx.in_group:
        if not args.pressed:
            # Where cards are redrawn, the one with buttons is further up and true; a second would grow old.
            redraws = ctx.platforms[ctx.incoming.platform].redraws
            return Reply(card=replace(card, buttons=()) if redraws else card)
        await log_access(ctx.app, ctx.actor, "view", "详情", args.case_id)
        # The pressed card is answered too: the client waits for it, and it stays as it should read now.
        now = card_now(ctx.view(args.case_id, args.case))
        return Reply(card=now, private_card=_card(ctx, args, private=True), private=history)
    await log_access(ctx.app, ctx.actor, "view", "查", args.case_id)
    if args.pressed:
        return Reply(private=history, private_card=_card(ctx, args, private=True))
    return Reply(history, card=_card(ctx, args, private=True))


def _card(ctx: Context, args: CommandArgs, *, private: bool) -> Card:
    case = args.case
    masked = reads_masked(ctx.actor)
    view = View(
        case=case,
        case_id=args.case_id,
        context=ctx.app.decision_context(case.rules),
        reader=ctx.actor if private and not masked else None,
        suggestions=case.suggested,
        department=department_on(ctx.person, ctx.actor, case),
    )
    if ctx.actor.department is not None and not masked:
        return work_order.draw(view)
    return centre.current(view) if private and not masked else centre.status(view)


def _history(args: CommandArgs) -> str:
    events = args.subject.events[-EVENTS_SHOWN:]
    return "\n".join([texts.SHOW_DETAIL, *(f"- {format_moment(event.at)} {sentence(event)}" for event in events)])


@router.command("我的", "mine", "/我的", "等我办理的诉求", "所有人", about_case=False)
async def on_mine(ctx: Context, args: CommandArgs) -> Reply:
    """我的: the nearest limit first; what is to be decided says so and has its button."""
    records = await access_waiting(ctx.app, ctx.actor)
    if ctx.in_group:
        records = [record for record in records if ctx.host not in closed_groups(record.case)]
    if not records:
        return Reply(texts.NOTHING_WAITING)
    lines = [texts.WAITING_HEAD.format(count=len(records))]
    views = [ctx.view(record.id, record.case) for record in records]
    for view, record in zip(views[:MINE_SHOWN], records, strict=False):
        asked = before(record.case, ctx.actor, view.context)
        lines += [decisions.line(view, record.case, item) for item in asked] or [_line(ctx, record.case)]
    if len(records) > MINE_SHOWN:
        lines.append(texts.MINE_MORE.format(count=len(records) - MINE_SHOWN))
    return Reply("\n".join(lines), card=None if ctx.in_group else decisions.mine(views))


def _line(ctx: Context, case: Case) -> str:
    clock = case.running
    limit = f"，{limit_words(clock)}" if clock else ""
    late = "，已超期" if clock and ctx.now > clock.at else ""
    return f"- {case.no} {blocks.title(case)}：{STATE_NAMES[case.state]}{limit}{late}"
