"""限时办结 (第八条): what the department answers."""

from __future__ import annotations

from typing import Any

from domain import commands as c
from domain.case import Actor, Case, Clock
from domain.decisions.facts import Fact, clock_from, late, need_text, working_date
from domain.decisions.route import start_clock
from domain.fold import clock_of
from domain.lifecycle_hint import stage_hint
from domain.refusals import Refused
from domain.rules import Bench
from domain.vocabulary import Stage, State

_UNSIGNED = frozenset({State.B1, State.R})


def accept(case: Case, command: c.Accept, actor: Actor, bench: Bench) -> list[Fact]:
    """签收: a courtesy to the centre; the clock already runs since delivery (第八条)."""
    return [*_received(case, actor, bench), Fact("accepted", {"state": State.B2.value})]


def _received(case: Case, actor: Actor, bench: Bench) -> list[Fact]:
    """Who acts on a work order has received it, whatever the platform's receipt says."""
    if case.received_at is not None or case.lead is None:
        return []
    data = {
        "unit": case.lead.id,
        "name": case.lead.name,
        "how": "本人操作",
        "clock": start_clock(case, bench.now, bench),
    }
    return [Fact("delivered", data)]


def _signed(case: Case, actor: Actor, bench: Bench) -> list[Fact]:
    """答复、方案、承诺 before 签收 count as both."""
    return accept(case, c.Accept(), actor, bench) if case.state in _UNSIGNED else []


def _running(case: Case, bench: Bench) -> Clock | None:
    if case.clock is not None or case.state is State.B4:
        return case.clock
    return clock_of({"clock": start_clock(case, bench.now, bench)})


def promise(case: Case, command: c.Promise, actor: Actor, bench: Bench) -> list[Fact]:
    """不给办: “不能够当场办的，在承诺时限内办结” (第八条). The date becomes the limit."""
    clock = _running(case, bench)
    if clock is None or clock.stage is not Stage.PROMISE:
        raise Refused("wrong_stage_promise", no=case.no, hint=stage_hint(case))
    day = working_date(command.day, bench)
    if case.asked is not None and day > case.asked:
        raise Refused("promise_over_limit", limit=case.asked)
    due = clock_from(Stage.RESULT, bench.calendar.due_on(day, bench.now), counted=False)
    return [*_signed(case, actor, bench), Fact("promised", {"clock": due, **late(case, bench)})]


def plan(case: Case, command: c.Plan, actor: Actor, bench: Bench) -> list[Fact]:
    """很难办、复杂: the plan within 5 working days, then the result by the promised date (第八条)."""
    clock = _running(case, bench)
    if clock is None or clock.stage is not Stage.PLAN:
        raise Refused("wrong_stage_plan", no=case.no, number=case.number)
    text = need_text(case, "方案", command.text)
    day = working_date(command.day, bench)
    due = clock_from(Stage.RESULT, bench.calendar.due_on(day, bench.now), counted=False)
    data = {"state": State.B3.value, "clock": due, **late(case, bench)}
    return [*_signed(case, actor, bench), Fact("planned", data, {"plan": text})]


def answer(case: Case, command: c.Answer, actor: Actor, bench: Bench) -> list[Fact]:
    """办理结果送至窗口 (第十条); a result in the plan stage skips the second stage."""
    text = need_text(case, "答复", command.text)
    return _result(case, actor, bench, cannot=False, private={"outcome": text, "basis": ""})


def cannot_do(case: Case, command: c.CannotDo, actor: Actor, bench: Bench) -> list[Fact]:
    """办不了: “告知‘办不了’的具体理由和依据” (第八条); without either it is no answer."""
    reason, basis = command.reason.strip(), command.basis.strip()
    if not reason or not basis:
        raise Refused("basis_needed", number=case.number)
    return _result(case, actor, bench, cannot=True, private={"outcome": reason, "basis": basis})


def _result(case: Case, actor: Actor, bench: Bench, *, cannot: bool, private: dict[str, Any]) -> list[Fact]:
    data = {"state": State.C1.value, "cannot": cannot, **late(case, bench)}
    return [*_signed(case, actor, bench), Fact("answered", data, private)]
