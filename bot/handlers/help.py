"""帮助: the commands this person can use, from the router's table."""

from __future__ import annotations

from bot import texts
from bot.context import CommandArgs, Context, Reply
from bot.router import Router
from domain.given_dates import whole_number
from domain.vocabulary import Role

router = Router()

#: Which parts of the table a role reads, its own first.
_SECTIONS: dict[Role, tuple[str, ...]] = {
    Role.WINDOW: ("窗口",),
    Role.MANAGER: ("管理机构", "窗口"),
    Role.LEAD: ("负责人", "管理机构", "窗口"),
    Role.LIAISON: ("联络员",),
    Role.PUBLISHER: ("案例发布",),
}
#: Bytes of a page: with head and footer it fits the smallest text message (2048 bytes of UTF-8).
PAGE = 1800


@router.command("帮助", "help", "/帮助", "查看指令", "所有人", about_case=False)
async def on_help(ctx: Context, args: CommandArgs) -> Reply:
    """帮助, in pages: the longest list does not fit one message."""
    pages = _pages(_lines(ctx))
    number = min(max(whole_number(args.rest) or 1, 1), len(pages))
    more = [texts.HELP_MORE.format(page=number, pages=len(pages), next=number + 1)] if number < len(pages) else []
    return Reply("\n".join([texts.HELP_HEAD, *pages[number - 1], *more]))


def _lines(ctx: Context) -> list[str]:
    sections: list[str] = []
    for role, names in _SECTIONS.items():
        if role in ctx.actor.roles:
            sections += [name for name in names if name not in sections]
    lines = []
    for section in [*sections, "所有人"]:
        lines.append(f"【{section}】")
        lines += [f"- {e.usage}　{e.summary}" for e in ctx.commands if e.word and e.audience == section]
    return lines


def _pages(lines: list[str]) -> list[list[str]]:
    pages: list[list[str]] = [[]]
    for line in lines:
        if len("\n".join([*pages[-1], line]).encode()) > PAGE:
            pages.append([])
        pages[-1].append(line)
    return pages
