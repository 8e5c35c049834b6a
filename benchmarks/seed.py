"""Databases to measure on: the practice city's directory, cases with real events, and rows that only fill the table."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from domain.case import OPERATOR, SYSTEM, Event, Unit
from domain.commands import Accept, Answer, CallBack, Classify, Command, Confirm, Deliver, Dispatch, Register, Review
from domain.fold import fold
from domain.lifecycle import decide, register
from domain.office_hours import TZ
from domain.rules import DecisionContext
from domain.vocabulary import Category, Rating
from in_force import shipped_calendar, shipped_rules
from models.cases import CaseDepartment, CaseRow, EventRow
from models.database import transaction
from models.sealing import Sealer
from services.directory.people import CentreCard, centre_named, departments, import_directory
from services.store.app import AppContext
from services.store.audit_chain import GENESIS, RecordKey
from services.store.event_store import Record, create, linked, row_mac
from services.store.record_key import record_key

DIRECTORY = Path(__file__).parent.parent / "sandbox" / "city" / "org.csv"
CENTRE = "示例区政务服务中心"
KEY = bytes(range(0, 224, 7))[::-1][:16] + bytes(range(100, 116))
#: A Friday morning; the next working day is the practice city's first.
FRIDAY = datetime(2026, 11, 20, 10, 0, tzinfo=TZ)
MINUTE = timedelta(minutes=1)
CONTENT = "来电人反映：其在大厅窗口申请补缴养老保险已逾两周，多次询问均未得到明确答复，要求尽快办理并告知进度。"


class SetClock:
    """A clock that stands where it was put."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """Where it was put."""
        return self.moment

    paced = now


@dataclass(frozen=True, slots=True)
class Place:
    """The centre and its departments, as the directory of the practice city names them."""

    centre: CentreCard
    units: tuple[Unit, ...]


def office_at(moment: datetime, key: bytes = KEY) -> AppContext:
    """An office with the shipped rules and calendar, and a clock that stands."""
    rules = shipped_rules()
    return AppContext(SetClock(moment), shipped_calendar(rules), rules, Sealer(key))


async def settle_in(now: datetime, key: bytes = KEY) -> Place:
    """Import the practice city's directory into the connected database."""
    await import_directory(DIRECTORY.read_bytes(), DIRECTORY.name, now, Sealer(key))
    centre = await centre_named(CENTRE)
    if centre is None:
        raise LookupError(CENTRE)
    units = tuple(Unit(card.id, card.name) for card in await departments(centre.id))
    return Place(centre, units)


#: Acts of a case that is with the department and signed for, and of one that went all the way.
SIGNED: tuple[Command, ...] = (Accept(),)
FINISHED: tuple[Command, ...] = (
    Accept(),
    Answer("经核实，申请材料齐全，已于当日办结并电话告知。"),
    Review(passed=True),
    CallBack(Rating.SATISFIED),
)


def story(app: AppContext, place: Place, no: str, unit: Unit, start: datetime, then: Iterable[Command]) -> list[Event]:
    """The events of a case: registered, confirmed, classified, dispatched, delivered, then the further acts.

    Every act takes a minute; names and numbers are invented.
    """
    private = {"name": "某某", "phone": "00012345678", "address": "幸福路1号", "content": CONTENT, "raw": CONTENT}
    fields = {"source": "12345热线", "title": "补缴养老保险迟迟未办", "kind": "投诉", "missing": []}

    def decision_context(minutes: int) -> DecisionContext:
        return DecisionContext(start + minutes * MINUTE, app.calendar, app.rules)

    events = register(Register(no, place.centre.id, place.centre.name, fields, private), OPERATOR, decision_context(0))
    acts: list[Command] = [Confirm(), Classify(Category.GENERAL), Dispatch((unit,)), Deliver(unit, "群消息"), *then]
    for minutes, command in enumerate(acts, start=1):
        actor = SYSTEM if isinstance(command, Deliver) else OPERATOR
        events += decide(fold(events), command, actor, decision_context(minutes))
    return events


async def plant(app: AppContext, stories: Sequence[Sequence[Event]]) -> list[Record]:
    """Write cases with their events through the product's own archive, in one transaction."""
    records = []
    async with transaction():
        for events in stories:
            now = DecisionContext(events[-1].at, app.calendar, app.rules)
            record = await create(events, app.sealer, now)
            records.append(record)
            for place, unit in enumerate(record.case.units):
                await CaseDepartment.create(case_id=record.id, department_id=unit.id, is_lead=place == 0)
    return records


def number(day: date, count: int) -> str:
    """Return the next case number."""
    return f"YS{day:%Y%m%d}-{count:04d}"


async def copy_many(app: AppContext, model: Record, count: int, day: date) -> None:
    """`count` more cases with the events of `model`: sealed and chained each for itself, but written in bulk."""
    row = await CaseRow.get(id=model.id)
    columns = {name: getattr(row, name) for name in CaseRow._meta.db_fields - {"id", "no"}}
    last = (await CaseRow.all().order_by("-id").first()).id  # type: ignore[union-attr]
    key = await record_key(app.sealer)
    cases, events = [], []
    for place in range(1, count + 1):
        no, case_id = number(day, last + place), last + place
        case = CaseRow(id=case_id, no=no, **{**columns, "steps_hash": key.steps(no, ())})
        chained = _chained(app, key, case_id, no, model.events)
        case.mac = row_mac(key, case, chained[-1].hash)
        cases.append(case)
        events += chained
    await CaseRow.bulk_create(cases, batch_size=500)
    await EventRow.bulk_create(events, batch_size=500)
    held = [
        CaseDepartment(case_id=case.id, department_id=unit.id, is_lead=not n)
        for case in cases
        for n, unit in enumerate(model.case.units)
    ]
    await CaseDepartment.bulk_create(held, batch_size=500)


def _chained(app: AppContext, key: RecordKey, case_id: int, no: str, model: Sequence[Event]) -> list[EventRow]:
    events = [replace(event, data={**event.data, "no": no}) if event.seq == 1 else event for event in model]
    rows = linked(key, no, events, GENESIS)
    for row, event in zip(rows, events, strict=True):
        row.case_id = case_id
        row.sealed = app.sealer.seal(dict(event.private), f"events:{case_id}:{event.seq}") if event.private else None
    return rows


def fill(path: Path, model_id: int, count: int, after: datetime) -> None:
    """`count` open cases without events, whose next step lies after `after`: copies of one row, by raw SQL."""
    with sqlite3.connect(path) as database:
        names = [column[1] for column in database.execute("PRAGMA table_info(cases)")]
        model = dict(
            zip(names, database.execute("SELECT * FROM cases WHERE id = ?", (model_id,)).fetchone(), strict=True)
        )
        marks = ", ".join("?" * len(names))

        def rows() -> Iterable[list[object]]:
            for place in range(1, count + 1):
                due = (after.astimezone(UTC) + (1 + place % 20_000) * MINUTE).isoformat(" ")
                own = {"id": 1_000_000 + place, "no": f"YS20261101-{place:06d}", "next_due_at": due}
                yield [own.get(name, model[name]) for name in names]

        database.executemany(f"INSERT INTO cases ({', '.join(names)}) VALUES ({marks})", rows())
    database.close()
