"""The record defends itself: every tampering with the rows is found, by case and in words; what is genuine is not."""

from __future__ import annotations

import asyncio
import hashlib
import json

import pytest

from domain.case import OPERATOR
from models.bookkeeping import AccessLog, MetaRow
from models.cases import CaseRow, EventRow
from models.database import query, remembered, transaction
from models.record import ChangeRow, HeadRow, JournalRow
from models.sealing import Sealer
from services.store.access_log import log_access
from services.store.audit_chain import GENESIS, RecordKey, old_link
from services.store.event_store import _record, append, plain_event
from services.store.record_key import RecordKeyLost, kept_key, record_key
from services.store.record_upgrade import _take_over, prepare_record
from services.upkeep.verify import verify
from tests.kit.town import Town
from tests.kit.town_fixtures import on_both_databases

#: Everything that hangs on a case, so that a case can be taken out whole.
OF_CHEN = "person_id = (SELECT id FROM persons WHERE name = '陈静')"
BESIDE = ("receipts", "shown_cards", "prompts", "outbox", "access_log", "steps", "case_departments", "events", "cases")


async def faults(town: Town) -> str:
    """What verify says."""
    return "\n".join(str(fault) for fault in (await verify(town.app)).faults)


async def a_week(town: Town) -> str:
    """Three cases over several days: reminders sent, one looked into, one answered; the number of the first."""
    no = await town.dispatched()
    await town.push(external_no="XN-2", phone="00012340002")
    await town.turn("11-24 09:00")
    await town.turn("11-25 09:00")
    await town.turn("11-26 09:00")
    await town.say("wangmin", "app", f"/查 {no}")
    await town.say("zhaogang", "app", f"/查 {no}")
    await town.say("chenjing", "app", "/代班 赵刚 2026-12-01 2026-12-05")
    assert await AccessLog.all().count() >= 2
    assert await query("SELECT * FROM steps WHERE outcome = 'sent'")
    assert (await HeadRow.all().count()) >= 3
    await town.push(external_no="XN-3", phone="00012340003")
    return no


FIRST = "(SELECT MIN(id) FROM cases)"
LAST = "(SELECT MAX(id) FROM cases)"

#: Name → statements, and words of the report that must be there.
TAMPERINGS: dict[str, tuple[list[str], str]] = {
    "event removed": ([f"DELETE FROM events WHERE seq = 2 AND case_id = {FIRST}"], "缺少第 2 个事件"),
    "event moment": (["UPDATE events SET at = (SELECT MIN(at) FROM events) WHERE seq = 4"], "内容与校验值不符"),
    "event actor": (["UPDATE events SET actor = 4 WHERE seq = 2"], "内容与校验值不符"),
    "event type": (["UPDATE events SET type = 'nudged' WHERE seq = 2"], "内容与校验值不符"),
    "event text": (["UPDATE events SET data = '{}' WHERE seq = 2"], "内容与校验值不符"),
    "events swapped": (
        [
            f"UPDATE events SET seq = 99 WHERE seq = 2 AND case_id = {FIRST}",
            f"UPDATE events SET seq = 2 WHERE seq = 3 AND case_id = {FIRST}",
            f"UPDATE events SET seq = 3 WHERE seq = 99 AND case_id = {FIRST}",
        ],
        "不相接",
    ),
    "event put in": (
        [
            "INSERT INTO events (case_id, seq, type, at, actor, role, via, data, prev_hash, hash) "
            "SELECT case_id, seq + 1, type, at, actor, role, via, data, hash, prev_hash FROM events "
            f"WHERE case_id = {FIRST} ORDER BY seq DESC LIMIT 1",
            f"UPDATE cases SET public = public WHERE id = {FIRST}",
        ],
        "内容与校验值不符",
    ),
    "sealed emptied": (["UPDATE events SET sealed = NULL WHERE sealed IS NOT NULL"], "密文与校验值不符"),
    "sealed swapped": (
        [
            f"UPDATE events SET sealed = (SELECT sealed FROM events WHERE case_id = {LAST} AND seq = 1) "
            f"WHERE case_id = {FIRST} AND seq = 1"
        ],
        "密文打不开",
    ),
    "look-up changed": (["UPDATE cases SET phone_index = 'x'"], "phone_index"),
    "never reminded": (["UPDATE cases SET next_due_at = NULL"], "下次提醒时间"),
    "no longer open": (["UPDATE cases SET is_open = FALSE"], "是否在办"),
    "another state": (["UPDATE cases SET state = 'S11'"], "状态"),
    "another limit": (["UPDATE cases SET due_at = NULL"], "期限"),
    "another title": ([f"UPDATE cases SET external_no = 'ANOTHER' WHERE id = {FIRST}"], "来源编号"),
    "another version": (["UPDATE cases SET version = version + 1"], "校验值不符"),
    "unmarked": (["UPDATE cases SET mac = NULL"], "校验值不符"),
    "step removed": (["DELETE FROM steps WHERE id = (SELECT MIN(id) FROM steps)"], "steps"),
    "step forged": (
        [
            "INSERT INTO steps (case_id, round, stage, level, audience, outcome, at) "
            "SELECT case_id, 7, 'forged/overdue', 2, 'manager', 'sent', at FROM steps LIMIT 1"
        ],
        "steps",
    ),
    "step never taken": (["UPDATE steps SET outcome = 'skipped' WHERE outcome = 'sent'"], "steps"),
    "department removed": (["DELETE FROM case_departments"], "case_departments"),
    "messages removed": (
        [
            "DELETE FROM shown_cards",
            "DELETE FROM receipts WHERE outbox_id IN (SELECT id FROM outbox WHERE case_id IS NOT NULL)",
            "DELETE FROM outbox WHERE case_id IS NOT NULL",
        ],
        "outbox",
    ),
    "looks emptied": (["DELETE FROM access_log"], "个人信息查看记录"),
    "looks and their end emptied": (["DELETE FROM access_log", "DELETE FROM journals"], "个人信息查看记录"),
    "look edited": (["UPDATE access_log SET purpose = 'x'"], "个人信息查看记录"),
    "newest look removed": (
        ["DELETE FROM access_log WHERE id = (SELECT MAX(id) FROM access_log)"],
        "末尾的记录被删去",
    ),
    "role raised": (["UPDATE persons SET roles = '[\"负责人\"]' WHERE name = '陈静'"], "人员名册"),
    "account swapped": ([f"UPDATE accounts SET account = 'mallory' WHERE {OF_CHEN}"], "人员名册"),
    "account taken away": ([f"DELETE FROM accounts WHERE {OF_CHEN}"], "人员名册"),
    "account smuggled in": (
        ["INSERT INTO accounts (person_id, platform, account) SELECT id, 'other', 'mallory' FROM persons WHERE id = 1"],
        "人员名册",
    ),
    "account of another platform": ([f"UPDATE accounts SET platform = 'other' WHERE {OF_CHEN}"], "人员名册"),
    "person put in": (
        ["INSERT INTO persons (centre_id, name, roles, active) VALUES (1, '外人', '[\"管理机构\"]', TRUE)"],
        "不是程序写入的",
    ),
    "deputy changed": (["UPDATE deputies SET deputy_id = person_id"], "代班"),
    "deputy removed": (["DELETE FROM deputies"], "代班"),
    "rule edited": (["UPDATE rule_sets SET text = REPLACE(text, '3', '9')"], "规则"),
    "calendar put in": (
        ["INSERT INTO year_tables (year, text, imported_at) SELECT 2026, '{}', MIN(at) FROM events"],
        "工作日历",
    ),
    "changes removed": (["DELETE FROM changes"], "变更流水"),
    "last case and its number": (
        [
            *(f"DELETE FROM {table} WHERE case_id = {LAST}" for table in BESIDE if table not in ("receipts", "cases")),
            f"DELETE FROM cases WHERE id = {LAST}",
            "UPDATE counters SET value = value - 1 WHERE day = '20261126'",
        ],
        "20261126 的编号",
    ),
    "head edited": (["UPDATE record_heads SET cases = cases + 1"], "校验码"),
    "head removed": (["DELETE FROM record_heads WHERE id = (SELECT MIN(id) FROM record_heads)"], "校验码"),
    "fingerprint": (["UPDATE meta SET value = 'deadbeef' WHERE key = 'data_key'"], "data_key"),
}


@pytest.mark.parametrize("name", TAMPERINGS)
async def test_every_tampering_is_found(town: Town, name: str):
    await a_week(town)
    assert await faults(town) == ""
    town.altered = True
    statements, words = TAMPERINGS[name]
    if name == "last case and its number":
        await query(f"DELETE FROM receipts WHERE outbox_id IN (SELECT id FROM outbox WHERE case_id = {LAST})")
    for statement in statements:
        await query(statement)
    assert words in await faults(town)
    await _leave_nothing_unreadable(town)


@on_both_databases
@pytest.mark.parametrize("name", ["never reminded", "event text", "role raised", "newest look removed"])
async def test_it_is_found_on_either_database(town: Town, name: str):
    await test_every_tampering_is_found(town, name)


async def _leave_nothing_unreadable(town: Town) -> None:
    """What is left cannot be read any more, so the checks after the test must not find it."""
    for table in BESIDE:
        await query(f"DELETE FROM {table}")


async def test_the_chain_written_anew_without_the_key_is_found(town: Town):
    await a_week(town)
    town.altered = True
    row = await CaseRow.all().order_by("id").first()
    assert row is not None
    prev = GENESIS
    for event in await EventRow.filter(case_id=row.id).order_by("seq"):
        event.data = event.data.replace("人社局", "住建局")
        event.prev_hash, event.hash = prev, old_link(prev, row.no, plain_event(event), event.data, event.sealed)
        prev = event.hash
        await event.save()
    await CaseRow.filter(id=row.id).update(mac=hashlib.sha256(prev.encode()).hexdigest())
    assert "内容与校验值不符" in await faults(town)
    await _leave_nothing_unreadable(town)


async def test_the_newest_event_removed_and_the_count_lowered_stays_reported_when_work_goes_on(town: Town):
    no = await a_week(town)
    town.altered = True
    row = await CaseRow.get(no=no)
    last = await EventRow.filter(case_id=row.id).order_by("-seq").first()
    assert last is not None
    await last.delete()
    await CaseRow.filter(id=row.id).update(public={**row.public, "events": last.seq - 1})
    assert no in await faults(town)
    await town.say("wangmin", "app", f"/补充 {no} 又来电一次")
    assert "绕过程序改动" in await faults(town), "writing on must not heal the row"


async def test_a_whole_day_removed_is_found_by_the_heads(town: Town):
    await a_week(town)
    town.altered = True
    for table in BESIDE:
        await query(f"DELETE FROM {table}")
    await query("DELETE FROM counters")
    await query("DELETE FROM journals")
    assert "2026-11-23 的校验码" in await faults(town)


async def test_the_key_removed_stops_everything_instead_of_making_another(town: Town):
    await a_week(town)
    town.altered = True
    await MetaRow.filter(key="record_key").delete()
    remembered().clear()
    with pytest.raises(RecordKeyLost, match="校验密钥"):
        await verify(town.app)


async def test_the_digest_posts_the_head_and_only_what_changed_is_read(town: Town):
    await a_week(town)
    heads = await HeadRow.all().order_by("id")
    assert [head.day for head in heads] == ["2026-11-22", "2026-11-23", "2026-11-24", "2026-11-25"]
    assert heads[1].cases == 2
    told = await town.expect("app:zhaogang", "校验码", heads[-1].hash[:12], user="zhaogang")
    assert "截至 2026-11-25，全库 2 件" in json.dumps(told, ensure_ascii=False)
    # A head made from the first event on gives the same as the daily ones did.
    key = await record_key(town.app.sealer)
    assert heads[-1].hash == key.head(heads[-2].hash, heads[-1])


@on_both_databases
async def test_a_database_of_the_previous_release_is_taken_over_once(town: Town):
    no = await a_week(town)
    await _as_the_previous_release_left_it()
    assert await EventRow.filter(private_hash__isnull=False).count() == 0
    await verify(town.app)  # the first start with the key
    assert await faults(town) == ""
    kept = await kept_key(town.app.sealer)
    assert kept is not None
    assert kept.finished
    # What stands there without a mark from now on is no old row.
    town.altered = True
    await CaseRow.filter(no=no).update(mac=None)
    await prepare_record(town.app.sealer, town.app.clock.now())
    assert no in await faults(town)


async def test_an_old_chain_that_is_broken_is_not_healed(town: Town):
    no = await a_week(town)
    town.altered = True
    await _as_the_previous_release_left_it()
    row = await CaseRow.get(no=no)
    await EventRow.filter(case_id=row.id, seq=2).update(actor=4)
    for _ in range(2):
        assert (await faults(town)).startswith(f"{no}：升级前的旧校验链已经不符")
    await town.say("wangmin", "app", f"/补充 {no} 又来电一次")
    assert "升级前的旧校验链已经不符" in await faults(town)


async def test_a_takeover_that_was_interrupted_goes_on(town: Town):
    await a_week(town)
    await _as_the_previous_release_left_it()
    key = await record_key(town.app.sealer)
    first = await CaseRow.all().order_by("id").first()
    assert first is not None
    assert await _take_over(key, town.app.sealer, first.id)
    kept = await kept_key(town.app.sealer)
    assert kept is not None
    assert not kept.finished
    assert await faults(town) == ""


async def _as_the_previous_release_left_it() -> None:
    """Take every keyed mark away and link the events by the plain rule, as 0004 had them."""
    for table in (JournalRow, ChangeRow, HeadRow):
        await table.all().delete()
    await MetaRow.filter(key="record_key").delete()
    await AccessLog.all().update(hash=None)
    await query("UPDATE counters SET mac = NULL")
    for row in await CaseRow.all():
        prev = GENESIS
        for event in await EventRow.filter(case_id=row.id).order_by("seq"):
            event.private_hash, event.prev_hash = None, prev
            event.hash = prev = old_link(prev, row.no, plain_event(event), event.data, event.sealed)
            await event.save()
    await CaseRow.all().update(mac=None, steps_hash=None)
    remembered().clear()


async def test_another_data_key_does_not_change_a_hash(town: Town):
    """Rotating the data key seals rows anew; the chain covers what they say, not how they are sealed."""
    await a_week(town)
    old, new = town.app.sealer, Sealer(b"n" * 32)
    before = [event.hash for event in await EventRow.all()]
    kept = await kept_key(old)
    assert kept is not None
    await MetaRow.filter(key="record_key").update(value=kept.sealed(new))
    await MetaRow.filter(key="data_key").update(value=new.fingerprint)
    for event in await EventRow.filter(sealed__isnull=False):
        context = f"events:{event.case_id}:{event.seq}"
        event.sealed = new.seal(old.open(event.sealed or "", context), context)
        await event.save()
    for row in await CaseRow.filter(phone_index__isnull=False):
        first = await EventRow.get(case_id=row.id, seq=1)
        phone = new.open(first.sealed or "", f"events:{row.id}:1")["phone"]
        await CaseRow.filter(id=row.id).update(phone_index=new.blind(phone))
    town.app.sealer = new
    assert [event.hash for event in await EventRow.all()] == before
    assert await faults(town) == ""


@on_both_databases
async def test_looks_at_the_same_time_make_one_chain(town: Town):
    no = await town.dispatched()
    row = await CaseRow.get(no=no)
    await asyncio.gather(*(log_access(town.app, OPERATOR, "view", str(n), row.id) for n in range(12)))
    assert await AccessLog.filter(what="view").count() == 12
    assert await faults(town) == ""


def test_a_mark_says_what_it_is_for():
    key = RecordKey(b"k" * 32)
    assert key.digest("a", "b") != key.digest("ab")
    assert key.digest("a", "b", "c") != key.digest("a", "bc")


async def test_a_corrected_number_is_the_record_and_one_put_there_by_hand_is_not(town: Town):
    no = await town.push(external_no="PDS1")
    await town.say("wangmin", "app", f"/更正 {no} 热线单号：PDS9 录入有误")
    await town.say("zhaogang", "app", f"/准 {no}")
    assert await faults(town) == ""
    town.altered = True
    await CaseRow.filter(no=no).update(external_no="PDS8")
    assert "来源编号与办理记录不符" in await faults(town)


async def test_a_row_read_while_somebody_writes_is_not_taken_for_tampered(town: Town, caplog: pytest.LogCaptureFixture):
    """The row is older than the events read after it: the write is refused and tried again, and nobody is alarmed."""
    no = await town.dispatched()
    before = await CaseRow.get(no=no)
    await town.say("chenjing", "人社局", f"/签收 {no}")
    events = await EventRow.filter(case_id=before.id).order_by("seq")
    torn = _record(before, events, town.app.sealer)
    async with transaction():
        assert await append(torn, (), town.app.sealer, town.app.decision_context_of(before.centre_id)) is None
    assert "record_altered" not in [getattr(line, "action", "") for line in caplog.records]
    assert await faults(town) == ""
