"""What lies before somebody, and since when: drafts of 第九条, requests nobody ruled on, what nobody was told yet.

Derived from the case alone, so that whatever shows it (/我的, the clock's reminder, a fresh card) shows the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.case import Actor, Case
from domain.decisions.escalate import grounds
from domain.decisions.requests import decider
from domain.office_hours import TZ
from domain.rules import DecisionContext
from domain.tellings import owed
from domain.vocabulary import RUNNING, Release, Request, Role


class Matter(StrEnum):
    """What is to be decided. Values stand in rows of the clock: they are never renamed."""

    SUPERVISION = "supervision"
    RELEASE = "release"
    REQUEST = "request"
    TELLING = "telling"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One decision that is owed, by whose role; `since` is when it was put before them, or comes back to them.

    `returns` says that it was set aside until then, so that `since` itself is a moment to show it.
    """

    matter: Matter
    whose: Role
    since: datetime
    returns: bool = False

    def ripe(self, context: DecisionContext) -> bool:
        """Whether it lies before them now: what was set aside (暂缓) does so from its day on."""
        return self.since <= context.now

    def days(self, context: DecisionContext) -> int:
        """For how many working days it has been waiting."""
        first, today = self.since.astimezone(TZ).date(), context.now.astimezone(TZ).date()
        return max(0, context.calendar.workdays_between(first, today))


def unreleased(case: Case) -> tuple[Release, ...]:
    """Which of 通报、报告、抄送 the newest 督办 that was not heeded still waits for (第九条)."""
    if not case.supervised or case.supervision_due is None:
        return ()  # what the 督办 asked for was given since
    if case.ignored_at is None or case.ignored_at < case.supervised[-1]:
        return ()
    done = {what for what, at in case.released if at >= case.supervised[-1]}
    return tuple(what for what in Release if what not in done)


def set_aside_until(case: Case, context: DecisionContext) -> datetime | None:
    """When what the lead set aside (暂缓) comes back; None when nothing is. Older records name no day."""
    if case.held_at is None:
        return None
    usual = context.calendar.shift(case.held_at.astimezone(TZ).date(), context.rules.hold_days)
    return context.calendar.opening(case.held_until or usual)


def awaiting_release(case: Case, context: DecisionContext) -> tuple[Release, ...]:
    """Which of 通报、报告、抄送 lie before the lead now: prepared, not released, not set aside (第九条)."""
    aside = set_aside_until(case, context)
    if case.running is None or (aside is not None and context.now < aside):
        return ()
    return unreleased(case)


def waiting(case: Case, context: DecisionContext) -> tuple[Waiting, ...]:
    """Every decision this case owes an answer, those set aside with the day they come back."""
    found = []
    if case.pending is not None:
        found.append(Waiting(Matter.REQUEST, decider(case), case.pending.at))
    back = set_aside_until(case, context)
    for matter, whose, at in _drafts(case, context):
        returns = back is not None and case.held_at is not None and case.held_at >= at
        found.append(Waiting(matter, whose, back if returns and back is not None else at, returns))
    found += [Waiting(Matter.TELLING, Role.MANAGER, since) for _, since in owed(case)[:1]]
    return tuple(found)


def asks(case: Case) -> bool:
    """Whether a request or a draft of 通报、报告、抄送 may lie before somebody, today or on a later day."""
    return case.pending is not None or case.ignored_at is not None


def _drafts(case: Case, context: DecisionContext) -> list[tuple[Matter, Role, datetime]]:
    if case.state not in RUNNING or case.suspension is not None:
        return []
    found = []
    drafted = case.drafted_at
    fresh = drafted is not None and not (case.supervised and case.supervised[-1] >= drafted)
    if drafted is not None and fresh and grounds(case, context):
        found.append((Matter.SUPERVISION, Role.MANAGER, drafted))
    if case.ignored_at is not None and unreleased(case):
        found.append((Matter.RELEASE, Role.LEAD, case.ignored_at))
    return found


def before(case: Case, actor: Actor, context: DecisionContext) -> tuple[Waiting, ...]:
    """What this person is to decide now, and, for the lead, what others have left lying for days (第九条)."""
    actor = actor.at(case.centre)
    return tuple(
        item for item in waiting(case, context) if item.ripe(context) and _concerns(case, item, actor, context)
    )


def _concerns(case: Case, item: Waiting, actor: Actor, context: DecisionContext) -> bool:
    pending = case.pending
    if item.matter is Matter.REQUEST and pending is not None and pending.what is Request.CORRECT:
        return actor.has(Role.MANAGER, Role.LEAD) and actor.person != pending.asker
    if actor.has(item.whose) or (item.matter is Matter.TELLING and actor.has(Role.WINDOW)):
        return True
    return actor.has(Role.LEAD) and item.days(context) >= context.rules.lead_hears_days
