"""代班: anybody names who stands in for them, from one day to another."""

from __future__ import annotations

from bot import texts
from bot.context import CommandArgs, Context, Reply
from bot.router import Router
from bot.words import BadWords, need_date
from services.directory.deputies import NoDeputy, set_deputy

router = Router()

_USAGE = "/代班 姓名 起 止"


@router.command("代班", "deputy", _USAGE, "请同事在一段时间内代班", "所有人", about_case=False)
async def on_deputy(ctx: Context, args: CommandArgs) -> Reply:
    """代班 王敏 2026-12-01 2026-12-05."""
    name, _, rest = args.rest.partition(" ")
    start, rest = need_date(rest, ctx.now, _USAGE)
    end, _ = need_date(rest, ctx.now, _USAGE)
    try:
        absence = await set_deputy(ctx.person, name, start, end, ctx.app)
    except NoDeputy as error:
        raise BadWords(texts.NO_DEPUTY[str(error)].format(name=name, names="、".join(error.names))) from None
    return Reply(
        texts.DEPUTY_SET.format(
            person=absence.person, deputy=absence.deputy, start=start.isoformat(), end=end.isoformat()
        )
    )
