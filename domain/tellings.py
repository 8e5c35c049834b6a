"""What the complainant must still be told (告知诉求人), by the record alone; whatever shows it shows the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from domain.case import Case
from domain.vocabulary import CHANNEL, PLAN, TRANSFER, State


def owed(case: Case) -> tuple[tuple[str, datetime], ...]:
    """What is owed and since when: 转交情况 (第六条), 办理渠道 (通知第三条（一）), 解决方案 (第八条).

    Nothing to whom nobody can or may reach, nor to who has taken it back.
    """
    if case.silent or case.left:
        return ()
    return tuple((about, since) for about, since in _due(case) if not _told_since(case, about, since))


def _due(case: Case) -> Iterator[tuple[str, datetime]]:
    if case.state is State.TRANSFERRED and case.closed_at is not None:
        yield TRANSFER, case.closed_at
    if case.state is State.REFERRED and case.received_at is not None:
        yield CHANNEL, case.received_at
    planned = case.planned_at
    if planned is None or case.state not in (State.PLANNED, State.REFERRED):
        return
    if case.received_at is None or planned >= case.received_at:
        yield PLAN, planned


def _told_since(case: Case, about: str, since: datetime) -> bool:
    return any(what == about and at >= since for what, at in case.tellings)


def meant(case: Case, words: str) -> str | None:
    """Which of the tellings that are owed these words are; None when none is. The plan is named where two are owed."""
    about = [what for what, _ in owed(case)]
    return PLAN if PLAN in about and "方案" in words else next(iter(about), None)
