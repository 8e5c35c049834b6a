"""What becomes of a message once it was tried: sent, tried again, given up, and the clock that its receipt starts."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.audiences import MANAGER
from domain.case import SYSTEM, Unit
from domain.commands import Deliver, NoteUnheard
from domain.messages import UNDELIVERED, kind_of
from domain.refusals import Refused
from domain.vocabulary import WITH_DEPARTMENT
from models.database import transaction
from models.people import Department
from models.queues import OutboxRow
from platforms.contract import (
    ChannelDown,
    Misconfigured,
    Place,
    PlatformError,
    Rejected,
    TryLater,
    UnknownCode,
    Unreachable,
)
from services.cases.execute import execute
from services.delivery.recipients import Target
from services.outbox.digest import queue_alarm
from services.outbox.enqueue import tell
from services.store.app import AppContext
from services.store.event_store import read

log = logging.getLogger(__name__)

#: Before the row id of the message with which others went as one.
TOGETHER = "with/"
#: Seconds before a message that broke us is tried again.
BROKEN_PAUSE = 60
#: Seconds before each further try of a passing fault.
BACKOFF = (2, 5, 15, 60, 300, 900)
#: Tries of a message that breaks us before it is put in front of the operator.
MOST_FAULTS = 5
#: Seconds before a channel that is down is tried again.
CHANNEL_PAUSE = 300
#: Tries of a message to somebody the platform says it cannot reach (about seven minutes), and of one refused with a
#: code nobody has written down (about twenty minutes): both may pass, neither is retried for ever in silence.
TARGET_PATIENCE = 6
UNKNOWN_PATIENCE = 20


def again(row: OutboxRow, error: PlatformError) -> TryLater | None:
    """The pause before the next try; None when the message is given up or the whole channel is down."""
    if isinstance(error, UnknownCode) and row.attempts >= UNKNOWN_PATIENCE:
        return None
    if isinstance(error, TryLater):
        return error
    if isinstance(error, Unreachable) and error.recovers and row.attempts < TARGET_PATIENCE:
        return TryLater(error.code, error.detail, after=0.0)
    return None


async def sent(app: AppContext, bundle: Sequence[OutboxRow], *, told: bool) -> None:
    """Mark a message as sent, or as dropped when there was nothing (left) to say."""
    ids = [row.id for row in bundle]
    # The receipt stands at the first; the others say with which they went.
    merge = bundle[0].merge or (f"{TOGETHER}{bundle[0].id}" if len(bundle) > 1 else None)
    async with transaction():
        await OutboxRow.filter(id__in=ids).update(
            state="sent" if told else "dropped",
            sent_at=app.clock.now(),
            error=None,
            owner=None,
            merge=merge,
        )


async def later(app: AppContext, bundle: Sequence[OutboxRow], error: TryLater) -> None:
    """Queue a message again after the pause its fault asks for."""
    now = app.clock.now()
    async with transaction():
        for row in bundle:
            pause = error.after or BACKOFF[max(min(row.attempts, len(BACKOFF)), 1) - 1]
            await OutboxRow.filter(id=row.id).update(
                state="pending", not_before=now + timedelta(seconds=pause), error=error.code, owner=None
            )
    log.warning("delivery postponed", extra={"action": "deliver_later", "code": error.code, "rows": len(bundle)})


async def wait(bundle: Sequence[OutboxRow], until: datetime) -> None:
    """Keep a message for the next opening of the office: it was not tried, so this is no try."""
    async with transaction():
        for row in bundle:
            await OutboxRow.filter(id=row.id).update(
                state="pending", not_before=until, owner=None, attempts=max(row.attempts - 1, 0)
            )


async def fail(app: AppContext, bundle: Sequence[OutboxRow], error: PlatformError) -> None:
    """Tell the manager who was not reached, and give the message up.

    What is wrong with the channel as such passes one day: then the message stays queued and goes out after all.
    """
    log.error("delivery failed", extra={"action": "deliver_failed", "code": error.code, "rows": len(bundle)})
    if isinstance(error, Misconfigured):
        await later(app, bundle, TryLater(error.code, error.detail, after=CHANNEL_PAUSE))
        await queue_alarm(app, error.code, error.detail)
        return
    down = isinstance(error, ChannelDown)
    if down:
        await later(app, bundle, TryLater(error.code, error.detail, after=CHANNEL_PAUSE))
    for row in bundle:
        told = down and await OutboxRow.filter(key__startswith=f"{row.key}/lost").exists()
        if not down:
            code = f"{type(error).__name__} {error.code}"
            async with transaction():
                await OutboxRow.filter(id=row.id).update(state="failed", error=code, owner=None)
        if row.case_id is None or kind_of(row.kind) is UNDELIVERED or told:
            continue
        record = await read(row.case_id, app.sealer)
        facts: dict[str, object] = {"what": row.kind, "department": await _department_name(row), "code": error.code}
        facts["permanent"] = isinstance(error, Rejected)
        async with transaction():
            await tell(app, record.case, row.case_id, MANAGER, UNDELIVERED, f"{row.key}/lost", facts)
            who = str(facts["department"]) or "本人"
            await execute(app, row.case_id, NoteUnheard(kind_of(row.kind).in_record, who), SYSTEM)


async def broken(app: AppContext, bundle: Sequence[OutboxRow], error: Exception) -> None:
    """A fault of ours in one message does not stop the others: it is tried again after a pause."""
    given_up = bundle[0].attempts >= MOST_FAULTS
    log.error(
        "delivery broke",
        exc_info=error,
        extra={
            "action": "deliver_broken",
            "rows": len(bundle),
            "attempts": bundle[0].attempts,
            "given_up": given_up,
        },
    )
    again = app.clock.now() + timedelta(seconds=BROKEN_PAUSE)
    after = {"state": "failed"} if given_up else {"state": "pending", "not_before": again}
    async with transaction():
        ids = [row.id for row in bundle]
        await OutboxRow.filter(id__in=ids).update(**after, error=type(error).__name__, owner=None)


async def received(app: AppContext, row: OutboxRow, first: Target) -> None:
    """收到《工作单》: the platform took the work order for the department, so its clock starts (第八条)."""
    if row.case_id is None or row.department_id is None:
        return
    name = await _department_name(row)
    how = "群消息" if first.to.place is Place.CHAT else "单聊"
    record = await read(row.case_id, app.sealer)
    if record.case.state in WITH_DEPARTMENT and any(u.id == row.department_id for u in record.case.units):
        with contextlib.suppress(Refused):  # withdrawn or taken away while the message was on its way
            await execute(app, row.case_id, Deliver(Unit(row.department_id, name), how), SYSTEM)


async def _department_name(row: OutboxRow) -> str:
    department = await Department.get_or_none(id=row.department_id) if row.department_id else None
    return department.name if department else ""
