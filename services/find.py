"""Finding cases for a person: by whatever short number they type, and what waits for them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.case import Actor
from domain.vocabulary import CENTRE_ROLES, WITH_DEPARTMENT, Level, Role, State
from models.cases import CaseDepartment, CaseRow
from services.archive import Record, read, read_many
from services.office import Office

#: `YS20261123-0007`, `20261123-7`, `1123-7`, `7`, `#7`, `7号`.
NUMBER = re.compile(r"^[#＃]?(?:YS)?(?:(?P<day>\d{8}|\d{4})[-—－_])?(?P<n>\d{1,6})号?$", re.IGNORECASE)
#: How many candidates a person is shown.
SHOWN = 6


class NotFound(Exception):
    """No case the person may see has this number. `text` is what they typed."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


@dataclass
class Ambiguous(Exception):
    """Several cases answer to this short number."""

    numbers: tuple[str, ...]


def looks_like_number(text: str) -> bool:
    """Whether a word a person typed may be a case number."""
    return NUMBER.match(text) is not None


async def find_case(office: Office, text: str, actor: Actor) -> Record:
    """The one case a short number means for this person. Raises NotFound or Ambiguous.

    Open cases come first: a number that only one open case has is that one.
    """
    match = NUMBER.match(text.strip())
    if match is None:
        raise NotFound(text)
    rows = CaseRow.filter(no__endswith=f"-{int(match['n']):04d}")
    if match["day"]:
        rows = rows.filter(no__contains=f"{match['day']}-")
    ids = await _visible(actor)
    if ids is not None:
        rows = rows.filter(id__in=ids)
    elif not actor.has(Role.OPERATOR):
        rows = rows.filter(centre_id=actor.centre)
    found = await rows.order_by("-id").limit(50)
    candidates = [row for row in found if row.is_open] or list(found)
    if not candidates:
        raise NotFound(text)
    if len(candidates) > 1:
        raise Ambiguous(tuple(row.no for row in candidates[:SHOWN]))
    return await read(candidates[0].id, office.sealer)


async def _visible(actor: Actor) -> list[int] | None:
    """The cases of a department's person; None where the centre is the limit."""
    if actor.has(*CENTRE_ROLES, Role.OPERATOR):
        return None
    if actor.department is not None:
        return [held.case_id for held in await CaseDepartment.filter(department_id=actor.department)]
    if actor.has(Role.DISCIPLINE):
        return [row.id for row in await CaseRow.filter(centre_id=actor.centre, level=int(Level.REPORTED))]
    return None if actor.has(Role.SUPERIOR) else []


async def may_see(actor: Actor, case_id: int, centre: int) -> bool:
    """Whether a person may open this case at all."""
    if actor.department is not None and not actor.has(*CENTRE_ROLES, Role.OPERATOR):
        # Every press asks this; a department's cases of many years must not be read for it.
        return await CaseDepartment.filter(case_id=case_id, department_id=actor.department).exists()
    ids = await _visible(actor)
    if ids is None:
        return actor.has(Role.OPERATOR) or actor.centre == centre
    return case_id in ids


#: Which states wait for whom.
WAITING: dict[Role, frozenset[State]] = {
    Role.WINDOW: frozenset({State.D, State.C2}),
    Role.MANAGER: frozenset({State.A1, State.A2, State.B4, State.C1}),
    Role.LEAD: frozenset(),
    Role.LIAISON: WITH_DEPARTMENT,
    Role.SUPERIOR: WITH_DEPARTMENT,
}


async def waiting_for(office: Office, actor: Actor, limit: int = 20) -> list[Record]:
    """What waits for this person (/我的): the nearest limit first, then the oldest."""
    states = frozenset().union(*(WAITING.get(role, frozenset()) for role in actor.roles))
    if not states:
        return []
    rows = CaseRow.filter(is_open=True, state__in=[state.value for state in states])
    ids = await _visible(actor)
    rows = rows.filter(id__in=ids) if ids is not None else rows.filter(centre_id=actor.centre)
    found = await rows.order_by("due_at", "id").limit(limit)
    records = {record.id: record for record in await read_many([row.id for row in found], office.sealer)}
    return [records[row.id] for row in found if row.id in records]
