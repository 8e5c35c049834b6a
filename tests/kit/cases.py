"""Cases made the way they happen: commands by people at local moments, with the shipped calendar and rules, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from domain import commands as c
from domain.case import OPERATOR, SYSTEM, Actor, Case, Event, Unit
from domain.escalation import Due, EscalationStep, due_steps
from domain.fold import apply, fold
from domain.ledger import COLUMNS, LedgerLine, row
from domain.lifecycle import decide, register
from domain.refusals import Refused
from domain.rules import DecisionContext, RuleSet
from domain.vocabulary import Category, Rating, Role
from services.rules.rule_file import load_rules
from tests.unit.calendar.shipped import at, shipped_calendar

RULES_FILE = Path(__file__).parents[2] / "shipped" / "rules.json"
CALENDAR = shipped_calendar()
CENTRE = 1

SOCIAL = Unit(11, "人社局")
HOUSING = Unit(12, "住建局")
MEDICAL = Unit(13, "医保局")

WINDOW = Actor(101, "窗甲", frozenset({Role.WINDOW}), CENTRE)
OTHER_WINDOW = Actor(102, "窗乙", frozenset({Role.WINDOW}), CENTRE)
MANAGER = Actor(103, "管甲", frozenset({Role.MANAGER}), CENTRE)
LEAD = Actor(104, "负甲", frozenset({Role.LEAD}), CENTRE)
LIAISON = Actor(111, "联甲", frozenset({Role.LIAISON}), CENTRE, SOCIAL.id)
CO_LIAISON = Actor(112, "联乙", frozenset({Role.LIAISON}), CENTRE, HOUSING.id)
STRANGE_LIAISON = Actor(113, "联丙", frozenset({Role.LIAISON}), CENTRE, MEDICAL.id)
SUPERIOR = Actor(114, "分甲", frozenset({Role.SUPERIOR}), CENTRE, SOCIAL.id)
HOTLINE = Actor(105, "热甲", frozenset({Role.HOTLINE}), CENTRE)
DISCIPLINE = Actor(106, "纪甲", frozenset({Role.DISCIPLINE}), CENTRE)
FOREIGN_MANAGER = Actor(203, "外管", frozenset({Role.MANAGER}), 2)
EVERYBODY = (
    WINDOW, OTHER_WINDOW, MANAGER, LEAD, LIAISON, CO_LIAISON, STRANGE_LIAISON,
    SUPERIOR, HOTLINE, DISCIPLINE, FOREIGN_MANAGER, SYSTEM, OPERATOR,
)  # fmt: skip

#: Every word here is a secret: none may appear outside a one-to-one chat of somebody entitled.
PRIVATE: Mapping[str, Any] = {
    "name": "测甲一",
    "phone": "00012340001",
    "phones": ["00012340001", "00012340002"],
    "address": "示例市虚构区样板路88号院3号楼",
    "content": "社保转移材料已经交齐，窗口一直不给办理，前后跑了四趟，口令蓝鲸三十七请尽快答复处理",
    "raw": "测甲一 00012340001 社保转移材料已经交齐，窗口一直不给办理",
}
UNIT_PRIVATE: Mapping[str, Any] = {
    **PRIVATE,
    "name": "示例市虚构机械有限公司",
    "is_unit": True,
    "contact": "测乙二",
}
FIELDS: Mapping[str, Any] = {"source": "窗口", "kind": "投诉", "title": "社保转移材料已交齐仍不办理"}


def shipped_rules() -> RuleSet:
    """The rule set the product ships."""
    return load_rules(RULES_FILE.read_text(encoding="utf-8"))


RULES = shipped_rules()


def when(text: str) -> datetime:
    """An office moment: `11-23 10:00` of 2026, or with the year in front."""
    return at(text if len(text) > 11 else f"2026-{text}")


def on(text: str) -> date:
    """A date: `11-30` of 2026, or with the year in front."""
    return date.fromisoformat(text if len(text) > 5 else f"2026-{text}")


class Story:
    """One case and everything that happened to it. Time only goes forward by what the teller says."""

    def __init__(
        self,
        start: str = "11-23 09:30",
        *,
        fields: Mapping[str, Any] | None = None,
        private: Mapping[str, Any] | None = None,
        rules: RuleSet = RULES,
    ) -> None:
        self.rules = rules
        self.calendar = CALENDAR
        self.sent: set[tuple[int, str, int, str]] = set()
        command = c.Register(
            "YS20261123-0007", CENTRE, "示例市政务服务中心", {**FIELDS, **(fields or {})}, dict(private or PRIVATE)
        )
        self.events: list[Event] = register(command, WINDOW, self.context(start))
        self.case: Case = fold(self.events)

    def context(self, moment: str | datetime) -> DecisionContext:
        """The context at a moment."""
        return DecisionContext(moment if isinstance(moment, datetime) else when(moment), self.calendar, self.rules)

    def do(self, moment: str | datetime, actor: Actor, command: c.Command) -> Case:
        """Act; raises `Refused`."""
        for event in decide(self.case, command, actor, self.context(moment)):
            self.events.append(event)
            self.case = apply(self.case, event)
        return self.case

    def refused(self, moment: str | datetime, actor: Actor, command: c.Command) -> str:
        """The code of the refusal; nothing may have happened. Fails when the act is allowed."""
        before = len(self.events)
        with pytest.raises(Refused) as refusal:
            self.do(moment, actor, command)
        assert len(self.events) == before
        assert str(refusal.value)
        return refusal.value.code

    def confirm(self, moment: str = "11-23 09:40") -> Story:
        """Confirmed by the window."""
        self.do(moment, WINDOW, c.Confirm())
        return self

    def dispatch(self, category: Category, *units: Unit, moment: str = "11-23 10:00", day: date | None = None) -> Story:
        """Confirmed if need be, classified and dispatched, not delivered yet."""
        if self.case.state == "D":
            self.confirm()
        self.do(moment, MANAGER, c.Classify(category))
        self.do(moment, MANAGER, c.Dispatch(units or (SOCIAL,), day))
        return self

    def deliver(self, moment: str = "11-23 10:01", unit: Unit | None = None) -> Story:
        """The platform took the work order for the lead department."""
        target = unit or self.case.lead
        assert target is not None
        self.do(moment, SYSTEM, c.Deliver(target, "群消息"))
        return self

    def given(self, category: Category = Category.CANNOT, *units: Unit, day: date | None = None) -> Story:
        """Dispatched Monday 2026-11-23 10:00, in the group a minute later."""
        return self.dispatch(category, *units, day=day).deliver()

    def answered(self, moment: str = "11-24 10:00", actor: Actor = LIAISON) -> Story:
        """The department's result, waiting for review."""
        self.do(moment, actor, c.Answer("已经办好"))
        return self

    def reviewed(self, moment: str = "11-24 11:00") -> Story:
        """Passed the review, waiting for the call."""
        self.do(moment, MANAGER, c.Review(True))
        return self

    def closed(self) -> Story:
        """From dispatch to 清零销号."""
        self.given().answered().reviewed()
        self.do("11-24 14:00", WINDOW, c.CallBack(Rating.SATISFIED))
        return self

    def due(self, moment: str | datetime) -> Due:
        """What a tick would find now."""
        return due_steps(self.case, self.context(moment), frozenset(self.sent))

    def tick(self, moment: str | datetime) -> tuple[EscalationStep, ...]:
        """Take every due step the way the tick does; returns what was sent."""
        due = self.due(moment)
        for step in (*due.send, *due.skip):
            assert step.key not in self.sent, "the same step twice"
            self.sent.add(step.key)
        for id_ in dict.fromkeys(step.id for step in due.send):
            planned = next(step.at for step in due.send if step.id == id_)
            self.do(moment, SYSTEM, c.Escalate(id_, planned))
        return due.send

    def heard(self, moment: str | datetime) -> set[tuple[str, str]]:
        """(rung, audience) of what a tick sends now."""
        return {(str(step.id), str(step.audience)) for step in self.tick(moment)}

    def row(self, moment: str | datetime = "12-31 10:00", *, masked: bool = False) -> dict[str, str]:
        """The ledger row by header."""
        line = LedgerLine(1, self.case, self.context(moment).now, masked, self.calendar.days_late)
        return dict(zip((header for header, _ in COLUMNS), row(line), strict=True))

    def types(self) -> list[str]:
        """The event types in order."""
        return [event.type for event in self.events]


def with_rules(**changes: Any) -> RuleSet:
    """The shipped rules with some of them changed, as a centre may."""
    return replace(RULES, **changes)
