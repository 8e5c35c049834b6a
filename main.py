"""The only composition root: settings → database → platforms → services → doors."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from aiohttp import web

from bot.cards.drawing import draw
from bot.door import Door
from domain.rules import RuleSet
from domain.rules_file import load_rules
from domain.work_calendar import WorkCalendar, YearTable, load_tables
from models.database import connect, disconnect
from models.lead import Leadership
from models.migrate import migrate
from models.sealing import Sealer
from platforms.contract import ChatPlatform, Health
from platforms.dingtalk import DingTalk, DingTalkConfig
from platforms.wecom import WeCom, WeComConfig
from scheduler.clock import PracticeClock, SystemClock
from scheduler.timetable import Job, Timetable
from services.background import Background
from services.calendar_import import imported_tables, newest_table
from services.deliver import Delivery, install_prefix
from services.departures import call_the_roll
from services.digest import note_tick, queue_alarm, queue_digest, set_last_tick
from services.housekeeping import tidy
from services.key_check import check_data_key
from services.office import Office
from services.rulebook import keep_shipped, newest_rules, rulebook
from services.tally import MonthlyTally
from services.tick import tick
from settings import Settings
from web.app import create_app
from web.deps import Deps, Key

log = logging.getLogger("yousu")

DATA = Path(__file__).parent / "data"
#: How often a standby process asks whether it may lead, in seconds.
STANDBY_SECONDS = 2.0
TIDY_SECONDS = 3600.0


def shipped_rules_text() -> str:
    """The file of the rule set that ships with the product."""
    return (DATA / "rules.json").read_text(encoding="utf-8")


def shipped_rules() -> RuleSet:
    """The rule set that ships with the product. Raises BadRules: the installed file was edited."""
    return load_rules(shipped_rules_text())


def shipped_tables() -> tuple[YearTable, ...]:
    """The year tables that ship with the product."""
    return load_tables(path.read_text(encoding="utf-8") for path in sorted((DATA / "calendar").glob("*.json")))


def shipped_calendar(rules: RuleSet) -> WorkCalendar:
    """The working calendar of the shipped year tables, in the rule set's office hours."""
    return WorkCalendar(shipped_tables(), rules.hours)


async def calendar_with(rules: RuleSet, *more: YearTable) -> WorkCalendar:
    """The shipped tables, the imported ones over them and `more` over those, in the rule set's office hours."""
    return WorkCalendar([*shipped_tables(), *await imported_tables(), *more], rules.hours)


async def furnish(office: Office) -> None:
    """Take what was put in force here over what ships: versions of the rules, imported calendars.

    Raises BadRules when the rules in force cannot be read by this release.
    """
    await keep_shipped(office, shipped_rules_text())
    book = await rulebook(shipped_rules())
    office.rules, office.versions, office.own_rules = book.rules, book.versions, book.own
    office.calendar = await calendar_with(book.rules)


def build_office(settings: Settings) -> Office:
    """The office with its clock, calendar, rules and sealer. Raises settings.BadSettings without a data key."""
    rules = shipped_rules()
    clock = PracticeClock() if settings.practice else SystemClock()
    return Office(clock, shipped_calendar(rules), rules, Sealer(settings.data_key), settings["YOUSU_PUBLIC_URL"])


def build_platforms(settings: Settings, office: Office) -> dict[str, ChatPlatform]:
    """Every configured platform by name; one that is not configured is simply absent."""
    platforms: dict[str, ChatPlatform] = {}
    wecom = wecom_config(settings)
    if wecom.has_application or wecom.has_bot or wecom.has_callback:
        platforms["wecom"] = WeCom(wecom, office.clock.now)
    dingtalk = dingtalk_config(settings)
    if dingtalk.has_application:
        tally = office.tallies.setdefault("dingtalk", MonthlyTally("dingtalk", office.clock.now))
        platforms["dingtalk"] = DingTalk(dingtalk, office.clock.now, tally)
    return platforms


def wecom_config(settings: Settings) -> WeComConfig:
    """What the settings say of WeCom."""
    return WeComConfig(
        api_base=settings["WECOM_API_BASE"],
        corp_id=settings["WECOM_CORP_ID"],
        agent_id=int(settings["WECOM_AGENT_ID"] or 0),
        secret=settings["WECOM_SECRET"],
        token=settings["WECOM_TOKEN"],
        aes_key=settings["WECOM_AES_KEY"],
        bot_ws_url=settings["WECOM_BOT_WS_URL"],
        bot_id=settings["WECOM_BOT_ID"],
        bot_secret=settings["WECOM_BOT_SECRET"],
        group_webhooks=settings.group_webhooks,
        public_url=settings["YOUSU_PUBLIC_URL"],
        oauth_base=settings["WECOM_OAUTH_BASE"],
    )


def dingtalk_config(settings: Settings) -> DingTalkConfig:
    """What the settings say of DingTalk."""
    return DingTalkConfig(
        api_base=settings["DINGTALK_API_BASE"],
        oapi_base=settings["DINGTALK_OAPI_BASE"],
        client_id=settings["DINGTALK_CLIENT_ID"],
        client_secret=settings["DINGTALK_CLIENT_SECRET"],
        robot_code=settings["DINGTALK_ROBOT_CODE"],
        card_template_id=settings["DINGTALK_CARD_TEMPLATE_ID"],
        mode=settings["DINGTALK_MODE"],
        event_token=settings["DINGTALK_EVENT_TOKEN"],
        event_aes_key=settings["DINGTALK_EVENT_AES_KEY"],
        public_url=settings["YOUSU_PUBLIC_URL"],
        api_limit=int(settings["DINGTALK_API_LIMIT"]),
        stream_limit=int(settings["DINGTALK_STREAM_LIMIT"]),
    )


@asynccontextmanager
async def database(url: str, now: datetime) -> AsyncIterator[None]:
    """The database, migrated to this version and closed whatever happens."""
    await migrate(url, now)
    await connect(url)
    try:
        yield
    finally:
        await disconnect()


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

    def __post_init__(self) -> None:
        self.office.wake = self._wake.set
        self.delivery = Delivery(self.office, self.platforms, draw)
        self.door = Door(self.office, self.platforms, self.background)

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set."""
        await check_data_key(self.office.sealer)
        await self._refurnish()
        self.door.install = self.delivery.install = await install_prefix()
        runner = web.AppRunner(create_app(self._deps()), access_log=None, shutdown_timeout=10)
        await runner.setup()
        site = web.TCPSite(runner, self.settings["YOUSU_HTTP_HOST"], self.settings.port)
        await site.start()
        try:
            log.info("ready", extra={"action": "ready", "port": self.settings.port})
            await self._lead_until(stop)
        finally:
            await runner.cleanup()
            await self.background.stop()
            for platform in self.platforms.values():
                await platform.close()

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
        timetable = Timetable(
            [
                Job("tick", self.settings.tick_seconds, self._tick),
                Job("retry", 5.0, self.door.retry),
                Job("tidy", TIDY_SECONDS, self._tidy),
            ]
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


async def serve(settings: Settings) -> None:
    """Run the bot until SIGTERM or SIGINT."""
    office = build_office(settings)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with database(settings["YOUSU_DATABASE_URL"], office.clock.now()):
        await Server(settings, office, build_platforms(settings, office)).run(stop)
