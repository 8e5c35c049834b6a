"""What came beside words: taken in before the words are worked on, and said what became of it after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot import texts
from bot.context import Context, Reply
from domain.vocabulary import CENTRE_ROLES, MATERIAL_KINDS, Role
from services.materials.receive import Received, receive
from services.materials.store import Held, joined_to, waiting_of

#: An example of a number, where the person has no case of their own to name.
EXAMPLE = "1123-7"


async def with_held(ctx: Context) -> tuple[Context, Received]:
    """The context with what came beside the words, and what the person sent here before and nobody claimed."""
    incoming = ctx.incoming
    received = Received()
    if incoming.attachments:
        received = await receive(ctx.app, ctx.platforms[incoming.platform], incoming, ctx.person.id)
    own = {item.id for item in received.held}
    earlier = await waiting_of(ctx.app, ctx.person.id, incoming.chat_id or "")
    waiting = tuple(item for item in earlier if item.id not in own)
    return replace(ctx, held=received.held, waiting=waiting), received


async def with_outcome(ctx: Context, received: Received, reply: Reply) -> Reply:
    """The answer, with what became of everything that came beside the words."""
    notes = [*await _joined(ctx), *_lost(received)]
    if ctx.incoming.spoken and reply.text:
        notes.append(texts.SPOKEN)
    return replace(reply, text="\n".join(part for part in (reply.text, *notes) if part)) if notes else reply


async def _joined(ctx: Context) -> list[str]:
    held = (*ctx.waiting, *ctx.held)
    found = await joined_to([item.id for item in held]) if held else {}
    by_case: dict[str, list[Held]] = {}
    for item in held:
        if item.id in found:
            by_case.setdefault(found[item.id][0], []).append(item)
    notes = []
    for no, items in by_case.items():
        numbers = "、".join(str(found[item.id][1]) for item in items)
        notes.append(texts.ATTACHED.format(what=counted(items), no=no, numbers=numbers))
    return notes


def _lost(received: Received) -> Iterable[str]:
    return [texts.LOST[why.value].format(what=texts.MEDIA.get(kind, "附件")) for kind, why in received.lost]


def asked_which(ctx: Context, held: Sequence[Held]) -> Reply:
    """The question which case something belongs to that came without words."""
    at_the_centre = ctx.actor.has(*CENTRE_ROLES, Role.HOTLINE)
    words = texts.WHICH_CASE_CENTRE if at_the_centre else texts.WHICH_CASE
    example = EXAMPLE if at_the_centre else f"{EXAMPLE} 已办结，见附件"
    return Reply(words.format(what=counted(held), example=example))


def counted(held: Sequence[Held]) -> str:
    """`图片 2 件、文件 1 件`."""
    kinds = Counter(item.kind for item in held)
    return "、".join(f"{MATERIAL_KINDS[kind]} {count} 件" for kind, count in kinds.items())
