"""goalert #4548, OnCall error codes: a step with nobody to tell waited silently; ours is told on at once."""

from __future__ import annotations

from tests.kit.town import Town, shown


async def test_the_manager_hears_at_once_that_nobody_holds_the_superiors_post(town: Town):
    await town.deactivate("zhenghua")
    no = await town.dispatched(category="办不了")
    came = await town.turn("11-27 09:00")
    told = [m for m in came if m["chat"] == "app:zhaogang" and "没有分管领导" in shown(m)]
    assert len(told) == 1
    assert no in shown(told[0])


async def test_an_empty_post_in_the_centre_is_taken_by_the_next_in_line(town: Town):
    await town.deactivate("zhaogang")
    no = await town.push()
    await town.say("wangmin", "app", f"/确认 {no}")
    await town.expect("app", no, "待转办", user="lijianguo")


async def test_no_discipline_office_is_told_to_the_manager_and_the_copy_is_still_recorded(town: Town):
    await town.deactivate("fenglei")
    no = await town.dispatched(category="办不了")
    await town.turn("11-27 09:00")
    await town.press("zhaogang", "督办")
    await town.turn("12-02 09:00")
    came = await town.press("lijianguo", "签发")
    assert "discipline_copied" in await town.events(no)
    assert any("抄送" in shown(m) for m in came if m["chat"] == "app:zhaogang")
