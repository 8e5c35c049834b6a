"""分办转办 (第七条): to departments of this centre, to bodies outside it, or out of scope."""

from __future__ import annotations

from bot import texts
from bot.context import CommandArgs, Context, Reply, Several
from bot.handlers.common import act, calendar, day_to_come, done
from bot.router import Router
from bot.words import BadWords, day_words, need_date, split_list, take_date
from domain.case import Unit
from domain.commands import Consult, Dispatch, Tell, Transfer
from domain.office_hours import TZ
from domain.prompts import PromptCode
from domain.refusals import Refused
from domain.vocabulary import TRANSFER
from services.cases.referral import refer
from services.directory.people import department_named, department_names
from services.directory.reachable import reachable

router = Router()


@router.command(
    "转办",
    "dispatch",
    "/转办 编号 部门[,部门…] [YYYY-MM-DD]",
    "转办给部门，第一个牵头",
    "管理机构",
    asks=PromptCode.DISPATCH,
    several=Several.SPACED,
)
async def on_dispatch(ctx: Context, args: CommandArgs) -> Reply:
    """转办: departments by name, an optional date; refused while nobody there could receive it."""
    words = args.rest.split()
    day = None
    if words and (found := take_date(words[-1], ctx.now, calendar(ctx, args)))[0] is not None:
        day, words = found[0], words[:-1]
    names = split_list(" ".join(words))
    if not names:
        raise Refused("department_needed", number=args.case.number)
    units = tuple([await _unit(ctx, args, name) for name in names])
    outcome = await act(ctx, args, Dispatch(units, day))
    said = _said(ctx, outcome.case.centre, outcome.case.no, outcome.case.departments)
    if day is not None:
        said += texts.DISPATCHED_BY.format(day=day_words(day, ctx.now, calendar(ctx, args)))
    return done(ctx, args, outcome, said)


def _said(ctx: Context, centre: int, no: str, departments: str) -> str:
    opening = ctx.app.calendar_of(centre).next_open(ctx.now)
    when = texts.DISPATCHED_NOW
    if opening > ctx.now:
        when = texts.DISPATCHED_LATER.format(at=opening.astimezone(TZ).strftime("%m-%d %H:%M"))
    return texts.DISPATCHED.format(no=no, departments=departments, when=when)


async def _unit(ctx: Context, args: CommandArgs, name: str) -> Unit:
    match = await department_named(args.case.centre, name)
    if match.department is None:
        if match.candidates:
            known = texts.CANDIDATES.format(names="、".join(card.name for card in match.candidates))
        else:
            known = texts.KNOWN_DEPARTMENTS.format(names="、".join(await department_names(args.case.centre)))
        raise BadWords(texts.NO_SUCH_DEPARTMENT.format(text=name, candidates=known))
    unit = Unit(match.department.id, match.department.name)
    if not await reachable(args.case.centre, unit.id):
        raise Refused("department_unreachable", department=unit.name)
    return unit


@router.command("转交", "transfer", "/转交 编号 单位 [告知]", "不属于政务服务范围，转交并告知", "管理机构")
async def on_transfer(ctx: Context, args: CommandArgs) -> Reply:
    """转交 (第六条): the body, and how the complainant was told."""
    body, _, told = args.rest.partition(" ")
    outcome = await act(ctx, args, Transfer(body, told.strip()))
    said = texts.TRANSFERRED if outcome.case.was_told(TRANSFER) else texts.TRANSFERRED_UNTOLD
    said = said.format(no=outcome.case.no, body=body, number=outcome.case.number)
    if outcome.case.merged:
        said += texts.TRANSFERRED_TOO.format(merged="、".join(joined.no for joined in outcome.case.merged))
    return done(ctx, args, outcome, said)


@router.command(
    "告知", "tell", "/告知 编号 渠道 内容", "记下已告知诉求人的：转交、渠道、方案", "窗口", asks=PromptCode.TELL
)
async def on_tell(ctx: Context, args: CommandArgs) -> Reply:
    """告知: what the complainant was told and how (第六条、第八条、通知第三条（一）)."""
    outcome = await act(ctx, args, Tell(args.rest))
    fact = outcome.events[-1].data if outcome.events else {}
    said = texts.TOLD.format(no=outcome.case.no, about=outcome.case.tellings[-1][0], way=fact.get("way", ""))
    if not fact.get("way"):
        said += texts.TOLD_NO_WAY.format(number=outcome.case.number)
    return done(ctx, args, outcome, said)


@router.command("会商", "consult", "/会商 编号 纪要", "记下相关部门共同研究的纪要", "管理机构", asks=PromptCode.CONSULT)
async def on_consult(ctx: Context, args: CommandArgs) -> Reply:
    """会商: the minutes of what the departments studied together (通知第三条（一）)."""
    outcome = await act(ctx, args, Consult(args.rest))
    return done(ctx, args, outcome, texts.CONSULTED.format(no=outcome.case.no))


@router.command("函转", "refer", "/函转 编号 单位 YYYY-MM-DD", "未进驻大厅的业务，函转并跟踪", "管理机构")
async def on_refer(ctx: Context, args: CommandArgs) -> Reply:
    """函转 (通知第三条（一）): the body and the date its reply is asked for."""
    body, _, rest = args.rest.partition(" ")
    days = calendar(ctx, args)
    example = day_to_come(ctx, args.case, PromptCode.PLAN)
    day, _ = need_date(rest, ctx.now, f"/函转 {args.case.number} {body or '单位'} {example}", days)
    outcome = await refer(ctx.app, args.case_id, body, day, ctx.actor, epoch=args.epoch)
    return done(ctx, args, outcome, texts.REFERRED.format(
        no=outcome.case.no, body=body, limit=day_words(day, ctx.now, days), number=outcome.case.number
    ))  # fmt: skip
