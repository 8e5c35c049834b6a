"""代班: who stands in for whom today, and what that lets them do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from domain.case import Actor
from domain.office_hours import TZ
from domain.vocabulary import Role
from models.people import Deputy, Person, whole
from services.directory.duties import with_duties
from services.directory.people import PersonCard, people, person
from services.store.app import AppContext
from services.store.journal import watched


class NoDeputy(Exception):
    """The deputy cannot be set; `str()` is a code for the sentence to show, `names` the candidates."""

    def __init__(self, code: str, names: Iterable[str] = ()) -> None:
        super().__init__(code)
        self.names = tuple(names)


@dataclass(frozen=True, slots=True)
class Absence:
    """A period in which somebody stands in."""

    person: str
    deputy: str
    start: date
    end: date


async def set_deputy(who: PersonCard, name: str, start: date, end: date, app: AppContext) -> Absence:
    """`who` is away and the named colleague of the same department (or of the centre's own people) stands in.

    Raises NoDeputy("unknown" | "ambiguous" | "elsewhere" | "self" | "period" | "circle").
    """
    now = app.clock.now()
    if end < start or end < now.astimezone(TZ).date():
        raise NoDeputy("period")
    colleagues = await people(who.centre_id)
    named = [card for card in colleagues if card.name == name.strip()]
    near = [card for card in named if card.departments & who.departments or not (card.departments or who.departments)]
    # Somebody of another department would get the messages and none of the rights.
    found = near or [card for card in named if card.department_id is None]
    if len(found) != 1:
        code = "ambiguous" if found else "elsewhere" if named else "unknown"
        raise NoDeputy(code, [card.name for card in colleagues])
    if found[0].id == who.id:
        raise NoDeputy("self")
    if stands_in(who.id, {**await _absent(start, end), who.id: found[0].id}) is None:
        raise NoDeputy("circle")
    async with watched(app.sealer, now, "deputies"):
        await Deputy.create(
            person_id=who.id, deputy_id=found[0].id, noted_at=now, start=start.isoformat(), end=end.isoformat()
        )
    return Absence(who.name, found[0].name, start, end)


async def away(now: datetime) -> dict[int, int]:
    """Who is away today and who stands in, by person id; the newest arrangement counts."""
    today = now.astimezone(TZ).date()
    return await _absent(today, today)


async def _absent(start: date, end: date) -> dict[int, int]:
    rows = await Deputy.filter(start__lte=end.isoformat(), end__gte=start.isoformat()).order_by("id")
    return {row.person_id: row.deputy_id for row in rows}


def stands_in(who: int, absent: Mapping[int, int]) -> int | None:
    """Who is there for somebody today, from deputy to deputy; None where the deputies wait for each other."""
    seen = {who}
    while who in absent:
        who = absent[who]
        if who in seen:
            return None
        seen.add(who)
    return who


async def on_duty(cards: Iterable[PersonCard], now: datetime) -> list[PersonCard]:
    """The people to tell today: deputies, and theirs, in the place of those away; nobody twice."""
    absent = await away(now)
    found: dict[int, PersonCard] = {}
    for card in cards:
        there = stands_in(card.id, absent)
        reader = card if there == card.id else await person(there) if there is not None else None
        if reader is not None and reader.active:
            found[reader.id] = reader
    return list(found.values())


async def with_deputised(actor: Actor, now: datetime) -> Actor:
    """The actor as they stand today: with the roles of those they stand in for, and what they are to small centres."""
    return await with_duties(await _deputised(actor, now))


async def _deputised(actor: Actor, now: datetime) -> Actor:
    """The actor with the roles, and for want of an own one the department, of those they stand in for today."""
    if actor.person is None:
        return actor
    absent = await away(now)
    represented = [who for who in absent if stands_in(who, absent) == actor.person]
    for row in await whole(Person.filter(id__in=represented, active=True).order_by("id")):
        roles = actor.roles | {Role(role) for role in row.roles}
        mine = actor.own if actor.own is not None else actor.roles
        theirs = actor.departments.union(row.posts, [] if row.department_id is None else [row.department_id])
        own = actor.department or row.department_id
        further = frozenset(unit for unit in theirs if unit != own)
        actor = replace(actor, roles=roles, department=own, further=further, own=mine)
    return actor
