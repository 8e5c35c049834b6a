"""Showing personal data: only to whom the case is assigned, for a stated purpose, and always written down."""

from __future__ import annotations

from dataclasses import dataclass

from domain.case import Actor
from domain.refusals import Refused
from domain.vocabulary import CENTRE_ROLES, Role
from models.bookkeeping import AccessLog
from models.database import transaction
from services.store.app import Office
from services.store.event_store import read
from services.store.journal import note_look


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach the complainant."""

    name: str
    phone: str


async def reveal_contact(office: Office, case_id: int, actor: Actor, purpose: str) -> Contact:
    """The complainant's name and number. Raises `Refused` when there is none or it may not be shown to this person."""
    async with transaction():
        case = (await read(case_id, office.sealer)).case
        of_centre = actor.has(*CENTRE_ROLES, Role.OPERATOR)
        if not of_centre and not (actor.has(Role.LIAISON) and actor.department in {unit.id for unit in case.units}):
            raise Refused("other_department", no=case.no, departments=case.departments, verb="查看联系方式")
        if not of_centre and (case.confidential or case.anonymous):
            raise Refused("contact_withheld", no=case.no)
        if not of_centre and case.left:
            raise Refused("complainant_left", no=case.no, left="、".join(joined.no for joined in case.merged))
        if not case.private.phone:
            raise Refused("no_contact", no=case.no)
        await log_access(office, actor, "contact", purpose, case_id)
    return Contact(case.private.name or "未留姓名", "、".join(case.private.phones) or case.private.phone)


async def log_access(office: Office, actor: Actor, what: str, purpose: str, case_id: int | None = None) -> None:
    """Write down who saw personal data, and why, in a chained journal: no look can be taken out unseen."""
    now = office.clock.now()
    row = AccessLog(case_id=case_id, person_id=actor.person, what=what, purpose=purpose, at=now)
    await note_look(office.sealer, row)
