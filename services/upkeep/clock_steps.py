"""When the wall clock was set: what was to happen "in a minute" must not wait for a time that is not coming back.

Pauses and leases are seconds from a moment and move with the clock. What waits for office hours is asked for again, by
the clock as it is now. Limits of cases are dates; they are left alone.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from domain.messages import REFRESH, kind_of
from models.database import transaction
from models.people import Department, Person
from models.queues import InboxRow, OutboxRow
from models.webhooks import WebhookPush
from services.outbox.digest import last_tick, set_last_tick
from services.store.app import AppContext

log = logging.getLogger(__name__)

#: A tick dated later than this after the present was written under another time; two machines may differ by less.
SKEW = timedelta(seconds=5)


async def follow_the_clock(app: AppContext, drift: timedelta) -> None:
    """Move what is paced by `drift`, the way the clock was set, and plan again what was planned under another time.

    All or nothing, so that what failed can be called again.
    """
    now = app.clock.now()
    log.warning("the clock was set", extra={"action": "clock_set", "seconds": round(drift.total_seconds())})
    async with transaction():
        await _move_inbox(now, drift)
        await _move_outbox(now, drift)
        await _move_pushes(now, drift)
        await _plan_again(app, now)
        await set_last_tick(now)
    app.wake()


async def follow_what_was_missed(app: AppContext) -> None:
    """The same at start: a last tick that lies ahead means that the clock was set back while nobody looked."""
    last = await last_tick()
    if last is not None and last - app.clock.now() > SKEW:
        await follow_the_clock(app, app.clock.now() - last)


async def _move_inbox(now: datetime, drift: timedelta) -> None:
    """Every pause of the inbox, and the lease of a first try, are seconds from the moment they were written."""
    for row in await InboxRow.filter(state="pending", next_try_at__gt=_before(now, drift)):
        same = InboxRow.filter(id=row.id, state="pending", next_try_at=row.next_try_at)
        await same.update(next_try_at=row.next_try_at + drift)


async def _move_outbox(now: datetime, drift: timedelta) -> None:
    """A message that was tried before waits out a pause; one that is being sent has a lease."""
    for row in await OutboxRow.filter(state="pending", attempts__gt=0, not_before__gt=_before(now, drift)):
        same = OutboxRow.filter(id=row.id, state="pending", not_before=row.not_before)
        await same.update(not_before=row.not_before + drift)
    for row in await OutboxRow.filter(state="leased"):
        if row.lease_until is not None:
            await OutboxRow.filter(id=row.id, state="leased").update(lease_until=row.lease_until + drift)


async def _move_pushes(now: datetime, drift: timedelta) -> None:
    """An ending that was not taken waits out a pause."""
    for row in await WebhookPush.filter(state="pending", next_try_at__gt=_before(now, drift)):
        same = WebhookPush.filter(id=row.id, state="pending", next_try_at=row.next_try_at)
        await same.update(next_try_at=row.next_try_at + drift)


def _before(now: datetime, drift: timedelta) -> datetime:
    """What lies after this moment was still being waited for when the clock was set."""
    return now - max(drift, timedelta())


async def _plan_again(app: AppContext, now: datetime) -> None:
    """What was queued under a later time: at once to the centre's own people, to departments when they are open."""
    rows = await OutboxRow.filter(state="pending", attempts=0, created_at__gt=now, not_before__gt=now).order_by("id")
    departments = {row.id: row.centre_id for row in await Department.all()}
    people = {row.id: row for row in await Person.filter(id__in=[row.person_id for row in rows if row.person_id])}
    for row in rows:
        moment = _planned(app, row, departments, people.get(row.person_id or 0), now)
        await OutboxRow.filter(id=row.id, state="pending", attempts=0).update(not_before=moment, created_at=now)


def _planned(
    app: AppContext, row: OutboxRow, departments: Mapping[int, int], person: Person | None, now: datetime
) -> datetime:
    """When a message that was planned under another time goes out by this one."""
    unit = row.department_id or (person.department_id if person else None)
    waited = row.not_before > row.created_at
    if kind_of(row.kind) is REFRESH or not (unit or waited):
        return now
    centre = departments.get(unit, 0) if unit else person.centre_id if person else 0
    return app.calendar_of(centre).next_open(now)
