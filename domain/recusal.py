"""回避: a complaint about people of the centre or of a department is none of theirs (投诉回避).

One rule: who is named is kept away; where window staff are complained about and nobody is named, every clerk is.
Whoever may see and do what to a case asks it (`services.access`), and `decide` asks it again.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.case import Actor, Case
from domain.vocabulary import Role

#: 性质 of a text in which a name is no complaint about its bearer.
HARMLESS = frozenset({"咨询", "建议", "表扬"})


@dataclass(frozen=True, slots=True)
class Kept:
    """Who is kept away from a case: these people (directory ids), and whether every clerk of the window is."""

    people: frozenset[int]
    clerks: bool


def kept_away(case: Case) -> Kept:
    """Who is kept away from this case; nobody where nobody else could handle it, which its remarks say."""
    if case.unavoidable:
        return Kept(frozenset(), clerks=False)
    return Kept(frozenset(one.person for one in case.concerned), case.staff_complaint and not case.concerned)


def recused(case: Case, person: int | None, roles: frozenset[Role]) -> bool:
    """Whether a person with these roles of their own is kept away from the case."""
    kept = kept_away(case)
    return person is not None and (person in kept.people or (kept.clerks and Role.WINDOW in roles))


def recuses(case: Case, actor: Actor) -> bool:
    """The same for an actor: who stands in for a clerk is no clerk, and a clerk who stands in for the lead is one."""
    return recused(case, actor.person, actor.own if actor.own is not None else actor.roles)


def closed_groups(case: Case) -> frozenset[int]:
    """Departments whose group may hear nothing of the case: somebody it is about reads along there."""
    return frozenset() if case.unavoidable else frozenset(one.department for one in case.concerned if one.department)


def for_the_department(case: Case, actor: Actor) -> int | None:
    """The department a 分管领导 acts for because its liaison is kept away; None where they have nothing to do."""
    if not actor.has(Role.SUPERIOR):
        return None
    mine = (unit.id for unit in case.units if unit.id in closed_groups(case))
    return next((unit for unit in mine if not actor.departments or unit in actor.departments), None)
