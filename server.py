"""One running process: its doors are always open; long connections, tick and delivery only while it leads."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass, field
from datetime import datetime

from bot.cards.drawing import draw
from bot.door import Door
from models.lead import Leadership
from platforms.contract import ChatPlatform, Health
from scheduler.clock import PracticeClock
from scheduler.jobs import fixed_jobs
from scheduler.timetable import Timetable
from services.background import Background
from services.budgets import seed_budgets
from services.calendar_import import newest_table
from services.deliver import Delivery, install_prefix
from services.departures import call_the_roll
from services.digest import note_tick, queue_alarm, queue_digest, set_last_tick
from services.housekeeping import tidy
from services.key_check import WrongDataKey, check_data_key
from services.office import Office
from services.rulebook import newest_rules
from services.tick import tick
from settings import Settings
from shipped import furnish
from web.app import create_app
from web.deps import Deps, Key
from web.guard import listen

log = logging.getLogger("yousu")

#: How often a standby process asks whether it may lead, in seconds.
STANDBY_SECONDS = 2.0


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
    _furniture: tuple[int, int] | None = None
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _wrong_key: WrongDataKey | None = None

    def __post_init__(self) -> None:
        self.office.wake = self._wake.set
        self.delivery = Delivery(self.office, self.platforms, draw)
        self.door = Door(self.office, self.platforms, self.background)

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set. Raises WrongDataKey, also when the keys in use change meanwhile."""
        self._stop = stop
        await check_data_key(self.office.sealer)
        await self._refurnish()
        self.door.install = self.delivery.install = await install_prefix()
        runner = await listen(create_app(self._deps()), self.settings["YOUSU_HTTP_HOST"], self.settings.port)
        try:
            log.info("ready", extra={"action": "ready", "port": self.settings.port})
            await self._lead_until(stop)
        finally:
            await runner.cleanup()
            await self.background.stop()
            for platform in self.platforms.values():
                await platform.close()
        if self._wrong_key is not None:
            raise self._wrong_key

    async def _lead_until(self, stop: asyncio.Event) -> None:
        leadership = Leadership(self.settings["YOUSU_DATABASE_URL"])
        work: asyncio.Task[None] | None = None
        try:
            while not stop.is_set():
                self._leading = await leadership.try_lead()
                if self._leading and work is None:
                    work = self.background.spawn(self._work(), "leader")
                elif not self._leading and work is not None:
                    await _cancel(work)
                    work = None
                elif work is not None and work.done():
                    work.result()
                elif work is None:
                    # A standby takes complaints in as well, under the rules of the day.
                    await self._refurnish()
                    await self._share_tallies()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), STANDBY_SECONDS)
        finally:
            if work is not None:
                await _cancel(work)
            await leadership.resign()

    async def _work(self) -> None:
        """What only the leader does."""
        for tally in self.office.tallies.values():
            await tally.load()
        await seed_budgets(self.office, self.platforms)
        timetable = Timetable(
            fixed_jobs(self.settings.tick_seconds, tick=self._tick, retry=self.door.retry, tidy=self._tidy)
        )
        await self._tick()
        timetable.start()
        try:
            async with asyncio.TaskGroup() as group:
                for platform in self.platforms.values():
                    group.create_task(platform.run(self.door.receive, self._alarm))
                group.create_task(self._deliver())
        finally:
            timetable.stop()

    async def _tick(self) -> None:
        async with self._ticking:
            await self._refurnish()
            await note_tick(self.office)
            await tick(self.office)
            await queue_digest(self.office)

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

    async def _deliver(self) -> None:
        """Deliver whenever something was queued, and look again every second for what has become ripe."""
        while True:
            self._wake.clear()
            await self.delivery.drain()
            await self._save_tallies()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), 1.0)

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
        """Practice: set the clock, then do everything the new moment brings before answering."""
        await self.delivery.drain()
        async with self._ticking:
            if isinstance(self.office.clock, PracticeClock):
                self.office.clock.turn(moment)
            await set_last_tick(moment)
        await self._tick()
        await self.delivery.drain()

    def _health(self) -> list[Health]:
        if not self._leading:
            return [Health("standby", True, "另一进程在值守")]
        return [item for platform in self.platforms.values() for item in platform.health()]

    def _deps(self) -> Deps:
        keys = {key.id: Key(key.secret, key.centre) for key in self.settings.intake_keys.values()}
        return Deps(
            office=self.office,
            platforms=self.platforms,
            doors={path: door for platform in self.platforms.values() for path, door in platform.doors().items()},
            accept=self.door.accept,
            intake_keys=keys,
            health=self._health,
            tick_seconds=self.settings.tick_seconds,
            practice=self._turn if self.settings.practice else None,
        )


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
