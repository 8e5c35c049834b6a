"""Verifying everything: the cases, the numbers, the journals and what they explain, and the chain of daily heads."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.events import EventType
from models.bookkeeping import AccessLog
from models.cases import CaseRow, EventRow
from models.database import query, reader
from models.materials import MaterialRow
from models.record import ChangeRow, HeadRow, JournalRow
from services.materials.store import unfit
from services.store.app import AppContext
from services.store.audit_chain import GENESIS, RecordKey, added
from services.store.heads import NOTHING
from services.store.journal import ACCESS, CHANGES, TABLES, contents
from services.store.key_check import data_key_fits
from services.store.record_key import record_key
from services.store.record_upgrade import prepare_record
from services.upkeep.verify_cases import Fault, Tour, verify_cases

PAGE = 1000
TABLE_NAMES = {
    "centres": "中心名册",
    "departments": "部门名册",
    "persons": "人员名册",
    "deputies": "代班",
    "rule_sets": "规则",
    "year_tables": "工作日历",
}
JOURNAL_NAMES = {ACCESS: "个人信息查看记录", CHANGES: "名册、规则、日历的变更流水"}

#: In one statement, so that a case taken in meanwhile is in both or in neither.
NUMBERS = """
SELECT 'counter' AS kind, day, value AS most, value AS count, mac FROM counters
UNION ALL
SELECT 'cases', SUBSTR(no, 3, 8), MAX(CAST(SUBSTR(no, 12) AS INTEGER)), COUNT(*), NULL FROM cases
GROUP BY SUBSTR(no, 3, 8)
"""
ORPHANS = "SELECT DISTINCT case_id FROM events WHERE NOT EXISTS (SELECT 1 FROM cases WHERE cases.id = events.case_id)"


@dataclass(frozen=True, slots=True)
class Verified:
    """How much was read, what does not hold, and the newest daily head."""

    cases: int
    events: int
    faults: Sequence[Fault]
    head: HeadRow | None


async def verify(app: AppContext) -> Verified:
    """Check everything the chain key protects. Raises record_key.RecordKeyLost, models.sealing.SealError."""
    await prepare_record(app.sealer, app.clock.now())
    key = await record_key(app.sealer)
    heads = await HeadRow.all().order_by("id")
    tour = await verify_cases(key, app.sealer, [head.upto for head in heads])
    faults = [*tour.faults, *await _numbers(key), *await _journals(key, heads), *await _rows(key)]
    faults += [*_heads(key, heads, tour), *await _meta(app), *await _materials(app)]
    return Verified(tour.cases, tour.events, faults, heads[-1] if heads else None)


async def _numbers(key: RecordKey) -> list[Fault]:
    """Every number of a day was given to a case, and every case has one that was given."""
    rows = await query(NUMBERS, using=reader())
    counters = {row["day"]: row for row in rows if row["kind"] == "counter"}
    cases = {row["day"]: row for row in rows if row["kind"] == "cases"}
    faults = []
    for day, counter in counters.items():
        if not (len(day) == 8 and day.isdigit()):
            continue
        if counter["mac"] is not None and counter["mac"] != key.counter(day, counter["most"]):
            faults.append(Fault(f"{day} 的编号", f"当日末号（counters）被改成了 {counter['most']}"))
        there = cases.get(day, {"count": 0, "most": 0})
        if (there["count"], there["most"]) != (counter["most"], counter["most"]):
            why = f"当日给出过 {counter['most']} 个编号，库里只有 {there['count']} 件：有诉求件被整件删去"
            faults.append(Fault(f"{day} 的编号", why))
    faults += [
        Fault(f"{day} 的编号", "有诉求件，却没有当日编号记录（counters）") for day in cases if day not in counters
    ]
    orphans = await query(ORPHANS, using=reader())
    return faults + [Fault(f"诉求件 {row['case_id']}", "诉求件一行被删去，事件还在") for row in orphans]


async def _journals(key: RecordKey, heads: Sequence[HeadRow]) -> list[Fault]:
    faults = []
    for name, table, link in ((ACCESS, AccessLog, key.look), (CHANGES, ChangeRow, key.change)):
        marks = {head.journals[name][0]: head.journals[name][1] for head in heads if name in head.journals}
        for _ in range(2):
            why = await _journal(key, name, table, link, marks)
            if not why:  # somebody may have appended between two questions: a fault must stay
                break
        if why:
            faults.append(Fault(JOURNAL_NAMES[name], why))
    return faults


async def _journal(key: RecordKey, name: str, table: Any, link: Any, marks: Mapping[int, str]) -> str:
    """Why a journal does not hold, "" when it does."""
    end = await JournalRow.filter(name=name).using_db(reader()).first()
    if end is None or end.mac != key.journal(name, end.count, end.hash):
        return "末端记录（journals）被删去或改动"
    count, last, after = 0, GENESIS, 0
    while rows := await table.filter(id__gt=after).using_db(reader()).order_by("id").limit(PAGE):
        for row in rows:
            after = row.id
            if marks.get(count, last) != last:
                return f"前 {count} 条与当日校验码记下的不符"
            if row.hash != link(last, row):
                return f"第 {count + 1} 条（id {row.id}）被改动、插入，或它之前有记录被删去"
            count, last = count + 1, row.hash
            if count == end.count and last != end.hash:
                return "末尾与校验值不符"
    if marks.get(count, last) != last or max(marks, default=0) > count or count < end.count:
        return f"应有 {max(end.count, max(marks, default=0))} 条，只剩 {count} 条：末尾的记录被删去"
    return "末尾多出不是程序写的记录" if count > end.count else ""


async def _rows(key: RecordKey) -> list[Fault]:
    """Every row of the directory, the rules and the calendars is as the program last wrote it, and none is missing."""
    faults = []
    for name in TABLES:
        for _ in range(2):
            entries = ChangeRow.filter(what=name).using_db(reader()).order_by("id")
            said = dict(await entries.values_list("ref", "digest"))
            found = await contents(key, name)
            wrong = sorted(ref for ref in {*said, *found} if said.get(ref) != found.get(ref))
            if not wrong:
                break
        for ref in wrong:
            how = "被删去" if ref not in found else "不是程序写入的" if ref not in said else "被绕过程序改动"
            faults.append(Fault(f"{TABLE_NAMES[name]}（{name} id {ref}）", how))
    return faults


def _heads(key: RecordKey, heads: Sequence[HeadRow], tour: Tour) -> list[Fault]:
    """Each head says what the cases give today, and hangs on the one before."""
    faults = []
    prev, total, cases, events = GENESIS, NOTHING, 0, 0
    for place, head in enumerate(heads):
        about = f"{head.day} 的校验码"
        if head.hash != key.head(prev, head):
            faults.append(Fault(about, "被改动，或它之前的一天被删去"))
        total = added(total, tour.shares[place])
        cases, events = cases + tour.new_cases[place], events + tour.new_events[place]
        if (head.total, head.cases, head.events) != (total, cases, events):
            why = f"当时是 {head.cases} 件 {head.events} 个事件，现在同一范围是 {cases} 件 {events} 个，内容不再相同"
            faults.append(Fault(about, why))
            total, cases, events = head.total, head.cases, head.events
        prev = head.hash
    return faults


async def _materials(app: AppContext) -> list[Fault]:
    """Every material a case's record names is there and is what was handed in, and no case has one it does not name."""
    said: dict[tuple[int, int], str] = {}
    named = EventRow.filter(type=EventType.MATERIAL_ADDED.value).using_db(reader())
    for case_id, data in await named.values_list("case_id", "data"):
        facts = json.loads(data)
        said[case_id, facts["number"]] = facts["sha256"]
    numbers = dict(await CaseRow.all().using_db(reader()).values_list("id", "no"))
    faults = []
    for (case_id, number), digest in said.items():
        why = await unfit(app, case_id, number, digest)
        if why:
            faults.append(Fault(f"{numbers.get(case_id, case_id)} 附件 {number}", why))
    there = await MaterialRow.all().using_db(reader()).values_list("case_id", "number")
    faults += [
        Fault(f"{numbers.get(case_id, case_id)} 附件 {number}", "办理记录里没有这件附件，不是程序存入的")
        for case_id, number in there
        if (case_id, number) not in said
    ]
    return faults


async def _meta(app: AppContext) -> list[Fault]:
    if not await data_key_fits(app.sealer):
        return [Fault("部署信息（meta data_key）", "登记的数据密钥指纹与所用的密钥不符")]
    return []
