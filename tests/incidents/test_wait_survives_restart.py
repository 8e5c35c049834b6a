"""oncall #1206: a chain that was waiting when the engine restarted was never resumed."""

from __future__ import annotations

from tests.kit.town import Town, shown


async def test_the_next_level_comes_although_the_bot_was_restarted_while_it_waited(town: Town):
    no = await town.dispatched(category="办不了")
    await town.turn("11-25 09:00")
    await town.restart()
    assert any(no in shown(m) for m in await town.turn("11-26 09:00") if m["chat"].startswith("wrk"))
    await town.restart()
    await town.restart()
    assert not [m for m in await town.turn("11-26 09:05") if m["chat"].startswith("wrk")]
    await town.turn("11-26 15:00")
    await town.restart()
    assert any("督办单草稿" in shown(m) for m in await town.turn("11-27 09:00"))
    assert (await town.events(no)).count("nudged") == 3
