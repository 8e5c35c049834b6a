"""Each command in its plainest form, as words a person might give on this case now: what `allowed` asks `decide` with.

A probe is never appended. Its words are in order, so what it is refused for is the case or the person.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from domain import commands as c
from domain.case import Case, Unit
from domain.office_hours import TZ
from domain.rules import Bench
from domain.vocabulary import Category, Pause, Rating

WORDS = "……"


def _next_day(case: Case, bench: Bench) -> date:
    """The first working day after the running limit, or after today."""
    return bench.calendar.shift(case.running.date, 1) if case.running else bench.calendar.due(bench.now, 1).date


def _soon(case: Case, bench: Bench) -> date:
    """A working day near enough for every limit: the manager's date, else the next one."""
    today = bench.now.astimezone(TZ).date()
    return case.asked if case.asked is not None and case.asked >= today else _next_working(bench)


def _next_working(bench: Bench) -> date:
    return bench.calendar.due(bench.now, 1).date


PROBES: dict[type[c.Command], Callable[[Case, Bench], c.Command]] = {
    c.Confirm: lambda case, bench: c.Confirm(),
    c.Supplement: lambda case, bench: c.Supplement(WORDS),
    c.Correct: lambda case, bench: c.Correct("content", WORDS, WORDS),
    c.Urge: lambda case, bench: c.Urge(WORDS),
    c.Withdraw: lambda case, bench: c.Withdraw(WORDS),
    c.Void: lambda case, bench: c.Void(WORDS),
    c.MergeInto: lambda case, bench: c.MergeInto(WORDS),
    c.Absorb: lambda case, bench: c.Absorb(WORDS),
    c.Split: lambda case, bench: c.Split(WORDS),
    c.SettleOnSpot: lambda case, bench: c.SettleOnSpot(WORDS),
    c.Submit: lambda case, bench: c.Submit(Category.GENERAL),
    c.Classify: lambda case, bench: c.Classify(Category.GENERAL),
    c.Dispatch: lambda case, bench: c.Dispatch((Unit(0, WORDS),)),
    c.Tell: lambda case, bench: c.Tell(WORDS),
    c.Transfer: lambda case, bench: c.Transfer(WORDS, WORDS),
    c.Refer: lambda case, bench: c.Refer(WORDS, _next_working(bench)),
    c.Accept: lambda case, bench: c.Accept(),
    c.Promise: lambda case, bench: c.Promise(_soon(case, bench)),
    c.Plan: lambda case, bench: c.Plan(_next_working(bench), WORDS),
    c.Answer: lambda case, bench: c.Answer(WORDS),
    c.CannotDo: lambda case, bench: c.CannotDo(WORDS, WORDS),
    c.Decline: lambda case, bench: c.Decline(WORDS),
    c.Extend: lambda case, bench: c.Extend(_next_day(case, bench), WORDS),
    c.Suspend: lambda case, bench: c.Suspend(Pause.MATERIALS, WORDS),
    c.Resume: lambda case, bench: c.Resume(),
    c.Grant: lambda case, bench: c.Grant(WORDS),
    c.Deny: lambda case, bench: c.Deny(WORDS),
    c.Review: lambda case, bench: c.Review(passed=True),
    c.CallBack: lambda case, bench: c.CallBack(Rating.UNANSWERED),
    c.Conclude: lambda case, bench: c.Conclude(WORDS),
    c.Nudge: lambda case, bench: c.Nudge(),
    c.Supervise: lambda case, bench: c.Supervise(
        bench.calendar.due(bench.now, bench.rules.supervision_days).date, WORDS
    ),
    c.Approve: lambda case, bench: c.Approve(()),
    c.Hold: lambda case, bench: c.Hold(WORDS),
    c.Reopen: lambda case, bench: c.Reopen(WORDS),
}
