"""The transition table: which act is allowed where, to whom, and by which article; `decide` reads it.

A clerk can check this table against the notice line by line; `docs/rules.md` does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from domain import commands as c
from domain.case import Actor, Case, Event
from domain.decisions import escalate, handle, intake, merging, pausing, promising, requests, review, route
from domain.decisions.draft_event import DraftEvent
from domain.events import EventType
from domain.explain import clock_for
from domain.lifecycle_hint import hint
from domain.probes import PROBES
from domain.recusal import for_the_department, recuses
from domain.refusals import Refused
from domain.rules import DecisionContext
from domain.vocabulary import BEFORE_DISPATCH, NO_CASE, OPEN, RUNNING, STATE_NAMES, WITH_DEPARTMENT, Role, State

_WINDOW = frozenset({Role.WINDOW, Role.MANAGER, Role.LEAD})
_MANAGER = frozenset({Role.MANAGER, Role.LEAD})
_LEAD = frozenset({Role.LEAD})
_DEPARTMENT = frozenset({Role.LIAISON})
_INTAKE = frozenset({Role.WINDOW, Role.MANAGER, Role.LEAD, Role.HOTLINE, Role.SYSTEM})
_SYSTEM = frozenset({Role.SYSTEM, Role.MANAGER, Role.LEAD})
#: What follows from an act on another case: nobody asks for it.
_CLOCKWORK = frozenset({Role.SYSTEM})
#: Who hands something in: whoever takes complaints in, and the departments for what they answer.
_HANDS_IN = _INTAKE | {Role.LIAISON, Role.SUPERIOR}
_NAMES: dict[frozenset[Role], str] = {
    _WINDOW: "窗口或管理机构",
    _MANAGER: "管理机构",
    _LEAD: "管理机构负责人",
    _DEPARTMENT: "承办部门联络员",
    _INTAKE: "窗口、管理机构或热线",
    _SYSTEM: "系统或管理机构",
    _CLOCKWORK: "系统",
    _HANDS_IN: "窗口、管理机构、热线或承办部门",
}

Decide = Callable[[Case, c.Command, Actor, DecisionContext], list[DraftEvent]]


@dataclass(frozen=True, slots=True)
class Transition:
    """One act: its Chinese verb (also the command's word), where it is allowed, who may do it, and the article."""

    verb: str
    states: frozenset[State]
    who: frozenset[Role]
    article: str
    decide: Decide
    #: Only a liaison of a department that holds the case (第七条).
    own_department: bool = False


def _row(
    verb: str, states: frozenset[State], who: frozenset[Role], article: str, decide: object, *, own: bool = False
) -> Transition:
    return Transition(verb, states, who, article, decide, own)  # type: ignore[arg-type]


_D, _A1 = frozenset({State.DRAFT}), frozenset({State.REGISTERED})
_C1, _C2 = frozenset({State.REVIEW}), frozenset({State.CALL_BACK})
_SUBMITTED = frozenset({State.REGISTERED, State.SUBMITTED})
_DISPATCHABLE = _SUBMITTED | WITH_DEPARTMENT
#: Answered already: nothing is merged into or out of a case that only waits for its end.
_DONE = _C1 | _C2
#: What ended as a case; a draft that was thrown away never was one.
_CLOSED = frozenset(State) - OPEN - NO_CASE
#: Everything that is or was a case.
_CASES = frozenset(State) - NO_CASE
#: Where somebody may still have to be told: what is open and registered, and what was given away.
_TOLD_OF = (OPEN | {State.TRANSFERRED}) - {State.DRAFT}

TRANSITIONS: dict[type, Transition] = {
    c.Confirm: _row("确认", _D, _WINDOW, "第五条", intake.confirm),
    c.Supplement: _row("补充", OPEN, _INTAKE, "第五条", intake.supplement),
    c.AddMaterial: _row("附件", _CASES | _D, _HANDS_IN, "第五条", intake.add_material),
    c.Amend: _row("改", _D, _WINDOW, "第五条", intake.amend),
    c.Correct: _row("更正", _CASES, _WINDOW, "第五条", requests.correct),
    c.Urge: _row("催单", OPEN, _INTAKE, "第五条", intake.urge),
    c.Withdraw: _row("撤回", OPEN, _WINDOW, "第五条", intake.withdraw),
    c.Void: _row("作废", BEFORE_DISPATCH, _LEAD, "第五条", intake.void),
    c.Discard: _row("放弃", _D, _WINDOW, "第五条", intake.discard),
    c.MergeInto: _row("并单", OPEN - _DONE, _MANAGER, "第七条", merging.merge_into),
    c.Absorb: _row("并单", OPEN - _DONE, _MANAGER, "第七条", merging.absorb),
    c.Split: _row("拆单", OPEN, _MANAGER, "第七条", merging.split),
    c.Follow: _row("随主件办结", frozenset({State.MERGED}), _CLOCKWORK, "第七条", merging.follow),
    c.StandAlone: _row("单独办理", frozenset({State.MERGED}), _CLOCKWORK, "第七条", merging.stand_alone),
    c.Part: _row("移出并单", frozenset(State), _CLOCKWORK, "第七条", merging.part),
    c.SettleOnSpot: _row("当场办结", BEFORE_DISPATCH, _WINDOW, "第六条", intake.settle_on_spot),
    c.Submit: _row("提交", _A1, _WINDOW, "第六条", intake.submit),
    c.Classify: _row("分类", BEFORE_DISPATCH | WITH_DEPARTMENT, _WINDOW, "第六条", route.classify),
    c.Dispatch: _row("转办", _DISPATCHABLE, _MANAGER, "第七条", route.dispatch),
    c.Transfer: _row("转交", _SUBMITTED, _MANAGER, "第六条", route.transfer),
    c.Tell: _row("告知", _TOLD_OF, _WINDOW, "第六条", route.tell),
    c.Consult: _row("会商", OPEN - {State.DRAFT}, _MANAGER, "通知第三条（一）", route.consult),
    c.Refer: _row("函转", _SUBMITTED, _MANAGER, "通知第三条（一）", route.refer),
    c.HearPeer: _row("对方办结", OPEN, _CLOCKWORK, "第七条", route.hear_peer),
    c.Deliver: _row("送达", WITH_DEPARTMENT, _SYSTEM, "第八条", route.deliver),
    c.Accept: _row("签收", WITH_DEPARTMENT, _DEPARTMENT, "第七条", handle.accept, own=True),
    c.Promise: _row("承诺", WITH_DEPARTMENT, _DEPARTMENT, "第八条", promising.promise, own=True),
    c.Plan: _row("方案", WITH_DEPARTMENT, _DEPARTMENT, "第八条", promising.plan, own=True),
    c.Answer: _row("答复", WITH_DEPARTMENT, _DEPARTMENT, "第十条", handle.answer, own=True),
    c.CannotDo: _row("办不了", WITH_DEPARTMENT, _DEPARTMENT, "第八条", handle.cannot_do, own=True),
    c.Decline: _row(
        "退单", frozenset({State.DISPATCHED, State.ACCEPTED}), _DEPARTMENT, "第七条", requests.decline, own=True
    ),
    c.Extend: _row("延期", WITH_DEPARTMENT, _DEPARTMENT, "第八条", requests.extend, own=True),
    c.Suspend: _row("中止", WITH_DEPARTMENT, _DEPARTMENT, "第八条", pausing.suspend, own=True),
    c.Resume: _row("恢复", WITH_DEPARTMENT, _MANAGER, "第八条", pausing.resume),
    c.Recalculate: _row("重算期限", OPEN, _SYSTEM, "第八条", pausing.recalculate),
    c.Grant: _row("准", frozenset(State), _MANAGER, "第七条", requests.grant),
    c.Deny: _row("不准", frozenset(State), _MANAGER, "第七条", requests.deny),
    c.Review: _row("质检", _C1, _MANAGER, "第十条", review.review),
    c.CallBack: _row("回访", _C2 | {State.MERGED}, _WINDOW, "第十条", review.call_back),
    c.CalledMerged: _row("回访", _C2, _WINDOW, "第十条", review.called_merged),
    c.Conclude: _row("依法办结", frozenset({State.CALL_BACK, State.REDO}), _LEAD, "第十条", review.conclude),
    c.Nudge: _row("催办", RUNNING, _MANAGER, "第九条", escalate.nudge),
    c.Supervise: _row("督办", RUNNING, _MANAGER, "第九条", escalate.supervise),
    c.Approve: _row("签发", OPEN, _LEAD, "第九条", escalate.approve),
    c.Hold: _row("暂缓", OPEN, _LEAD, "第九条", escalate.hold),
    c.Reopen: _row("重开", _CLOSED, _LEAD, "第十条", review.reopen),
    c.NoteUnheard: _row("记录未送达", frozenset(State), _SYSTEM, "第九条", escalate.note_unheard),
    c.Escalate: _row("催办", OPEN | {State.TRANSFERRED}, _SYSTEM, "第九条", escalate.escalate),
}


def register(command: c.Register, actor: Actor, context: DecisionContext) -> list[Event]:
    """收单 (第五条): never refused for a missing field; what is missing is asked for on the clerk's card.

    Raises `Refused` for somebody who takes nothing in, or not at this centre; nothing has happened then.
    """
    if not actor.has(*_INTAKE, Role.OPERATOR):
        raise Refused("not_allowed", verb="登记", who=_NAMES[_INTAKE])
    if not actor.has(Role.SYSTEM, Role.OPERATOR) and actor.centre != command.centre:
        raise Refused("other_centre", no=command.no, centre=command.centre_name)
    data = {
        "no": command.no,
        "centre": command.centre,
        "centre_name": command.centre_name,
        "rules": context.rules.version,
        **command.fields,
    }
    return _stamp(0, [DraftEvent(EventType.REGISTERED, data, dict(command.private))], actor, context)


def decide(case: Case, command: c.Command, actor: Actor, context: DecisionContext) -> list[Event]:
    """What follows from `command`: the events to append, possibly none.

    Raises `Refused` with the sentence for the person; nothing has happened then.
    """
    row = TRANSITIONS[type(command)]
    if recuses(case, actor):
        raise Refused("not_yours", no=case.no)
    actor = actor.at(case.centre).on(case)
    _check_state(case, row)
    doer = _for_a_liaison(case, row, actor)
    _check_person(case, row, doer)
    return _stamp(case.seq, row.decide(case, command, doer, context), actor, context)


def _for_a_liaison(case: Case, row: Transition, actor: Actor) -> Actor:
    """The 分管领导 acts for a department whose liaison the complaint is about (回避)."""
    unit = for_the_department(case, actor) if row.own_department else None
    return actor if unit is None else replace(actor, roles=actor.roles | {Role.LIAISON}, department=unit)


#: Refusals that pass by themselves, while the buttons of a card stay: what they refuse is allowed.
_PASSING = frozenset({"nudged_recently"})


def allowed(case: Case, actor: Actor, context: DecisionContext) -> frozenset[type[c.Command]]:
    """What this person may do to this case now, all of it; a card asks `may` of each button it would like to have."""
    return frozenset(kind for kind in PROBES if may(case, kind, actor, context))


def may(case: Case, act: type[c.Command] | c.Command, actor: Actor, context: DecisionContext) -> bool:
    """Whether an act, or this very command, would be let through and change something.

    `decide` itself is asked, so nothing is offered that is refused: of a work order that is on its way as of one that
    has just arrived, because it is acted on by who has received it.
    """
    try:
        there = _arrived(case, context)
        command = PROBES[act](there, context) if isinstance(act, type) else act
        return bool(decide(there, command, actor, context))
    except Refused as refusal:
        return refusal.code in _PASSING


def _arrived(case: Case, context: DecisionContext) -> Case:
    if case.running is not None or case.suspension is not None or case.category is None:
        return case
    clock = clock_for(case, context)
    return case if clock is None else replace(case, clock=clock, received_at=case.received_at or context.now)


#: What the centre writes down for an outside body that has no liaison here (通知第三条（一）“跟踪”).
_ON_BEHALF = frozenset({"答复", "方案", "办不了"})


def _check_state(case: Case, row: Transition) -> None:
    states = row.states | {State.REFERRED} if row.verb in _ON_BEHALF else row.states
    if case.state in states:
        return
    name = STATE_NAMES[case.state]
    if case.state in NO_CASE:
        raise Refused("discarded", no=case.no, verb=row.verb)
    if not case.state.is_open:
        raise Refused("closed", no=case.no, number=case.number, state=name, verb=row.verb)
    raise Refused("wrong_state", no=case.no, state=name, verb=row.verb, hint=hint(case))


def _check_person(case: Case, row: Transition, actor: Actor) -> None:
    if actor.has(Role.OPERATOR):
        return
    if row.own_department and case.state is State.REFERRED:
        # The outside body has no liaison here: the centre records its answer (第三条（一）跟踪).
        if not actor.has(*_MANAGER):
            raise Refused("not_allowed", verb=row.verb, who=_NAMES[_MANAGER])
    elif not actor.has(*row.who):
        raise Refused("not_allowed", verb=row.verb, who=_NAMES[row.who])
    elif row.own_department and actor.department not in {unit.id for unit in case.units}:
        raise Refused("other_department", no=case.no, departments=case.departments, verb=row.verb)
    if not actor.has(Role.SYSTEM) and actor.centre != case.centre:
        raise Refused("other_centre", no=case.no, centre=case.centre_name)


def _stamp(seq: int, facts: list[DraftEvent], actor: Actor, context: DecisionContext) -> list[Event]:
    role = _role(actor)
    return [
        Event(seq + n, fact.type, context.now, actor.person, role, actor.via, fact.data, fact.private)
        for n, fact in enumerate(facts, start=1)
    ]


_PRECEDENCE = (
    Role.OPERATOR, Role.SYSTEM, Role.LEAD, Role.MANAGER, Role.WINDOW, Role.LIAISON,
    Role.SUPERIOR, Role.HOTLINE, Role.DISCIPLINE, Role.PUBLISHER,
)  # fmt: skip


def _role(actor: Actor) -> str:
    return next((role.value for role in _PRECEDENCE if role in actor.roles), "")
