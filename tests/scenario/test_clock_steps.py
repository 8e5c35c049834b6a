"""The machine's clock is set while the bot runs: by an hour, by a day, forward, back, there and back again."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from domain.office_hours import TZ
from models.cases import CaseRow
from models.queues import InboxRow, OutboxRow
from services.outbox.digest import last_tick, set_last_tick
from tests.kit.town import COMPLAINT, Town, running_town
from tests.kit.town_fixtures import on_both_databases

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
#: Every step, and every excursion that ends where it began.
STEPS = [(-HOUR,), (HOUR,), (-DAY,), (DAY,), (HOUR, -HOUR), (-HOUR, HOUR), (DAY, -DAY), (-DAY, DAY)]
MOST = 40.0


@pytest.fixture
async def town(town_url: str, start: str) -> AsyncIterator[Town]:
    """A town whose bot ticks by itself, as in production."""
    async with running_town(town_url, start=start, YOUSU_TICK_SECONDS="0.5") as town:
        yield town


async def set_clock(town: Town, by: timedelta) -> None:
    """Somebody sets the machine's clock behind the bot's back; returns when the bot has ticked twice by the new one."""
    clock = town.app.clock
    clock.turn(clock.now() + by)
    for _ in range(2):
        after = clock.now()

        async def ticked(after: datetime = after) -> bool:
            last = await last_tick()
            return last is not None and after <= last <= clock.now()

        await town.until(ticked, "no tick after the clock was set", most=MOST)


async def pushed(town: Town, number: str) -> str:
    """The hotline, whose clock is right by the bot's, pushes a complaint; its number."""
    body = json.dumps({**COMPLAINT, "external_no": number}, ensure_ascii=False).encode()
    status, answer = await town.request("POST", "/api/v1/complaints", body)
    assert status == 201, answer
    return str(answer["case_no"])


async def ready(town: Town) -> tuple[int, dict]:
    async with town.session.get(f"{town.url}/readyz") as answer:
        return answer.status, await answer.json()


@on_both_databases
@pytest.mark.parametrize("steps", STEPS, ids=str)
async def test_nothing_waits_for_a_time_that_does_not_come(town: Town, steps: tuple[timedelta, ...]):
    """Ticks go on, complaints are taken in and told of, and what waited seconds waits seconds."""
    for step in steps:
        await set_clock(town, step)
        limits = await CaseRow.all().order_by("id").values_list("id", "due_at")
        for number in range(5):
            no = await pushed(town, f"{step} {number}")
        await town.expect_soon("app", no, user="wangmin")
        assert dict(limits).items() <= dict(await CaseRow.all().values_list("id", "due_at")).items()
    status, body = await ready(town)
    assert status == 200, body
    assert 0 <= body["tick_age_seconds"] < 60


@pytest.mark.parametrize("by", [-HOUR, -DAY], ids=str)
async def test_what_was_queued_before_the_clock_was_set_back_goes_out(town: Town, by: timedelta):
    now = town.app.clock.now()
    no = await town.push()
    row = await OutboxRow.filter(kind="confirm").first() or await OutboxRow.all().order_by("-id").first()
    assert row is not None, no
    common = {"kind": row.kind, "case_id": row.case_id, "person_id": row.person_id, "payload": row.payload}
    fresh = await OutboxRow.create(key="t/fresh", **common, not_before=now, created_at=now + timedelta(seconds=1))
    await OutboxRow.filter(id=fresh.id).update(not_before=now + timedelta(seconds=1))
    tried = await OutboxRow.create(
        key="t/tried", **common, not_before=now + timedelta(seconds=20), created_at=now, attempts=1
    )
    leased = await OutboxRow.create(
        key="t/leased", **common, not_before=now, created_at=now, attempts=1, state="leased",
        lease_until=now + timedelta(seconds=5),
    )  # fmt: skip
    stored = await InboxRow.create(
        platform="wecom", event_key="t", kind="other", received_at=now, next_try_at=now + timedelta(seconds=20),
        payload=town.app.sealer.seal(_event(now), "inbox:wecom"),
    )  # fmt: skip
    await set_clock(town, by)

    async def all_done() -> bool:
        states = await OutboxRow.filter(id__in=[fresh.id, tried.id, leased.id]).values_list("state", flat=True)
        done = (await InboxRow.get(id=stored.id)).state == "done"
        return done and not {"pending", "leased"} & set(states)

    await town.until(all_done, "something waits for the old time", most=60)


def _event(now: datetime) -> dict:
    return {
        "platform": "wecom", "event_key": "t", "kind": "other", "account": "chenjing", "at": now.isoformat(),
        "chat_id": None, "text": "", "key": "", "card_id": "", "reply_to": {},
    }  # fmt: skip


async def test_a_department_is_not_woken_at_night_by_a_message_of_a_wrong_day(town: Town):
    """Queued while the clock stood on another day at ten; it is three at night, so it waits for nine."""
    no = await town.dispatched()
    row = await OutboxRow.filter(kind="task").first()
    assert row is not None, no
    await town.stop_bot()
    wrong = datetime(2026, 11, 25, 10, 0, tzinfo=TZ)
    again = await OutboxRow.create(
        key="t/night", kind="task", case_id=row.case_id, department_id=row.department_id, payload=row.payload,
        not_before=wrong, created_at=wrong,
    )  # fmt: skip
    await set_last_tick(wrong)
    await town.turn_city("11-24 03:00")
    await town.start_bot()

    async def planned() -> bool:
        return (await OutboxRow.get(id=again.id)).not_before == datetime(2026, 11, 24, 9, 0, tzinfo=TZ)

    await town.until(planned, "it was not planned again", most=MOST)
    assert (await OutboxRow.get(id=again.id)).state == "pending"


async def test_a_tick_of_the_future_is_not_ready(town: Town):
    await set_last_tick(town.app.clock.now() + HOUR)
    status, body = await ready(town)
    assert status == 503
    assert body["tick_age_seconds"] < -3000


async def test_a_wrong_day_that_was_corrected_does_not_stop_the_digest_of_that_day(town: Town):
    """The digest of tomorrow was queued while the clock stood on tomorrow by mistake; tomorrow comes all the same."""
    await town.dispatched()
    await set_clock(town, timedelta(days=1, hours=1))
    await set_clock(town, -timedelta(days=1, hours=1))
    await town.turn("11-24 09:30")
    status, body = await ready(town)
    assert (status, body["tasks"]) == (200, [])


@pytest.mark.parametrize("by", [-HOUR, -DAY], ids=str)
async def test_no_key_is_called_too_fast_because_the_clock_was_set_back(town: Town, by: timedelta):
    for _ in range(30):
        assert (await town.request("GET", "/api/v1/complaints/YS20261123-0001"))[0] == 404
    await set_clock(town, by)
    second_over = town.app.clock.now() + timedelta(seconds=1)
    await town.until(lambda: town.app.clock.now() > second_over, "time stands still", most=MOST)
    for _ in range(30):
        assert (await town.request("GET", "/api/v1/complaints/YS20261123-0001"))[0] == 404
