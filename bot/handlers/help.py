"""帮助: the commands this person can use, from the router's own table."""

from __future__ import annotations

from bot import texts
from bot.context import Ask, Context, Reply
from bot.router import router
from domain.vocabulary import Role

#: Which parts of the table a role reads.
_SECTIONS: dict[Role, tuple[str, ...]] = {
    Role.WINDOW: ("窗口",),
    Role.MANAGER: ("窗口", "管理机构"),
    Role.LEAD: ("窗口", "管理机构", "负责人"),
    Role.LIAISON: ("联络员",),
    Role.PUBLISHER: ("案例发布",),
}


@router.errand("帮助", "help", "/帮助", "查看指令", "所有人", about_case=False)
async def on_help(ctx: Context, ask: Ask) -> Reply:
    """帮助."""
    sections = ["所有人"]
    for role, names in _SECTIONS.items():
        if role in ctx.actor.roles:
            sections += [name for name in names if name not in sections]
    lines = [texts.HELP_HEAD]
    for section in sections:
        lines.append(f"**{section}**")
        lines += [f"- {e.usage}　{e.summary}" for e in router.errands if e.word and e.audience == section]
    return Reply("\n".join(lines))
