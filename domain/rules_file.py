"""Reading a rule set from the file a centre edits (`data/rules.json` is the shipped one)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from domain.rules import Limit, Notice, RuleSet, Threshold
from domain.rules_check import month_day, office_hours, rule_faults
from domain.vocabulary import Category, Rating, Stage, State
from domain.work_calendar import Season, YearlyHours


class BadRules(Exception):
    """The file is no rule set. `faults` has one Chinese sentence for each thing that is wrong with it."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("；".join(faults))
        self.faults = tuple(faults)


def load_rules(text: str) -> RuleSet:
    """Read a rule set from JSON. Raises BadRules with everything that is wrong."""
    twice: list[str] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        twice.extend(f"“{name}”写了两次，只能保留一个" for name in dict.fromkeys(names) if names.count(name) > 1)
        return dict(pairs)

    try:
        raw = json.loads(text, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        raise BadRules(
            [f"第 {error.lineno} 行第 {error.colno} 个字符附近不是正确的 JSON（多为少了逗号或引号）"]
        ) from None
    except (ValueError, RecursionError):
        raise BadRules(["文件里有过长的数字，或括号嵌套过深，不是规则文件"]) from None
    if not isinstance(raw, dict):
        raise BadRules(["文件内容应是一个 { … }，可先用 yousu rules show 得到一份再修改"])
    faults = [*twice, *rule_faults(raw)]
    if faults:
        raise BadRules(faults)
    return _rule_set(raw)


def _rule_set(raw: dict[str, Any]) -> RuleSet:
    return RuleSet(
        version=raw["version"],
        hours=YearlyHours(office_hours(raw["hours"]), tuple(_season(item) for item in raw.get("seasons", ()))),
        limits={
            Category(name): Limit(Stage(item["stage"]), item["days"], item["cap"], item["article"])
            for name, item in raw["limits"].items()
        },
        redo_days=raw["redo_days"],
        decline_days=raw["decline_days"],
        supervision_days=raw["supervision_days"],
        assist_days=raw["assist_days"],
        suspension_days=raw["suspension_days"],
        suspensions=raw["suspensions"],
        returns_to_lead=raw["returns_to_lead"],
        returns_to_supervise=raw["returns_to_supervise"],
        urgings_to_supervise=raw["urgings_to_supervise"],
        call_attempts=raw["call_attempts"],
        call_days=raw["call_days"],
        duplicate_days=raw["duplicate_days"],
        nudge_cooldown_minutes=raw["nudge_cooldown_minutes"],
        thresholds=tuple(
            Threshold(item["id"], item.get("workdays"), item.get("minutes"), tuple(item["to"]))
            for item in raw["thresholds"]
        ),
        overdue=tuple(raw["overdue"]),
        ignored=tuple(raw["ignored"]),
        owner_minutes={State(code): minutes for code, minutes in raw["owner_minutes"].items()},
        owners={State(code): role for code, role in raw["owners"].items()},
        satisfied=frozenset(Rating(name) for name in raw["ratings"]["satisfied"]),
        notices=tuple(Notice(item["on"], item["to"], item["message"]) for item in raw["notices"]),
        papers=raw["papers"],
    )


def _season(item: Any) -> Season:
    return Season(month_day(item["from"]), month_day(item["to"]), office_hours(item["hours"]))
