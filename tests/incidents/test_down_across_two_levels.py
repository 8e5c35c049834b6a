"""goalert TestDedupNotifications: after an outage over several levels people got all of them at once."""

from __future__ import annotations

from tests.kit.town import Town, shown


async def test_one_message_of_the_later_level_and_no_second_one(town: Town):
    no = await town.dispatched(category="办不了")
    await town.stop_bot()
    await town.turn_city("11-26 15:05")
    before = town.last
    await town.start_bot()
    await town.settle()
    came = [m for m in await town.since(before) if no in shown(m) and m["chat"].startswith("wrk")]
    assert len(came) == 1
    again = await town.turn("11-26 16:00")
    assert not [m for m in again if m["chat"].startswith("wrk")]
    assert (await town.events(no)).count("nudged") == 1
