"""更正, 作废, 并单, 拆单: putting the record right without ever deleting anything."""

from __future__ import annotations

import re
from datetime import datetime, time

from bot import texts
from bot.context import CommandArgs, Context, Reply
from bot.handlers.common import act, done
from bot.handlers.withdraw import freed
from bot.router import Router, take_number
from bot.words import BadWords, need_date
from domain.commands import Correct, Void
from domain.decisions.requests import NONE
from domain.office_hours import TZ
from domain.prompts import PromptCode
from domain.refusals import Refused
from services.access.cases import access_case_named
from services.cases.corrections import correct
from services.cases.intake import split_off
from services.cases.merging import merge

router = Router()

#: What people call the entries that may be corrected.
_FIELDS = {
    "姓名": "name", "联系人": "contact", "电话": "phone", "地址": "address", "内容": "content", "性质": "kind",
    "来源": "source", "热线单号": "external_no", "热线期限": "external_due",
}  # fmt: skip
_ALSO = {"单号": "热线单号", "工单编号": "热线单号", "热线编号": "热线单号", "期限": "热线期限"}
_HOUR = re.compile(r"^(\d{1,2})[:：](\d{2})(?=$|[\s，,；;])[\s，,；;]*")


@router.command("更正", "correct", "/更正 编号 项目：新值 理由", "更正登记内容，须另一人同意", "窗口")
async def on_correct(ctx: Context, args: CommandArgs) -> Reply:
    """更正: `电话：00012345678 录入有误`."""
    name, _, rest = args.rest.replace("：", ":", 1).partition(":")
    field = _FIELDS.get(_ALSO.get(name.strip(), name.strip()))
    if field is None:
        raise BadWords(texts.CORRECTABLE.format(names="、".join(_FIELDS), number=args.case.number))
    value, _, reason = rest.strip().partition(" ")
    if field == "external_due" and value != NONE:
        value, reason = _limit(ctx, args, rest)
    command = Correct(field, value, reason)
    outcome = await correct(ctx.app, args.subject, command, ctx.actor, epoch=args.epoch)
    return done(ctx, args, outcome, texts.CORRECTION_ASKED.format(no=outcome.case.no))


def _limit(ctx: Context, args: CommandArgs, words: str) -> tuple[str, str]:
    """The hotline's own limit: a day, until its close of business unless an hour is written; and the words after it."""
    day, rest = need_date(words, ctx.now, f"/更正 {args.case.number} 热线期限：2026-11-30 12:00 理由")
    hour = _HOUR.match(rest)
    if hour is None:
        return ctx.app.calendar_of(args.case.centre).closing(day).isoformat(), rest
    try:
        at = datetime.combine(day, time(int(hour[1]), int(hour[2])), TZ)
    except ValueError:
        raise BadWords(texts.BAD_HOUR.format(text=hour[0].strip())) from None
    return at.isoformat(), rest[hour.end() :].strip()


@router.command("作废", "void", "/作废 编号 理由", "登记有误，作废（保留编号）", "负责人", asks=PromptCode.VOID)
async def on_void(ctx: Context, args: CommandArgs) -> Reply:
    """Void a case that was registered by mistake; its number stays used (第五条)."""
    outcome = await act(ctx, args, Void(args.rest))
    return done(ctx, args, outcome, texts.VOIDED.format(no=outcome.case.no) + freed(args.case, outcome.case))


@router.command("并单", "merge", "/并单 编号 编号", "同一件事合并办理，先登记的为主", "管理机构")
async def on_merge(ctx: Context, args: CommandArgs) -> Reply:
    """并单: the earlier case is the master."""
    number, _ = take_number(args.rest)
    if not number:
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
