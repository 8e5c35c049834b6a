"""What every command does the same way: act on the case, then say so or redraw the pressed card."""

from __future__ import annotations

from datetime import date

from bot import texts
from bot.cards.drawing import card_now
from bot.context import CommandArgs, Context, Reply
from domain import commands as c
from domain.case import Case
from domain.commands import Command
from domain.decisions.draft_event import furthest
from domain.events import EventType
from domain.office_hours import TZ
from domain.prompts import PromptCode
from domain.vocabulary import WITH_DEPARTMENT
from domain.work_calendar import WorkCalendar
from services.cases.execute import Outcome, execute
from services.materials.store import Held, execute_with

#: Acts that what was sent shortly before belongs to as well; any other takes only what came with its own message.
EVIDENCE = (c.Answer, c.Plan, c.CannotDo, c.Supplement, c.SettleOnSpot, c.CallBack, c.Extend, c.Suspend, c.Decline)


async def act(ctx: Context, args: CommandArgs, command: Command) -> Outcome:
    """Do it in the person's name; raises `Refused` or `Stale` when it may not be done.

    What came beside the words goes to the case with it.
    """
    held = proving(ctx, command)
    if not held:
        return await execute(ctx.app, args.case_id, command, ctx.actor, epoch=args.epoch)
    return await execute_with(ctx.app, args.case_id, command, ctx.actor, held, epoch=args.epoch)


def proving(ctx: Context, command: Command) -> tuple[Held, ...]:
    """What proves an act: what came with it, and for an answer and its like what was sent before and waits."""
    return (*ctx.waiting, *ctx.held) if isinstance(command, EVIDENCE) else ctx.held


def done(ctx: Context, args: CommandArgs, outcome: Outcome, text: str) -> Reply:
    """A press is answered by the redrawn card, a typed command by a sentence.

    A department that still holds the case also gets a fresh card where the one above keeps its outdated buttons.
    """
    if args.pressed:
        return Reply(card=card_now(ctx.view(outcome.id, outcome.case)))
    redrawn = ctx.in_group and ctx.platforms[ctx.incoming.platform].redraws
    if ctx.person.department_id is not None and outcome.case.state in WITH_DEPARTMENT and not redrawn:
        return Reply(text, card=card_now(ctx.view(outcome.id, outcome.case)))
    return Reply(text)


def calendar(ctx: Context, args: CommandArgs) -> WorkCalendar:
    """The working calendar of the case's centre."""
    return ctx.app.calendar_of(args.case.centre)


def day_to_come(ctx: Context, case: Case, code: PromptCode) -> date:
    """A working day to come for an example: for 延期 one after the running limit, for 承诺 none after the asked one."""
    days = ctx.app.calendar_of(case.centre)
    today = ctx.now.astimezone(TZ).date()
    day = days.shift(today, EXAMPLE_DAYS)
    if code is PromptCode.EXTEND and case.running is not None:
        return days.shift(max(case.running.date, today), 1)
    if code is PromptCode.PROMISE and case.asked is not None:
        return max(min(day, case.asked), today)
    return day


def instead(outcome: Outcome) -> str:
    """That a request took the place of the department's earlier one; empty when there was none."""
    before = outcome.events[-1].data.get("instead")
    return texts.ASKED_INSTEAD.format(what=before) if before else ""


def promise_asked(ctx: Context, outcome: Outcome) -> str:
    """That a promised date waits for the manager's consent, and why; empty when it stands already (第八条)."""
    pending, clock = outcome.case.pending, outcome.case.running
    if not outcome.events or outcome.events[-1].type is not EventType.PROMISE_REQUESTED or pending is None:
        return ""
    context = ctx.app.decision_context(outcome.case.rules)
    return texts.PROMISE_ASKED.format(
        no=outcome.case.no,
        day=pending.date,
        days=context.rules.promise_days,
        last=furthest(context),
        limit=clock.date if clock else "",
    ) + instead(outcome)


#: An example lies this many working days ahead.
EXAMPLE_DAYS = 5

__all__ = ["act", "calendar", "day_to_come", "done", "instead", "promise_asked"]
