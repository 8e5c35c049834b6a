"""每日对账: each working morning the managers hear what was due, what was delivered and what failed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from domain.events import EventType
from domain.messages import ALARM, DIGEST
from domain.office_hours import TZ
from domain.tellings import owed
from domain.vocabulary import Role, State
from models.bookkeeping import MetaRow
from models.cases import CaseRow, EventRow, StepRow
from models.database import transaction
from models.expressions import Q
from models.people import Centre
from models.queues import InboxRow, OutboxRow
from services.directory.people import people
from services.store.app import AppContext
from services.store.event_store import read_many
from services.store.heads import keep_head, short
from services.store.statistics import summary

#: Most failures the digest names; the rest is counted.
NAMED = 10
#: A pause of the tick shorter than this many office minutes is no news.
GAP_MINUTES = 10

#: Month and day from which next year's holidays are asked for: the notice has come out between then and December.
CALENDAR_FROM = (10, 20)
#: A centre hears the digest when one of these is not zero.
_NEWS = ("open", "planned", "delivered", "failed_count", "gap_minutes", "inbox_failed", "untold")

#: When the tick last ran, among the facts of the deployment.
LAST_TICK = "last_tick"
_GAP = "gap_minutes"
_DIGEST = "digest_day"


async def note_tick(app: AppContext) -> None:
    """Remember that the clock looked, and how long it had not before."""
    now = app.clock.now()
    async with transaction():
        last = await MetaRow.get_or_none(key=LAST_TICK)
        if last is not None:
            gap = app.calendar.minutes_between(datetime.fromisoformat(last.value), now)
            if gap >= GAP_MINUTES:
                await _put(_GAP, str(gap))
        await _put(LAST_TICK, now.isoformat())


async def set_last_tick(now: datetime) -> None:
    """The clock was turned on purpose: what lies between is no gap."""
    await _put(LAST_TICK, now.isoformat())


async def last_tick() -> datetime | None:
    """When the tick last ran."""
    row = await MetaRow.get_or_none(key=LAST_TICK)
    return datetime.fromisoformat(row.value) if row else None


async def _put(key: str, value: str) -> None:
    await MetaRow.update_or_create(key=key, defaults={"value": value})


async def queue_digest(app: AppContext) -> bool:
    """Queue today's digest once, from opening on a working day. False when it is not time or it was queued before.

    The first tick of every day, working or not, keeps the daily head that the next digest posts.
    """
    head = await keep_head(app)
    now = app.clock.now()
    today = now.astimezone(TZ).date()
    if not app.calendar.is_workday(today) or now < app.calendar.opening(today):
        return False
    done = await MetaRow.get_or_none(key=_DIGEST)
    if done is None:
        # The first morning has nothing to reconcile.
        async with transaction():
            await _put(_DIGEST, today.isoformat())
        return False
    if done.value == today.isoformat():
        return False
    since = app.calendar.opening(app.calendar.shift(today, -1))
    gap = await MetaRow.get_or_none(key=_GAP)
    posted = {"day": head.day, "code": short(head), "cases": head.cases, "place": head.id}
    for centre in await Centre.all():
        # Each centre by itself: nobody waits for all of them, and what was queued before a stop is not queued again.
        async with transaction():
            facts = await _facts(app, centre.id, since, int(gap.value) if gap else 0) | {"head": posted}
            if any(facts[name] for name in _NEWS):
                await _queue(app, centre.id, today.isoformat(), facts)
    async with transaction():
        await _put(_DIGEST, today.isoformat())
        await MetaRow.filter(key=_GAP).delete()
    app.wake()
    return True


async def _facts(app: AppContext, centre: int, since: datetime, gap: int) -> dict[str, Any]:
    now = app.clock.now()
    counts = await summary(centre, now)
    mine = OutboxRow.filter(case__centre_id=centre)
    failed = await mine.filter(state="failed", created_at__gte=since).order_by("id").limit(NAMED)
    numbers = dict(await CaseRow.filter(id__in=[row.case_id for row in failed]).values_list("id", "no"))
    return {
        "day": now.astimezone(TZ).date().isoformat(),
        "open": counts.open,
        "due_today": counts.due_today,
        "overdue": counts.overdue,
        "planned": await StepRow.filter(case__centre_id=centre, at__gte=since, outcome="sent").count(),
        "delivered": await mine.filter(state="sent", sent_at__gte=since).count(),
        "pending": await mine.filter(state__in=["pending", "leased"]).count(),
        "failed_count": await mine.filter(state="failed", created_at__gte=since).count(),
        "failed": [{"no": numbers.get(row.case_id, ""), "what": row.kind, "code": row.error or ""} for row in failed],
        "reminders": await _reminders(centre, since),
        "external_missed": await _hotline_missed(centre, since),
        "untold": await _untold(app, centre),
        "gap_minutes": gap,
        "calendar_year": _unpublished(app, now),
        "inbox_failed": await InboxRow.filter(state="failed", received_at__gte=since - timedelta(days=1)).count(),
    }


async def _reminders(centre: int, since: datetime) -> dict[str, int]:
    """What became of every reminder the clock queued since: each is counted in one place, so they add up to `all`."""
    counts = dict.fromkeys(("all", "sent", "needless", "failed", "waiting"), 0)
    queued = OutboxRow.filter(case__centre_id=centre, created_at__gte=since)
    for row in await queued.values("state", "payload"):
        if "step" not in (row["payload"] or {}):
            continue
        counts["all"] += 1
        counts[_BECAME.get(row["state"], "waiting")] += 1
    return counts


#: What becomes of a queued message, in the words of the digest; what is not here still waits.
_BECAME = {"sent": "sent", "dropped": "needless", "failed": "failed"}


async def _hotline_missed(centre: int, since: datetime) -> list[str]:
    """Cases whose result the hotline wanted by a moment that has passed since the last digest (通知第三条（二）)."""
    passed = EventRow.filter(type=EventType.EXTERNAL_DUE.value, at__gte=since, case__centre_id=centre)
    return [str(no) for no in await passed.order_by("id").values_list("case__no", flat=True)]


async def _untold(app: AppContext, centre: int) -> list[str]:
    """Cases whose complainant must still be told of a transfer, a channel or a plan (`domain.tellings`)."""
    going = Q(state__in=[State.PLANNED.value, State.REFERRED.value])
    given = Q(state=State.TRANSFERRED.value, next_due_at__isnull=False)
    ids = await CaseRow.filter(going | given, centre_id=centre).values_list("id", flat=True)
    return [
        record.case.no for record in await read_many([int(str(id_)) for id_ in ids], app.sealer) if owed(record.case)
    ]


def _unpublished(app: AppContext, now: datetime) -> int:
    """Next year while its holidays are not imported and it is time to (from 20 October), else 0."""
    today = now.astimezone(TZ).date()
    due = (today.month, today.day) >= CALENDAR_FROM and app.calendar.is_provisional(date(today.year + 1, 7, 1))
    return today.year + 1 if due else 0


async def _queue(app: AppContext, centre: int, day: str, facts: dict[str, Any]) -> None:
    readers = {card.id: card for role in (Role.MANAGER, Role.LEAD) for card in await people(centre, role=role)}
    opening = app.calendar_of(centre).next_open(app.clock.now())
    for person_id in readers:
        key = f"digest/{day}/{centre}/p{person_id}"
        if await OutboxRow.filter(key=key).exists():  # queued before, while the clock stood on this day by mistake
            continue
        await OutboxRow.create(
            key=key,
            kind=DIGEST.name,
            person_id=person_id,
            payload=facts,
            not_before=opening,
            created_at=app.clock.now(),
        )


async def queue_alarm(
    app: AppContext, code: str, detail: str, *, about: str = "", centre_id: int | None = None
) -> None:
    """Tell the managers at once what only a person can mend; the same alarm `about` the same at most once an hour.

    Without `centre_id` it concerns every centre.
    """
    now = app.clock.now()
    hour = now.strftime("%Y%m%d%H")
    async with transaction():
        for centre in await (Centre.all() if centre_id is None else Centre.filter(id=centre_id)):
            for person in await people(centre.id, role=Role.MANAGER):
                key = f"alarm/{code}{about}/{hour}/p{person.id}"
                if not await OutboxRow.filter(key=key).exists():
                    await OutboxRow.create(
                        key=key,
                        kind=ALARM.name,
                        person_id=person.id,
                        payload={"code": code, "detail": detail},
                        urgent=True,
                        not_before=now,
                        created_at=now,
                    )
    app.wake()
