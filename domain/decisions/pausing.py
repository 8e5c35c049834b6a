"""When the clock stands still or is set anew: 中止 and 恢复, and a changed working calendar (第八条)."""

from __future__ import annotations

from typing import Any

from domain import commands as c
from domain.case import Actor, Case, Clock
from domain.decisions.facts import Fact, clock_from, need_text
from domain.decisions.handle import lead_only
from domain.decisions.requests import instead
from domain.office_hours import TZ
from domain.reading import clock_data, clock_of
from domain.refusals import Refused
from domain.rules import Bench
from domain.vocabulary import RUNNING, Request, Stage
from domain.work_calendar import Due

#: Stages whose chosen date is the manager's own: a pause does not move it.
_MANAGERS_DATE = frozenset({Stage.ANSWER, Stage.PLAN, Stage.PROMISE})


def suspend(case: Case, command: c.Suspend, actor: Actor, bench: Bench) -> list[Fact]:
    """申请中止: for one of four reasons, before expiry, at most so often as the rules say (第八条)."""
    lead_only(case, actor, "申请中止")
    reason = need_text(case, "中止", command.reason, "reason_needed")
    before = instead(case, actor, "申请中止")
    clock = case.running
    if case.suspension is not None:
        raise Refused("suspended_already", no=case.no)
    if clock is None:
        raise Refused("wrong_state", no=case.no, state="待送达", verb="中止", hint="")
    if bench.now > clock.at:
        raise Refused("extension_late", due=clock.date, number=case.number)
    if case.suspensions >= bench.rules.suspensions:
        raise Refused("suspended_enough", no=case.no, times=bench.rules.suspensions)
    data = {"what": Request.SUSPEND.value, "department": actor.department, "why": command.why.value, **before}
    return [Fact("suspension_requested", data, {"opinion": reason})]


def resume(case: Case, command: c.Resume, actor: Actor, bench: Bench) -> list[Fact]:
    """恢复: the limit moves by the working days the clock stood still, counted like every other limit (第八条)."""
    if case.suspension is None:
        raise Refused("not_suspended", no=case.no)
    return resumed(case, bench)


def resumed(case: Case, bench: Bench) -> list[Fact]:
    """The resumption of a suspended case, now."""
    pause = case.suspension
    if pause is None:
        return []
    since, today = pause.at.astimezone(TZ).date(), bench.now.astimezone(TZ).date()
    days = bench.calendar.workdays_between(since, today)
    data: dict[str, Any] = {"days": days, "why": pause.why.value}
    clock = case.clock
    if clock is not None and not (clock.days is None and clock.stage in _MANAGERS_DATE):
        # A suspension granted late may end with a limit that has passed: that is no reason to break.
        moved = bench.calendar.due_on(bench.calendar.shift(clock.date, days), clock.at) if days else None
        if moved is not None:
            data["clock"] = clock_data(Clock(clock.stage, moved.date, moved.at, moved.provisional, clock.days))
    return [Fact("resumed", data)]


def recalculate(case: Case, command: c.Recalculate, actor: Actor, bench: Bench) -> list[Fact]:
    """The calendar changed: a counted limit is counted again from the receipt, a chosen date keeps its day (第八条).

    No fact when nothing moves.
    """
    clock = case.clock
    if clock is None or case.received_at is None or case.state not in RUNNING:
        return []
    due = _due_again(case, clock, bench)
    fresh = clock_of({"clock": clock_from(clock.stage, due, counted=clock.days is not None)})
    if fresh is None or (fresh.date, fresh.at, fresh.provisional) == (clock.date, clock.at, clock.provisional):
        return []
    kept = Clock(fresh.stage, fresh.date, fresh.at, fresh.provisional, clock.days)
    moved = {"from": clock.date.isoformat(), "to": fresh.date.isoformat()}
    return [Fact("recalculated", {"clock": clock_data(kept), "source": command.source, "moved": moved})]


def _due_again(case: Case, clock: Clock, bench: Bench) -> Due:
    received = case.received_at or bench.now
    if clock.days is None:
        return bench.calendar.due_on(clock.date, min(received, bench.calendar.opening(clock.date)))
    return bench.calendar.due(received, clock.days + case.paused_days)
