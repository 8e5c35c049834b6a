"""One running process: its doors are always open; what leads is done only while it leads (`leader`)."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from functools import partial

from bot.cards.drawing import draw
from bot.dispatcher import Dispatcher
from in_force import load_in_force
from leader import LeaderWork
from models.leadership import Leadership
from models.owners import Fenced
from platforms.contract import ChatPlatform, Health
from scheduler.clock import PracticeClock
from scheduler.supervision import Supervisor, contains
from services.delivery.deliver import Delivery, deployment_id_of
from services.delivery.inbox import give_back_dropped
from services.outbox.digest import last_tick, queue_alarm
from services.rules.calendar_import import newest_table
from services.rules.rulebook import newest_rules
from services.store.app import AppContext
from services.store.background import Background
from services.store.key_check import WrongDataKey, check_data_key
from services.upkeep.health_counts import disk
from settings import Settings
from watchdog import ALIVE, READY, notify
from web.app import create_app
from web.deps import Deps, Key
from web.guard import listen

log = logging.getLogger("yousu")

#: How often a process shows that it lives and looks whether the others do, in seconds; and after the database was lost.
LOOK_SECONDS, LOST_SECONDS = 1.0, 0.3
#: Every so many looks it gives back events it dropped, and a standby reads the rules of the day.
SELDOM = 5


@dataclass
class Server:
    """One `yousu serve` process: doors always open, long connections, tick and delivery only while it leads."""

    settings: Settings
    app: AppContext
    platforms: dict[str, ChatPlatform]
    background: Background = field(default_factory=Background)
    _leading: bool = False
    _leader_task: asyncio.Task[None] | None = None
    _in_force: tuple[int, int] | None = None
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _wrong_key: WrongDataKey | None = None

    def __post_init__(self) -> None:
        self.supervisor = Supervisor(self.app.clock.now, partial(queue_alarm, self.app, "task_ill"), ends=Fenced)
        self.delivery = Delivery(self.app, self.platforms, draw)
        self.dispatcher = Dispatcher(self.app, self.platforms, self.background)
        self.leadership = Leadership(self.settings["YOUSU_DATABASE_URL"], self.app.clock.now(), self.app.hands.drop)
        self.leader = LeaderWork(
            self.app,
            self.platforms,
            self.dispatcher,
            self.delivery,
            self.leadership,
            self.supervisor,
            self.settings.tick_seconds,
            self._reload,
        )
        self.app.wake = self.leader.wake.set

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set. Raises WrongDataKey, also when the keys in use change meanwhile."""
        self._stop = stop
        await check_data_key(self.app.sealer)
        await self._reload()
        self.dispatcher.deployment_id = self.delivery.deployment_id = await deployment_id_of()
        await self.leadership.try_lead()  # what comes in from now on is leased in this process's name
        await self._keep_practice_time()
        if self.leadership.standing().leads:
            await self.leader.count()  # before anybody is answered
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
            self._leader_task, self.leader.counted = None, False
            if not work.cancelled() and not _fenced(work.exception()):
                work.result()
        elif work is not None and not self._leading:
            self._leader_task, self.leader.counted = None, False
            await _cancel(work)
        if self._leading and self._leader_task is None:
            self.leader.begin()
            self._leader_task = self.background.spawn(self.leader.run(), "leader")

    async def _look(self, *, seldom: bool) -> None:
        """Take over from the dead, stand by, give back what this process dropped; a failure is made good next time."""
        try:
            if self._leading:
                freed = await self.leadership.take_over(self.app.clock.now())
                if freed.inbox:
                    self.leader.freed.set()
                if freed.outbox:
                    self.app.wake()
            elif seldom:
                # A standby takes complaints in as well, under the rules of the day.
                await self._reload()
                await self.leader.share_counters()
            if seldom and await give_back_dropped(self.app):
                self.leader.freed.set()
        except Exception as error:
            await self.supervisor.ill("look", error)
        else:
            await self.supervisor.well("look")

    async def _keep_practice_time(self) -> None:
        """Practice: go on where the last leader's clock was until the city says what time it is."""
        clock, last = self.app.clock, await last_tick()
        if isinstance(clock, PracticeClock) and not clock.turned and last is not None:
            clock.resume(last)

    def _works(self) -> bool:
        """Whether the work of this process goes on: a leader must tick, a standby only look."""
        if not self._leading:
            return True
        return self.leader.ticks and self._leader_task is not None and not self._leader_task.done()

    async def _reload(self) -> None:
        """A calendar or rules put in force from the command line count from the next tick on."""
        try:
            await check_data_key(self.app.sealer)
        except WrongDataKey as error:
            # Sealing on under a key that is being given up would leave rows nobody can open.
            self._wrong_key = error
            self._stop.set()
            raise
        newest = (await newest_table(), await newest_rules())
        if newest != self._in_force:
            await load_in_force(self.app)
            self._in_force = newest

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
            app=self.app,
            platforms=self.platforms,
            callback_routes={
                path: door for platform in self.platforms.values() for path, door in platform.callback_routes().items()
            },
            accept=self.dispatcher.accept,
            intake_keys=keys,
            health=self._health,
            illnesses=self.supervisor.illnesses,
            disk=partial(disk, self.settings["YOUSU_DATABASE_URL"]),
            tick_seconds=self.settings.tick_seconds,
            practice=self.leader.turn if self.settings.practice else None,
        )


def _fenced(error: BaseException | None) -> bool:
    """Whether the work ended because another process leads now."""
    return error is not None and contains(error, Fenced)


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
