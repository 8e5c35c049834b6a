"""A directory import seen before it counts: who would be switched off, and whether that looks like a mistake."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from models.database import transaction
from models.people import Person
from models.sealing import Sealer
from services.directory.importing import ImportSummary, import_directory

#: A file that switches off a larger share of the people is taken for the wrong file, or half of one.
MANY = 1 / 3


@dataclass(frozen=True, slots=True)
class Change:
    """What an import does: its counts, how many people were active before, and who is switched off by it."""

    summary: ImportSummary
    active_before: int
    switched_off: tuple[str, ...]

    @property
    def drastic(self) -> bool:
        """Whether more than a third of the people would be switched off."""
        return len(self.switched_off) > self.active_before * MANY


class _NotTaken(Exception):
    """Rolls the import back."""

    def __init__(self, change: Change) -> None:
        super().__init__()
        self.change = change


async def import_if(
    content: bytes, filename: str, now: datetime, sealer: Sealer, wanted: Callable[[Change], bool]
) -> Change:
    """Import when `wanted` says so of what it would do; otherwise nothing is changed. What it does, or would do.

    Raises BadDirectory with every bad row; nothing is imported then.
    """
    try:
        async with transaction():
            change = await _import(content, filename, now, sealer)
            if not wanted(change):
                raise _NotTaken(change)
    except _NotTaken as refused:
        change = refused.change
    return change


async def _import(content: bytes, filename: str, now: datetime, sealer: Sealer) -> Change:
    before = {person.id: person for person in await Person.filter(active=True).select_related("department")}
    summary = await import_directory(content, filename, now, sealer)
    gone = await Person.filter(id__in=list(before), active=False).order_by("id")
    return Change(summary, len(before), tuple(_named(before[person.id]) for person in gone))


def _named(person: Person) -> str:
    return f"{person.department.name} {person.name}" if person.department else person.name
