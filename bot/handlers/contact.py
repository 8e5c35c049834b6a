"""联系方式: the assigned liaison sees a complainant's number one-to-one, for a purpose, and it is logged."""

from __future__ import annotations

from bot import texts
from bot.context import CommandArgs, Context, Reply
from bot.router import Router
from domain.prompts import PromptCode
from services.access.contact import access_contact

router = Router()


@router.command(
    "联系方式", "contact", "/联系方式 编号 用途", "查看诉求人电话（单独回复并记录）", "联络员", asks=PromptCode.CONTACT
)
async def on_contact(ctx: Context, args: CommandArgs) -> Reply:
    """联系方式: never in a group, never for a confidential complaint."""
    seen = await access_contact(ctx.app, ctx.actor, args.case_id, args.rest)
    others = texts.CONTACT_OTHERS.format(numbers="、".join(seen.others)) if seen.others else ""
    said = texts.CONTACT.format(no=args.case.no, name=seen.name, phone=seen.phone, others=others, purpose=args.rest)
    return Reply(texts.ONE_TO_ONE if ctx.in_group else "", private=said)
