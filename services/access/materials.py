"""附件: who may look at what was handed in; every look is written down."""

from __future__ import annotations

from domain.case import Actor, Case, Material
from domain.recusal import recuses
from domain.refusals import Refused
from domain.vocabulary import CENTRE_ROLES, Role
from models.database import transaction
from services.access.rights import reads_masked
from services.store.access_log import log_access
from services.store.app import AppContext
from services.store.event_store import read


async def access_materials(app: AppContext, actor: Actor, case_id: int) -> tuple[Material, ...]:
    """The materials of a case this person may look at, logged as a look. Raises Refused when there is none."""
    async with transaction():
        case = (await read(case_id, app.sealer)).case
        found = tuple(material for material in case.materials if _withheld(case, material, actor) is None)
        if not found:
            raise _withheld(case, case.materials[0], actor) if case.materials else Refused("no_materials", no=case.no)  # type: ignore[misc]
        await log_access(app, actor, "materials", "/附件", case_id)
    return found


async def access_material(app: AppContext, actor: Actor, case_id: int, number: int) -> Material:
    """One material by its number in the case, logged as a look. Raises Refused."""
    async with transaction():
        case = (await read(case_id, app.sealer)).case
        material = next((item for item in case.materials if item.number == number), None)
        if material is None:
            count = len(case.materials)
            raise Refused("no_such_material", no=case.no, number=number, count=count, short=case.number)
        if (refused := _withheld(case, material, actor)) is not None:
            raise refused
        await log_access(app, actor, "material", f"/附件 {number}", case_id)
    return material


def _withheld(case: Case, material: Material, actor: Actor) -> Refused | None:
    """Why this person may not look at it; None when they may.

    A department sees what departments of the case handed in, and what the complainant gave unless that one asked to be
    kept from it; who reads a case masked sees none of it.
    """
    if recuses(case, actor):
        return Refused("not_yours", no=case.no)
    if actor.has(Role.OPERATOR):
        return None
    actor = actor.at(case.centre)
    if actor.has(*CENTRE_ROLES):
        return None if actor.centre == case.centre else Refused("other_centre", no=case.no, centre=case.centre_name)
    if actor.departments.isdisjoint(unit.id for unit in case.units):
        if reads_masked(actor):
            return Refused("material_masked", no=case.no)
        return Refused("other_department", no=case.no, departments=case.departments, verb="查看附件")
    if material.department is None and not actor.has(Role.LIAISON):
        return Refused("material_masked", no=case.no)
    return Refused("material_withheld", no=case.no) if material.department is None and case.guarded else None
