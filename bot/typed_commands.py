"""Typed commands, done: of one case or of several, answered where the answer may be read."""

from __future__ import annotations

from bot import texts
from bot.context import ChatCommand, CommandArgs, Context, Reply, Several
from bot.handlers import router
from bot.numbers import MOST_AT_ONCE, take_number, take_numbers
from bot.words import BadWords
from domain.recusal import closed_groups
from domain.refusals import Refused
from services.access.cases import Ambiguous, NotFound, Stale, access_case_named
from services.cases.execute import Contended
from services.store.event_store import Record

#: Digits of a number nobody has that may be part of a telephone number.
SEARCHED_DIGITS = 4


async def run(ctx: Context, command: ChatCommand, rest: str) -> Reply:
    """Do a typed command, of several cases one by one where that makes sense."""
    if command.code == "show" and (record := await _named(ctx, rest)) is not None:
        return quiet(ctx, record, await command.handler(ctx, CommandArgs("", record)))
    if not command.about_case:
        return await command.handler(ctx, CommandArgs(rest))
    numbers, words = take_numbers(rest, spaced=command.several is Several.SPACED)
    if not numbers:
        raise BadWords(texts.NUMBER_NEEDED.format(usage=command.usage))
    if len(numbers) == 1:
        record = await access_case_named(ctx.app, ctx.actor, numbers[0])
        return quiet(ctx, record, await command.handler(ctx, CommandArgs(words, record)))
    if command.code == "merge":
        record = await access_case_named(ctx.app, ctx.actor, numbers[0])
        return await command.handler(ctx, CommandArgs(" ".join((*numbers[1:], words)).strip(), record))
    if command.several is Several.NO:
        usage = command.usage.replace("编号", numbers[0], 1)
        raise BadWords(texts.ONE_AT_A_TIME.format(word=command.word, count=len(numbers), usage=usage))
    if len(numbers) > MOST_AT_ONCE:
        raise BadWords(texts.TOO_MANY_AT_ONCE.format(most=MOST_AT_ONCE, count=len(numbers)))
    return Reply("\n".join([f"{number}：{await _one_of(ctx, command, number, words)}" for number in numbers]))


def quiet(ctx: Context, record: Record, reply: Reply) -> Reply:
    """The answer one-to-one where somebody the complaint is about reads along in the group (回避)."""
    if not ctx.in_group or ctx.host not in closed_groups(record.case):
        return reply
    words = "\n".join(part for part in (reply.text, reply.private) if part)
    return Reply(texts.ONE_TO_ONE, private=words, private_card=reply.private_card or reply.card, file=reply.file)


async def _named(ctx: Context, rest: str) -> Record | None:
    """The case `/查` names by its number; None for words to search for, and for digits that may be a telephone's."""
    number, more = take_number(rest)
    if not number or more:
        return None
    try:
        return await access_case_named(ctx.app, ctx.actor, number)
    except NotFound:
        if not number.isdigit() or len(number) < SEARCHED_DIGITS:
            raise
        return None


async def _one_of(ctx: Context, command: ChatCommand, number: str, words: str) -> str:
    """What came of one of several cases; that one is refused keeps none of the others from being done."""
    try:
        record = await access_case_named(ctx.app, ctx.actor, number)
        reply = quiet(ctx, record, await command.handler(ctx, CommandArgs(words, record)))
        return reply.text
    except (Refused, BadWords, Stale) as error:
        return str(error)
    except NotFound as error:
        return texts.NOT_FOUND.format(text=error.text)
    except Ambiguous as error:
        return texts.AMBIGUOUS.format(numbers="、".join(error.numbers))
    except Contended:
        return texts.CONTENDED


def unknown(word: str) -> Reply:
    """No command: the nearest one is named."""
    nearest = router.nearest(word) if word else None
    guess = texts.GUESS.format(usage=nearest.usage) if nearest else ""
    return Reply(texts.UNKNOWN_COMMAND.format(word=word, guess=guess))


def known(code: str) -> ChatCommand:
    """The command of a code of ours. Raises LookupError for any other."""
    command = router.by_code(code)
    if command is None:
        raise LookupError(code)
    return command
