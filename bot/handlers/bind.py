"""绑定: a group chat becomes a department's."""

from __future__ import annotations

from bot import texts
from bot.context import CommandArgs, Context, Reply
from bot.router import Router
from bot.words import BadWords
from services.access.groups import bind_group
from services.access.rights import access_binding
from services.directory.people import department_named, department_names

router = Router()


@router.command("绑定", "bind", "/绑定 部门", "在部门群里发送，把本群设为该部门的工作群", "管理机构", about_case=False)
async def on_bind(ctx: Context, args: CommandArgs) -> Reply:
    """绑定 the group this was said in."""
    access_binding(ctx.actor)
    if ctx.incoming.chat_id is None:
        return Reply(texts.BIND_IN_GROUP)
    match = await department_named(ctx.centre.id, args.rest)
    if match.department is None:
        names = [card.name for card in match.candidates] or await department_names(ctx.centre.id)
        hint = texts.CANDIDATES if match.candidates else texts.KNOWN_DEPARTMENTS
        raise BadWords(texts.NO_SUCH_DEPARTMENT.format(text=args.rest, candidates=hint.format(names="、".join(names))))
    await bind_group(ctx.actor, ctx.incoming.platform, ctx.incoming.chat_id, match.department, ctx.now)
    return Reply(texts.BOUND.format(department=match.department.name))
