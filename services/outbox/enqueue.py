"""Who hears what: turns events into outbox rows by the table of the rule set, in the transaction of the fact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from domain.audiences import LEAD, MANAGER, Audience, AudienceKind, Whose
from domain.case import Case, Event, Unit
from domain.decisions.requests import decider
from domain.messages import CARRIED, NOBODY, OWNER, REFRESH, MessageKind
from domain.recusal import closed_groups, kept_away, recused
from domain.vocabulary import Request, Role, State
from models.messages import ShownCard
from models.queues import OutboxRow
from services.directory.deputies import on_duty
from services.directory.duties import above, instead_of_the_lead
from services.directory.people import PersonCard, chat, people, person
from services.store.app import AppContext
from services.store.event_store import Record

NOTHING: Mapping[str, Any] = MappingProxyType({})


async def queue_notices(app: AppContext, before: Case, record: Record, events: Sequence[Event]) -> None:
    """Queue everything the rule set says these events must tell. Runs inside the transaction that wrote them."""
    for event in events:
        for notice in app.decision_context(record.case.rules).rules.heard(event.type):
            # Departments that lose the case hear of it through the case as it was.
            case = before if before.units and not record.case.units else record.case
            payload = {
                "event": event.type.value,
                "seq": event.seq,
                **({"by": event.actor} if notice.message.for_one and event.actor is not None else {}),
                **{name: event.data[name] for name in CARRIED & set(event.data)},
            }
            key = f"{record.case.no}/{event.seq}/{notice.message.name}"
            await tell(app, case, record.id, notice.to, notice.message, key, payload)


async def queue_refreshes(app: AppContext, before: Case, record: Record, actor: int | None) -> None:
    """Cards of this case that may be out of date: redraw each, where the platform still can.

    A person's card when the case has moved on, once; a group's at every change, which costs nothing when it shows.
    """
    moved_on = record.case.epoch != before.epoch
    mine = await person(actor) if actor is not None else None
    accounts = set(mine.accounts.values()) if mine else set()
    for shown in await ShownCard.filter(case_id=record.id, current=True):
        in_group = shown.place == "chat"
        outdated = in_group or (moved_on and shown.turn < record.case.epoch and shown.recipient not in accounts)
        if not outdated or not shown.handle:
            continue
        group = await chat(shown.platform, shown.recipient) if in_group else None
        await _put(
            app,
            key=f"{record.case.no}/refresh/{shown.id}/{record.version if in_group else record.case.epoch}",
            kind=REFRESH.name,
            case_id=record.id,
            department_id=group.department_id if group else None,
            payload={"shown": shown.id},
            not_before=app.clock.now(),
        )


async def tell(
    app: AppContext,
    case: Case,
    case_id: int,
    audience: Audience,
    message: MessageKind,
    key: str,
    payload: dict[str, Any],
    *,
    merge: str | None = None,
) -> int:
    """Queue `message` for everybody `audience` means; returns how many rows that made (0: nobody to tell)."""
    if audience.kind is AudienceKind.WINDOW and kept_away(case).clerks:
        # A complaint about the window's people goes past all of them to the lead (回避).
        audience = LEAD
    units = _units_of(case, audience, payload)
    if units is not None:
        told = await _tell_departments(app, case, units, case_id, message, key, payload, merge)
        if told < len(units) and closed_groups(case) and audience != MANAGER:
            lost = {**payload, "audience": str(audience)}
            await tell(app, case, case_id, MANAGER, NOBODY, f"{key}/nobody", lost)
        return told
    holders = await audience_people(case, audience, payload)
    there = _not_recused(case, await on_duty(holders, app.clock.now()))
    readers = there or await _next_in_line(case, audience, app.clock.now())
    if holders and not readers and audience != MANAGER:
        # Away, and their deputies too: the manager hears that nobody did.
        lost = {**payload, "audience": str(audience)}
        await tell(app, case, case_id, MANAGER, NOBODY, f"{key}/nobody", lost)
    if message.not_to_answerer or (message is OWNER and case.state is State.CALL_BACK and case.pending is None):
        others = [reader for reader in readers if reader.id not in case.answered_by]
        readers = others or await _who_else_calls(case) or readers
    elif message.not_to_asker:
        readers = await _other_than_the_asker(app, case, readers)
    if message.for_one:
        readers = [reader for reader in readers if reader.id == payload.get("by")] or readers[:1]
    outside = audience.traits.whose is Whose.DEPARTMENT
    for reader in readers:
        await _put(
            app,
            key=f"{key}/p{reader.id}",
            kind=message.name,
            case_id=case_id,
            person_id=reader.id,
            payload=payload,
            merge=f"{merge}/p{reader.id}" if merge else None,
            not_before=_opening(app, case.centre) if outside else app.clock.now(),
        )
    return len(readers)


async def _who_else_calls(case: Case) -> list[PersonCard]:
    """Whoever could call back where everybody asked has handled the case: the posts of the centre, the centre above."""
    for post in (Role.WINDOW, Role.MANAGER, Role.LEAD):
        found = [card for card in await people(case.centre, role=post) if card.id not in case.answered_by]
        if there := _not_recused(case, found):
            return there
    higher = await above(case.centre)
    return _not_recused(case, await people(higher.id, role=Role.WINDOW)) if higher is not None else []


async def _other_than_the_asker(app: AppContext, case: Case, readers: list[PersonCard]) -> list[PersonCard]:
    """A correction takes a second person: without another manager the lead is asked (第五条“准确”)."""
    pending = case.pending
    if pending is None or pending.what is not Request.CORRECT:
        return readers
    others = [reader for reader in readers if reader.id != pending.asker]
    return others or await on_duty(await audience_people(case, LEAD), app.clock.now())


async def _next_in_line(case: Case, audience: Audience, now: datetime) -> list[PersonCard]:
    """Nobody of a post of the centre is there today, nor anybody for them: whoever is there of the next post."""
    post = audience.traits.whose is Whose.CENTRE
    for candidate in _SUCCESSION[_post(case, audience)][1:] if post else ():
        found = _not_recused(case, await on_duty(await people(case.centre, role=candidate.value), now))
        if found:
            return found
    return []


def _not_recused(case: Case, cards: Iterable[PersonCard]) -> list[PersonCard]:
    """Those who may hear of the case at all (回避)."""
    return [card for card in cards if not recused(case, card.id, card.roles)]


def _units_of(case: Case, audience: Audience, payload: Mapping[str, Any]) -> list[Unit] | None:
    """The departments whose groups an audience means: all, the newly added, or one; None for people."""
    known = [unit for unit in _concerned(case, payload) if unit.id]
    match audience.kind:
        case AudienceKind.DEPARTMENT:
            return known
        case AudienceKind.ADDED:
            return [unit for unit in known if unit.id in payload["added"]]
        case AudienceKind.UNIT:
            return [unit for unit in known if unit.id == audience.unit]
    return None


def _concerned(case: Case, payload: Mapping[str, Any]) -> Sequence[Unit]:
    """The departments an act was for, where its event says so (`domain.answerable`); else all on the case."""
    meant = {unit["id"] for unit in payload.get("for", ())}
    return [unit for unit in case.units if unit.id in meant] if meant else case.units


async def _tell_departments(
    app: AppContext,
    case: Case,
    units: Sequence[Unit],
    case_id: int,
    message: MessageKind,
    key: str,
    payload: dict[str, Any],
    merge: str | None,
) -> int:
    told = 0
    for unit in units:
        row = {"kind": message.name, "case_id": case_id, "department_id": unit.id, "payload": payload}
        opening = _opening(app, case.centre)
        if unit.id not in closed_groups(case):
            together = f"{merge}/d{unit.id}" if merge else None
            await _put(app, key=f"{key}/d{unit.id}", merge=together, not_before=opening, **row)
            told += 1
            continue
        # Somebody the complaint is about reads along in the group: another liaison hears it alone, else the superior.
        readers = await _instead_of_the_group(case, unit, app.clock.now())
        for reader in readers:
            together = f"{merge}/d{unit.id}/p{reader.id}" if merge else None
            name = f"{key}/d{unit.id}/p{reader.id}"
            await _put(app, key=name, merge=together, not_before=opening, person_id=reader.id, **row)
        told += bool(readers)
    return told


async def _instead_of_the_group(case: Case, unit: Unit, now: datetime) -> list[PersonCard]:
    liaisons = await people(case.centre, role=Role.LIAISON, department_id=unit.id)
    there = _not_recused(case, await on_duty(_not_recused(case, liaisons), now))
    superiors = await _of_departments(case, (unit,), Role.SUPERIOR) if not there else []
    return there or _not_recused(case, await on_duty(superiors, now))


def _opening(app: AppContext, centre: int) -> datetime:
    """Nothing unasked reaches a department outside the present office hours of the case's centre."""
    return app.calendar_of(centre).next_open(app.clock.now())


async def _put(app: AppContext, **columns: Any) -> None:
    if not await OutboxRow.filter(key=columns["key"]).exists():
        await OutboxRow.create(created_at=app.clock.now(), **columns)


async def audience_people(case: Case, audience: Audience, payload: Mapping[str, Any] = NOTHING) -> list[PersonCard]:
    """The people an audience means for this case; the next in line when a post is empty."""
    if audience.traits.whose is Whose.DEPARTMENT and audience.traits.role is not None:
        return await _of_departments(case, _departments(case, audience, payload), audience.traits.role)
    for candidate in _SUCCESSION[_post(case, audience)]:
        found = _not_recused(case, await people(case.centre, role=candidate.value))
        if not found and candidate is Role.LEAD and _post(case, audience) is Role.LEAD:
            # A centre without a lead is decided for by the centre above.
            higher = await instead_of_the_lead(case.centre)
            found = await people(higher, role=Role.LEAD) if higher is not None else []
        if found:
            return found
    return []


def _departments(case: Case, audience: Audience, payload: Mapping[str, Any]) -> Sequence[Unit]:
    """The departments whose people an audience means: the lead, those that lost the case, or all on it."""
    if audience.kind is AudienceKind.LEAD_LIAISONS:
        return case.units[:1]
    if audience.kind is AudienceKind.REMOVED:
        return [Unit(unit, "") for unit in payload["removed"]]
    return _concerned(case, payload)


def _post(case: Case, audience: Audience) -> Role:
    """The post of the centre an audience means; who decides a request depends on the request."""
    return audience.traits.role or decider(case)


#: An empty post never swallows a message: the next in line hears it.
_SUCCESSION: dict[Role, tuple[Role, ...]] = {
    Role.WINDOW: (Role.WINDOW, Role.MANAGER, Role.LEAD),
    Role.MANAGER: (Role.MANAGER, Role.LEAD, Role.WINDOW),
    Role.LEAD: (Role.LEAD, Role.MANAGER),
    Role.DISCIPLINE: (Role.DISCIPLINE,),
    Role.HOTLINE: (Role.HOTLINE,),
}


async def _of_departments(case: Case, units: Iterable[Unit], role: Role) -> list[PersonCard]:
    """Holders of a role in the departments on the case, and those who hold it for every department of the centre.

    Where every liaison of a department is kept away, its superior takes their place (回避).
    """
    wanted = {unit.id for unit in units if unit.id}
    holders = _not_recused(case, await people(case.centre, role=role))
    found = [holder for holder in holders if wanted and (holder.departments & wanted or not holder.departments)]
    if found or role is not Role.LIAISON or not wanted & closed_groups(case):
        return found
    return await _of_departments(case, [unit for unit in units if unit.id in closed_groups(case)], Role.SUPERIOR)
