"""What a person may have that is no single case: the ledger, papers, a group, a registration.

Who may do what to a case is the table `domain.lifecycle.TRANSITIONS`; who may see one, `services.access.cases`.
"""

from __future__ import annotations

from enum import StrEnum

from domain.case import Actor
from domain.refusals import Refused
from domain.vocabulary import CENTRE_ROLES, Role


class Overview(StrEnum):
    """Whose overview: everything of the centre with what waits for its reader, a department's, or what was copied."""

    CENTRE = "centre"
    MANAGER = "manager"
    LEAD = "lead"
    DEPARTMENT = "department"
    REPORTED = "reported"


_MANAGERS = (Role.MANAGER, Role.LEAD)
#: Who is no person: asked by nobody, or by whoever runs the machine.
_MACHINE = (Role.SYSTEM, Role.OPERATOR)


def access_intake(actor: Actor) -> None:
    """Whether a person may take a complaint in (第五条). Raises Refused."""
    if not actor.has(*CENTRE_ROLES, Role.HOTLINE, *_MACHINE):
        raise Refused("not_allowed", verb="登记", who="窗口、管理机构或热线")


def speaks_for_hotline(actor: Actor) -> bool:
    """Whether the hotline itself hands something over: by its key, or one of its people (通知第三条（二）)."""
    return actor.has(Role.HOTLINE) and not actor.has(*CENTRE_ROLES)


def access_ledger(actor: Actor) -> int | None:
    """Which rows of the 台账 a person may list: None for all of the centre, else their departments'. Raises Refused.

    One department is named; who speaks for several lists those of all (`Actor.departments`).
    """
    if actor.has(*CENTRE_ROLES, Role.OPERATOR):
        return None
    if actor.department is not None:
        return actor.department
    raise Refused("ledger_for_centre")


def access_overview(actor: Actor) -> Overview:
    """Which overview of the 台账 a person has without asking for rows. Raises Refused."""
    if reads_masked(actor) and not actor.departments:
        return Overview.REPORTED
    if actor.has(Role.SUPERIOR) and not actor.departments and not actor.has(*CENTRE_ROLES):
        return Overview.CENTRE
    if access_ledger(actor) is not None:
        return Overview.DEPARTMENT
    if actor.has(Role.LEAD):
        return Overview.LEAD
    return Overview.MANAGER if actor.has(Role.MANAGER) else Overview.CENTRE


def access_export(actor: Actor, centre: int, *, full: bool | None = None) -> bool:
    """Whether the exported ledger may name complainants, as asked or, unasked, as far as this person may.

    Raises Refused for whoever may not export this centre's, or not in full.
    """
    if actor.has(Role.OPERATOR):
        return bool(full)
    if not actor.has(*_MANAGERS) or actor.centre != centre:
        raise Refused("not_allowed", verb="导出台账", who="管理机构（脱敏）或负责人（全量）")
    if full and not actor.has(Role.LEAD):
        raise Refused("not_allowed", verb="导出全量台账", who="负责人")
    return actor.has(Role.LEAD) if full is None else full


def access_papers(actor: Actor, centre: int) -> None:
    """Whether a person may print the papers of this centre's cases, which name the complainant. Raises Refused."""
    if actor.has(Role.OPERATOR):
        return
    if not actor.has(*CENTRE_ROLES) or actor.centre != centre:
        raise Refused("not_allowed", verb="打印", who="窗口或管理机构")


def access_month(actor: Actor, centre: int) -> None:
    """Whether a person may have a centre's monthly report. Raises Refused."""
    if actor.has(Role.OPERATOR):
        return
    if not actor.has(*_MANAGERS) or actor.centre != centre:
        raise Refused("not_allowed", verb="月报", who="管理机构")


def access_binding(actor: Actor) -> None:
    """Whether a person may make a chat the group of a department of their centre. Raises Refused."""
    if not actor.has(*_MANAGERS, Role.OPERATOR):
        raise Refused("not_allowed", verb="绑定", who="管理机构")


def reads_masked(actor: Actor) -> bool:
    """Whether this reader gets a case without the complaint's words: 纪检 is told of delays, of nobody (第九条)."""
    return actor.has(Role.DISCIPLINE) and not actor.has(*CENTRE_ROLES)
