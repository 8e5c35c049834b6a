"""The month's summary for the 纪检 of each centre (通知第三条（三）“常态化的联络”): figures, nobody's name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from domain.case import Case, Event
from domain.events import EventType
from domain.messages import SUMMARY
from domain.monthly import month_numbers
from domain.office_hours import TZ
from domain.vocabulary import Role
from models.bookkeeping import MetaRow
from models.cases import CaseRow
from models.database import transaction
from models.people import Centre
from models.queues import OutboxRow
from services.directory.people import people
from services.store.app import AppContext
from services.store.event_store import read_many
from services.store.statistics import midnight

_MONTH = "discipline_month"


async def queue_summaries(app: AppContext) -> bool:
    """Queue the summary of the month before, once, from opening on the first working day of a month.

    The month a deployment begins in has none before it.
    """
    now = app.clock.now()
    today = now.astimezone(TZ).date()
    if not app.calendar.is_workday(today) or now < app.calendar.opening(today):
        return False
    this = today.replace(day=1)
    done = await MetaRow.get_or_none(key=_MONTH)
    if done is not None and done.value == this.isoformat():
        return False
    last = (this - timedelta(days=1)).replace(day=1)
    told = []
    for centre in await Centre.all() if done is not None else ():
        if readers := await people(centre.id, role=Role.DISCIPLINE):
            told.append((centre, readers, await _facts(app, centre.id, midnight(last), midnight(this))))
    async with transaction():
        await MetaRow.update_or_create(key=_MONTH, defaults={"value": this.isoformat()})
        for centre, readers, facts in told:
            for reader in readers:
                key = f"summary/{last:%Y-%m}/{centre.id}/p{reader.id}"
                if await OutboxRow.filter(key=key).exists():
                    continue
                await OutboxRow.create(
                    key=key,
                    kind=SUMMARY.name,
                    person_id=reader.id,
                    payload={"centre": centre.name, "month": f"{last.year}年{last.month}月", **facts},
                    not_before=now,
                    created_at=now,
                )
    app.wake()
    return True


async def _facts(app: AppContext, centre: int, since: datetime, until: datetime) -> dict[str, Any]:
    ids = await CaseRow.filter(centre_id=centre, registered_at__lt=until).values_list("id", flat=True)
    records = await read_many([int(str(id_)) for id_ in ids], app.sealer, until)
    histories = [(record.case, record.events) for record in records]
    numbers = month_numbers(histories, since, until, "")
    return {
        "received": numbers.received,
        "finished": numbers.finished,
        "due": numbers.due,
        "due_in_time": numbers.due_in_time,
        "nudged": numbers.nudged,
        "supervised": numbers.supervised,
        "returned": numbers.returned,
        "circulated": _numbers(histories, EventType.CIRCULATED, since, until),
        "copied": _numbers(histories, EventType.DISCIPLINE_COPIED, since, until),
    }


def _numbers(
    histories: Iterable[tuple[Case, Iterable[Event]]], type_: EventType, since: datetime, until: datetime
) -> list[str]:
    """The cases in which this was done in the month."""
    return [
        case.no
        for case, events in histories
        if any(event.type is type_ and since <= event.at < until for event in events)
    ]
