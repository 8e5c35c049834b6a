"""Whose part of a case is owed (第七条、第九条): the lead for all of it, others for their own part."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from domain.case import Case, Unit


def owing(case: Case) -> tuple[Unit, ...]:
    """The departments that still owe something: the lead, and each co-department that has not given its part."""
    return (*case.units[:1], *(order.unit for order in case.orders if order.fed_back_at is None))


def answerable(case: Case, now: datetime) -> tuple[Unit, ...]:
    """Whom 督办, 通报, 报告 and 抄送 may name: the lead, and a co-department only when its own part is overdue."""
    late = (order.unit for order in case.orders if order.running is not None and now > order.running.at)
    return (*case.units[:1], *late)


def named(case: Case) -> tuple[Unit, ...]:
    """Whom the newest of these acts named; all departments in a record older than this distinction."""
    return case.answerable or case.units


def names(units: Iterable[Unit]) -> str:
    """The departments by name, the lead first: A、B."""
    return "、".join(unit.name for unit in units)


def parts_done(case: Case) -> str:
    """The line about the co-departments that did their part: 配合单位…已按期答复. Empty when there is none."""
    sentences = []
    for order in case.orders:
        if order.fed_back_at is not None:
            in_time = order.clock is None or order.fed_back_at <= order.clock.at
            sentences.append(f"配合单位{order.unit.name}{'已按期答复' if in_time else '已答复'}")
    return f"{'，'.join(sentences)}。" if sentences else ""
