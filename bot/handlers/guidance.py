"""指导案例 (第十一条): find one, nominate a solved case, write, submit, review, publish, withdraw."""

from __future__ import annotations

import re
from dataclasses import replace

from bot import guidance_texts
from bot.cards import guidance as drawn
from bot.context import CommandArgs, Context, Reply
from bot.router import Router
from bot.words import BadWords, split_list
from domain.given_dates import whole_number
from domain.guidance import FIELDS, GuidanceState, take_number
from domain.office_hours import TZ
from domain.refusals import Refused
from services.guidance import acts as library
from services.guidance.acts import GuidanceCard

router = Router()

#: What people type for a part of the text.
_SPOKEN: dict[str, str] = {
    **{label: name for name, label in FIELDS.items()},
    "问题": "problem",
    "详情": "problem",
    "方法": "method",
    "处理": "method",
    "处理步骤": "steps",
    "结论": "conclusion",
    "意见": "conclusion",
    "适用范围": "scope",
    "依据": "scope",
    "范围": "scope",
}
_PART = re.compile(r"^(?P<name>[^\s：:]{1,8})\s*[：:]\s*(?P<text>.*)$", re.DOTALL)
#: What a person adds who has read what the machine drafted.
_CHECKED = "已核对"
_MANAGER, _PUBLISHER = "管理机构", "案例发布"


def _number(ctx: Context, text: str) -> tuple[str, str]:
    return take_number(text, ctx.now.astimezone(TZ).year)


async def _subject(ctx: Context, args: CommandArgs, usage: str) -> tuple[GuidanceCard, str]:
    """The guidance case the words begin with, and the words after it."""
    number, rest = _number(ctx, args.rest)
    if not number:
        raise BadWords(guidance_texts.NUMBER_NEEDED.format(usage=usage))
    return await library.find(ctx.app, number, ctx.actor), rest


@router.command("案例", "guidance", "/案例 关键词", "查找指导案例，看全文用编号", "所有人", about_case=False)
async def on_guidance(ctx: Context, args: CommandArgs) -> Reply:
    """案例: a number shows one, words search, nothing lists the newest and what is in the reader's hands."""
    number, rest = _number(ctx, args.rest)
    page = whole_number(rest or "1")
    if number and page is not None:
        return await _shown(ctx, number, page)
    found = await library.find_published(args.rest)
    said = drawn.listing(found, args.rest.strip()) if found else ""
    if args.rest.strip():
        return Reply(said or guidance_texts.NOTHING.format(words=args.rest.strip()[:20]))
    mine = [] if ctx.in_group else await library.in_hand(ctx.actor)
    parts = [said or ("" if mine else guidance_texts.NONE), drawn.in_hand(mine) if mine else ""]
    return Reply("\n\n".join(part for part in parts if part))


async def _shown(ctx: Context, number: str, page: int) -> Reply:
    card = await library.find(ctx.app, number, ctx.actor)
    if not ctx.in_group:
        return Reply(drawn.page(card, page))
    if card.state is not GuidanceState.PUBLISHED:
        return Reply(guidance_texts.ONE_TO_ONE.format(no=card.no), private=drawn.page(card, page))
    return Reply(drawn.page(replace(card, source_no="", history=()), page))


@router.command("荐", "nominate", "/荐 编号", "把办结的诉求推荐为指导案例", _MANAGER)
async def on_nominate(ctx: Context, args: CommandArgs) -> Reply:
    """荐: a draft with what is known, scrubbed; the text goes one-to-one."""
    card, made = await library.nominate(ctx.app, args.case_id, ctx.actor)
    if not made:
        said = guidance_texts.NOMINATED_BEFORE.format(source=args.case.no, no=card.no, state=card.state.value)
        return Reply(said)
    said = guidance_texts.NOMINATED.format(source=args.case.no, no=card.no)
    return _written(card, said, drawn.page(card))


@router.command("案例新", "guidance_start", "/案例新 标题", "新建没有来源工单的案例草稿", _MANAGER, about_case=False)
async def on_start(ctx: Context, args: CommandArgs) -> Reply:
    """案例新: for what was solved through another channel (通知第四条)."""
    if not args.rest.strip():
        raise BadWords(guidance_texts.TITLE_NEEDED)
    card = await library.start(ctx.app, ctx.actor, args.rest.strip())
    return _written(card, guidance_texts.STARTED.format(no=card.no))


_EDIT = "/案例改 编号 字段：内容"


@router.command("案例改", "guidance_edit", _EDIT, "修改案例草稿", _MANAGER, about_case=False)
async def on_edit(ctx: Context, args: CommandArgs) -> Reply:
    """案例改: one part at a time; personal data is refused on the spot."""
    card, rest = await _subject(ctx, args, _EDIT)
    match = _PART.match(rest)
    name = _SPOKEN.get(match["name"]) if match else None
    if match is None or name is None:
        raise Refused("guidance_field", no=card.no, fields="、".join(FIELDS.values()))
    card = await library.edit(ctx.app, card.id, ctx.actor, {name: match["text"]})
    said = guidance_texts.EDITED.format(no=card.no, fields=FIELDS[name])
    return Reply(f"{said}{drawn.missing(card.guidance)}")


@router.command("报审", "guidance_submit", "/报审 案例编号", "案例报同级政数部门审核", _MANAGER, about_case=False)
async def on_submit(ctx: Context, args: CommandArgs) -> Reply:
    """Submit a draft of a guidance case for publication (第十一条)."""
    card, rest = await _subject(ctx, args, "/报审 AL2026-3")
    card = await library.submit(ctx.app, card.id, ctx.actor, checked=_CHECKED in rest)
    return Reply(guidance_texts.SUBMITTED.format(no=card.no))


_RETURN = "/案例退 案例编号 理由"


@router.command("案例退", "guidance_return", _RETURN, "退回修改", _PUBLISHER, about_case=False)
async def on_return(ctx: Context, args: CommandArgs) -> Reply:
    """案例退: with a reason."""
    card, reason = await _subject(ctx, args, _RETURN)
    card = await library.give_back(ctx.app, card.id, ctx.actor, reason)
    return Reply(guidance_texts.RETURNED.format(no=card.no))


@router.command("案例准", "guidance_approve", "/案例准 案例编号", "审核通过，暂不发布", _PUBLISHER, about_case=False)
async def on_approve(ctx: Context, args: CommandArgs) -> Reply:
    """案例准: approved, while the joint publishers are still asked."""
    card, rest = await _subject(ctx, args, "/案例准 AL2026-3")
    card = await library.approve(ctx.app, card.id, ctx.actor, checked=_CHECKED in rest)
    return Reply(guidance_texts.APPROVED.format(no=card.no))


_PUBLISH = "/发布 案例编号 [联合单位,…]"


@router.command("发布", "guidance_publish", _PUBLISH, "审核并发布案例", _PUBLISHER, about_case=False)
async def on_publish(ctx: Context, args: CommandArgs) -> Reply:
    """发布: alone, or jointly with the bodies named."""
    card, rest = await _subject(ctx, args, _PUBLISH)
    bodies = tuple(name for name in split_list(rest) if name != _CHECKED)
    card = await library.publish(ctx.app, card.id, ctx.actor, bodies, checked=_CHECKED in split_list(rest))
    return Reply(guidance_texts.PUBLISHED.format(no=card.no, jointly=drawn.jointly(card.guidance)))


_WITHDRAW = "/案例撤 案例编号 理由"


@router.command("案例撤", "guidance_withdraw", _WITHDRAW, "撤回案例", _PUBLISHER, about_case=False)
async def on_withdraw(ctx: Context, args: CommandArgs) -> Reply:
    """案例撤: the publisher what is approved or published, the writer what is not."""
    card, reason = await _subject(ctx, args, _WITHDRAW)
    card = await library.withdraw(ctx.app, card.id, ctx.actor, reason)
    return Reply(guidance_texts.WITHDRAWN.format(no=card.no))


def _written(card: GuidanceCard, said: str, text: str = "") -> Reply:
    """A new draft: what to do next; its text as a message of its own, one-to-one."""
    how = guidance_texts.NEXT.format(no=card.no, fields="、".join(FIELDS.values()))
    return Reply(f"{said}\n{how}", private=text)
