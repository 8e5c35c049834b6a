"""A limit is changed while the bot runs: nobody restarts anything, and nobody's running limit moves."""

from __future__ import annotations

import json

from in_force import shipped_rules_text
from models.cases import CaseRow
from models.queues import OutboxRow
from services.rules.rulebook import put_in_force
from tests.kit.town import Town


def shorter(version: str) -> str:
    """The shipped file with one day less for 一般."""
    raw = json.loads(shipped_rules_text())
    raw["limits"]["一般"]["days"] = 2
    return json.dumps({**raw, "version": version}, ensure_ascii=False)


async def versions() -> list[str]:
    return [row.rules_version for row in await CaseRow.all().order_by("id")]


async def test_the_running_bot_takes_new_rules_up_at_its_next_tick(town: Town) -> None:
    old = await town.push(external_no="R1")
    await put_in_force(town.app, shorter("2026-2"))
    await town.turn("11-23 09:05")
    new = await town.push(external_no="R2")
    assert (await versions())[1:] == ["2026-2"]
    for no in (old, new):
        await town.say("wangmin", "app", f"/确认 {no}")
        await town.say("zhaogang", "app", f"/分类 {no} 一般")
        await town.say("zhaogang", "app", f"/转办 {no} 人社局")
    assert [(await town.case(no))["due_at"] for no in (old, new)] == [
        "2026-11-26T17:00:00+08:00",
        "2026-11-25T17:00:00+08:00",
    ]
    await town.expect("人社局", "11-25 17:00前", f"1123-{int(new[-4:])}")
    await town.turn("11-24 09:00")
    reminded = await OutboxRow.filter(kind="nudge")
    assert [row.case_id for row in reminded] == [(await CaseRow.get(no=new)).id], "the older case has a day more"
    await town.nothing_is_lost()


async def test_a_bot_that_starts_takes_complaints_in_under_the_rules_in_force(town: Town) -> None:
    await put_in_force(town.app, shorter("2026-2"))
    await town.restart()
    await town.push()
    assert await versions() == ["2026-2"]
