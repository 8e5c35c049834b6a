"""Which cases a person gets: by a number they type, by a card they press, and what waits for them.

The doors read cases here and nowhere else (`tests/unit/test_access.py`): every way in ends in `_scope`.
"""

from __future__ import annotations

import re
import unicodedata
from asyncio import to_thread
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from domain.case import Actor, Case
from domain.events import EventType
from domain.privacy import scrub
from domain.recusal import recuses
from domain.refusals import Refused
from domain.vocabulary import CENTRE_ROLES, NO_CASE, RUNNING, STATE_NAMES, WITH_DEPARTMENT, Level, Role, State
from domain.waiting import before
from models.cases import CaseRecusal, CaseRow, EventRow
from models.expressions import Q, Subquery
from services.store.app import AppContext
from services.store.case_numbers import numbered
from services.store.event_store import PART, NoSuchCase, Record, read, read_many, read_no

#: `YS20261123-0007`, `20261123-7`, `1123-7`, `7`, `#7`, `7号`.
NUMBER = re.compile(r"^[#＃]?(?:YS)?(?:(?P<day>\d{8}|\d{4})[-—－_])?(?P<n>\d{1,6})号?$", re.IGNORECASE)
#: The fewest signs one may search for, and the newest cases that are looked at.
SHORTEST, LOOKED_AT = 2, 3000
#: The newest copied cases an overview lists.
COPIED = 200
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


class Stale(Exception):
    """The button belongs to an older state of the case: nothing changed; show the person the fresh card."""

    def __init__(self, case: Case) -> None:
        super().__init__(str(Refused("stale", no=case.no, state=STATE_NAMES[case.state])))
        self.case = case


def looks_like_number(text: str) -> bool:
    """Whether a word a person typed may be a case number."""
    return NUMBER.match(text) is not None


async def access_case_named(app: AppContext, actor: Actor, text: str) -> Record:
    """The one case a short number means for this person. Raises NotFound or Ambiguous.

    Open cases come first: a number that only one open case has is that one.
    """
    match = NUMBER.match(text.strip())
    if match is None:
        raise NotFound(text)
    meant = await numbered(match["day"] or "", int(match["n"]))
    rows = CaseRow.filter(id__in=meant).filter(**_scope(actor))
    found = {row.id: row for row in await rows.order_by("-id").limit(50)}.values()
    candidates = [row for row in found if row.is_open] or [row for row in found if row.state not in NO_CASE]
    candidates = candidates or list(found)
    if not candidates:
        raise NotFound(text)
    if len(candidates) > 1:
        raise Ambiguous(tuple(row.no for row in candidates[:SHOWN]))
    return await read(candidates[0].id, app.sealer)


def not_theirs(actor: Actor) -> dict[str, Any]:
    """Leave out what this person is kept away from (回避, `domain.recusal`), as a filter: as if it were not there."""
    if actor.person is None:
        return {}
    return {"id__not_in": Subquery(CaseRecusal.filter(_kept(actor)).values("case_id"))}


async def kept_from(actor: Actor) -> frozenset[int]:
    """The row ids of the same cases, for counts in SQL of our own."""
    if actor.person is None:
        return frozenset()
    rows = await CaseRecusal.filter(_kept(actor)).values("case_id")
    return frozenset(row["case_id"] for row in rows)


def _kept(actor: Actor) -> Q:
    own = actor.own if actor.own is not None else actor.roles
    kept = Q(person_id=actor.person)
    return kept | Q(person_id__isnull=True) if Role.WINDOW in own else kept


def _scope(actor: Actor) -> dict[str, Any]:
    """Which cases a person may open, as a filter: what is theirs, but for what they are kept away from."""
    return {**_theirs(actor), **not_theirs(actor)}


def _theirs(actor: Actor) -> dict[str, Any]:
    """The centre's cases, the department's, the ones copied to 纪检, or none."""
    if actor.has(Role.OPERATOR):
        return {}
    if actor.has(*CENTRE_ROLES):
        return {"centre_id__in": [actor.centre, *(centre for centre, _ in actor.serves)]}
    if actor.departments:
        # A case of two of somebody's departments is found twice.
        return {"held_by__department_id__in": list(actor.departments)}
    if actor.has(Role.DISCIPLINE):
        return {"centre_id": actor.centre, "level": int(Level.REPORTED)}
    return {"centre_id": actor.centre} if actor.has(Role.SUPERIOR) else {"id": 0}


async def sees(actor: Actor, case_id: int) -> bool:
    """Whether a person may open this case at all."""
    return await CaseRow.filter(**_scope(actor)).filter(id=case_id).exists()


async def access_case_for_reading(app: AppContext, actor: Actor, case_id: int) -> Record:
    """One case by row id, for somebody who reads it. Raises NoSuchCase, or Refused when it is not theirs."""
    record = await read(case_id, app.sealer)
    if recuses(record.case, actor) or not await sees(actor, case_id):
        raise Refused("not_yours", no=record.case.no)
    return record


async def access_case_for_acting(app: AppContext, actor: Actor, case_id: int, epoch: int | None = None) -> Record:
    """One case by row id, for somebody who pressed a button of it or answers a question about it.

    `epoch` is what the button carried. Raises NoSuchCase, Refused when the case is not theirs, Stale when it moved on.
    Which act this person may do then is `domain.lifecycle`'s to say, of the case as it is in the transaction.
    """
    record = await access_case_for_reading(app, actor, case_id)
    if epoch is not None and epoch != record.case.epoch:
        raise Stale(record.case)
    return record


async def access_case_for_hotline(app: AppContext, no: str, centre: str) -> Record:
    """One case by its full number for a key of the intake; `centre` is the only one it speaks for, empty for all.

    Raises NoSuchCase, also for a case of another centre.
    """
    record = await read_no(no, app.sealer)
    if centre and record.case.centre_name != centre:
        raise NoSuchCase(no)
    return record


async def access_copied(app: AppContext, actor: Actor) -> list[Record]:
    """What a person of 纪检 may read: the cases copied to it, open ones first (第九条)."""
    copied = CaseRow.filter(**_scope(actor)).filter(level=int(Level.REPORTED))
    rows = await copied.order_by("-is_open", "-id").limit(COPIED)
    records = {record.id: record for record in await read_many([row.id for row in rows], app.sealer)}
    return [records[row.id] for row in rows if row.id in records]


async def access_matching(app: AppContext, actor: Actor, words: str, most: int = 20) -> list[Record]:
    """The newest cases this person may open in which they may read `words`: a name, a number, a keyword (/查).

    A department searches what its work order shows, never the complainant; 纪检 and 分管领导 what stands in the title.
    """
    wanted = searchable(words)
    if len(wanted) < SHORTEST:
        return []
    rows = CaseRow.filter(**_scope(actor)).exclude(state__in=[state.value for state in NO_CASE])
    ids = list(dict.fromkeys([row["id"] for row in await rows.order_by("-id").limit(LOOKED_AT).values("id")]))
    found: list[Record] = []
    for start in range(0, len(ids), PART):
        part = await read_many(ids[start : start + PART], app.sealer)
        hits = await to_thread(_hits, part, wanted, actor)
        found += sorted(hits, key=lambda record: -record.id)
        if len(found) >= most:
            break
    return found[:most]


def _hits(records: Sequence[Record], wanted: str, actor: Actor) -> list[Record]:
    return [record for record in records if wanted in searched(record.case, actor)]


def searchable(text: str) -> str:
    """Words without width, case, spaces and the dashes inside numbers."""
    return re.sub(r"[\s\-—]", "", unicodedata.normalize("NFKC", text)).lower()


def searched(case: Case, actor: Actor) -> str:
    """Everything of a case that this person may read, as one text to look in."""
    parts = [case.no, case.matter, case.kind, case.category or "", case.departments, STATE_NAMES[case.state]]
    private = case.private
    if actor.has(*CENTRE_ROLES, Role.OPERATOR):
        parts += [case.source, case.external_no, private.name, private.contact, *private.phones, private.phone]
        parts += [private.address, private.content, *private.notes, private.outcome]
    elif actor.has(Role.LIAISON):
        parts += [scrub(text, private.known) for text in (private.content, private.outcome)]
    return "\n".join(searchable(part) for part in parts if part)


#: Which states wait for whom.
WAITING: dict[Role, frozenset[State]] = {
    Role.WINDOW: frozenset({State.DRAFT, State.CALL_BACK}),
    Role.MANAGER: frozenset({State.REGISTERED, State.SUBMITTED, State.REFERRED, State.REVIEW}),
    Role.LEAD: frozenset(),
    Role.LIAISON: WITH_DEPARTMENT,
    Role.SUPERIOR: WITH_DEPARTMENT,
}


#: Where something may lie before a manager or a lead for a decision although the next step is not theirs.
_DECIDED_ON = RUNNING | {State.CALL_BACK}


async def access_waiting(app: AppContext, actor: Actor) -> list[Record]:
    """What waits for this person (/我的): next steps and decisions, the nearest limit first, then the oldest."""
    states = frozenset().union(*(WAITING.get(role, frozenset()) for role in actor.roles))
    deciding = _DECIDED_ON if actor.has(*CENTRE_ROLES) else frozenset()
    if not states | deciding:
        return []
    rows = CaseRow.filter(is_open=True, state__in=[state.value for state in states | deciding])
    found = await rows.filter(**_scope(actor)).order_by("due_at", "id").values("id")
    closed = [*await _corrections_of_the_closed(actor), *await _untold_transfers(actor)] if deciding else []
    ids = list(dict.fromkeys([*(row["id"] for row in found), *closed]))
    records = {record.id: record for record in await read_many(ids, app.sealer)}
    waits = [records[id_] for id_ in ids if id_ in records]
    return [record for record in waits if _waits(app, actor, record.case, states)]


def _waits(app: AppContext, actor: Actor, case: Case, states: frozenset[State]) -> bool:
    """Whether a case waits for this person; of a centre they serve, only what that centre cannot do itself."""
    if _decides(app, actor, case):
        return True
    if case.centre not in dict(actor.serves):
        return case.state in states
    helps = case.state is State.CALL_BACK and actor.at(case.centre).has(Role.WINDOW)
    return helps and actor.person not in case.answered_by


def _decides(app: AppContext, actor: Actor, case: Case) -> bool:
    return bool(before(case, actor, app.decision_context(case.rules)))


async def _corrections_of_the_closed(actor: Actor) -> list[int]:
    """Closed cases somebody wanted to correct once: whether it was settled stands in their history."""
    asked = EventRow.filter(type=EventType.CORRECTION_REQUESTED.value, case__is_open=False).values("case_id")
    found = await CaseRow.filter(**_scope(actor)).filter(id__in=Subquery(asked)).order_by("id").values("id")
    return [row["id"] for row in found]


async def _untold_transfers(actor: Actor) -> list[int]:
    """Cases given away whose complainant nobody has told yet: the clock still has them (第六条)."""
    rows = CaseRow.filter(**_scope(actor)).filter(state=State.TRANSFERRED.value, next_due_at__isnull=False)
    return [row["id"] for row in await rows.order_by("id").values("id")]
