"""apscheduler #292, AutoGPT #14355: a tick that was skipped was lost, or made up for without anybody knowing."""

from __future__ import annotations

from datetime import datetime

from tests.kit.town import Town, at, shown, words


async def test_the_next_tick_does_what_the_skipped_ones_owed_and_the_gap_is_reported(town: Town):
    no = await town.dispatched(category="办不了")
    await town.turn("11-25 08:00")
    before = town.last
    # The machine sleeps: time passes, and no tick runs until four office hours later.
    town.app.clock.turn(datetime.fromisoformat(at("11-25 14:00")))  # type: ignore[attr-defined]
    await town.server.leader.tick()
    await town.settle()
    came = [m for m in await town.since(before) if m["chat"].startswith("wrk") and no in shown(m)]
    assert len(came) == 1
    told = [m for m in await town.since(before) if m["chat"] == "app:zhaogang" and "每日对账" in shown(m)]
    assert "停顿约 240 个办公分钟" in words(told)


async def test_a_tick_that_comes_twice_does_everything_once(town: Town):
    no = await town.dispatched(category="办不了")
    await town.turn("11-25 09:00")
    before = town.last
    for _ in range(3):
        await town.server.leader.tick()
    await town.settle()
    assert not [m for m in await town.since(before) if no in shown(m)]
