"""freescout #3762, bk-itsm #990: only the first of three reminders ever came."""

from __future__ import annotations

from tests.kit.town import Town

LADDER = (
    "nudged",
    "nudged",
    "nudged",
    "supervision_drafted",
    "supervised",
    "supervision_ignored",
    "circulated",
    "government_told",
    "discipline_copied",
)


async def test_every_level_fires_once_and_in_order(town: Town):
    no = await town.dispatched(category="办不了")
    for moment in ("11-25 09:00", "11-25 09:10", "11-26 09:00", "11-26 15:00", "11-26 15:10", "11-27 09:00"):
        await town.turn(moment)
    await town.press("zhaogang", "督办")
    for moment in ("11-30 09:00", "12-01 09:00", "12-02 09:00", "12-02 10:00", "12-03 09:00"):
        await town.turn(moment)
    await town.press("lijianguo", "签发")
    await town.turn("12-07 09:00")
    assert tuple(event for event in await town.events(no) if event in LADDER) == LADDER
