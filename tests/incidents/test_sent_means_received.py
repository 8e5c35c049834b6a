"""AstrBot #8652: a reminder was marked as sent though the platform never took it."""

from __future__ import annotations

from models.messages import ReceiptRow
from models.queues import OutboxRow
from tests.kit.town import Town


async def test_a_refused_message_is_not_sent_and_starts_no_clock_until_the_platform_took_it(town: Town):
    await town.fault("refuse_send", match="aibot_send_msg", errcode=45009)
    no = await town.dispatched()
    row = await OutboxRow.get(kind="task")
    assert (row.state, row.sent_at, row.error) == ("pending", None, "45009")
    assert not await ReceiptRow.filter(outbox_id=row.id).exists()
    assert (await town.case(no))["received_at"] is None
    await town.turn("11-23 09:02")
    row = await OutboxRow.get(kind="task")
    assert row.state == "sent"
    assert await ReceiptRow.filter(outbox_id=row.id).count() == 1
    assert (await town.case(no))["received_at"] is not None


async def test_every_sent_message_has_its_receipt(town: Town):
    await town.answered()
    # What redraws a card already shown is no message of its own.
    rows = OutboxRow.filter(state="sent").exclude(kind__in=["redraw", "refresh"])
    sent = {row.id for row in await rows}
    assert sent
    assert sent == {row.outbox_id for row in await ReceiptRow.all()} & sent
