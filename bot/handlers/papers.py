"""打印 and 月报: papers come one-to-one as files, for whoever prints and seals them."""

from __future__ import annotations

from bot import texts
from bot.context import CommandArgs, Context, Reply
from bot.router import Router
from bot.words import BadWords
from domain.given_dates import month_named
from domain.office_hours import TZ
from platforms.contract import File
from services.access.rights import access_month
from services.papers.papers import month_file, paper_file, paper_names

router = Router()


@router.command("打印", "paper", "/打印 编号 [工作单|督办单|…]", "生成要打印、用印的公文草稿", "窗口")
async def on_paper(ctx: Context, args: CommandArgs) -> Reply:
    """打印: without a name, what there is."""
    found = await paper_file(ctx.app, args.subject, args.rest, ctx.actor) if args.rest else None
    if found is None:
        names = "、".join(paper_names(ctx.app, args.subject, ctx.actor))
        return Reply(texts.PAPERS.format(no=args.case.no, names=names or "暂无", number=args.case.number))
    return Reply(texts.PAPER_SENT.format(name=found[0]), file=File(*found))


@router.command("月报", "month", "/月报 [YYYY-MM]", "本月或指定月份的工作月报", "管理机构", about_case=False)
async def on_month(ctx: Context, args: CommandArgs) -> Reply:
    """月报 of this month, or of the one named."""
    access_month(ctx.actor, ctx.centre.id)
    first = ctx.now.astimezone(TZ).date().replace(day=1)
    if args.rest:
        named = month_named(args.rest)
        if named is None:
            raise BadWords(texts.MONTH_NEEDED.format(month=f"{ctx.now.astimezone(TZ):%Y-%m}"))
        first = named
    found = await month_file(ctx.app, ctx.centre, first, ctx.actor)
    return Reply(texts.PAPER_SENT.format(name=found[0]), file=File(*found))
