"""质检反馈评价 (第十条): review, call-back, 清零销号 or 退回重办."""

from __future__ import annotations

from domain import commands as c
from domain.case import Actor, Case
from domain.decisions.facts import Fact, close_unasked, need_text
from domain.office_hours import TZ
from domain.refusals import Refused
from domain.rules import Bench
from domain.vocabulary import SATISFIED_RATINGS, Rating, State


def review(case: Case, command: c.Review, actor: Actor, bench: Bench) -> list[Fact]:
    """质检: passed goes to the call-back; failed goes back to the department as a new round (第十条)."""
    if not command.passed:
        reason = need_text(case, "质检", command.reason, "reason_needed")
        return [Fact("review_failed", {"state": redo_state(case).value, "round": case.round + 1}, {"opinion": reason})]
    return [Fact("review_passed", {"state": State.C2.value}), *close_unasked(case)]


def redo_state(case: Case) -> State:
    """Where 退回重办 leads: to the department, or to the manager when no department of the directory held the case."""
    return State.R if case.lead is not None and case.lead.id else State.A2


def call_back(case: Case, command: c.CallBack, actor: Actor, bench: Bench) -> list[Fact]:
    """回访 (第十条): by somebody who did not handle it; satisfied clears the number, dissatisfied goes back.

    For the enterprise window dissatisfaction also drafts a 督办单 (通知第二条 “‘不满’督办”).
    """
    if actor.person is not None and actor.person in case.answered_by:
        raise Refused("answerer_calls_back", no=case.no)
    data = {"rating": command.rating.value, "attempt": len(case.calls) + 1}
    private = {"opinion": command.opinion}
    if command.rating is Rating.UNANSWERED:
        return [Fact("called", data, private)]
    if command.rating in SATISFIED_RATINGS:
        return [Fact("called", data, private), Fact("closed", {"state": State.Z1.value})]
    if not command.opinion.strip():
        raise Refused("opinion_needed", number=case.number)
    facts = [Fact("dissatisfied", {**data, "state": redo_state(case).value, "round": case.round + 1}, private)]
    if case.is_enterprise:
        facts.append(Fact("supervision_drafted", {"grounds": "不满"}))
    return facts


def reopen(case: Case, command: c.Reopen, actor: Actor, bench: Bench) -> list[Fact]:
    """重新打开 on new facts or a false completion: back to the manager as a new round (第十条)."""
    reason = need_text(case, "重开", command.reason, "reason_needed")
    day = bench.now.astimezone(TZ).date().isoformat()
    return [Fact("reopened", {"state": State.A2.value, "day": day}, {"opinion": reason})]
