"""联系方式: a complainant's name and number, only to whom the case is assigned, for a purpose, and written down."""

from __future__ import annotations

from dataclasses import dataclass

from domain.case import Actor, Case
from domain.privacy import numbers_in
from domain.recusal import recuses
from domain.refusals import Refused
from domain.vocabulary import CENTRE_ROLES, Role
from models.database import transaction
from services.store.access_log import log_access
from services.store.app import AppContext
from services.store.event_store import read


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach the complainant."""

    name: str
    phone: str
    #: Further numbers of the complaint's text, which its readers see hidden.
    others: tuple[str, ...] = ()


async def access_contact(app: AppContext, actor: Actor, case_id: int, purpose: str) -> Contact:
    """The complainant's name and number. Raises Refused when there is none or it may not be shown to this person."""
    async with transaction():
        case = (await read(case_id, app.sealer)).case
        _check(case, actor, purpose)
        await log_access(app, actor, "contact", purpose, case_id)
    private = case.private
    phones = private.phones or ((private.phone,) if private.phone else ())
    others = tuple(number for number in numbers_in(private.content) if number not in phones)
    return Contact(private.name or "未留姓名", "、".join(phones) or "未留", others)


def _check(case: Case, actor: Actor, purpose: str) -> None:
    if recuses(case, actor):
        raise Refused("not_yours", no=case.no)
    if not purpose.strip():
        raise Refused("reason_needed", verb="联系方式", number=case.number)
    if not actor.has(*CENTRE_ROLES, Role.OPERATOR):
        _check_department(case, actor)
    elif actor.has(*CENTRE_ROLES) and actor.centre != case.centre:
        raise Refused("other_centre", no=case.no, centre=case.centre_name)
    if not case.private.phone and not numbers_in(case.private.content):
        raise Refused("no_contact", no=case.no)


def _check_department(case: Case, actor: Actor) -> None:
    """A liaison needs it for a case of their own department, unless the complainant asked to be kept from it."""
    if not actor.has(Role.LIAISON) or actor.departments.isdisjoint(unit.id for unit in case.units):
        raise Refused("other_department", no=case.no, departments=case.departments, verb="查看联系方式")
    if case.confidential or case.anonymous:
        raise Refused("contact_withheld", no=case.no)
    if case.left:
        raise Refused("complainant_left", no=case.no, left="、".join(joined.no for joined in case.merged))
