"""The inbox as documented: five tries at growing pauses, each counted once; all that waits is tried, not a handful."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from main import build_app
from models import owners
from models.queues import InboxRow
from platforms.contract import Incoming, IncomingKind, Place, Recipient, TryLater
from platforms.wecom.client import MEMBER_LIMITS
from platforms.wecom.config import WeComConfig
from platforms.wecom.platform import WeCom
from services.delivery.budgets import IN_HAND, UNWRITTEN, seed_budgets
from services.delivery.inbox import BATCH, Answered, give_back_dropped, remember, retry, work
from services.store.app import AppContext
from services.store.background import Background
from settings import Settings, load

BACKGROUND = Background()
START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
#: Seconds after the event at which it is tried: at once, then after 5 s, 30 s, 2 min and 10 min more.
TRIES = (0, 5, 35, 155, 755)


class Clock:
    """A clock that is set."""

    def __init__(self) -> None:
        self.seconds = 0

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    paced = now


def clock_of(app: AppContext) -> Clock:
    assert isinstance(app.clock, Clock)
    return app.clock


def an_event(key: str = "e1") -> Incoming:
    return Incoming("wecom", key, IncomingKind.TEXT, "chenjing", START, text="/我的")


@pytest.fixture
async def app(database: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AppContext]:
    """An office on either database whose clock is set by hand."""
    monkeypatch.setenv("YOUSU_DATA_KEY", "cHJhY3RpY2UtcHJhY3RpY2UtcHJhY3RpY2UtMTIzNDU=")
    settings: Settings = load()
    made = build_app(settings)
    made.clock = Clock()
    yield made
    owners.become(None)


async def fail(_: Incoming) -> Answered:
    raise RuntimeError("broken")


async def test_an_event_is_tried_five_times_at_the_documented_moments(app: AppContext) -> None:
    tried: list[int] = []

    async def handle(_: Incoming) -> Answered:
        tried.append(clock_of(app).seconds)
        raise RuntimeError("broken")

    event = an_event()
    row_id = await remember(app, event)
    assert row_id is not None
    assert not await work(app, BACKGROUND, row_id, event, handle)
    for second in range(1, 4000):
        clock_of(app).seconds = second
        if second % 5 == 0 or second < 60:
            await retry(app, BACKGROUND, handle)
        if second > TRIES[-1] + 20:
            break
    assert tried == list(TRIES)
    row = await InboxRow.get(id=row_id)
    assert (row.state, row.attempts, row.error) == ("failed", len(TRIES), "RuntimeError")


async def test_one_retry_tries_everything_that_waits(app: AppContext) -> None:
    count = BATCH * 3 + 1
    for n in range(count):
        event = an_event(f"e{n}")
        await work(app, BACKGROUND, await remember(app, event) or 0, event, fail)
    clock_of(app).seconds = 5
    done: list[str] = []

    async def handle(event: Incoming) -> Answered:
        done.append(event.event_key)
        return Answered()

    assert await retry(app, BACKGROUND, handle) == count
    assert done == [f"e{n}" for n in range(count)]
    assert await InboxRow.filter(state="done").count() == count


async def test_a_long_first_try_is_nobody_elses_however_late_it_gets(app: AppContext) -> None:
    owners.become("a" * 15)
    began, go_on, seen = asyncio.Event(), asyncio.Event(), 0

    async def slow(_: Incoming) -> Answered:
        nonlocal seen
        seen += 1
        began.set()
        await go_on.wait()
        return Answered()

    event = an_event()
    first = asyncio.ensure_future(work(app, BACKGROUND, await remember(app, event) or 0, event, slow))
    await began.wait()
    clock_of(app).seconds = 3600
    assert await retry(app, BACKGROUND, slow) == 0
    assert await give_back_dropped(app) == 0
    assert await remember(app, event) is None
    go_on.set()
    assert await first
    assert seen == 1


async def test_what_was_dropped_by_a_living_process_is_given_back(app: AppContext) -> None:
    owners.become("a" * 15)
    event = an_event()
    began = asyncio.Event()

    async def hang(_: Incoming) -> Answered:
        began.set()
        await asyncio.Event().wait()
        raise AssertionError("nobody sets it")

    task = asyncio.ensure_future(work(app, BACKGROUND, await remember(app, event) or 0, event, hang))
    await began.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await give_back_dropped(app) == 1
    done: list[str] = []

    async def handle(event: Incoming) -> Answered:
        done.append(event.event_key)
        return Answered()

    assert await retry(app, BACKGROUND, handle) == 1
    assert done == ["e1"]


async def test_before_a_process_takes_another_name_it_stops_what_it_has_in_hand(app: AppContext) -> None:
    owners.become("a" * 15)
    begun, waiting = an_event("begun"), an_event("waiting")
    ids = [await remember(app, event) for event in (begun, waiting)]
    began, acted = asyncio.Event(), []

    async def slow(event: Incoming) -> Answered:
        began.set()
        await asyncio.Event().wait()
        acted.append(event.event_key)
        return Answered()

    task = asyncio.ensure_future(work(app, BACKGROUND, ids[0] or 0, begun, slow))
    await began.wait()
    await app.hands.drop()
    assert task.cancelled()
    with pytest.raises(owners.Fenced):
        await work(app, BACKGROUND, ids[1] or 0, waiting, slow)
    assert acted == []
    assert await InboxRow.filter(state="pending", attempts=0).count() == 2


async def test_an_event_whose_answer_waits_for_its_turn_is_in_hand_until_it_is_said(app: AppContext) -> None:
    """The budget of the next process knows what was said of it; a process that dies leaves the event to another."""
    owners.become("a" * 15)
    her, group = Recipient(Place.PERSON, "chenjing"), Recipient(Place.CHAT, "g1")
    turn = asyncio.Event()

    async def last() -> Answered:
        await turn.wait()
        return Answered([group])

    async def handle(_: Incoming) -> Answered:
        return Answered([her], last)

    event = an_event()
    row_id = await remember(app, event) or 0
    assert await work(app, BACKGROUND, row_id, event, handle)
    row = await InboxRow.get(id=row_id)
    assert (row.state, row.owner, row.answered) == ("pending", "a" * 15, [["person", "chenjing"]])
    assert await give_back_dropped(app) == 0, "it is in hand"
    await BACKGROUND.stop()
    assert await give_back_dropped(app) == 1, "and when it is dropped it is tried again"

    turn.set()
    assert await retry(app, BACKGROUND, handle) == 1
    async with asyncio.timeout(10):
        await asyncio.gather(*BACKGROUND.tasks())
    row = await InboxRow.get(id=row_id)
    assert row.state == "done"
    assert row.answered == [["person", "chenjing"], ["person", "chenjing"], ["chat", "g1"]]


@pytest.mark.parametrize("in_hand", [10, 600])
async def test_what_a_killed_process_may_have_answered_unnoted_counts_in_the_next_ones_budget(
    app: AppContext, in_hand: int
) -> None:
    """Each event in hand may have been answered with a card and words, but no more were than a minute allows."""
    owners.become("a" * 15)
    for n in range(in_hand):
        await remember(app, an_event(f"e{n}"))
    wecom = WeCom(WeComConfig(corp_id="c", agent_id=1, secret="s"), app.clock.paced)
    await seed_budgets(app, {"wecom": wecom})
    assert free(wecom, "chenjing") == max(0, MEMBER_LIMITS[0][0] - in_hand * IN_HAND - UNWRITTEN)
    clock_of(app).seconds += 61
    assert free(wecom, "chenjing") == MEMBER_LIMITS[0][0], "the hour's budget is not spent by it"


def free(wecom: WeCom, member: str) -> int:
    """How many messages may go to this member now; spends them."""
    taken = 0
    with contextlib.suppress(TryLater):
        while True:
            with wecom.client._members.spending(member):
                taken += 1
    return taken
