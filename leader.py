"""What the leading process does and no other: the clock's jobs, the delivery, the long connections."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from bot.dispatcher import Dispatcher
from models.leadership import Leadership
from models.owners import Fenced
from platforms.contract import ChatPlatform, Incoming
from scheduler.clock import PracticeClock, StepWatch
from scheduler.jobs import fixed_jobs
from scheduler.supervision import Supervisor, cancelled, pause_after
from scheduler.timetable import Timetable
from services.cases.planning import plan_anew
from services.cases.tick import CasesLeft, tick
from services.delivery.budgets import seed_budgets
from services.delivery.deliver import Delivery
from services.delivery.pushes import push_endings
from services.outbox.digest import note_tick, queue_alarm, queue_digest, set_last_tick
from services.outbox.discipline import queue_summaries
from services.outbox.leavers import sync_directory
from services.store.app import AppContext
from services.store.outage import passing
from services.upkeep.clock_steps import follow_the_clock, follow_what_was_missed
from services.upkeep.housekeeping import tidy
from web.outgoing import post

log = logging.getLogger("yousu")

#: How often an event of a long connection is offered to a database that cannot take it; about four minutes.
KEPT_TRIES = 12
#: A leader whose tick is older than so many intervals, and than so many seconds, is ill.
ILL_TICKS, ILL_SECONDS = 8, 60.0


@dataclass
class LeaderWork:
    """The work of the leader. It is made once, and done whenever this process leads; a new reign starts with `begin`.

    `reload` takes over rules and calendars that were put in force meanwhile.
    """

    app: AppContext
    platforms: dict[str, ChatPlatform]
    dispatcher: Dispatcher
    delivery: Delivery
    leadership: Leadership
    supervisor: Supervisor
    tick_seconds: float
    reload: Callable[[], Awaitable[None]]
    #: Set when something was queued, and when something was given back.
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    freed: asyncio.Event = field(default_factory=asyncio.Event)
    #: Whether it is known what was sent before this process began to lead.
    counted: bool = False
    _ticking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _ticked: float = field(default_factory=time.monotonic)
    #: How far the clock was set without everything having followed yet.
    _drift: timedelta = timedelta()
    _started: bool = False

    def __post_init__(self) -> None:
        self._steps = StepWatch(self.app.clock.now)
        self._tick_now: Callable[[], None] = _nobody

    def begin(self) -> None:
        """Start a reign: the tick is young, and what was left behind is worth a look."""
        self._ticked = time.monotonic()
        self.freed.set()

    @property
    def ticks(self) -> bool:
        """Whether the clock is looked at as often as it should be."""
        return time.monotonic() - self._ticked <= max(ILL_TICKS * self.tick_seconds, ILL_SECONDS)

    async def run(self) -> None:
        """Everything a leader does, in this reign or not at all; tasks started inside inherit that."""
        try:
            with self.leadership.fenced():
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._pick_up())
                    await self._work()
        finally:
            self.supervisor.forget()  # who stands by is not ill of what it does not do

    async def _work(self) -> None:
        """What only the leader does: every part is watched over by itself, none ends the others."""
        timetable = self._timetable()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._start(timetable))
            for name, platform in self.platforms.items():
                run = partial(platform.run, self._receive, self._alarm)
                group.create_task(self.supervisor.keep(f"platform.{name}", run))
            group.create_task(self.supervisor.repeat("delivery", self._deliver))

    async def _pick_up(self) -> None:
        """Work at once on what was given back, not when its turn comes."""
        while not cancelled():
            await self.freed.wait()
            self.freed.clear()
            try:
                await self.dispatcher.retry()
            except Fenced:
                raise
            except Exception as error:
                log.error("what was left behind waits", exc_info=error, extra={"action": "pick_up_failed"})

    def _timetable(self) -> Timetable:
        jobs = fixed_jobs(
            self.tick_seconds,
            tick=self.tick,
            retry=self.dispatcher.retry,
            tidy=self._tidy,
            clock=self._look_at_clock,
            push=partial(push_endings, self.app, post),
        )
        timetable = Timetable(jobs, self.supervisor)
        self._tick_now = partial(timetable.hurry, "tick")
        return timetable

    async def _start(self, timetable: Timetable) -> None:
        """What was missed while nobody led, then the first tick at once and the others at their pace."""
        self._started = False
        self._steps.forgive()
        self._tick_now()
        await timetable.run()

    async def tick(self) -> None:
        """Look once at what is due, and queue the morning's digest. Raises the first fault it met, after all of it."""
        async with self._ticking:
            if not self._started:
                await follow_what_was_missed(self.app)
                await plan_anew(self.app)
                self._started = True
            faults: list[Exception | None] = []
            # Faulty rules or a faulty digest are reported, and stop no case's clock.
            for work in (
                self.reload,
                self._take_steps,
                partial(queue_digest, self.app),
                partial(queue_summaries, self.app),
            ):
                faults.append(await _fault(work))
                if faults[-1] is not None and passing(faults[-1]):
                    break  # the database takes nothing now: the others would only wait as long again
            self._ticked = time.monotonic()  # the task works; what it meets is the supervisor's to say
        for fault in faults:
            if fault is not None:
                raise fault

    async def _take_steps(self) -> None:
        """Take what is due and note that it was looked for. Raises CasesLeft when some cases could not be advanced."""
        try:
            await tick(self.app)
        except CasesLeft:
            await note_tick(self.app)
            raise
        await note_tick(self.app)

    async def _look_at_clock(self) -> None:
        """Notice that somebody set the clock, and let what is paced follow it; a failure is made good next time."""
        self._drift += self._steps.step()
        if self._drift:
            async with self.delivery.at_rest(), self._ticking:
                await follow_the_clock(self.app, self._drift)
                self._drift = timedelta()
            self._tick_now()

    async def _tidy(self) -> None:
        await tidy(self.app)
        await sync_directory(self.app, self.platforms)

    async def _receive(self, incoming: Incoming) -> None:
        """An event of a long connection is not sent again: while the database cannot take it, it is kept and offered.

        Raises the last error when the database took nothing for `KEPT_TRIES` tries.
        """
        for failures in range(1, KEPT_TRIES + 1):
            try:
                return await self.dispatcher.receive(incoming)
            except Exception as error:
                if failures == KEPT_TRIES or not passing(error):
                    raise
                log.warning("an event waits for the database", extra={"action": "event_waits", "tries": failures})
            await asyncio.sleep(pause_after(failures))

    async def _deliver(self) -> None:
        """Deliver whenever something was queued, and look again every second for what has become ripe."""
        if not self.counted:
            await self.count()
        self.wake.clear()
        await self.delivery.drain()
        await self._save_counters()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                await self.wake.wait()

    async def count(self) -> None:
        """Learn what was sent before this process began to lead."""
        for counter in self.app.usage_counters.values():
            await counter.load()
        await seed_budgets(self.app, self.platforms)
        self.counted = True

    async def share_counters(self) -> None:
        """A standby that serves callbacks counts too, and knows what the leader has counted."""
        await self._save_counters()
        for counter in self.app.usage_counters.values():
            await counter.load()

    async def _save_counters(self) -> None:
        for counter in self.app.usage_counters.values():
            await counter.save()

    async def _alarm(self, code: str, detail: str) -> None:
        log.error("channel alarm", extra={"action": "alarm", "code": code})
        await queue_alarm(self.app, code, detail)

    async def turn(self, moment: datetime) -> None:
        """Practice: set the clock and do everything the new moment brings before answering; a standby only sets it."""
        if not self.leadership.standing().leads:
            if isinstance(self.app.clock, PracticeClock):
                self.app.clock.turn(moment)
            return
        with self.leadership.fenced():
            await self._turn_and_settle(moment)

    async def _turn_and_settle(self, moment: datetime) -> None:
        if not self._started:
            await self.tick()  # how long nobody looked is known only before the clock is turned
        await self.delivery.drain()
        async with self._ticking:
            if isinstance(self.app.clock, PracticeClock):
                self.app.clock.turn(moment)
                self._steps.forgive()
            await set_last_tick(moment)
        await self.tick()
        await self.delivery.drain()


def _nobody() -> None:
    """No timetable runs yet."""


async def _fault(work: Callable[[], Awaitable[object]]) -> Exception | None:
    try:
        await work()
    except Exception as error:
        return error
    return None
