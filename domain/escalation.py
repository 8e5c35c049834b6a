"""Which steps the clock owes a case (第九条): pure, derived from events, calendar and rules, never stored as state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.case import Case
from domain.rules import Bench
from domain.vocabulary import RUNNING, Level


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the ladder. Its key (round, stage, level, audience) happens at most once per case."""

    id: str
    round: int
    stage: str
    level: int
    audience: str
    at: datetime

    @property
    def key(self) -> tuple[int, str, int, str]:
        """The part of the sent-ledger key that belongs to the step (its stage names the rung too)."""
        return (self.round, f"{self.stage}/{self.id}", self.level, self.audience)


def timetable(case: Case, bench: Bench) -> list[Step]:
    """Every step the present stage will ask for, in order of time."""
    steps = [*_nudges(case, bench), *_after_the_limit(case, bench), *_owner(case, bench)]
    return sorted(steps, key=lambda step: (step.at, step.id))


def _nudges(case: Case, bench: Bench) -> Iterator[Step]:
    """即将到期的催办 (第九条): at opening some working days before, and some minutes before close."""
    clock, calendar = case.running, bench.calendar
    if clock is None:
        return
    started = max((moment for moment in (case.received_at, case.planned_at) if moment), default=None)
    for threshold in bench.rules.thresholds:
        if threshold.minutes is not None:
            at = clock.at - timedelta(minutes=threshold.minutes)
        else:
            at = calendar.opening(calendar.shift(clock.date, -(threshold.workdays or 0)))
        at = calendar.next_open(at)
        if at < clock.at and (started is None or at > started):
            for audience in threshold.audiences:
                yield Step(threshold.id, case.round, clock.key, Level.NUDGED, audience, at)


def _after_the_limit(case: Case, bench: Bench) -> Iterator[Step]:
    """逾期 drafts a 督办单; 督办 not heeded prepares 通报、报告、抄送 for the lead (第九条)."""
    calendar = bench.calendar
    if case.state not in RUNNING:
        return
    clock = case.clock
    if clock is not None and case.supervision_due is None:
        at = calendar.next_open(clock.at + timedelta(seconds=1))
        for audience in bench.rules.overdue:
            yield Step("overdue", case.round, clock.key, Level.SUPERVISED, audience, at)
    if case.supervision_due is not None:
        at = calendar.next_open(case.supervision_due + timedelta(seconds=1))
        stage = f"supervision@{case.supervision_due.date().isoformat()}#{len(case.supervised)}"
        for audience in bench.rules.ignored:
            yield Step("ignored", case.round, stage, Level.IGNORED, audience, at)


def _owner(case: Case, bench: Bench) -> Iterator[Step]:
    """有人问、事情有人管 (通知第三条（一）): every open case has an owner and a next date, the centre too."""
    minutes = bench.rules.owner_minutes.get(case.state)
    if minutes is None or case.entered_at is None:
        return
    start = case.calls[-1] if case.calls and case.calls[-1] > case.entered_at else case.entered_at
    at = bench.calendar.add_minutes(start, minutes)
    stage = f"{case.state.value}@{start.isoformat(timespec='minutes')}"
    yield Step("owner", case.round, stage, Level.NONE, bench.rules.owners[case.state], at)


def _too_late(step: Step, case: Case, bench: Bench) -> bool:
    return step.level == Level.NUDGED and case.running is not None and bench.now > case.running.at


@dataclass(frozen=True, slots=True)
class Due:
    """What a tick should do: `send` now, `skip` because a later nudge says it all, and when to look again."""

    send: tuple[Step, ...]
    skip: tuple[Step, ...]
    next_at: datetime | None


def due_steps(case: Case, bench: Bench, sent: frozenset[tuple[int, str, int, str]]) -> Due:
    """The steps that should have happened by now and have not.

    After downtime the right level is sent once: of several missed steps to one audience only the last is sent, and
    a reminder that a limit is near is not sent once the limit has passed.
    """
    unsent = [step for step in timetable(case, bench) if step.key not in sent]
    ripe = [step for step in unsent if step.at <= bench.now]
    last = {step.audience: step for step in ripe if not _too_late(step, case, bench)}
    send = tuple(step for step in ripe if last.get(step.audience) is step)
    skip = tuple(step for step in ripe if last.get(step.audience) is not step)
    later = [step.at for step in unsent if step.at > bench.now]
    return Due(send, skip, min(later, default=None))
