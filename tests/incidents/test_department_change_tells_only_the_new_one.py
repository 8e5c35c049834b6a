"""escalade #343: after a change of department the old one went on getting the reminders."""

from __future__ import annotations

from tests.kit.town import GROUPS, Town, shown


async def test_only_the_new_department_is_reminded(town: Town):
    no = await town.dispatched(category="办不了")
    await town.say("chenjing", "人社局", f"/退单 {no} 应由医保局办理")
    await town.say("zhaogang", "app", f"/准 {no}")
    await town.say("zhaogang", "app", f"/转办 {no} 医保局")
    before = town.last
    for moment in ("11-25 09:00", "11-26 09:00", "11-26 15:00", "11-27 09:00"):
        await town.turn(moment)
    await town.press("zhaogang", "督办", about=no)
    about = [m for m in await town.since(before) if no in shown(m)]
    assert [m for m in about if m["chat"] == GROUPS["医保局"]]
    assert not [m for m in about if m["chat"] in (GROUPS["人社局"], "app:chenjing")]
