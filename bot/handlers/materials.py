"""附件: what was handed in beside words, listed and sent one-to-one; every look is written down."""

from __future__ import annotations

import re

from bot import texts
from bot.context import CommandArgs, Context, Reply
from bot.router import Router
from domain.case import Material
from domain.ledger import format_moment
from domain.vocabulary import MATERIAL_KINDS
from platforms.contract import File
from services.access.materials import access_material, access_materials
from services.files.text import Unreadable
from services.materials.shown import Broken, shown

router = Router()

_WHICH = re.compile(r"(?:第|附件)?\s*(\d{1,3})\s*件?")
_KB, _MB = 1024, 1024 * 1024


@router.command("附件", "materials", "/附件 编号 [件号]", "看随诉求收到的图片、文件（单独发给您并记录）", "所有人")
async def on_materials(ctx: Context, args: CommandArgs) -> Reply:
    """附件: the list, or one of them; never in a group."""
    match = _WHICH.fullmatch(args.rest.strip())
    said = texts.ONE_TO_ONE if ctx.in_group else ""
    if match is None:
        found = await access_materials(ctx.app, ctx.actor, args.case_id)
        if len(found) > 1:
            return Reply(said, private=_list(args, found))
        number = found[0].number
    else:
        number = int(match[1])
    material = await access_material(ctx.app, ctx.actor, args.case_id, number)
    try:
        name, content = await shown(ctx.app, args.case_id, material)
    except Broken:
        return Reply(said, private=texts.MATERIAL_BROKEN.format(no=args.case.no, number=number))
    except Unreadable as error:
        return Reply(said, private=texts.MATERIAL_UNREADABLE.format(no=args.case.no, number=number, why=error))
    line = texts.MATERIAL_SENT.format(no=args.case.no, number=number)
    return Reply(said, private=line, file=File(name, content))


def _list(args: CommandArgs, found: tuple[Material, ...]) -> str:
    case = args.case
    lines = [texts.MATERIALS_HEAD.format(no=case.no, count=len(found))]
    lines += [
        texts.MATERIAL_LINE.format(
            number=item.number,
            kind=MATERIAL_KINDS[item.kind],
            name=item.name,
            size=size_words(item.size),
            role=item.role,
            at=format_moment(item.at),
        )
        for item in found
    ]
    return "\n".join([*lines, texts.MATERIALS_HOW.format(number=case.number)])


def size_words(size: int) -> str:
    """Bytes as people say them."""
    if size < _KB:
        return f"{size} 字节"
    return f"{size / _KB:.0f} KB" if size < _MB else f"{size / _MB:.1f} MB"
