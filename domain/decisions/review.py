"""质检反馈评价 (第十条): review, call-back, 清零销号 or 退回重办."""

from __future__ import annotations

from collections.abc import Sequence

from domain import commands as c
from domain.case import Actor, Case
from domain.decisions.facts import Fact, close_unasked, need_text, returned_again
from domain.decisions.requests import no_pending, redo_state
from domain.office_hours import TZ
from domain.refusals import Refused
from domain.rules import Bench
from domain.vocabulary import Rating, Request, State


def review(case: Case, command: c.Review, actor: Actor, bench: Bench) -> list[Fact]:
    """质检: passed goes to the call-back; failed goes back to the department as a new round (第十条)."""
    if not command.passed:
        reason = need_text(case, "质检", command.reason, "reason_needed")
        data = {"state": redo_state(case).value, "round": case.round + 1}
        return [Fact("review_failed", data, {"opinion": reason}), *returned_again(case, bench)]
    return [Fact("review_passed", {"state": State.C2.value}), *close_unasked(case)]


def call_back(case: Case, command: c.CallBack, actor: Actor, bench: Bench) -> list[Fact]:
    """回访 (第十条): by somebody who did not handle it; what the answer leads to is told apart below."""
    if actor.person is not None and actor.person in case.answered_by:
        raise Refused("answerer_calls_back", no=case.no)
    no_pending(case)
    if command.rating in bench.rules.dissatisfied and not command.opinion.strip():
        raise Refused("opinion_needed", number=case.number, rating=command.rating)
    data = {"rating": command.rating.value, "attempt": len(case.calls) + 1}
    called = Fact("called", data, {"opinion": command.opinion})
    if case.state is State.Z6:
        # 并单: on this complainant's own record; what follows from it is the master's.
        return [called]
    if command.rating is Rating.UNANSWERED:
        return [called, *_given_up(case, bench)]
    if command.rating not in bench.rules.dissatisfied:
        return [called, *_ended(case, command.rating, case.uncalled, bench)]
    if case.cannot:
        return [called, _lawful(command.opinion)]
    return _sent_back(case, command.rating, command.opinion, bench)


def _lawful(opinion: str) -> Fact:
    """A lawful “no” may stand although nobody likes it: the lead decides (第十条、第八条)."""
    return Fact("closing_requested", {"what": Request.LAWFUL.value}, {"opinion": opinion})


def _ended(case: Case, rating: Rating | None, left: Sequence[str], bench: Bench) -> list[Fact]:
    """The end once every complainant was called: 销号 for a satisfied one, never without an opinion (第十条)."""
    if left:
        return []
    if rating in bench.rules.satisfied:
        return [Fact("closed", {"state": State.Z1.value})]
    if rating is Rating.DECLINED:
        return [Fact("closed", {"state": State.Z3.value, "why": "诉求人拒绝评价"})]
    return [Fact("closed", {"state": State.Z3.value, "why": "匿名或无需回复，未回访"})] if case.silent else []


def _sent_back(case: Case, rating: Rating, opinion: str, bench: Bench) -> list[Fact]:
    """Dissatisfied: back to work; the enterprise window also drafts a 督办单 (通知第二条 “‘不满’督办”)."""
    data = {
        "rating": rating.value,
        "attempt": len(case.calls) + 1,
        "state": redo_state(case).value,
        "round": case.round + 1,
    }
    facts = [Fact("dissatisfied", data, {"opinion": opinion}), *returned_again(case, bench)]
    if case.is_enterprise and len(facts) < 3:
        facts.append(Fact("supervision_drafted", {"grounds": "不满"}))
    return facts


def _given_up(case: Case, bench: Bench) -> list[Fact]:
    """Enough attempts on enough days: closing without an opinion is put before the lead (第十条“结果回访”)."""
    since = case.entered_at
    moments = [*(call for call in case.calls if since is None or call >= since), bench.now]
    days = {moment.astimezone(TZ).date() for moment in moments}
    if len(moments) < bench.rules.call_attempts or len(days) < bench.rules.call_days:
        return []
    return [Fact("closing_requested", {"what": Request.UNREACHED.value}, {"opinion": f"已回访{len(moments)}次未接通"})]


def called_merged(case: Case, command: c.CalledMerged, actor: Actor, bench: Bench) -> list[Fact]:
    """并单: every complainant is called back; one who is not satisfied sends the case back (第十条)."""
    if actor.person is not None and actor.person in case.answered_by:
        raise Refused("answerer_calls_back", no=case.no)
    no_pending(case)
    fact = Fact("merged_called", {"merged": command.merged, "rating": command.rating.value})
    if command.rating is Rating.UNANSWERED:
        return []
    if command.rating in bench.rules.dissatisfied:
        back = [_lawful(command.opinion)] if case.cannot else _sent_back(case, command.rating, command.opinion, bench)
        return [fact, *back]
    return [fact, *_ended(case, case.rating, [no for no in case.uncalled if no != command.merged], bench)]


def conclude(case: Case, command: c.Conclude, actor: Actor, bench: Bench) -> list[Fact]:
    """依法办结: the lead ends a case whose lawful result does not satisfy, with a written explanation (第十条)."""
    text = need_text(case, "依法办结", command.explanation)
    if case.rating not in bench.rules.dissatisfied or not case.private.outcome:
        raise Refused("nothing_to_conclude", no=case.no)
    return [Fact("closed", {"state": State.Z2.value, "why": "依法办结，已书面说明"}, {"explanation": text})]


def reopen(case: Case, command: c.Reopen, actor: Actor, bench: Bench) -> list[Fact]:
    """重新打开 on new facts or a false completion: back to the manager as a new round (第十条)."""
    reason = need_text(case, "重开", command.reason, "reason_needed")
    day = bench.now.astimezone(TZ).date().isoformat()
    return [Fact("reopened", {"state": State.A2.value, "day": day}, {"opinion": reason})]
