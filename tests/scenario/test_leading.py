"""A leader that holds the lock and does not work is ill, and says so to whoever asks and to its watchdog."""

from __future__ import annotations

import asyncio

from models.queues import InboxRow
from tests.kit.town import Town

LONG_AGO = 1_000_000.0


async def leader(town: Town) -> dict:
    async with town.session.get(f"{town.url}/readyz") as answer:
        said = await answer.json()
    found = next(item for item in said["channels"] if item["channel"] == "leader")
    return {"ready": said["ready"], **found}


async def test_a_leader_that_works_says_so(town: Town):
    told = await leader(town)
    assert told["ok"]
    assert told["detail"] == "值守中"
    assert town.server._works()


async def test_a_leader_whose_tick_stands_still_is_ill(town: Town):
    town.server.leader._ticked -= LONG_AGO
    told = await leader(town)
    assert (told["ready"], told["ok"]) == (False, False)
    assert "没有在工作" in told["detail"]
    assert not town.server._works(), "the watchdog is not petted"
    await town.server.leader.tick()
    assert (await leader(town))["ok"]


async def test_what_a_dead_process_left_is_answered_at_once_after_the_next_start(town: Town):
    """Accepted by a process that died: whoever holds the lock file knows it is dead, whatever the lease says."""
    await town.stop_bot()
    raw = {
        "platform": "wecom", "event_key": "left", "kind": "text", "account": "chenjing", "chat_id": None,
        "at": town.app.clock.now().isoformat(), "text": "/我的", "key": "", "card_id": "", "reply_to": {},
    }  # fmt: skip
    now = town.app.clock.now()
    await InboxRow.create(
        platform="wecom", event_key="left", kind="text", payload=town.app.sealer.seal(raw, "inbox:wecom"),
        received_at=now, next_try_at=now.replace(year=2099), owner="f" * 15,
    )  # fmt: skip
    await town.start_bot()

    async def done() -> bool:
        return await InboxRow.filter(event_key="left", state="done").exists()

    await town.until(done, "it waits for its lease")


async def test_who_leads_no_longer_is_not_ill_of_what_it_does_not_do_any_more(town: Town):
    """A delivery that failed in the moment another process took over: who stands by would never be ready again."""
    town.tolerated.add("task_failed")
    await town.server.supervisor.ill("delivery", ConnectionError())
    work = town.server._leader_task
    assert work is not None
    work.cancel()
    await asyncio.wait([work])
    assert not town.server.supervisor.illnesses()
