"""One fault ends nothing else: a message nobody can read, a case nobody can read, a table that is away for a while."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from models.cases import CaseRow
from models.database import query
from models.queues import InboxRow
from tests.kit.town import Town, at, running_town
from tests.kit.town_fixtures import on_both_databases


@pytest.fixture
async def town(town_url: str, start: str) -> AsyncIterator[Town]:
    """A town whose bot ticks by itself, as in production."""
    async with running_town(town_url, start=start, YOUSU_TICK_SECONDS="0.5") as town:
        yield town


async def readiness(town: Town) -> tuple[int, set[str]]:
    async with town.session.get(f"{town.url}/readyz") as answer:
        return answer.status, {task["task"] for task in (await answer.json())["tasks"]}


async def stored(town: Town, key: str, payload: str) -> InboxRow:
    now = town.app.clock.now()
    return await InboxRow.create(
        platform="wecom", event_key=key, kind="text", received_at=now, next_try_at=now, payload=payload
    )


async def test_a_message_nobody_can_read_holds_up_no_other(town: Town):
    no = await town.dispatched()
    bad = await stored(town, "bad", "not sealed by anybody")
    raw = {
        "platform": "wecom", "event_key": "good", "kind": "text", "account": "chenjing", "chat_id": None,
        "at": town.app.clock.now().isoformat(), "text": f"/签收 {no}", "key": "", "card_id": "", "reply_to": {},
    }  # fmt: skip
    good = await stored(town, "good", town.app.sealer.seal(raw, "inbox:wecom"))

    async def done() -> bool:
        return (await InboxRow.get(id=good.id)).state == "done"

    await town.until(done, "the good one was never worked on", most=40)
    assert (await town.case(no))["state"] == "B2"
    row = await InboxRow.get(id=bad.id)
    assert (row.state, bool(row.error)) == ("pending", True), "it is tried again, and in the end shown to the operator"
    assert await readiness(town) == (200, set())


@on_both_databases
async def test_a_case_nobody_can_read_stops_no_other_case(town: Town):
    spoilt, sound = await town.dispatched(), await town.dispatched(external_no="another")
    row = await CaseRow.get(no=spoilt)
    await query("DELETE FROM events WHERE case_id = ?1", row.id)
    before = len(await town.events(sound))
    town.app.clock.turn(datetime.fromisoformat(at("11-25 09:05")))  # type: ignore[attr-defined]

    async def pressed() -> bool:
        return len(await town.events(sound)) > before

    await town.until(pressed, "nobody was reminded of the sound case", most=40)

    async def said() -> bool:
        return await readiness(town) == (503, {"tick"})

    await town.until(said, "nobody says that a case is left", most=40)
    await CaseRow.filter(id=row.id).update(is_open=False)

    async def well() -> bool:
        return await readiness(town) == (200, set())

    await town.until(well, "it does not recover", most=40)


@on_both_databases
async def test_a_task_that_fails_is_named_and_recovers_while_the_others_go_on(town: Town):
    await query("ALTER TABLE meta RENAME TO meta_away")
    try:

        async def said() -> bool:
            return "tick" in (await readiness(town))[1]

        await town.until(said, "a tick that fails is not named", most=40)
        assert (await readiness(town))[0] == 503
    finally:
        await query("ALTER TABLE meta_away RENAME TO meta")

    async def well() -> bool:
        return await readiness(town) == (200, set())

    await town.until(well, "it does not recover", most=60)
    no = await town.dispatched()
    await town.expect("人社局", no)
