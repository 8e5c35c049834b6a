"""Nothing unasked reaches a department outside its office hours, and its clock starts when the work order arrives."""

from __future__ import annotations

import pytest

from tests.kit.town import LIAISONS, Town, shown, words


def to_departments(messages):
    liaisons = {f"app:{account}" for account in LIAISONS.values()}
    return [m for m in messages if m["chat"].startswith("wrk") or m["chat"] in liaisons]


async def test_a_dispatch_in_the_evening_arrives_the_next_morning_and_the_clock_starts_there(town: Town):
    await town.turn("11-23 18:30")
    before = town.last
    no = await town.dispatched(category="办不了")
    assert not to_departments(await town.since(before))
    assert (await town.case(no))["due_at"] is None
    await town.expect("app", no, "将于 11-24 09:00 送达", user="zhaogang")
    came = to_departments(await town.turn("11-24 09:00"))
    assert no in words(came)
    case = await town.case(no)
    assert case["received_at"] == "2026-11-24T09:00:00+08:00"
    assert case["due_at"] == "2026-11-27T17:00:00+08:00"


@pytest.mark.parametrize("start", ["2026-11-27T16:59:00+08:00"])
async def test_a_friday_evening_dispatch_waits_for_monday(town: Town):
    await town.turn("11-27 17:00")
    no = await town.dispatched(category="办不了")
    assert not to_departments(await town.turn("11-28 10:00"))
    assert not to_departments(await town.turn("11-29 10:00"))
    assert no in words(to_departments(await town.turn("11-30 09:00")))
    assert (await town.case(no))["due_at"] == "2026-12-03T17:00:00+08:00"


async def test_lunch_is_no_office_hour(town: Town):
    await town.turn("11-23 12:10")
    no = await town.dispatched()
    assert (await town.case(no))["received_at"] is None
    assert no in words(to_departments(await town.turn("11-23 13:00")))


async def test_a_late_decision_reaches_the_liaison_in_the_morning(town: Town):
    no = await town.dispatched(category="办不了")
    await town.say("chenjing", "人社局", f"/延期 {no} 2026-11-27 需现场核验")
    await town.turn("11-23 20:00")
    assert not to_departments(await town.say("lijianguo", "app", f"/准 {no}"))
    came = to_departments(await town.turn("11-24 09:00"))
    assert "同意延期" in words([m for m in came if m["chat"] == "app:chenjing"])


async def test_a_liaison_who_asks_at_night_is_answered_at_night(town: Town):
    no = await town.dispatched()
    await town.turn("11-23 22:00")
    assert "已签收" in words(await town.say("chenjing", "人社局", f"/签收 {no}"))


async def test_the_centre_hears_of_a_complaint_at_any_hour(town: Town):
    await town.turn("11-23 22:00")
    no = await town.push()
    assert no in shown(await town.expect("app", "待核对", user="wangmin"))


@pytest.mark.parametrize("start", ["2026-09-30T16:00:00+08:00"])
async def test_a_whole_month_with_the_national_holiday_never_disturbs_a_department_outside_office_hours(town: Town):
    for n in range(4):
        await town.dispatched(category=("办不了", "很难办", "不给办", "一般")[n], external_no=f"A{n}")
    before = town.last
    await town.turn("2026-10-28 12:30", stepwise=True)
    came = to_departments(await town.since(before))
    assert came
    for message in came:
        moment = message["at"]
        assert "09:00" <= moment[11:16] < "12:00" or "13:00" <= moment[11:16] < "17:00", moment
        assert moment[:10] not in {f"2026-10-0{day}" for day in range(1, 8)}, moment
