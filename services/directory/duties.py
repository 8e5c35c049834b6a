"""What the people of a centre are to the small centres below it: a centre of one person has nobody to call back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from domain.case import Actor
from domain.vocabulary import CENTRE_ROLES, Role
from models.people import Centre, Person
from services.directory.people import CentreCard, centre, centre_above, people

Staff = dict[int, dict[int, frozenset[Role]]]


async def above(centre_id: int) -> CentreCard | None:
    """The centre above this one, None for the highest."""
    card = await centre(centre_id)
    return await centre_above(card) if card is not None else None


async def instead_of_the_lead(centre_id: int) -> int | None:
    """The centre whose leads decide for one without a lead; None where it has its own or nobody is above."""
    if await people(centre_id, role=Role.LEAD):
        return None
    higher = await above(centre_id)
    return higher.id if higher is not None else None


async def with_duties(actor: Actor) -> Actor:
    """The actor with the centres they serve, and the colleagues who could call back in their place.

    A centre without a lead is decided for by the leads above it; one of a single person is called back for from there.
    """
    if actor.person is None or actor.centre is None or not actor.roles & CENTRE_ROLES:
        return actor
    staff = await _staff()
    others = frozenset(who for who in staff[actor.centre] if who != actor.person)
    if not others and (higher := await above(actor.centre)) is not None:
        others = frozenset(staff[higher.id])
    return replace(actor, serves=await _served(actor, staff), colleagues=others)


async def _staff() -> Staff:
    """The centres' own people by centre: who holds which roles there."""
    found: Staff = defaultdict(dict)
    for row in await Person.filter(active=True, department_id__isnull=True).order_by("id"):
        roles = CENTRE_ROLES & {Role(role) for role in row.roles}
        if roles:
            found[row.centre_id][row.id] = roles
    return found


async def _served(actor: Actor, staff: Staff) -> tuple[tuple[int, frozenset[Role]], ...]:
    served = []
    for row in await Centre.exclude(id=actor.centre).order_by("id"):
        roles = _lacking(list(staff[row.id].values())) & (actor.roles | {Role.WINDOW})
        higher = await above(row.id) if roles else None
        if higher is not None and higher.id == actor.centre:
            served.append((row.id, roles))
    return tuple(served)


def _lacking(held: list[frozenset[Role]]) -> frozenset[Role]:
    """What a centre lacks: a lead, and a second person (whoever works at a centre can call a complainant back)."""
    lead = frozenset() if any(Role.LEAD in roles for roles in held) else frozenset({Role.LEAD})
    return lead | {Role.WINDOW} if len(held) == 1 else lead
