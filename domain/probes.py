"""Each command in its plainest form, as words a person might give on this case now: what `allowed` asks `decide` with.

A probe is never appended. Its words are in order, so what it is refused for is the case or the person.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from domain import commands as c
from domain.case import Case, Unit
from domain.office_hours import TZ
from domain.rules import DecisionContext
from domain.vocabulary import Category, Pause, Rating

WORDS = "……"


def _next_day(case: Case, context: DecisionContext) -> date:
    """The first working day after the running limit, or after today."""
    return context.calendar.shift(case.running.date, 1) if case.running else context.calendar.due(context.now, 1).date


def _soon(case: Case, context: DecisionContext) -> date:
    """A working day near enough for every limit: the manager's date, else the next one."""
    today = context.now.astimezone(TZ).date()
    return case.asked if case.asked is not None and case.asked >= today else _next_working(context)


def _next_working(context: DecisionContext) -> date:
    return context.calendar.due(context.now, 1).date


PROBES: dict[type[c.Command], Callable[[Case, DecisionContext], c.Command]] = {
    c.Confirm: lambda case, context: c.Confirm(),
    c.Supplement: lambda case, context: c.Supplement(WORDS),
    c.AddMaterial: lambda case, context: c.AddMaterial("file", "text/plain", 1, WORDS, WORDS),
    c.Amend: lambda case, context: c.Amend((("content", WORDS),)),
    c.Correct: lambda case, context: c.Correct("content", WORDS, WORDS),
    c.Urge: lambda case, context: c.Urge(WORDS),
    c.Withdraw: lambda case, context: c.Withdraw(WORDS),
    c.Void: lambda case, context: c.Void(WORDS),
    c.Discard: lambda case, context: c.Discard(),
    c.MergeInto: lambda case, context: c.MergeInto(WORDS),
    c.Absorb: lambda case, context: c.Absorb(WORDS),
    c.Split: lambda case, context: c.Split(WORDS),
    c.SettleOnSpot: lambda case, context: c.SettleOnSpot(WORDS),
    c.Submit: lambda case, context: c.Submit(Category.GENERAL),
    c.Classify: lambda case, context: c.Classify(Category.GENERAL),
    c.Dispatch: lambda case, context: c.Dispatch((Unit(0, WORDS),)),
    c.Consult: lambda case, context: c.Consult(WORDS),
    c.Tell: lambda case, context: c.Tell(WORDS),
    c.Transfer: lambda case, context: c.Transfer(WORDS, WORDS),
    c.Refer: lambda case, context: c.Refer(WORDS, _next_working(context)),
    c.Accept: lambda case, context: c.Accept(),
    c.Promise: lambda case, context: c.Promise(_soon(case, context)),
    c.Plan: lambda case, context: c.Plan(_next_working(context), WORDS),
    c.Answer: lambda case, context: c.Answer(WORDS),
    c.CannotDo: lambda case, context: c.CannotDo(WORDS, WORDS),
    c.Decline: lambda case, context: c.Decline(WORDS),
    c.Extend: lambda case, context: c.Extend(_next_day(case, context), WORDS),
    c.Suspend: lambda case, context: c.Suspend(Pause.MATERIALS, WORDS),
    c.Resume: lambda case, context: c.Resume(),
    c.Grant: lambda case, context: c.Grant(WORDS),
    c.Deny: lambda case, context: c.Deny(WORDS),
    c.Review: lambda case, context: c.Review(passed=True),
    c.CallBack: lambda case, context: c.CallBack(Rating.UNANSWERED),
    c.Conclude: lambda case, context: c.Conclude(WORDS),
    c.Nudge: lambda case, context: c.Nudge(),
    c.Supervise: lambda case, context: c.Supervise(
        context.calendar.due(context.now, context.rules.supervision_days).date, WORDS
    ),
    c.Approve: lambda case, context: c.Approve(()),
    c.Hold: lambda case, context: c.Hold(WORDS),
    c.Reopen: lambda case, context: c.Reopen(WORDS),
}
