"""Verifying the record: whether anything the program wrote was altered, removed or put in by somebody else."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.case import Case, Event
from domain.escalation import tells
from domain.events import EventType
from domain.fold import fold
from domain.messages import kind_of
from domain.recusal import kept_away
from models.cases import CaseDepartment, CaseRecusal, CaseRow, EventRow, StepRow
from models.database import reader
from models.queues import OutboxRow
from models.sealing import Sealer, SealError
from services.store.audit_chain import ALTERED, GENESIS, OLD_CHAIN_BROKEN, RecordKey
from services.store.event_store import PART, STEP, event_from, order_of, plain_event, row_mac

#: Looks at a case that seems broken before it is called so: somebody may be writing it.
LOOKS = 3

KEEP = "保留现场，不要继续改库；用备份在另一处恢复后比对，并报告负责人"
MARKED = {
    OLD_CHAIN_BROKEN: "升级前的旧校验链已经不符，没有换用新校验链",
    ALTERED: "这一行曾被绕过程序改动，之后程序又续写过",
}
COLUMN_NAMES = {
    "state": "状态",
    "round": "轮次",
    "turn": "手数",
    "category": "类别",
    "kind": "类型",
    "level": "督办级别",
    "received_at": "收单时间",
    "due_at": "期限",
    "provisional": "暂定",
    "is_open": "是否在办",
    "lead_department_id": "牵头部门",
    "closed_at": "结束时间",
    "centre_id": "中心",
    "source": "来源",
    "external_no": "来源编号",
    "registered_at": "登记时间",
    "public": "标题或事件数",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What does not hold: of what (a case's number, or a table in words), why, and what to do."""

    about: str
    why: str
    advice: str = KEEP

    def __str__(self) -> str:
        return f"{self.about}：{self.why}。{self.advice}。"


@dataclass(slots=True)
class Tour:
    """What was met on the way through all cases: counts, numbers by day, shares by daily head."""

    #: The newest event each daily head covers, ascending.
    bounds: Sequence[int] = ()
    cases: int = 0
    events: int = 0
    faults: list[Fault] = field(default_factory=list)
    shares: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    new_cases: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    new_events: dict[int, int] = field(default_factory=lambda: defaultdict(int))


@dataclass(frozen=True, slots=True)
class Rows:
    """Everything stored of one case."""

    row: CaseRow
    events: Sequence[EventRow]
    steps: Sequence[tuple[Any, ...]]
    departments: Sequence[tuple[int, bool]]
    told: Sequence[tuple[str, str, int | None]]
    kept_away: frozenset[int | None] = frozenset()


async def all_rows() -> AsyncIterator[Rows]:
    """Every case with its rows, some at a time, by id: memory does not grow with the number of cases."""
    last = 0
    while rows := await CaseRow.filter(id__gt=last).using_db(reader()).order_by("id").limit(PART):
        last = rows[-1].id
        for found in await rows_of(rows):
            yield found


async def rows_of(rows: Sequence[CaseRow]) -> list[Rows]:
    """What is stored of these cases."""
    ids = [row.id for row in rows]
    events: dict[int, list[EventRow]] = defaultdict(list)
    for event in await EventRow.filter(case_id__in=ids).using_db(reader()).order_by("case_id", "seq"):
        events[event.case_id].append(event)
    steps: dict[int, list[Any]] = defaultdict(list)
    for case_id, *step in await StepRow.filter(case_id__in=ids).using_db(reader()).values_list("case_id", *STEP):
        steps[case_id].append(tuple(step))
    units: dict[int, list[Any]] = defaultdict(list)
    held = CaseDepartment.filter(case_id__in=ids).using_db(reader())
    for case_id, *unit in await held.values_list("case_id", "department_id", "is_lead"):
        units[case_id].append(tuple(unit))
    told: dict[int, list[Any]] = defaultdict(list)
    sent = OutboxRow.filter(case_id__in=ids).using_db(reader())
    for case_id, *message in await sent.values_list("case_id", "key", "kind", "department_id"):
        told[case_id].append(tuple(message))
    kept: dict[int, set[int | None]] = defaultdict(set)
    recusals = CaseRecusal.filter(case_id__in=ids).using_db(reader())
    for case_id, person in await recusals.values_list("case_id", "person_id"):
        kept[case_id].add(person)
    return [
        Rows(row, events[row.id], steps[row.id], units[row.id], told[row.id], frozenset(kept[row.id])) for row in rows
    ]


async def verify_cases(key: RecordKey, sealer: Sealer, bounds: Sequence[int]) -> Tour:
    """Go through every case once."""
    tour = Tour(bounds)
    async for rows in all_rows():
        faults = case_faults(key, sealer, rows)
        for _ in range(LOOKS - 1):
            if not faults:
                break
            again = await CaseRow.filter(id=rows.row.id).using_db(reader()).first()
            if again is None:
                break
            rows = (await rows_of([again]))[0]
            faults = case_faults(key, sealer, rows)
        tour.cases += 1
        tour.events += len(rows.events)
        tour.faults += faults
        _count(key, tour, rows)
    return tour


def _count(key: RecordKey, tour: Tour, rows: Rows) -> None:
    """Add what the case gave to each daily head."""
    ends: dict[int, EventRow] = {}
    for event in rows.events:
        segment = bisect_left(tour.bounds, event.id)
        ends[segment] = event
        tour.new_events[segment] += 1
        tour.new_cases[segment] += event.seq == 1
    before = 0
    for segment, event in ends.items():
        share = key.share(rows.row.no, event.seq, event.hash)
        tour.shares[segment] += share - before
        before = share


def case_faults(key: RecordKey, sealer: Sealer, rows: Rows) -> list[Fault]:
    """What does not hold about one case, the chain first: where it is broken the rest means nothing."""
    no = rows.row.no
    if rows.row.mac in MARKED:
        return [Fault(no, MARKED[rows.row.mac])]
    whys, history = _chain(key, sealer, rows)
    if not whys:
        try:
            case = fold(history)
        except (KeyError, ValueError, TypeError) as error:
            whys = [f"事件无法还原成诉求（{type(error).__name__}）"]
        else:
            whys = [*_row(key, rows, case, history), *_beside(key, sealer, rows, case, history)]
    return [Fault(no, why) for why in whys]


def _chain(key: RecordKey, sealer: Sealer, rows: Rows) -> tuple[list[str], list[Event]]:
    whys, history = [], []
    prev, expected = GENESIS, 1
    for stored in rows.events:
        where = f"第 {stored.seq} 个事件"
        if stored.seq != expected:
            whys.append(f"缺少第 {expected} 个事件" if stored.seq > expected else f"{where}重复")
        elif stored.prev_hash != prev:
            whys.append(f"{where}与上一事件不相接")
        try:
            event = event_from(stored, sealer)
        except (SealError, ValueError, TypeError):
            event = plain_event(stored)
            whys.append(f"{where}的密文打不开，或是从别的行搬来的")
        else:
            if key.private(rows.row.no, stored.seq, event.private) != stored.private_hash:
                whys.append(f"{where}的密文与校验值不符")
        if key.link(prev, rows.row.no, event, stored.data, stored.private_hash) != stored.hash:
            whys.append(f"{where}内容与校验值不符")
        history.append(event)
        prev, expected = stored.hash, stored.seq + 1
    public = rows.row.public
    if not rows.events:
        whys.append("事件全部被删去")
    elif not isinstance(public, dict) or public.get("events", expected - 1) > expected - 1:
        whys.append("末尾的事件被删去")
    return whys, history


def _row(key: RecordKey, rows: Rows, case: Case, history: Sequence[Event]) -> list[str]:
    """The cached columns against the history, then all of them against their keyed mark."""
    row, first = rows.row, history[0].data
    folded = {
        "state": case.state.value,
        "round": case.round,
        "turn": case.epoch,
        "category": case.category.value if case.category else None,
        "kind": case.kind or None,
        "level": int(case.level),
        "received_at": case.received_at,
        "due_at": case.running.at if case.running else None,
        "provisional": bool(case.running and case.running.provisional),
        "is_open": case.state.is_open,
        "lead_department_id": case.lead.id if case.lead and case.lead.id else None,
        "closed_at": case.closed_at,
        "centre_id": first.get("centre"),
        "source": case.source,
        "external_no": order_of(case),
        "registered_at": history[0].at,
        "public": {"events": case.seq, "title": case.title},
    }
    wrong = [COLUMN_NAMES[name] for name, value in folded.items() if getattr(row, name) != value]
    whys = [f"诉求件一行的{'、'.join(wrong)}与办理记录不符"] if wrong else []
    if case.no != row.no:
        whys.append(f"办理记录里的编号是 {case.no}")
    if row.mac != row_mac(key, row, rows.events[-1].hash):
        whys.append("诉求件一行（状态、期限、下次提醒时间等）或事件末尾与校验值不符")
    return whys


def _beside(key: RecordKey, sealer: Sealer, rows: Rows, case: Case, history: Sequence[Event]) -> list[str]:
    """The rows beside the case: its steps, its departments, its look-up by telephone, its messages."""
    whys = []
    if rows.row.steps_hash != key.steps(rows.row.no, rows.steps):
        whys.append("催办督办步骤（steps）被增删或改动")
    units = [unit.id for unit in case.units if unit.id]
    if sorted(rows.departments) != sorted((unit, place == 0) for place, unit in enumerate(units)):
        whys.append("承办部门（case_departments）与办理记录不符")
    kept = kept_away(case)
    if rows.kept_away != {*kept.people, *([None] if kept.clerks else [])}:
        whys.append("回避（case_recusals）与办理记录不符")
    phones: list[str] = [event.private.get("phone") or "" for event in history]
    known = {index for phone in phones if phone for index in sealer.blinds(phone)} | (set() if phones[0] else {None})
    if rows.row.phone_index not in known:
        whys.append("电话索引（phone_index）与登记的电话不符")
    return [*whys, *_messages(rows, history)]


def _messages(rows: Rows, history: Sequence[Event]) -> list[str]:
    """Messages that must have been queued: what the history says was delivered, and the steps that were sent."""
    whys = []
    sent = {department for _, kind, department in rows.told if kind_of(kind).starts_clock}
    for event in history:
        unit = event.data.get("unit") if event.type is EventType.DELIVERED and event.via == "tick" else None
        if isinstance(unit, dict) and unit.get("id") and unit["id"] not in sent:
            whys.append(f"第 {event.seq} 个事件说工作单已送达，发件队列（outbox）里却没有这一条")
    if any(event.type is EventType.UNHEARD for event in history):
        return whys
    for round_, stage, _, audience, outcome, _ in rows.steps:
        prefix = f"{rows.row.no}/{round_}/{stage}/{audience}/"
        if outcome == "sent" and tells(stage) and not any(key.startswith(prefix) for key, _, _ in rows.told):
            whys.append(f"发给 {audience} 的提醒已执行，发件队列（outbox）里却没有这一条")
    return whys
