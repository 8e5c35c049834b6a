"""质检反馈评价 (第十条): review, call-back, 清零销号 or 退回重办."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from domain import commands as c
from domain.case import Actor, Case
from domain.decisions.draft_event import UNASKED, DraftEvent, close_unasked, need_text, returned_again
from domain.decisions.requests import no_pending, redo_state
from domain.events import EventType
from domain.office_hours import TZ
from domain.recusal import kept_away
from domain.refusals import Refused
from domain.rules import DecisionContext
from domain.vocabulary import Rating, Request, State


def review(case: Case, command: c.Review, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """质检: passed goes to the call-back; failed goes back to the department as a new round (第十条)."""
    if not command.passed:
        reason = need_text(case, "质检", command.reason, "reason_needed")
        data = {"state": redo_state(case).value, "round": case.round + 1}
        return [DraftEvent(EventType.REVIEW_FAILED, data, {"opinion": reason}), *returned_again(case, context)]
    return [DraftEvent(EventType.REVIEW_PASSED, {"state": State.CALL_BACK.value}), *close_unasked(case)]


def call_back(case: Case, command: c.CallBack, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """回访 (第十条): by somebody who did not handle it; what the answer leads to is told apart below."""
    alone = _calls_alone(case, actor)
    no_pending(case, "回访")
    if case.left:
        raise Refused("complainant_left", no=case.no, left="、".join(case.uncalled))
    if command.rating in context.rules.dissatisfied and not command.opinion.strip():
        raise Refused("opinion_needed", number=case.number, rating=command.rating)
    data = {"rating": command.rating.value, "attempt": len(case.calls) + 1, **alone}
    called = DraftEvent(EventType.CALLED, data, {"opinion": command.opinion})
    if case.state is State.MERGED:
        # 并单: on this complainant's own record; what follows from it is the master's.
        return [called]
    if command.rating in context.rules.dissatisfied and not case.cannot:
        return _sent_back(case, command.rating, command.opinion, context, alone=alone)
    after = replace(case, rating=command.rating, calls=(*case.calls, context.now))
    return [called, *ended(after, command.opinion, context)]


NOTHING: Mapping[str, bool] = MappingProxyType({})


def _calls_alone(case: Case, actor: Actor) -> Mapping[str, bool]:
    """What the record says of a call by whoever handled the case: allowed only where there is nobody else (第十条).

    A centre of one person is served by the centre above; where there is none, its one person calls, on the record.
    """
    if actor.person is None or actor.person not in case.answered_by:
        return NOTHING
    if actor.colleagues is None or actor.colleagues - case.answered_by - kept_away(case).people:
        raise Refused("answerer_calls_back", no=case.no)
    return {"alone": True}


def _lawful(opinion: str) -> DraftEvent:
    """A lawful “no” may stand although nobody likes it: the lead decides (第十条、第八条)."""
    return DraftEvent(EventType.CLOSING_REQUESTED, {"what": Request.LAWFUL.value}, {"opinion": opinion})


def ended(after: Case, opinion: str, context: DecisionContext) -> list[DraftEvent]:
    """The end once every complainant was called: 销号 for a satisfied one, never without an opinion (第十条).

    `after` is the case with the newest call in it. Who cannot be reached, here or on a merged record, holds up nobody.
    """
    own = after.rating_now
    tried = own is Rating.UNANSWERED and _tried_enough(after, context)
    called = after.left or after.silent or tried or own not in (None, Rating.UNANSWERED)
    if after.uncalled or not called:
        return []
    if context.rules.dissatisfied & {own, *(joined.rating for joined in after.merged)}:
        return [_lawful(opinion)]
    if after.left:
        return [
            DraftEvent(EventType.CLOSED, {"state": State.WITHDRAWN.value, "why": "诉求人已撤回，并单的诉求人均已回访"})
        ]
    if own in context.rules.satisfied:
        return [DraftEvent(EventType.CLOSED, {"state": State.SATISFIED.value})]
    if own is Rating.DECLINED:
        return [DraftEvent(EventType.CLOSED, {"state": State.CLOSED_UNREACHED.value, "why": "诉求人拒绝评价"})]
    return (
        _given_up(after)
        if tried
        else [DraftEvent(EventType.CLOSED, {"state": State.CLOSED_UNREACHED.value, "why": UNASKED})]
    )


def _sent_back(
    case: Case,
    rating: Rating,
    opinion: str,
    context: DecisionContext,
    merged: str = "",
    alone: Mapping[str, bool] = NOTHING,
) -> list[DraftEvent]:
    """Dissatisfied: back to work; the enterprise window also drafts a 督办单 (通知第二条 “‘不满’督办”)."""
    data: dict[str, Any] = {
        "rating": rating.value,
        "attempt": len(case.calls) + 1,
        "state": redo_state(case).value,
        "round": case.round + 1,
        **alone,
    }
    if merged:
        # Said by somebody who joined: on this record it is no call of the first complainant.
        data["merged"] = merged
    facts = [DraftEvent(EventType.DISSATISFIED, data, {"opinion": opinion}), *returned_again(case, context)]
    if case.is_enterprise and len(facts) < 3:
        facts.append(DraftEvent(EventType.SUPERVISION_DRAFTED, {"grounds": "不满"}))
    return facts


def _tried_enough(after: Case, context: DecisionContext) -> bool:
    """Enough attempts on enough days since the result was ready (第十条“结果回访”)."""
    since = after.entered_at
    return enough([call for call in after.calls if since is None or call >= since], context)


def enough(calls: Sequence[datetime], context: DecisionContext) -> bool:
    """So many attempts, on so many days, as the rules ask for."""
    days = {call.astimezone(TZ).date() for call in calls}
    return len(calls) >= context.rules.call_attempts and len(days) >= context.rules.call_days


def _given_up(after: Case) -> list[DraftEvent]:
    """Closing without an opinion is put before the lead (第十条“结果回访”)."""
    attempts = len([call for call in after.calls if after.entered_at is None or call >= after.entered_at])
    return [
        DraftEvent(
            EventType.CLOSING_REQUESTED, {"what": Request.UNREACHED.value}, {"opinion": f"已回访{attempts}次未接通"}
        )
    ]


def called_merged(case: Case, command: c.CalledMerged, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """并单: every complainant is called back; one who is not satisfied sends the case back (第十条).

    Tried in vain as often as any other, the merged complainant is marked as not reached and waited for no longer.
    """
    alone = _calls_alone(case, actor)
    no_pending(case, "回访")
    who = next((joined for joined in case.merged if joined.no == command.merged), None)
    if who is None:
        raise Refused("not_merged", no=case.no, merged=command.merged)
    data: dict[str, Any] = {"merged": command.merged, "rating": command.rating.value, **alone}
    if command.rating is Rating.UNANSWERED:
        calls = (*who.calls, context.now)
        after = replace(who, calls=calls, unreached=enough(calls, context))
        data |= {"attempt": len(calls), "unreached": after.unreached}
    else:
        after = replace(who, rating=command.rating)
    fact = DraftEvent(EventType.MERGED_CALLED, data)
    if command.rating in context.rules.dissatisfied and not case.cannot:
        return [fact, *_sent_back(case, command.rating, command.opinion, context, command.merged)]
    joined = tuple(after if one.no == after.no else one for one in case.merged)
    return [fact, *ended(replace(case, merged=joined), command.opinion, context)]


def conclude(case: Case, command: c.Conclude, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """依法办结: the lead ends a case whose lawful result does not satisfy, with a written explanation (第十条)."""
    text = need_text(case, "依法办结", command.explanation)
    if case.uncalled:
        raise Refused("merged_uncalled", no=case.no, left="、".join(case.uncalled), verb="依法办结")
    if case.rating not in context.rules.dissatisfied or not case.private.outcome:
        raise Refused("nothing_to_conclude", no=case.no)
    return [
        DraftEvent(
            EventType.CLOSED, {"state": State.CLOSED_LAWFUL.value, "why": "依法办结，已书面说明"}, {"explanation": text}
        )
    ]


def reopen(case: Case, command: c.Reopen, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """重新打开 on new facts or a false completion: back to the manager as a new round (第十条)."""
    reason = need_text(case, "重开", command.reason, "reason_needed")
    day = context.now.astimezone(TZ).date().isoformat()
    return [DraftEvent(EventType.REOPENED, {"state": State.SUBMITTED.value, "day": day}, {"opinion": reason})]
