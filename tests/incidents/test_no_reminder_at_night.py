"""zammad #4432, glpi #14492, probo #1591, redmine_intouch #105: reminders at midnight and on holidays."""

from __future__ import annotations

import pytest

from tests.kit.town import Town, shown


@pytest.mark.parametrize("start", ["2026-09-28T09:00:00+08:00"])
async def test_a_limit_behind_the_holiday_is_reminded_of_in_office_hours_only(town: Town):
    no = await town.dispatched(category="很难办")
    before = town.last
    await town.turn("2026-10-13 10:00", stepwise=True)
    reminders = [m for m in await town.since(before) if m["chat"].startswith("wrk") and no in shown(m)]
    assert [m["at"][:16] for m in reminders] == ["2026-10-09T09:00", "2026-10-10T09:00", "2026-10-10T15:00"]


async def test_a_limit_passed_in_the_evening_is_told_at_the_next_opening(town: Town):
    no = await town.dispatched(category="办不了")
    before = town.last
    await town.turn("11-26 17:01")
    await town.turn("11-26 23:59")
    late = [m for m in await town.since(before) if m["at"] > "2026-11-26T16" and no in shown(m)]
    assert not late
    assert [m for m in await town.turn("11-27 09:00") if m["chat"] == "app:zhenghua" and no in shown(m)]
