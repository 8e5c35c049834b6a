"""One running process: its doors are always open; long connections, tick and delivery only while it leads."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from bot.cards.drawing import draw
from bot.dispatcher import Dispatcher
from models.leadership import Leadership
from models.owners import Fenced
from platforms.contract import ChatPlatform, Health, Incoming
from scheduler.clock import PracticeClock, StepWatch
from scheduler.jobs import fixed_jobs
from scheduler.supervision import Supervisor, contains, pause_after
from scheduler.timetable import Timetable
from services.cases.tick import CasesLeft, tick
from services.delivery.budgets import seed_budgets
from services.delivery.deliver import Delivery, install_prefix
from services.delivery.inbox import give_back_dropped
from services.outbox.digest import last_tick, note_tick, queue_alarm, queue_digest, set_last_tick
from services.outbox.leavers import call_the_roll
from services.rules.calendar_import import newest_table
from services.rules.rulebook import newest_rules
from services.store.app import Office
from services.store.background import Background
from services.store.key_check import WrongDataKey, check_data_key
from services.store.outage import passing
from services.upkeep.clock_steps import follow_the_clock, follow_what_was_missed
from services.upkeep.health_counts import disk
from services.upkeep.housekeeping import tidy
from settings import Settings
from shipped import furnish
from watchdog import ALIVE, READY, notify
from web.app import create_app
from web.deps import Deps, Key
from web.guard import listen

log = logging.getLogger("yousu")

#: How often an event of a long connection is offered to a database that cannot take it; about four minutes.
KEPT_TRIES = 12
#: How often a process shows that it lives and looks whether the others do, in seconds; and after the database was lost.
LOOK_SECONDS, LOST_SECONDS = 1.0, 0.3
#: Every so many looks it gives back events it dropped, and a standby reads the rules of the day.
SELDOM = 5
#: A leader whose tick is older than so many intervals, and than so many seconds, is ill.
ILL_TICKS, ILL_SECONDS = 8, 60.0


@dataclass
class Server:
    """One `yousu serve` process: doors always open, long connections, tick and delivery only while it leads."""

    settings: Settings
    office: Office
    platforms: dict[str, ChatPlatform]
    background: Background = field(default_factory=Background)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _ticking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _leading: bool = False
    _leader_task: asyncio.Task[None] | None = None
    _freed: asyncio.Event = field(default_factory=asyncio.Event)
    _ticked: float = field(default_factory=time.monotonic)
    _furniture: tuple[int, int] | None = None
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _wrong_key: WrongDataKey | None = None
    #: How far the clock was set without everything having followed yet.
    _drift: timedelta = timedelta()
    _started: bool = False
    #: Whether it is known what was sent before this process began to lead.
    _counted: bool = False

    def __post_init__(self) -> None:
        self._steps = StepWatch(self.office.clock.now)
        self._tick_now: Callable[[], None] = _nobody
        self.supervisor = Supervisor(self.office.clock.now, partial(queue_alarm, self.office, "task_ill"), ends=Fenced)
        self.office.wake = self._wake.set
        self.delivery = Delivery(self.office, self.platforms, draw)
        self.dispatcher = Dispatcher(self.office, self.platforms, self.background)
        self.leadership = Leadership(
            self.settings["YOUSU_DATABASE_URL"], self.office.clock.now(), self.office.hands.drop
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set. Raises WrongDataKey, also when the keys in use change meanwhile."""
        self._stop = stop
        await check_data_key(self.office.sealer)
        await self._refurnish()
        self.dispatcher.install = self.delivery.install = await install_prefix()
        await self.leadership.try_lead()  # what comes in from now on is leased in this process's name
        await self._keep_practice_time()
        if self.leadership.standing().leads:
            await self._count()  # before anybody is answered
        runner = await listen(create_app(self._deps()), self.settings["YOUSU_HTTP_HOST"], self.settings.port)
        try:
            log.info("ready", extra={"action": "ready", "port": self.settings.port})
            notify(READY)
            await self._lead_until(stop)
        finally:
            await runner.cleanup()
            await self.background.stop()
            for platform in self.platforms.values():
                await platform.close()
        if self._wrong_key is not None:
            raise self._wrong_key

    async def _lead_until(self, stop: asyncio.Event) -> None:
        looks = 0
        try:
            while not stop.is_set():
                self._leading = await self.leadership.try_lead()
                await self._start_or_stop_work()
                lost = self.leadership.standing().lost
                if not lost:
                    await self._look(seldom=looks % SELDOM == 0)
                if self._works():
                    notify(ALIVE)
                looks += 1
                await self.leadership.pause(stop, LOST_SECONDS if lost else LOOK_SECONDS)
        finally:
            self._leading = False
            await self._start_or_stop_work()
            await self.leadership.resign()

    async def _start_or_stop_work(self) -> None:
        work = self._leader_task
        if work is not None and work.done():
            self._leader_task, self._counted = None, False
            if not work.cancelled() and not _fenced(work.exception()):
                work.result()
        elif work is not None and not self._leading:
            self._leader_task, self._counted = None, False
            await _cancel(work)
        if self._leading and self._leader_task is None:
            self._ticked = time.monotonic()
            self._freed.set()
            self._leader_task = self.background.spawn(self._reign(), "leader")

    async def _look(self, *, seldom: bool) -> None:
        """Take over from the dead, stand by, give back what this process dropped; a failure is made good next time."""
        try:
            if self._leading:
                freed = await self.leadership.take_over(self.office.clock.now())
                if freed.inbox:
                    self._freed.set()
                if freed.outbox:
                    self.office.wake()
            elif seldom:
                # A standby takes complaints in as well, under the rules of the day.
                await self._refurnish()
                await self._share_tallies()
            if seldom and await give_back_dropped(self.office):
                self._freed.set()
        except Exception as error:
            await self.supervisor.ill("look", error)
        else:
            await self.supervisor.well("look")

    async def _reign(self) -> None:
        """Everything a leader does, in this reign or not at all; tasks started inside inherit that."""
        with self.leadership.fenced():
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pick_up())
                await self._work()

    async def _keep_practice_time(self) -> None:
        """Practice: go on where the last leader's clock was until the city says what time it is."""
        clock, last = self.office.clock, await last_tick()
        if isinstance(clock, PracticeClock) and not clock.turned and last is not None:
            clock.turn(last)

    async def _pick_up(self) -> None:
        """Work at once on what was given back, not when its turn comes."""
        while True:
            await self._freed.wait()
            self._freed.clear()
            try:
                await self.dispatcher.retry()
            except Fenced:
                raise
            except Exception as error:
                log.error("what was left behind waits", exc_info=error, extra={"action": "pick_up_failed"})

    def _works(self) -> bool:
        """Whether the work of this process goes on: a leader must tick, a standby only look."""
        if not self._leading:
            return True
        young = time.monotonic() - self._ticked <= max(ILL_TICKS * self.settings.tick_seconds, ILL_SECONDS)
        return young and self._leader_task is not None and not self._leader_task.done()

    async def _work(self) -> None:
        """What only the leader does: every part is watched over by itself, none ends the others."""
        self.supervisor.forget()
        timetable = self._timetable()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._start(timetable))
            for name, platform in self.platforms.items():
                run = partial(platform.run, self._receive, self._alarm)
                group.create_task(self.supervisor.keep(f"platform.{name}", run))
            group.create_task(self.supervisor.repeat("delivery", self._deliver))

    def _timetable(self) -> Timetable:
        jobs = fixed_jobs(
            self.settings.tick_seconds,
            tick=self._tick,
            retry=self.dispatcher.retry,
            tidy=self._tidy,
            clock=self._look_at_clock,
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

    async def _tick(self) -> None:
        async with self._ticking:
            if not self._started:
                await follow_what_was_missed(self.office)
                self._started = True
            # Faulty rules or a faulty digest are reported, and stop no case's clock.
            faults = [await _fault(self._refurnish), await _fault(partial(tick, self.office))]
            if faults[1] is None or isinstance(faults[1], CasesLeft):
                await note_tick(self.office)
            faults.append(await _fault(partial(queue_digest, self.office)))
            self._ticked = time.monotonic()  # the task works; what it meets is the supervisor's to say
        for fault in faults:
            if fault is not None:
                raise fault

    async def _look_at_clock(self) -> None:
        """Notice that somebody set the clock, and let what is paced follow it; a failure is made good next time."""
        self._drift += self._steps.step()
        if self._drift:
            async with self.delivery.at_rest(), self._ticking:
                await follow_the_clock(self.office, self._drift)
                self._drift = timedelta()
            self._tick_now()

    async def _refurnish(self) -> None:
        """A calendar or rules put in force from the command line count from the next tick on."""
        try:
            await check_data_key(self.office.sealer)
        except WrongDataKey as error:
            # Sealing on under a key that is being given up would leave rows nobody can open.
            self._wrong_key = error
            self._stop.set()
            raise
        newest = (await newest_table(), await newest_rules())
        if newest != self._furniture:
            await furnish(self.office)
            self._furniture = newest

    async def _tidy(self) -> None:
        await tidy(self.office)
        await call_the_roll(self.office, self.platforms)

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
        if not self._counted:
            await self._count()
        self._wake.clear()
        await self.delivery.drain()
        await self._save_tallies()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), 1.0)

    async def _count(self) -> None:
        """Learn what was sent before this process began to lead."""
        for tally in self.office.tallies.values():
            await tally.load()
        await seed_budgets(self.office, self.platforms)
        self._counted = True

    async def _share_tallies(self) -> None:
        """A standby that serves callbacks counts too, and knows what the leader has counted."""
        await self._save_tallies()
        for tally in self.office.tallies.values():
            await tally.load()

    async def _save_tallies(self) -> None:
        for tally in self.office.tallies.values():
            await tally.save()

    async def _alarm(self, code: str, detail: str) -> None:
        log.error("channel alarm", extra={"action": "alarm", "code": code})
        await queue_alarm(self.office, code, detail)

    async def _turn(self, moment: datetime) -> None:
        """Practice: set the clock and do everything the new moment brings before answering; a standby only sets it."""
        if not self.leadership.standing().leads:
            if isinstance(self.office.clock, PracticeClock):
                self.office.clock.turn(moment)
            return
        with self.leadership.fenced():
            await self._turn_and_settle(moment)

    async def _turn_and_settle(self, moment: datetime) -> None:
        if not self._started:
            await self._tick()  # how long nobody looked is known only before the clock is turned
        await self.delivery.drain()
        async with self._ticking:
            if isinstance(self.office.clock, PracticeClock):
                self.office.clock.turn(moment)
                self._steps.forgive()
            await set_last_tick(moment)
        await self._tick()
        await self.delivery.drain()

    def _health(self) -> list[Health]:
        if not self._leading:
            lost = self.leadership.standing().lost
            return [Health("standby", not lost, "与数据库的连接断了，正在重连" if lost else "另一进程在值守")]
        ill = not self._works()
        leader = Health("leader", not ill, "值守但没有在工作，请查看日志" if ill else "值守中")
        return [leader, *(item for platform in self.platforms.values() for item in platform.health())]

    def _deps(self) -> Deps:
        keys = {key.id: Key(key.secret, key.centre) for key in self.settings.intake_keys.values()}
        return Deps(
            office=self.office,
            platforms=self.platforms,
            doors={path: door for platform in self.platforms.values() for path, door in platform.doors().items()},
            accept=self.dispatcher.accept,
            intake_keys=keys,
            health=self._health,
            illnesses=self.supervisor.illnesses,
            disk=partial(disk, self.settings["YOUSU_DATABASE_URL"]),
            tick_seconds=self.settings.tick_seconds,
            practice=self._turn if self.settings.practice else None,
        )


def _nobody() -> None:
    """No timetable runs yet."""


async def _fault(work: Callable[[], Awaitable[object]]) -> Exception | None:
    try:
        await work()
    except Exception as error:
        return error
    return None


def _fenced(error: BaseException | None) -> bool:
    """Whether the work ended because another process leads now."""
    return error is not None and contains(error, Fenced)


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
