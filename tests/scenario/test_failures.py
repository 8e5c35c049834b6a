"""When the inside breaks: the event stays, is tried again, the person is told in words, and the operator can see it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.database import query
from models.messages import ReceiptRow
from models.queues import InboxRow, OutboxRow
from services.delivery.inbox import MAX_ATTEMPTS
from tests.kit.town import Town, words
from tests.kit.town_fixtures import on_both_databases


async def break_table(name: str) -> None:
    """A real fault: the database no longer has this table."""
    await query(f"ALTER TABLE {name} RENAME TO {name}_away")


async def mend_table(name: str) -> None:
    await query(f"ALTER TABLE {name}_away RENAME TO {name}")


@on_both_databases
async def test_a_failing_command_is_told_kept_and_done_later(town: Town):
    town.tolerated |= {"inbox_failed", "incoming_failed"}
    no = await town.dispatched()
    await break_table("prompts")
    try:
        said = words(await town.say("chenjing", "人社局", f"/签收 {no}"))
        assert "已记录并会自动重试" in said
        rows = await InboxRow.filter(state="pending")
        assert [(row.attempts, bool(row.error)) for row in rows] == [(1, True)]
    finally:
        await mend_table("prompts")
    await town.turn("11-23 09:01")
    await town.server.dispatcher.retry()
    await town.settle()
    assert (await town.case(no))["state"] == "B2"
    assert "已签收" in words(await town.messages("chenjing", "人社局"))
    await town.nothing_is_lost()


async def test_a_press_that_fails_is_done_later_too(town: Town):
    town.tolerated |= {"inbox_failed", "incoming_failed"}
    no = await town.dispatched()
    message, button = await town.find_button("chenjing", "签收", "人社局")
    await break_table("steps")
    try:
        body = {"user": "chenjing", "message_id": message["id"], "key": button["key"], "wait": 0.3}
        await town.call("press", body)
        await town.settle()
    finally:
        await mend_table("steps")
    assert "accepted" not in await town.events(no)
    await town.turn("11-23 09:01")
    await town.server.dispatcher.retry()
    await town.settle()
    assert (await town.events(no)).count("accepted") == 1
    await town.nothing_is_lost()


async def test_what_keeps_failing_is_shown_to_the_operator_and_never_swallowed(town: Town):
    town.tolerated |= {"inbox_failed", "incoming_failed"}
    await town.dispatched()
    await break_table("prompts")
    try:
        await town.say("chenjing", "人社局", "/我的")
        for n in range(MAX_ATTEMPTS + 2):
            await town.turn(f"11-23 {10 + n // 2}:{(n % 2) * 30:02d}")
            await town.server.dispatcher.retry()
    finally:
        await mend_table("prompts")
    row = await InboxRow.get(state="failed")
    assert row.attempts == MAX_ATTEMPTS
    async with town.session.get(f"{town.url}/metrics") as answer:
        assert "yousu_inbox_failed 1.0" in await answer.text()
    assert "1 条来消息处理失败" in words(await town.turn("11-24 09:00"))


async def test_a_database_that_does_not_answer_gives_no_figures(town: Town):
    """A nought would say that nothing is open and nothing waits."""
    town.tolerated |= {"database_down"}
    await break_table("outbox")
    try:
        async with town.session.get(f"{town.url}/metrics") as answer:
            told = await answer.text()
    finally:
        await mend_table("outbox")
    assert "yousu_database_up 0.0" in told
    assert not [name for name in ("yousu_open_cases", "yousu_outbox", "yousu_inbox", "yousu_tick") if name in told]


async def test_a_failed_attempt_leaves_nothing_half_done(town: Town):
    town.tolerated |= {"inbox_failed", "incoming_failed"}
    no = await town.dispatched()
    before = (await town.case(no), await town.events(no))
    await break_table("steps")
    try:
        await town.say("chenjing", "人社局", f"/答复 {no} 已办结")
    finally:
        await mend_table("steps")
    assert (await town.case(no), await town.events(no)) == before


async def test_what_a_dead_process_left_in_the_inbox_is_worked_on_by_the_next(town: Town):
    no = await town.dispatched()
    row = await InboxRow.filter(state="done").order_by("-id").first()
    assert row.payload == "", "what was done keeps nothing personal"
    await town.stop_bot()
    raw = {
        "platform": "wecom", "event_key": "left-behind", "kind": "text", "account": "chenjing",
        "at": town.app.clock.now().isoformat(), "chat_id": None, "text": f"/签收 {no}", "key": "", "card_id": "",
        "reply_to": {},
    }  # fmt: skip
    now = town.app.clock.now() - timedelta(minutes=1)
    await InboxRow.create(
        platform="wecom", event_key="left-behind", kind="text", payload=town.app.sealer.seal(raw, "inbox:wecom"),
        received_at=now, next_try_at=now,
    )  # fmt: skip
    await town.start_bot()
    await town.server.dispatcher.retry()
    await town.settle()
    assert (await town.case(no))["state"] == "B2"
    assert "已签收" in words(await town.messages("chenjing", "app"))


@pytest.mark.parametrize("user", ["chenjing", "zhaogang"])
async def test_the_person_never_sees_the_inside(town: Town, user: str):
    town.tolerated |= {"inbox_failed", "incoming_failed"}
    await town.dispatched()
    await break_table("events")
    try:
        said = words(await town.say(user, "app", "/查 1"))
    finally:
        await mend_table("events")
    assert "已记录并会自动重试" in said
    assert "no such table" not in said
    await town.turn("11-23 09:05")
    await town.server.dispatcher.retry()
    await town.settle()
    await town.nothing_is_lost()


@pytest.mark.parametrize("kind", ["task", "dispatch"])
async def test_a_card_the_platform_took_before_the_crash_is_not_shown_twice_and_not_called_lost(town: Town, kind: str):
    """A process may die between the platform's yes and our mark; the next one finds a lease that ran out."""
    no = await town.push()
    await town.say("wangmin", "app", f"/确认 {no}")
    if kind == "task":
        await town.say("zhaogang", "app", f"/分类 {no} 不给办")
        await town.say("zhaogang", "app", f"/转办 {no} 人社局")
    row = await OutboxRow.filter(kind=kind).first()
    before = (await town.events(no)).count("delivered")
    await town.stop_bot()
    await ReceiptRow.filter(outbox_id=row.id).delete()
    await OutboxRow.filter(id=row.id).update(state="leased", lease_until=row.created_at, sent_at=None)
    count = town.last
    await town.start_bot()
    await town.turn("11-23 09:05")
    assert not [m for m in await town.since(count) if m["card"]]
    assert (await OutboxRow.get(id=row.id)).state == "sent"
    assert before <= (await town.events(no)).count("delivered") <= before + 1
    assert "没有送到" not in words(await town.messages("zhaogang", "app"))
    await town.nothing_is_lost()
