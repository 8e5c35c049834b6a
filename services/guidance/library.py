"""The library of guidance cases: reading one, searching the published ones, suggesting them for a new complaint."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from domain.case import Actor
from domain.guidance import ELEMENTS, FIELDS, MANAGERS, PUBLISHERS, Act, Guidance, GuidanceState, may_read, take_number
from domain.office_hours import TZ
from domain.refusals import Refused
from models.bookkeeping import MetaRow
from models.cases import CaseRow
from models.database import reader, transaction
from models.errors import Conflict
from models.guidance import GuidanceActRow, GuidanceRow
from services.directory.people import centre
from services.guidance.search import Hit, drop, fingerprint, index, search
from services.store.app import AppContext

KIND = "guidance"
#: What a word counts in the index, by the part of the text it stands in.
WEIGHTS: dict[str, int] = {"title": 4, "problem": 2, "method": 1, "steps": 1, "conclusion": 1, "scope": 1}
#: Two texts are alike from so many telling words in common.
ALIKE = 2
_INDEX_KEY = "search_guidance"
_WRITING = frozenset({GuidanceState.DRAFT, GuidanceState.RETURNED})
_REVIEWING = frozenset({GuidanceState.SUBMITTED, GuidanceState.APPROVED})


@dataclass(frozen=True, slots=True)
class GuidanceAct:
    """One line of a guidance case's history; `role` is the actor's."""

    act: str
    at: datetime
    role: str
    reason: str


@dataclass(frozen=True, slots=True)
class GuidanceCard:
    """A guidance case as doors see it. `source_no` and `history` are empty for whoever only reads what is published."""

    id: int
    guidance: Guidance
    publisher: str = ""
    published_at: datetime | None = None
    source_no: str = ""
    history: tuple[GuidanceAct, ...] = ()

    @property
    def no(self) -> str:
        """Its number, `AL2026-3`."""
        return self.guidance.no

    @property
    def state(self) -> GuidanceState:
        """Where it stands."""
        return self.guidance.state


async def plain(row: GuidanceRow) -> Guidance:
    """The guidance case a row holds, without the strings that must not be in it."""
    place = await centre(row.centre_id)
    return Guidance(
        no=row.no,
        centre=row.centre_id,
        centre_name=place.name if place else "",
        state=GuidanceState(row.state),
        bodies=tuple(row.bodies),
        submitter=row.submitter,
        **{name: getattr(row, name) for name in FIELDS},
    )


def card_from(row: GuidanceRow, guidance: Guidance) -> GuidanceCard:
    """The card of a row; what would give the complainant away stays inside."""
    return GuidanceCard(row.id, replace(guidance, known=()), row.publisher, row.published_at)


async def card_of(row: GuidanceRow) -> GuidanceCard:
    """The card of a row as it stands."""
    return card_from(row, await plain(row))


async def find(app: AppContext, text: str, actor: Actor) -> GuidanceCard:
    """The guidance case a person means by a number (`AL2026-3`, `2026-3`, `3` of this year).

    Raises `Refused` when there is none or it is not for this person yet. Its writers and reviewers also get the
    source case and the history.
    """
    number, _ = take_number(text, app.clock.now().astimezone(TZ).year)
    row = await GuidanceRow.get_or_none(no=number) if number else None
    card = await card_of(row) if row is not None else None
    if row is None or card is None or not may_read(card.guidance, actor):
        raise Refused("guidance_unknown", text=text.strip()[:20])
    if not may_read(replace(card.guidance, state=GuidanceState.DRAFT), actor):
        return card
    source = await CaseRow.get_or_none(id=row.case_id) if row.case_id is not None else None
    lines = await GuidanceActRow.filter(guidance_id=row.id).order_by("seq")
    history = tuple(GuidanceAct(line.act, line.at, line.role, line.reason) for line in lines)
    drafted = () if card.state is GuidanceState.PUBLISHED else await machine_parts(row)
    guidance = replace(card.guidance, machine=drafted)
    return replace(card, guidance=guidance, source_no=source.no if source else "", history=history)


async def find_published(text: str, limit: int = 5) -> list[GuidanceCard]:
    """What is published and answers these words, the best first; the newest when there are no words."""
    if not text.strip():
        rows = GuidanceRow.filter(state=GuidanceState.PUBLISHED.value).using_db(reader())
        return [await card_of(row) for row in await rows.order_by("-published_at", "-id").limit(limit)]
    await _keep_index()
    return await _published(await search(KIND, text, limit))


async def suggest(text: str, limit: int = 3) -> list[GuidanceCard]:
    """What is published and like this complaint (第十一条: 处理同类问题的指导、借鉴和参考), the best first."""
    await _keep_index()
    return await _published(await search(KIND, text, limit, at_least=ALIKE))


async def any_published() -> bool:
    """Whether anything is published at all: without it nothing is searched and no dictionary is loaded."""
    return await GuidanceRow.filter(state=GuidanceState.PUBLISHED.value).exists()


async def in_hand(actor: Actor, limit: int = 10) -> list[GuidanceCard]:
    """What is not published yet and this person's to write or to review, the oldest first."""
    states = (_WRITING | _REVIEWING if actor.has(*MANAGERS) else frozenset()) | (
        _REVIEWING if actor.has(*PUBLISHERS) else frozenset()
    )
    rows = GuidanceRow.filter(centre_id=actor.centre, state__in=sorted(state.value for state in states))
    return [await card_of(row) for row in await rows.order_by("id").limit(limit)] if states else []


async def _published(hits: list[Hit]) -> list[GuidanceCard]:
    ids = [hit.document for hit in hits]
    rows = GuidanceRow.filter(id__in=ids, state=GuidanceState.PUBLISHED.value).using_db(reader())
    found = {row.id: row for row in await rows}
    return [await card_of(found[id_]) for id_ in ids if id_ in found]


# The index


async def keep_findable(guidance_id: int, guidance: Guidance) -> None:
    """Put a published text into the index, take any other out. Runs in the caller's transaction."""
    if guidance.state is GuidanceState.PUBLISHED:
        await index(KIND, guidance_id, [(guidance.text(name), weight) for name, weight in WEIGHTS.items()])
    else:
        await drop(KIND, guidance_id)


async def _keep_index() -> None:
    """Index everything anew when the segmenter or the word table has changed since."""
    current = fingerprint()
    held = await MetaRow.get_or_none(key=_INDEX_KEY)
    if held is not None and held.value == current:
        return
    try:
        async with transaction():
            await MetaRow.update_or_create(key=_INDEX_KEY, defaults={"value": current})
            for row in await GuidanceRow.filter(state=GuidanceState.PUBLISHED.value):
                await keep_findable(row.id, await plain(row))
    except Conflict:
        return  # another process is doing it


async def machine_parts(row: GuidanceRow) -> tuple[str, ...]:
    """The elements that stand as the machine drafted them: of a case nominated, those that no later act names."""
    if row.case_id is None:
        return ()
    edits = GuidanceActRow.filter(guidance_id=row.id, act=Act.EDIT.value)
    touched = {label for reason in await edits.values_list("reason", flat=True) for label in str(reason).split("、")}
    return tuple(name for name in ELEMENTS if getattr(row, name).strip() and FIELDS[name] not in touched)
