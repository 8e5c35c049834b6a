"""What a person types: a command, the answer to an open question, a complaint to take in, or a word among people."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from bot import texts
from bot.attachments import asked_which, counted
from bot.cards.drawing import card_now
from bot.context import ChatCommand, CommandArgs, Context, Reply, Several
from bot.handlers import router
from bot.handlers.common import day_to_come
from bot.handlers.register import forwarded, from_file, no_complaint
from bot.numbers import MOST_AT_ONCE, take_number, take_numbers
from bot.words import BadWords
from domain.case import Case
from domain.prompts import Prompt, PromptCode
from domain.recusal import closed_groups
from domain.refusals import Refused
from domain.vocabulary import CENTRE_ROLES, STATE_NAMES, Role
from parsing import idle
from services.access.cases import Ambiguous, NotFound, Stale, access_case_for_acting, access_case_named, sees
from services.cases import held_texts, prompts
from services.cases.execute import Contended
from services.delivery.sent_cards import case_shown
from services.materials.store import join, let_go
from services.store.event_store import Record

#: A plain one-to-one text at least this long may be a forwarded complaint; a greeting is shorter than the second.
FORWARDED, GREETING = 6, 12
#: The question after a button stays open this long.
PROMPT_FOR = timedelta(minutes=30)
#: Digits of a number nobody has that may be part of a telephone number.
SEARCHED_DIGITS = 4
#: Cases one message may name.
#: What gives a question up.
CANCEL = frozenset({"取消", "算了", "不办了", "不用了"})
#: Commands that only look at something.
LOOKS = frozenset({"help", "mine", "show", "ledger", "guidance", "materials"})
#: Refusals that other words would mend; after any other there is nothing left to ask.
MENDABLE = frozenset(
    {
        "reason_needed", "text_needed", "basis_needed", "cannot_needs_basis", "opinion_needed", "bad_rating",
        "department_needed", "department_unreachable", "same_departments", "reassign_over_limit", "date_alone",
        "date_past", "date_far", "date_out_of_range", "date_rest", "date_over_limit", "date_not_later",
        "promise_over_limit", "extension_too_long", "span_too_long", "entry_unknown", "entry_unreadable",
    }
)  # fmt: skip
#: A short sentence among people; a longer one that names a case may be a complaint about it.
SHORT = 60
_NAMED = re.compile(r"(?<![\dA-Za-z-])((?:YS)?(?:\d{8}|\d{4})-\d{1,6})(?![\d-])", re.IGNORECASE)


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
            return await _still_asked(ctx, waiting, reply)
        await prompts.close(person, platform, chat)
        return reply
    if waiting is not None:
        return await _prompted(ctx, waiting, text)
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
        return await _taken_in(ctx, text)
    return _small_talk(ctx, text) or unknown(_first_word(text))


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
    if quoted := _NAMED.search(ctx.incoming.quoted):
        return await _handed_in(ctx, quoted[1], "")
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
    named = _NAMED.search(quoted)
    parsed = router.parse(text)
    if parsed is None:
        answers = named is not None and ctx.actor.has(Role.LIAISON) and not take_number(text)[0]
        return f"{named[1]} {text}" if answers and named is not None else text
    _, command, rest = parsed
    if command is None or take_number(rest)[0]:
        return text
    if command.code == "register" and not rest:
        return f"/{command.word} {quoted}"
    return f"/{command.word} {named[1]} {rest}" if named is not None and command.about_case else text


async def _taken_in(ctx: Context, text: str) -> Reply:
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
    named = _NAMED.search(text) if len(text) <= SHORT else None
    if named is None:
        return None
    try:
        case = (await access_case_named(ctx.app, ctx.actor, named[1])).case
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


def _small_talk(ctx: Context, text: str) -> Reply | None:
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


async def _still_asked(ctx: Context, waiting: prompts.Waiting, reply: Reply) -> Reply:
    """A look at something, with a word that the question is still open."""
    record = await access_case_for_acting(ctx.app, ctx.actor, waiting.case_id)
    what = texts.PROMPTS[waiting.prompt.code]
    waits = texts.PROMPT_WAITS.format(no=record.case.no, what=what)
    return replace(reply, text=f"{reply.text}\n{waits}".strip())


async def _prompted(ctx: Context, waiting: prompts.Waiting, text: str) -> Reply:
    """An answer to the open question; a slip leaves it open, with what was understood and one answer that works."""
    person, platform, chat = ctx.person.id, ctx.incoming.platform, ctx.incoming.chat_id
    if text in CANCEL:
        await prompts.close(person, platform, chat)
        return Reply(texts.CANCELLED)
    try:
        record = await access_case_for_acting(ctx.app, ctx.actor, waiting.case_id)
        command = known(waiting.prompt.code.command)
        words = waiting.prompt.answered(text)
        reply = quiet(ctx, record, await command.handler(ctx, CommandArgs(words, record)))
    except (BadWords, Refused) as error:
        if isinstance(error, Refused) and error.code not in MENDABLE:
            await prompts.close(person, platform, chat)
            raise
        await prompts.open_(person, platform, chat, record.id, waiting.prompt, ctx.now + PROMPT_FOR)
        return Reply(f"{error}\n{_once_more(ctx, record, waiting.prompt)}")
    if reply.ask is not None:
        return await ask(ctx, record, reply.ask)
    await prompts.close(person, platform, chat)
    return reply


def _once_more(ctx: Context, record: Record, prompt: Prompt) -> str:
    return texts.PROMPT_STILL.format(
        what=texts.PROMPTS[prompt.code],
        mention=texts.PROMPT_MENTION if ctx.in_group else "",
        example=_example(ctx, record.case, prompt.code),
    )


def _example(ctx: Context, case: Case, code: PromptCode) -> str:
    return texts.PROMPT_EXAMPLES[code].format(day=day_to_come(ctx, case, code))


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


async def ask(ctx: Context, record: Record, prompt: Prompt) -> Reply:
    """Ask for the words a button could not carry, and take the next thing said for them."""
    incoming, case = ctx.incoming, record.case
    until = ctx.now + PROMPT_FOR
    await prompts.open_(ctx.person.id, incoming.platform, incoming.chat_id, record.id, prompt, until)
    usage = known(prompt.code.command).usage or texts.REVIEW_FAIL_USAGE
    usage = usage.replace("编号", case.number)
    lacking = _lacking(case) if prompt.code is PromptCode.SUPPLEMENT else ""
    question = texts.PROMPT.format(
        name=ctx.person.name,
        what=f"{case.no} 的{texts.PROMPTS[prompt.code]}{lacking}",
        mention=texts.PROMPT_MENTION if ctx.in_group else "",
        example=_example(ctx, case, prompt.code),
        usage=usage if prompt.rating is None else f"/回访 {case.number} {prompt.rating} 意见",
    )
    return Reply(question, card=card_now(ctx.view(record.id, case)))


def _lacking(case: Case) -> str:
    """What is still missing, asked for in the words it may be given in."""
    names = [texts.FIELD_NAMES[name] for name in case.missing]
    return texts.ASK_MISSING.format(missing="、".join(names), first=names[0]) if names else ""


def unknown(word: str) -> Reply:
    """No command: the nearest one is named."""
    nearest = router.nearest(word) if word else None
    guess = texts.GUESS.format(usage=nearest.usage) if nearest else ""
    return Reply(texts.UNKNOWN_COMMAND.format(word=word, guess=guess))


def _first_word(text: str) -> str:
    return text.split()[0][:12] if text.split() else ""


def known(code: str) -> ChatCommand:
    """The command of a code of ours. Raises LookupError for any other."""
    command = router.by_code(code)
    if command is None:
        raise LookupError(code)
    return command
