"""Who hears what: turns events into outbox rows by the table of the rule set, in the transaction of the fact."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from domain.case import Case, Event, Unit
from domain.decisions.requests import decider
from domain.vocabulary import Role
from models.queues import OutboxRow
from services.archive import Record
from services.directory import PersonCard, people
from services.office import Office

#: Audience word → role, for the audiences that are people of the centre.
CENTRE_AUDIENCES: dict[str, Role] = {
    "window": Role.WINDOW,
    "manager": Role.MANAGER,
    "lead": Role.LEAD,
    "discipline": Role.DISCIPLINE,
    "hotline": Role.HOTLINE,
}
#: Audience word → role, for the audiences that are people of the departments on the case.
DEPARTMENT_AUDIENCES: dict[str, Role] = {"liaisons": Role.LIAISON, "superior": Role.SUPERIOR}
#: Messages the first kind of reader needs at any hour: they belong to the centre's own people.
_ANSWERER_EXCLUDED = frozenset({"call_back"})


async def queue_notices(office: Office, before: Case, record: Record, events: Sequence[Event]) -> None:
    """Queue everything the rule set says these events must tell. Runs inside the transaction that wrote them."""
    for event in events:
        for notice in office.rules.heard(event.type):
            # A department that loses or never had the case hears of it through the case as it was.
            case = record.case if record.case.units else before
            payload = {"event": event.type, "seq": event.seq}
            key = f"{record.case.no}/{event.seq}/{notice.message}"
            await tell(office, case, record.id, notice.to, notice.message, key, payload)


async def tell(
    office: Office,
    case: Case,
    case_id: int,
    audience: str,
    message: str,
    key: str,
    payload: dict[str, Any],
    *,
    merge: str | None = None,
) -> int:
    """Queue `message` for everybody `audience` means; returns how many rows that made (0: nobody to tell)."""
    if audience == "department":
        return await _tell_departments(office, case, case_id, message, key, payload, merge)
    readers = await audience_people(case, audience)
    if message in _ANSWERER_EXCLUDED:
        others = [person for person in readers if person.id not in case.answered_by]
        readers = others or await audience_people(case, "manager")
    outside = audience in DEPARTMENT_AUDIENCES
    for person in readers:
        await _put(
            office,
            key=f"{key}/p{person.id}",
            kind=message,
            case_id=case_id,
            person_id=person.id,
            payload=payload,
            merge=f"{merge}/p{person.id}" if merge else None,
            not_before=_opening(office) if outside else office.clock.now(),
        )
    return len(readers)


async def _tell_departments(
    office: Office, case: Case, case_id: int, message: str, key: str, payload: dict[str, Any], merge: str | None
) -> int:
    units = [unit for unit in case.units if unit.id]
    for unit in units:
        await _put(
            office,
            key=f"{key}/d{unit.id}",
            kind=message,
            case_id=case_id,
            department_id=unit.id,
            payload=payload,
            merge=f"{merge}/d{unit.id}" if merge else None,
            not_before=_opening(office),
        )
    return len(units)


def _opening(office: Office) -> datetime:
    """Nothing unasked reaches a department outside office hours."""
    return office.calendar.next_open(office.clock.now())


async def _put(office: Office, **columns: Any) -> None:
    if not await OutboxRow.filter(key=columns["key"]).exists():
        await OutboxRow.create(created_at=office.clock.now(), **columns)


async def audience_people(case: Case, audience: str) -> list[PersonCard]:
    """The people an audience word means for this case; the next in line when a post is empty."""
    if audience in DEPARTMENT_AUDIENCES:
        return await _of_departments(case.centre, case.units, DEPARTMENT_AUDIENCES[audience])
    role = decider(case) if audience == "decider" else CENTRE_AUDIENCES[audience]
    for candidate in _SUCCESSION[role]:
        found = await people(case.centre, role=candidate.value)
        if found:
            return found
    return []


#: An empty post never swallows a message: the next in line hears it.
_SUCCESSION: dict[Role, tuple[Role, ...]] = {
    Role.WINDOW: (Role.WINDOW, Role.MANAGER, Role.LEAD),
    Role.MANAGER: (Role.MANAGER, Role.LEAD, Role.WINDOW),
    Role.LEAD: (Role.LEAD, Role.MANAGER),
    Role.DISCIPLINE: (Role.DISCIPLINE,),
    Role.HOTLINE: (Role.HOTLINE,),
}


async def _of_departments(centre: int, units: Iterable[Unit], role: Role) -> list[PersonCard]:
    """Holders of a role in the departments on the case, and those who hold it for every department of the centre."""
    wanted = {unit.id for unit in units if unit.id}
    holders = await people(centre, role=role)
    return [holder for holder in holders if wanted and (holder.department_id in wanted or holder.department_id is None)]
