"""zammad #4348, #5655: a once-a-day key swallowed the second deadline of the day."""

from __future__ import annotations

from tests.kit.town import Town, shown


def to_group(messages, no):
    return [m for m in messages if m["chat"].startswith("wrk") and no in shown(m)]


async def test_the_afternoon_reminder_comes_although_there_was_one_in_the_morning(town: Town):
    no = await town.dispatched(category="办不了")
    await town.turn("11-25 09:00")
    assert to_group(await town.turn("11-26 09:00"), no)
    assert to_group(await town.turn("11-26 15:00"), no)


async def test_a_new_limit_of_the_same_day_is_reminded_of_although_the_old_one_was(town: Town):
    no = await town.dispatched(category="很难办")
    await town.turn("11-27 09:00")
    assert to_group(await town.turn("11-30 09:00"), no)
    await town.say("chenjing", "人社局", f"/方案 {no} 2026-11-30 当日补正材料后办结")
    assert (await town.case(no))["due_at"] == "2026-11-30T17:00:00+08:00"
    assert to_group(await town.turn("11-30 15:00"), no)


async def test_two_cases_due_the_same_day_are_both_reminded_of(town: Town):
    first = await town.dispatched(category="办不了", external_no="A")
    await town.turn("11-23 14:00")
    second = await town.dispatched(category="办不了", external_no="B")
    came = await town.turn("11-25 09:00")
    assert to_group(came, first)
    assert to_group(came, second)
