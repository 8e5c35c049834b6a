"""Archery #445, yearning #87: a group message that calls nobody drowns."""

from __future__ import annotations

from tests.kit.town import GROUPS, Town, shown


async def test_work_order_nudge_and_supervision_call_the_liaison_by_name(town: Town):
    no = await town.dispatched(category="办不了")
    assert "陈静" in shown(await town.expect("人社局", no, "签收"))
    nudges = [m for m in await town.turn("11-25 09:00") if m["chat"] == GROUPS["人社局"]]
    assert "陈静" in shown(nudges[0])
    await town.turn("11-27 09:00")
    issued = [m for m in await town.press("zhaogang", "督办") if m["chat"] == GROUPS["人社局"]]
    assert "陈静" in shown(issued[0])
