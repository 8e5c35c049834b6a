"""代班: anybody names who stands in for them, from one day to another."""

from __future__ import annotations

import re

from bot import texts
from bot.context import CommandArgs, Context, Reply
from bot.router import Router
from bot.words import BadWords, need_date
from domain.office_hours import TZ
from services.directory.deputies import NoDeputy, set_deputy

router = Router()

#: 起止之间的“到”。
_TO = re.compile(r"^(?:到|至|—|-|~)+\s*")
_USAGE = "/代班 姓名 起 止"


@router.command("代班", "deputy", _USAGE, "请同事在一段时间内代班", "所有人", about_case=False)
async def on_deputy(ctx: Context, args: CommandArgs) -> Reply:
    """代班 王敏 2026-12-01 2026-12-05."""
    name, _, rest = args.rest.partition(" ")
    days = ctx.app.calendar_of(ctx.centre.id)
    today = ctx.now.astimezone(TZ).date()
    usage = f"{_USAGE}，例如：/代班 {name or '姓名'} {days.shift(today, 1)} {days.shift(today, 5)}"
    start, rest = need_date(rest, ctx.now, usage, days)
    end, _ = need_date(_TO.sub("", rest), ctx.now, usage, days)
    try:
        absence = await set_deputy(ctx.person, name, start, end, ctx.app)
    except NoDeputy as error:
        raise BadWords(texts.NO_DEPUTY[str(error)].format(name=name, names="、".join(error.names))) from None
    return Reply(
        texts.DEPUTY_SET.format(
            person=absence.person, deputy=absence.deputy, start=start.isoformat(), end=end.isoformat()
        )
    )
