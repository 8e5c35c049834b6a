"""The moments worth turning a practice clock to: the next working morning and the next date of any open case."""

from __future__ import annotations

from datetime import datetime

from domain.office_hours import TZ
from models.cases import CaseRow
from services.store.app import AppContext


async def marks(app: AppContext) -> dict[str, str | None]:
    """`now`, `next_morning`, `next_deadline` and `next_step` (None when nothing is open) as local ISO times."""
    now = app.clock.now()
    today = now.astimezone(TZ).date()
    morning = app.calendar.opening(app.calendar.shift(today, 1))
    if app.calendar.is_workday(today) and now < app.calendar.opening(today):
        morning = app.calendar.opening(today)
    due = await CaseRow.filter(is_open=True, due_at__gt=now).order_by("due_at").first()
    step = await CaseRow.filter(is_open=True, next_due_at__gt=now).order_by("next_due_at").first()
    return {
        "now": _local(now),
        "next_morning": _local(morning),
        "next_deadline": _local(due.due_at) if due else None,
        "next_step": _local(step.next_due_at) if step else None,
    }


def _local(moment: datetime | None) -> str | None:
    return moment.astimezone(TZ).isoformat(timespec="seconds") if moment else None
