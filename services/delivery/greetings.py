"""Greeting a person once a day: a platform tells of every time somebody opens the conversation."""

from __future__ import annotations

from datetime import datetime

from domain.office_hours import TZ
from models.bookkeeping import MetaRow


async def first_today(person: int, now: datetime) -> bool:
    """Whether this is the person's first visit of the day; asking counts as the visit."""
    today = now.astimezone(TZ).date().isoformat()
    row, created = await MetaRow.get_or_create(key=f"greeted/{person}", defaults={"value": today})
    if created:
        return True
    return await MetaRow.filter(key=row.key).exclude(value=today).update(value=today) == 1
