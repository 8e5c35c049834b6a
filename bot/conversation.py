"""What a person types: a command, the answer to an open question, a complaint to take in, or a word among people."""

from __future__ import annotations

from bot import texts
from bot.attachments import asked_which, counted
from bot.context import ChatCommand, CommandArgs, Context, Reply
from bot.handlers import router
from bot.handlers.register import from_file
from bot.named_case import case_named_in
from bot.numbers import take_number, take_numbers
from bot.questions import prompted, still_asked
from bot.typed_commands import known, quiet, run, unknown
from bot.without_command import small_talk, taken_in
from domain.vocabulary import CENTRE_ROLES, Role
from services.access.cases import access_case_for_acting, access_case_named, sees
from services.cases import prompts
from services.delivery.sent_cards import case_shown
from services.materials.store import join

#: Commands that only look at something.
LOOKS = frozenset({"help", "mine", "show", "ledger", "guidance", "materials"})


async def said(ctx: Context, text: str) -> Reply:
    """Answer what was typed, or what came without a word; nothing is met with silence."""
    person, platform, chat = ctx.person.id, ctx.incoming.platform, ctx.incoming.chat_id
    waiting = await prompts.waiting(person, platform, chat, ctx.now)
    if not text and (ctx.held or ctx.incoming.attachments):
        return await _wordless(ctx, waiting)
    text = _with_quoted(ctx, text)
    parsed = router.parse(text)
    if parsed is not None and not (waiting and _is_answer(text, parsed)):
        word, command, rest = parsed
        if command is None:
            return unknown(word)
        # A command that is refused leaves the question open, and so does a look.
        reply = await run(ctx, command, rest)
        if waiting is None:
            return reply
        if command.code in LOOKS:
            return await still_asked(ctx, waiting, reply)
        await prompts.close(person, platform, chat)
        return reply
    if waiting is not None:
        return await prompted(ctx, waiting, text)
    quoted = await case_shown(ctx.incoming.platform, ctx.incoming.card_id) if ctx.actor.has(Role.LIAISON) else None
    if quoted is not None and await sees(ctx.actor, quoted):
        # A liaison who quotes the card and writes gives the answer to its case.
        record = await access_case_for_acting(ctx.app, ctx.actor, quoted)
        return quiet(ctx, record, await known("answer").handler(ctx, CommandArgs(text, record)))
    number, rest = take_number(text)
    if number and rest and ctx.actor.has(Role.LIAISON):
        return await run(ctx, known("answer"), text)
    if number and (ctx.held or ctx.waiting):
        return await _handed_in(ctx, number, rest)
    if not ctx.in_group and ctx.actor.has(*CENTRE_ROLES, Role.HOTLINE):
        return await taken_in(ctx, text)
    return small_talk(ctx, text) or unknown(_first_word(text))


def _is_answer(text: str, parsed: tuple[str, ChatCommand | None, str]) -> bool:
    """Whether words that begin like a command answer the open question: `查 过了，没有问题` names no case."""
    _, command, rest = parsed
    typed = text.lstrip().startswith(("/", "／"))
    return (
        not typed
        and command is not None
        and (command.about_case or command.code == "show")
        and not take_numbers(rest, spaced=False)[0]
    )


async def _wordless(ctx: Context, waiting: prompts.Waiting | None) -> Reply:
    """Pictures or files alone: within an open question they wait for its words, else they are asked about."""
    if not ctx.held:
        return Reply()
    if waiting is not None:
        return Reply(
            texts.WITH_THE_ANSWER.format(
                what=counted(ctx.held),
                what_next=texts.PROMPTS[waiting.prompt.code],
                mention=texts.PROMPT_MENTION if ctx.in_group else "",
            )
        )
    if quoted := case_named_in(ctx.incoming.quoted):
        return await _handed_in(ctx, quoted, "")
    takes_in = not ctx.in_group and ctx.actor.has(*CENTRE_ROLES, Role.HOTLINE)
    if takes_in and (reply := await from_file(ctx, ctx.held)) is not None:
        return reply
    return asked_which(ctx, (*ctx.waiting, *ctx.held))


async def _handed_in(ctx: Context, number: str, words: str) -> Reply:
    """What was sent goes to the case that is named; words beside the number are kept as a note."""
    record = await access_case_named(ctx.app, ctx.actor, number)
    if words:
        return quiet(ctx, record, await known("supplement").handler(ctx, CommandArgs(words, record)))
    await join(ctx.app, record.id, (*ctx.waiting, *ctx.held), ctx.actor)
    return Reply()


def _with_quoted(ctx: Context, text: str) -> str:
    """What was typed, with what it leaves to the message it quotes: the number of a case, or the complaint itself."""
    quoted = ctx.incoming.quoted
    if not quoted:
        return text
    named = case_named_in(quoted)
    parsed = router.parse(text)
    if parsed is None:
        answers = named and ctx.actor.has(Role.LIAISON) and not take_number(text)[0]
        return f"{named} {text}" if answers else text
    _, command, rest = parsed
    if command is None or take_number(rest)[0]:
        return text
    if command.code == "register" and not rest:
        return f"/{command.word} {quoted}"
    return f"/{command.word} {named} {rest}" if named and command.about_case else text


def _first_word(text: str) -> str:
    return text.split()[0][:12] if text.split() else ""
