"""After a stop nothing enters a department's group outside office hours, and what is on the record is what happened."""

from __future__ import annotations

from tests.kit.town import GROUPS, Town, shown, words


async def test_a_work_order_that_missed_the_office_hours_waits_for_the_next_opening_and_so_does_its_clock(town: Town):
    no = await town.push()
    await town.say("wangmin", "app", f"/确认 {no}")
    await town.say("zhaogang", "app", f"/分类 {no} 办不了")
    await town.turn("11-23 18:36")
    await town.say("zhaogang", "app", f"/转办 {no} 人社局")
    await town.stop_bot()
    await town.turn_city("11-24 22:00")
    before = town.last
    await town.start_bot()
    await town.settle()
    assert not [m for m in await town.since(before) if m["chat"].startswith("wrk")]
    assert "delivered" not in await town.events(no)
    await town.turn("11-25 09:00")
    await town.expect("人社局", no, "签收")
    case = await town.case(no)
    assert case["received_at"].startswith("2026-11-25T09:00")
    assert case["due_at"] == "2026-11-30T17:00:00+08:00"


async def test_a_missed_reminder_is_sent_once_and_booked_at_the_hour_it_was_sent(town: Town):
    no = await town.dispatched(category="办不了")
    await town.stop_bot()
    await town.turn_city("11-25 20:00")
    before = town.last
    await town.start_bot()
    await town.settle()
    assert "nudged" not in await town.events(no), "nothing is booked that nobody was told"
    await town.turn("11-26 09:00")
    said = [m for m in await town.since(before) if m["chat"] == GROUPS["人社局"] and no in shown(m)]
    assert len(said) == 1, words(said)
    assert (await town.row(no))["是否催办及时间"] == "是 2026-11-26 09:00（第1次）"
    await town.turn("11-27 09:00")
    await town.press("zhaogang", "督办", about=no)
    group = await town.expect("人社局", "督办单", "此前催办：2026-11-26 09:00")
    assert "20:00" not in shown(group)


async def test_reminders_of_two_days_are_no_identical_pair(town: Town):
    numbers = [await town.dispatched(category="办不了", external_no=f"p{n}") for n in range(3)]
    await town.stop_bot()
    await town.turn_city("11-25 19:30")
    await town.start_bot()
    await town.settle()
    before = town.last
    await town.turn("11-26 09:00")
    said = [shown(m) for m in await town.since(before) if m["chat"] == GROUPS["人社局"] and "催办" in shown(m)]
    assert len(said) == 1
    assert all(no in said[0] for no in numbers)
