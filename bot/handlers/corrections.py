"""更正, 作废, 并单, 拆单: putting the record right without ever deleting anything."""

from __future__ import annotations

import re

from bot import texts
from bot.context import CommandArgs, Context, Reply
from bot.handlers.common import act, done
from bot.handlers.withdraw import freed
from bot.numbers import take_number
from bot.router import Router
from bot.words import BadWords
from domain.commands import Correct, Void
from domain.decisions.requests import CORRECTABLE
from domain.entries import BY_FIELD, BY_WORD, Entry
from domain.prompts import PromptCode
from domain.refusals import Refused
from services.access.cases import access_case_named
from services.cases.corrections import correct
from services.cases.entry_values import read_value
from services.cases.intake import split_off
from services.cases.merging import merge

router = Router()


@router.command("更正", "correct", "/更正 编号 项目：新值 理由", "更正登记内容，须另一人同意", "窗口")
async def on_correct(ctx: Context, args: CommandArgs) -> Reply:
    """更正: `电话：00012345678 录入有误`."""
    name, _, rest = args.rest.replace("：", ":").partition(":")
    entry = BY_WORD.get(name.strip())
    if entry is None or entry.field not in CORRECTABLE:
        names = "、".join(BY_FIELD[field].name for field in CORRECTABLE)
        raise BadWords(texts.CORRECTABLE.format(names=names, number=args.case.number))
    value, reason = _value_and_reason(entry, rest.strip())
    if value:
        value = read_value(entry, value, ctx.now)
    command = Correct(entry.field, value, reason)
    outcome = await correct(ctx.app, args.subject, command, ctx.actor, epoch=args.epoch)
    return done(ctx, args, outcome, texts.CORRECTION_ASKED.format(no=outcome.case.no))


def _value_and_reason(entry: Entry, words: str) -> tuple[str, str]:
    """The new value, and the reason after a space or semicolon; a moment may have a space before its hour."""
    hour = re.match(r"\S+\s+\d{1,2}[:：点时]\S*", words) if entry.moment else None
    value = hour[0] if hour else re.split(r"[\s；;]", words, maxsplit=1)[0]
    return value, words[len(value) :].strip(" ；;\n\t")


@router.command("作废", "void", "/作废 编号 理由", "登记有误，作废（保留编号）", "负责人", asks=PromptCode.VOID)
async def on_void(ctx: Context, args: CommandArgs) -> Reply:
    """Void a case that was registered by mistake; its number stays used (第五条)."""
    outcome = await act(ctx, args, Void(args.rest))
    return done(ctx, args, outcome, texts.VOIDED.format(no=outcome.case.no) + freed(args.case, outcome.case))


@router.command("并单", "merge", "/并单 编号 编号", "同一件事合并办理，先登记的为主", "管理机构")
async def on_merge(ctx: Context, args: CommandArgs) -> Reply:
    """并单: the earlier case is the master."""
    number, more = take_number(args.rest)
    if not number or more:
        raise BadWords(texts.NUMBER_NEEDED.format(usage="/并单 7 9"))
    other = await access_case_named(ctx.app, ctx.actor, number)
    outcome = await merge(ctx.app, args.subject, other, ctx.actor)
    case = outcome.case
    said = texts.MERGED.format(no=case.no, merged="、".join(joined.no for joined in case.merged))
    follower = args.case if args.case.no != case.no else other.case
    lost = [unit.name for unit in follower.units if unit not in case.units]
    if lost and case.units:
        together = ",".join([*(unit.name for unit in case.units), *lost])
        said += texts.MERGED_AWAY.format(departments="、".join(lost), number=case.number, together=together)
    return Reply(said)


@router.command(
    "拆单", "split", "/拆单 编号 另一件事的内容", "一件诉求里有两件事，拆出一件", "管理机构", asks=PromptCode.SPLIT
)
async def on_split(ctx: Context, args: CommandArgs) -> Reply:
    """拆单: the other matter becomes a case of its own, with the same complainant."""
    text = args.rest
    if not text:
        raise Refused("text_needed", verb="拆单", number=args.case.number)
    taken = await split_off(ctx.app, ctx.centre, args.subject, text, ctx.actor, epoch=args.epoch)
    return Reply(texts.SPLIT.format(no=args.case.no, new=taken.case.no))
