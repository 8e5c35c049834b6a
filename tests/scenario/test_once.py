"""An act is done once, also when the process died after it and before its event was marked as done."""

from __future__ import annotations

import pytest

from models.cases import CaseRow, EventRow
from models.queues import InboxRow
from tests.kit.town import Town


async def again(town: Town, row: InboxRow, payload: str) -> None:
    """The event as a dead process leaves it: acted on, not marked; then the next process works on it."""
    now = town.office.clock.now()
    await InboxRow.filter(id=row.id).update(state="pending", payload=payload, next_try_at=now, done_at=None)
    await town.server.dispatcher.retry()
    await town.settle()


async def said_and_kept(town: Town, text: str) -> tuple[InboxRow, str]:
    """Say something one-to-one; its row in the inbox and the sealed event, which is emptied once it is done."""
    kept: dict[int, str] = {}
    original = town.server.dispatcher.handle

    async def look(incoming):
        row = await InboxRow.get(platform=incoming.platform, event_key=incoming.event_key)
        kept[row.id] = row.payload
        return await original(incoming)

    town.server.dispatcher.handle = look  # a listener before the real handler: nothing of it is replaced
    try:
        await town.say("wangmin", "app", text)
    finally:
        town.server.dispatcher.handle = original
    row_id = max(kept)
    return await InboxRow.get(id=row_id), kept[row_id]


@pytest.mark.parametrize("text", ["/补充 {no} 来电人说材料已经补交", "/确认 {no}"])
async def test_an_act_whose_event_comes_again_is_not_done_again(town: Town, text: str):
    no = await town.push()
    row, payload = await said_and_kept(town, text.format(no=no))
    case = await CaseRow.get(no=no)
    events = await EventRow.filter(case_id=case.id).count()
    assert events > 1
    await again(town, row, payload)
    assert await EventRow.filter(case_id=case.id).count() == events
    assert (await InboxRow.get(id=row.id)).state == "done"


async def test_a_complaint_told_in_the_chat_is_registered_once(town: Town):
    row, payload = await said_and_kept(town, "/登记 市民反映人社局窗口退休手续多次退件，要求尽快办理，电话00012340001")
    cases = await CaseRow.all().count()
    assert cases == 1
    await again(town, row, payload)
    assert await CaseRow.all().count() == cases
