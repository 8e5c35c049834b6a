"""一窗受理 (第五条): a forwarded text or fields become cases; what is missing is asked for, never refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from domain.case import Actor, Case
from domain.commands import Amend, Register, Split, Supplement, Urge
from domain.events import EventType
from domain.lifecycle import decide, register
from domain.office_hours import TZ
from domain.refusals import Refused
from domain.vocabulary import HOTLINE_SOURCE, WINDOW_SOURCE, State
from models.cases import CaseRow
from models.database import transaction
from models.errors import Conflict
from parsing import Found, idle, parse, shows_a_matter
from services.access.rights import access_intake, speaks_for_hotline
from services.cases.entry_values import read_entries
from services.cases.execute import Contended, execute
from services.cases.intake_fields import PRIVATE, private_fields, public_fields, texts_of
from services.cases.recusal import entries_of, named, named_in_entries, nature, placed_at
from services.cases.similar import similar_cases
from services.cases.write import write_new
from services.directory.people import CentreCard, department_names, people, recognise
from services.store.app import AppContext
from services.store.case_numbers import full_number, next_case
from services.store.event_store import Record, read
from services.store.once import next_place

NOTHING: Mapping[str, Any] = MappingProxyType({})
#: Below this the parser's category is a hint on the card, not a classification.
SURE = 0.5


class TakenElsewhere(Exception):
    """Another centre of this deployment has this order already; `str()` is its name."""


class NoComplaint(Exception):
    """A text that shows no matter to complain of; `kind` says what it looks like, None for nothing in particular."""

    def __init__(self, kind: str | None) -> None:
        super().__init__(kind or "")
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Taken:
    """One case that was taken in, found again (`created` False), or urged."""

    id: int
    case: Case
    created: bool
    urged: bool = False


async def take_text(
    app: AppContext,
    centre: CentreCard,
    text: str,
    actor: Actor,
    *,
    source: str = "",
    external_no: str = "",
    given: Mapping[str, Any] = NOTHING,
    insist: bool = True,
) -> list[Taken]:
    """Take in a forwarded text: one case per matter it holds, or a 催单 on the case it speaks of. Raises `Refused`.

    What the hotline hands over is filed as the hotline's, whatever its words look like; `given` are fields that came
    beside the text, by the intake's names, and go before what the text says. Without `insist`, for what was merely
    said to the bot, NoComplaint is raised when no matter shows itself.
    """
    access_intake(actor)
    if not text:
        raise Refused("text_needed", verb="登记", number="")
    names = await department_names(centre.id)
    parsed = parse(text, app.clock.now().astimezone(TZ), departments=names, insist=insist)
    if not insist and not shows_a_matter(text, parsed):
        raise NoComplaint(idle(text))
    taken: list[Taken] = []
    numbers: set[str] = set()
    urges: set[str] = set()
    for place, proposal in enumerate(parsed.cases):
        values = {name: found.value for name, found in proposal.fields.items()}
        own = str(values.get("external_no") or "")
        number = own if place and own and own not in numbers else external_no or own
        if number in urges:
            continue
        if values.get("urging") and (urged := await _urged(app, centre, number, values, text, actor)):
            taken.append(urged)
            urges.add(number)
            continue
        # A row of a pasted sheet has a number of its own; the matters of one order share its number and are counted.
        values["external_no"] = f"{number}#{place + 1}" if number and number in numbers else number
        numbers |= {number, own}
        values["source"] = source or (HOTLINE_SOURCE if speaks_for_hotline(actor) else _told_source(values, number))
        values |= given
        if _unsure(proposal.fields.get("category")):
            values.pop("category", None)
        taken.append(await _register(app, centre, values, text, actor))
    return taken


async def foresee(app: AppContext, centre: CentreCard, text: str) -> tuple[int, int]:
    """How many matters a text holds, and how many of them stand here already under their own number."""
    names = await department_names(centre.id)
    parsed = parse(text, app.clock.now().astimezone(TZ), departments=names, insist=True)
    numbers = {str(found.value) for case in parsed.cases if (found := case.fields.get("external_no"))}
    known = await CaseRow.filter(external_no__in=list(numbers), centre_id=centre.id).count() if numbers else 0
    return len(parsed.cases), known


def _told_source(values: Mapping[str, Any], number: str) -> str:
    return str(values.get("source") or (HOTLINE_SOURCE if number else WINDOW_SOURCE))


def _unsure(category: Found | None) -> bool:
    return category is not None and category.confidence < SURE


async def take_fields(app: AppContext, centre: CentreCard, fields: Mapping[str, Any], actor: Actor) -> Taken:
    """Take in a complaint whose fields came apart already (hotline interface). `fields` are the intake's names.

    Raises `Refused`.
    """
    access_intake(actor)
    values = dict(fields)
    names = await department_names(centre.id)
    text = str(values.get("content") or "")
    parsed = parse(text, app.clock.now().astimezone(TZ), departments=names) if text else None
    if parsed and parsed.cases:
        guessed = parsed.cases[0].fields
        for name in ("category", "departments", "kind", "staff_complaint"):
            if not values.get(name) and name in guessed and not _unsure(guessed[name]):
                values[name] = guessed[name].value
    values["source"] = values.get("source") or HOTLINE_SOURCE
    return await _register(app, centre, values, text, actor)


@dataclass(frozen=True, slots=True)
class Added:
    """What became of words that were added: entries put in, entries that another value already fills, or a note."""

    case: Case
    put_in: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


async def amend(app: AppContext, case_id: int, text: str, actor: Actor, *, epoch: int | None = None) -> Added:
    """改: `项目：新值`, one or several, put right in a draft at once. Raises `Refused`."""
    given = read_entries(text, app.clock.now())
    outcome = await execute(app, case_id, await _amendment(app, case_id, given), actor, epoch=epoch)
    return Added(outcome.case, put_in=tuple(given))


async def _amendment(app: AppContext, case_id: int, given: Mapping[str, str]) -> Amend:
    """The entries to put right, with whom their new words name: from then on it is none of theirs (回避)."""
    case = (await read(case_id, app.sealer)).case
    return Amend(tuple(given.items()), await named_in_entries(case, given))


async def add_to(app: AppContext, record: Record, text: str, actor: Actor, *, epoch: int | None = None) -> Added:
    """补充: named values go into a draft and fill the gaps of a registered case; everything else is kept as a note."""
    now = app.clock.now()
    given = read_entries(text, now, record.case.missing, strict=False)
    if given and record.case.state is State.DRAFT:
        outcome = await execute(app, record.id, await _amendment(app, record.id, given), actor, epoch=epoch)
        return Added(outcome.case, put_in=tuple(given))
    proposals = parse(text, now.astimezone(TZ), insist=True).cases
    found = proposals[0].fields if proposals else {}
    told_of = entries_of(named(await people(record.case.centre), {**nature(record.case), "content": text}))

    def command(case: Case) -> Supplement:
        gaps = {name: found[name].value for name in case.missing if name in found and name != "content"}
        gaps |= {name: value for name, value in given.items() if name in case.missing}
        fields: dict[str, Any] = {name: gaps[name] for name in ("kind", "reported_at") if name in gaps}
        private = {name: gaps[name] for name in PRIVATE if name in gaps}
        if "phone" in private:
            private["phones"] = found["phones"].value if "phones" in found else [private["phone"]]
        if told_of and not case.unavoidable:
            fields["concerned"] = told_of
        return Supplement(text, fields, private)

    case = (await execute(app, record.id, command, actor, epoch=epoch)).case
    put_in = tuple(name for name in record.case.missing if name not in case.missing)
    return Added(case, put_in, tuple(name for name in given if name not in put_in))


async def split_off(
    app: AppContext, centre: CentreCard, record: Record, text: str, actor: Actor, *, epoch: int | None = None
) -> Taken:
    """拆单: a second matter found in a complaint becomes a case of its own; each of the two names the other.

    Both or neither: one transaction. Raises `Refused` when this person may not split this case now, `Contended` when
    two people split it at the same moment.
    """
    try:
        async with transaction():
            fresh = await read(record.id, app.sealer)
            # Refused before anything is made: the sentence speaks of 拆单, not of the registration behind it.
            decide(fresh.case, Split(""), actor, app.decision_context(fresh.case.rules))
            taken = await _create(app, centre, _second_matter(fresh, text), text, actor)
            await execute(app, record.id, Split(taken.case.no), actor, epoch=epoch)
    except Conflict:
        raise Contended(record.case.no) from None
    return taken


def _second_matter(record: Record, text: str) -> dict[str, Any]:
    private = record.case.private
    before = sum(event.type is EventType.SPLIT_OFF for event in record.events)
    # The hotline's number stands for one case; each matter split off carries its own mark beside it.
    mark = f"#{record.case.no}" + (f"-{before + 1}" if before else "")
    return {
        "source": record.case.source,
        "external_no": f"{record.case.external_no}{mark}" if record.case.external_no else "",
        "reported_at": record.case.reported_at,
        "name": private.name,
        "is_unit": private.is_unit,
        "contact": private.contact,
        "phone": private.phone,
        "address": private.address,
        "kind": record.case.kind,
        "content": text,
        "anonymous": record.case.anonymous,
        "confidential": record.case.confidential,
        "remarks": [f"由{record.case.no}拆出"],
    }


async def _urged(
    app: AppContext, centre: CentreCard, number: str, values: Mapping[str, Any], text: str, actor: Actor
) -> Taken | None:
    urging = values.get("urging")
    refers = (urging.get("refers_to") if isinstance(urging, Mapping) else None) or number
    known = CaseRow.filter(external_no=refers, centre_id=centre.id).order_by("-id")
    row = await known.first() if refers else None
    if row is None or not row.is_open:
        return None
    outcome = await execute(app, row.id, Urge(text), actor)
    return Taken(row.id, outcome.case, created=False, urged=True)


async def _register(app: AppContext, centre: CentreCard, values: Mapping[str, Any], raw: str, actor: Actor) -> Taken:
    source, number = str(values["source"]), str(values.get("external_no") or "")
    if number and (row := await CaseRow.get_or_none(source=source, external_no=number)):
        return await _again(app, (await placed_at(centre, values)).centre, row.id)
    try:
        return await _create(app, centre, values, raw, actor)
    except Conflict:
        # Two pushes of the same order met; the other one won.
        row = await CaseRow.get(source=source, external_no=number)
        return await _again(app, (await placed_at(centre, values)).centre, row.id)


async def _again(app: AppContext, centre: CentreCard, case_id: int) -> Taken:
    case = (await read(case_id, app.sealer)).case
    if case.centre != centre.id:
        raise TakenElsewhere(case.centre_name)
    return Taken(case_id, case, created=False)


async def _create(app: AppContext, centre: CentreCard, values: Mapping[str, Any], raw: str, actor: Actor) -> Taken:
    place = next_place()
    if place.done is not None:
        return Taken(place.done, (await read(place.done, app.sealer)).case, created=True)
    placed = await placed_at(centre, values)
    if placed.centre != centre:
        # Whoever took it in hands it up and has no more to do with it.
        centre, actor = placed.centre, replace(actor, centre=placed.centre.id)
    bodies = texts_of(values.get("departments"))
    values = {
        **values,
        "departments": await recognise(centre.id, bodies),
        "bodies": [name for name in bodies if name in raw and not await recognise(centre.id, [name])],
        "similar": await similar_cases(app, centre.id, values),
        "concerned": placed.concerned,
        "unavoidable": placed.unavoidable,
    }
    async with transaction():
        context = app.decision_context_of(centre.id)
        day = context.now.astimezone(TZ).strftime("%Y%m%d")
        no = full_number(day, await next_case(app.sealer, day))
        command = Register(no, centre.id, centre.name, public_fields(values), private_fields(values, raw))
        events = register(command, actor, context)
        record = await write_new(app, events, context)
        await place.note(record.id)
    app.wake()
    return Taken(record.id, record.case, created=True)
