"""Open questions: asked after a button that could not carry words, answered by the next thing said."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot import texts
from bot.cards.drawing import card_now
from bot.context import CommandArgs, Context, Reply
from bot.handlers.common import day_to_come
from bot.typed_commands import known, quiet
from bot.words import BadWords
from domain.case import Case
from domain.prompts import Prompt, PromptCode
from domain.refusals import Refused
from services.access.cases import access_case_for_acting
from services.cases import prompts
from services.store.event_store import Record

#: The question after a button stays open this long.
PROMPT_FOR = timedelta(minutes=30)
#: What gives a question up.
CANCEL = frozenset({"取消", "算了", "不办了", "不用了"})
#: Refusals that other words would mend; after any other there is nothing left to ask.
MENDABLE = frozenset(
    {
        "reason_needed", "text_needed", "basis_needed", "cannot_needs_basis", "opinion_needed", "bad_rating",
        "department_needed", "department_unreachable", "same_departments", "reassign_over_limit", "date_alone",
        "date_past", "date_far", "date_out_of_range", "date_rest", "date_over_limit", "date_not_later",
        "promise_over_limit", "extension_too_long", "span_too_long", "entry_unknown", "entry_unreadable",
    }
)  # fmt: skip


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


async def prompted(ctx: Context, waiting: prompts.Waiting, text: str) -> Reply:
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


async def still_asked(ctx: Context, waiting: prompts.Waiting, reply: Reply) -> Reply:
    """A look at something, with a word that the question is still open."""
    record = await access_case_for_acting(ctx.app, ctx.actor, waiting.case_id)
    what = texts.PROMPTS[waiting.prompt.code]
    waits = texts.PROMPT_WAITS.format(no=record.case.no, what=what)
    return replace(reply, text=f"{reply.text}\n{waits}".strip())


def _once_more(ctx: Context, record: Record, prompt: Prompt) -> str:
    return texts.PROMPT_STILL.format(
        what=texts.PROMPTS[prompt.code],
        mention=texts.PROMPT_MENTION if ctx.in_group else "",
        example=_example(ctx, record.case, prompt.code),
    )


def _example(ctx: Context, case: Case, code: PromptCode) -> str:
    return texts.PROMPT_EXAMPLES[code].format(day=day_to_come(ctx, case, code))


def _lacking(case: Case) -> str:
    """What is still missing, asked for in the words it may be given in."""
    names = [texts.FIELD_NAMES[name] for name in case.missing]
    return texts.ASK_MISSING.format(missing="、".join(names), first=names[0]) if names else ""
