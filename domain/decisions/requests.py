"""退单 and 延期: the department asks, the centre decides; asking never stops the clock (第七条、第八条)."""

from __future__ import annotations

from domain import commands as c
from domain.case import Actor, Case, Pending
from domain.decisions.facts import Fact, clock_from, need_text, working_date
from domain.office_hours import TZ
from domain.refusals import Refused
from domain.rules import Bench
from domain.vocabulary import STAGE_NAMES, Request, Role, Stage, State

#: A first-stage limit is a number of 第八条: only the lead may move it.
_LEADS_ONLY = frozenset({Stage.ANSWER, Stage.PLAN})


def decline(case: Case, command: c.Decline, actor: Actor, bench: Bench) -> list[Fact]:
    """退单: within one working day of receipt, once per department, with a reason (第七条“审核确定”)."""
    reason = need_text(case, "退单", command.reason, "reason_needed")
    _no_pending(case)
    department = actor.department if actor.department is not None else (case.lead.id if case.lead else None)
    if department in case.declined:
        raise Refused("decline_once", no=case.no)
    if case.received_at is not None:
        last = bench.calendar.due(case.received_at, bench.rules.decline_days)
        if bench.now > last.at:
            raise Refused("decline_late", number=case.number)
    data = {"what": Request.DECLINE.value, "department": department}
    return [Fact("decline_requested", data, {"opinion": reason})]


def extend(case: Case, command: c.Extend, actor: Actor, bench: Bench) -> list[Fact]:
    """延期: before expiry, once per stage, not longer than the limit itself (第八条)."""
    reason = need_text(case, "延期", command.reason, "reason_needed")
    _no_pending(case)
    clock = case.clock
    if clock is None:
        raise Refused("wrong_state", no=case.no, state="待送达", verb="延期", hint="")
    if bench.now > clock.at:
        raise Refused("extension_late", due=clock.date, number=case.number)
    if f"{case.round}:{clock.stage}" in case.extended:
        raise Refused("extension_once", due=clock.date)
    day = working_date(command.day, bench)
    if day <= clock.date:
        raise Refused("date_not_later", due=clock.date)
    start = case.planned_at or case.received_at or bench.now
    length = clock.days or bench.calendar.workdays_between(start.astimezone(TZ).date(), clock.date)
    limit = bench.calendar.shift(clock.date, max(length, 1))
    if day > limit:
        raise Refused("extension_too_long", limit=limit)
    data = {"what": Request.EXTEND.value, "department": actor.department, "date": day.isoformat()}
    return [Fact("extension_requested", data, {"opinion": reason})]


def grant(case: Case, command: c.Grant, actor: Actor, bench: Bench) -> list[Fact]:
    """准: a declined case goes back to the manager for another department (第七条); an extension sets the limit."""
    pending = _pending(case, actor)
    if pending.what is Request.DECLINE:
        private = {"opinion": command.reason} if command.reason else {}
        return [Fact("decline_granted", {"state": State.A2.value, "from": case.departments}, private)]
    if pending.date is None or case.clock is None:
        raise Refused("no_request", no=case.no)
    # Counted from the request: a decision that comes late must not move the date that was asked for.
    due = bench.calendar.due_on(pending.date, pending.at)
    stage = case.clock.stage
    until = {"stage_name": STAGE_NAMES[stage], "until": pending.date.isoformat()}
    return [Fact("extended", {"clock": clock_from(stage, due, counted=False), **until})]


def deny(case: Case, command: c.Deny, actor: Actor, bench: Bench) -> list[Fact]:
    """不准: the original limit stands, and a department that was refused may not return the case again (第七条)."""
    pending = _pending(case, actor)
    reason = need_text(case, "不准", command.reason, "reason_needed")
    return [Fact("request_denied", {"what": pending.what.value}, {"opinion": reason})]


def decider(case: Case) -> Role:
    """Who decides what is pending: the lead for a first-stage extension, else the manager."""
    pending, clock = case.pending, case.clock
    if pending and pending.what is Request.EXTEND and clock and clock.stage in _LEADS_ONLY:
        return Role.LEAD
    return Role.MANAGER


def _pending(case: Case, actor: Actor) -> Pending:
    if case.pending is None:
        raise Refused("no_request", no=case.no)
    if decider(case) is Role.LEAD and not actor.has(Role.LEAD, Role.OPERATOR):
        raise Refused("lead_decides", number=case.number)
    return case.pending


def _no_pending(case: Case) -> None:
    if case.pending is not None:
        raise Refused("request_pending", no=case.no, request=case.pending.what.value)
