"""Who hears what: turns events into outbox rows by the table of the rule set, in the transaction of the fact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from domain.case import Case, Event, Unit
from domain.decisions.requests import decider
from domain.vocabulary import Request, Role
from models.messages import ShownCard
from models.queues import OutboxRow
from services.directory.deputies import on_duty
from services.directory.people import PersonCard, chat, people, person
from services.store.app import Office
from services.store.event_store import Record

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
#: Audiences outside the centre: nothing unasked reaches them outside office hours.
OUTSIDE_AUDIENCES = frozenset({*DEPARTMENT_AUDIENCES, "lead_liaisons", "removed"})
#: What a message needs of its event, beside its type.
_CARRIED = frozenset({"added", "removed", "name", "unit", "count", "what", "rating", "merged", "moved", "orders"})
NOTHING: Mapping[str, Any] = MappingProxyType({})
_ANSWERER_EXCLUDED = frozenset({"call_back"})


async def queue_notices(office: Office, before: Case, record: Record, events: Sequence[Event]) -> None:
    """Queue everything the rule set says these events must tell. Runs inside the transaction that wrote them."""
    for event in events:
        for notice in office.bench(record.case.rules).rules.heard(event.type):
            # Departments that lose the case hear of it through the case as it was.
            case = before if before.units and not record.case.units else record.case
            payload = {
                "event": event.type,
                "seq": event.seq,
                **{name: event.data[name] for name in _CARRIED & set(event.data)},
            }
            key = f"{record.case.no}/{event.seq}/{notice.message}"
            await tell(office, case, record.id, notice.to, notice.message, key, payload)


async def queue_refreshes(office: Office, before: Case, record: Record, actor: int | None) -> None:
    """Cards of this case that may be out of date: redraw each, where the platform still can.

    A person's card when the case has moved on, once; a group's at every change, which costs nothing when it shows.
    """
    moved_on = record.case.turn != before.turn
    mine = await person(actor) if actor is not None else None
    accounts = set(mine.accounts.values()) if mine else set()
    for shown in await ShownCard.filter(case_id=record.id, current=True):
        in_group = shown.place == "chat"
        outdated = in_group or (moved_on and shown.turn < record.case.turn and shown.recipient not in accounts)
        if not outdated or not shown.handle:
            continue
        group = await chat(shown.platform, shown.recipient) if in_group else None
        await _put(
            office,
            key=f"{record.case.no}/refresh/{shown.id}/{record.version if in_group else record.case.turn}",
            kind="refresh",
            case_id=record.id,
            department_id=group.department_id if group else None,
            payload={"shown": shown.id},
            not_before=office.clock.now(),
        )


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
    if audience == "window" and case.staff_complaint:
        # A complaint about the centre's own people goes past them to the lead (投诉回避).
        audience = "lead"
    units = _units_of(case, audience, payload)
    if units is not None:
        return await _tell_departments(office, case.centre, units, case_id, message, key, payload, merge)
    holders = await audience_people(case, audience, payload)
    readers = await on_duty(holders, office.clock.now()) or await _next_in_line(case, audience, office.clock.now())
    if holders and not readers and audience != "manager":
        # Away, and their deputies too: the manager hears that nobody did.
        lost = {**payload, "audience": audience}
        await tell(office, case, case_id, "manager", "nobody", f"{key}/nobody", lost)
    if message in _ANSWERER_EXCLUDED:
        others = [reader for reader in readers if reader.id not in case.answered_by]
        readers = others or await audience_people(case, "manager", payload)
    elif message == "request":
        readers = await _other_than_the_asker(office, case, readers)
    outside = audience in OUTSIDE_AUDIENCES
    for reader in readers:
        await _put(
            office,
            key=f"{key}/p{reader.id}",
            kind=message,
            case_id=case_id,
            person_id=reader.id,
            payload=payload,
            merge=f"{merge}/p{reader.id}" if merge else None,
            not_before=_opening(office, case.centre) if outside else office.clock.now(),
        )
    return len(readers)


async def _other_than_the_asker(office: Office, case: Case, readers: list[PersonCard]) -> list[PersonCard]:
    """A correction takes a second person: without another manager the lead is asked (第五条“准确”)."""
    pending = case.pending
    if pending is None or pending.what is not Request.CORRECT:
        return readers
    others = [reader for reader in readers if reader.id != pending.asker]
    return others or await on_duty(await audience_people(case, "lead"), office.clock.now())


async def _next_in_line(case: Case, audience: str, now: datetime) -> list[PersonCard]:
    """Nobody of a post of the centre is there today, nor anybody for them: whoever is there of the next post."""
    role = decider(case) if audience == "decider" else CENTRE_AUDIENCES.get(audience)
    for candidate in _SUCCESSION[role][1:] if role is not None else ():
        found = await on_duty(await people(case.centre, role=candidate.value), now)
        if found:
            return found
    return []


def _units_of(case: Case, audience: str, payload: Mapping[str, Any]) -> list[Unit] | None:
    """The departments whose groups an audience means: all, the newly added, or one; None for people."""
    known = [unit for unit in case.units if unit.id]
    if audience == "department":
        return known
    if audience == "added":
        return [unit for unit in known if unit.id in payload["added"]]
    if audience.startswith("unit:"):
        return [unit for unit in known if audience == f"unit:{unit.id}"]
    return None


async def _tell_departments(
    office: Office,
    centre: int,
    units: Sequence[Unit],
    case_id: int,
    message: str,
    key: str,
    payload: dict[str, Any],
    merge: str | None,
) -> int:
    for unit in units:
        await _put(
            office,
            key=f"{key}/d{unit.id}",
            kind=message,
            case_id=case_id,
            department_id=unit.id,
            payload=payload,
            merge=f"{merge}/d{unit.id}" if merge else None,
            not_before=_opening(office, centre),
        )
    return len(units)


def _opening(office: Office, centre: int) -> datetime:
    """Nothing unasked reaches a department outside the present office hours of the case's centre."""
    return office.calendar_of(centre).next_open(office.clock.now())


async def _put(office: Office, **columns: Any) -> None:
    if not await OutboxRow.filter(key=columns["key"]).exists():
        await OutboxRow.create(created_at=office.clock.now(), **columns)


async def audience_people(case: Case, audience: str, payload: Mapping[str, Any] = NOTHING) -> list[PersonCard]:
    """The people an audience word means for this case; the next in line when a post is empty."""
    if audience == "lead_liaisons":
        return await _of_departments(case.centre, case.units[:1], Role.LIAISON)
    if audience == "removed":
        gone = [Unit(unit, "") for unit in payload["removed"]]
        return await _of_departments(case.centre, gone, Role.LIAISON)
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
