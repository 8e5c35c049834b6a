"""A word without a command: what may be a complaint is taken in, small talk has an answer of its own."""

from __future__ import annotations

from bot import texts
from bot.context import Context, Reply
from bot.handlers import router
from bot.handlers.register import forwarded, no_complaint
from bot.named_case import case_named_in
from bot.numbers import take_number
from bot.questions import CANCEL
from bot.typed_commands import unknown
from domain.vocabulary import STATE_NAMES
from parsing import idle
from services.access.cases import Ambiguous, NotFound, access_case_named
from services.cases import held_texts
from services.materials.store import let_go

#: A plain one-to-one text at least this long may be a forwarded complaint; a greeting is shorter than the second.
FORWARDED, GREETING = 6, 12
#: A short sentence among people; a longer one that names a case may be a complaint about it.
SHORT = 60


async def taken_in(ctx: Context, text: str) -> Reply:
    """A word one-to-one from somebody who takes complaints in: what shows itself as one is registered at once (第五条).

    Of anything else it is said what was understood, and asked; one word registers it after all.
    """
    person, platform = ctx.person.id, ctx.incoming.platform
    if text in CANCEL and ctx.waiting:
        return Reply(texts.LET_GO.format(count=await let_go(person, "")))
    if text in CANCEL:
        return Reply(texts.CANCELLED if await held_texts.let_go(person, platform) else texts.NOTHING_TO_CANCEL)
    if text.strip("。！!") in texts.YES and (waited := await held_texts.held(ctx.app, person, platform)):
        registered = await forwarded(ctx, waited, insist=True)
        await held_texts.let_go(person, platform)
        return registered
    about = await _about_a_case(ctx, text)
    if about is None and (reply := _greeting(ctx, text)) is not None:
        return reply
    if about is None and (guess := _typed_wrong(text)) is not None:
        return guess
    if about is None and len(text) >= FORWARDED:
        return await forwarded(ctx, text)
    await held_texts.hold(ctx.app, person, platform, text)
    return Reply(about or no_complaint(text, idle(text)))


async def _about_a_case(ctx: Context, text: str) -> str | None:
    """What to say of a short sentence that speaks of one case by its number; None when it does not."""
    named = case_named_in(text) if len(text) <= SHORT else None
    if named is None:
        return None
    try:
        case = (await access_case_named(ctx.app, ctx.actor, named)).case
    except (NotFound, Ambiguous):
        return None
    return texts.ABOUT_A_CASE.format(no=case.no, state=STATE_NAMES[case.state], number=case.number)


def _greeting(ctx: Context, text: str) -> Reply | None:
    """A greeting and a question how this works have an answer of their own."""
    kind = idle(text)
    if kind == "在问怎么使用":
        return Reply(texts.HOW_TO_USE.format(name=ctx.person.name))
    if kind == "寒暄" and len(text) < GREETING:
        return Reply(texts.ENTER.format(name=ctx.person.name))
    return None


def small_talk(ctx: Context, text: str) -> Reply | None:
    """The same for everybody else, and where others read along."""
    if not text:
        return Reply(texts.HOW_TO_USE.format(name=ctx.person.name))
    kind = idle(text)
    if kind is None:
        return None
    return _greeting(ctx, text) or Reply(texts.HEARD.format(kind=kind))


def _typed_wrong(text: str) -> Reply | None:
    """A command with a slip in it: `签售 7` is near one, and a number follows."""
    if len(text) >= GREETING:
        return None
    word, _, rest = text.partition(" ")
    return unknown(word) if take_number(rest.strip())[0] and router.nearest(word) else None
