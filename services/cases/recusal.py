"""回避 when a complaint comes in: who is named in it, who is left to handle it, and where it goes when nobody is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.case import Case
from domain.recusal import HARMLESS
from domain.vocabulary import Role
from services.directory.people import CentreCard, PersonCard, centre_above, people

#: Shorter names are words of the language.
SHORTEST_NAME = 2


@dataclass(frozen=True, slots=True)
class Placed:
    """The centre that takes a complaint, and what its record says of whom it concerns."""

    centre: CentreCard
    concerned: tuple[dict[str, Any], ...] = ()
    unavoidable: bool = False


async def placed_at(centre: CentreCard, values: Mapping[str, Any]) -> Placed:
    """Where a complaint belongs: at its centre, or at the centre above when everybody who could decide is concerned.

    Without a centre above whoever is there handles it, and the record says so: no complaint is left lying (有诉必办).
    """
    known = await people(centre.id)
    found = named(known, values)
    staff = bool(values.get("staff_complaint"))
    if not found and not staff:
        return Placed(centre)
    concerned = tuple(entries_of(found))
    away = {card.id for card in found}
    left = [
        card
        for card in known
        if card.roles & {Role.LEAD, Role.MANAGER}
        and card.id not in away
        and not (staff and not found and Role.WINDOW in card.roles)
    ]
    if left:
        return Placed(centre, concerned)
    above = await centre_above(centre)
    return Placed(above, concerned) if above is not None else Placed(centre, concerned, unavoidable=True)


def entries_of(found: Sequence[PersonCard]) -> list[dict[str, Any]]:
    """What the record says of people a complaint names: once for each of their departments."""
    return [
        {"person": card.id, "department": department}
        for card in found
        for department in (*sorted(card.departments), *([] if card.departments else [None]))
    ]


async def named_in_entries(case: Case, given: Mapping[str, str]) -> tuple[dict[str, Any], ...]:
    """Whom a case names once these entries stand in it, as events carry them."""
    says = {**nature(case), "content": case.private.content, **given}
    return tuple(entries_of(named(await people(case.centre), says)))


def nature(case: Case) -> dict[str, Any]:
    """What tells whether a complaint is against those it names: praise keeps nobody away."""
    return {"kind": case.kind, "staff_complaint": case.staff_complaint}


def named(known: Sequence[PersonCard], values: Mapping[str, Any]) -> list[PersonCard]:
    """The people of the directory a complaint names; two who bear one name are both meant."""
    if values.get("kind") in HARMLESS and not values.get("staff_complaint"):
        return []
    text = "".join(str(values.get("content") or "").split())
    return [card for card in known if len(card.name) >= SHORTEST_NAME and card.name in text]
