"""The state all doors of the practice city share."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

import aiohttp
from aiohttp import web

from sandbox.city.budget import HOUR, MINUTE, Budget
from sandbox.city.chats import Chats
from sandbox.city.clock import CityClock
from sandbox.city.doors import Door
from sandbox.city.faults import Faults
from sandbox.city.people import City

P = TypeVar("P")

ANSWER_WINDOW = 5.0  # seconds, real time: callbacks, card events, welcome messages
QUIET = 0.15
PATIENCE = 0.8  # how long the bot may think before its first word after something reached it


@dataclass(frozen=True, slots=True)
class Pace:
    """DingTalk's real seconds: how long a pressed card waits, a ticket lives, a frame may stay unacknowledged, …"""

    card: float = 2.0
    ticket: float = 90.0
    redeliver: float = 16.0
    ping: float = 30.0
    farewell: float = 10.0


@dataclass(slots=True)
class Traffic:
    """When the bot was last heard of (real seconds), and how many exchanges are under way."""

    heard: float = 0.0
    told: float = 0.0
    busy: int = 0

    def hear(self) -> None:
        """The bot said something on any channel."""
        self.heard = time.monotonic()

    def tell(self) -> None:
        """Something reached the bot."""
        self.told = time.monotonic()

    def quiet_for(self) -> float:
        """Seconds of silence, negative while the bot may still be thinking about what it was told."""
        if self.busy:
            return -1.0
        now = time.monotonic()
        if self.told > self.heard and now - self.told < PATIENCE:
            return -1.0
        return now - self.heard


@dataclass(slots=True)
class Media:
    """An uploaded file. `expires` is in unix seconds of the city."""

    id: str
    kind: str
    name: str
    content: bytes
    expires: float


@dataclass(slots=True)
class LinkedMedia:
    """Something a member sent the bot: what lies at its link is encrypted; it `expires` in unix seconds of the city."""

    name: str
    content: bytes
    expires: float


@dataclass(slots=True)
class ResponseCode:
    """One right to redraw one sent card (message/update_template_card)."""

    code: str
    msgid: str
    expires: float
    used: bool = False
    spent: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True)
class Sent:
    """One message/send: which message each receiver got."""

    msgid: str
    sent_at: float
    copies: dict[str, str] = field(default_factory=dict)
    card_type: str = ""


@dataclass(slots=True)
class World:
    """The city while it runs. `window` is WeCom's answer window; it and `pace` are shorter only in tests."""

    city: City
    clock: CityClock
    chats: Chats
    bot_url: str = ""
    window: float = ANSWER_WINDOW
    pace: Pace = field(default_factory=Pace)
    faults: Faults = field(default_factory=Faults)
    traffic: Traffic = field(default_factory=Traffic)
    tokens: dict[str, float] = field(default_factory=dict)
    dead_tokens: set[str] = field(default_factory=set)
    wrong_secrets: Budget = field(default_factory=lambda: Budget((10, HOUR)))
    banned_until: float = 0.0
    member_budget: Budget = field(default_factory=lambda: Budget((30, MINUTE), (1000, HOUR)))
    webhook_budget: Budget = field(default_factory=lambda: Budget((20, MINUTE)))
    appchat_budget: Budget = field(default_factory=lambda: Budget((200, MINUTE), (10000, 24 * HOUR)))
    task_ids: set[str] = field(default_factory=set)
    sent: dict[str, Sent] = field(default_factory=dict)
    duplicates: dict[str, tuple[float, dict[str, Any]]] = field(default_factory=dict)
    codes: dict[str, ResponseCode] = field(default_factory=dict)
    media: dict[str, Media] = field(default_factory=dict)
    links: dict[str, LinkedMedia] = field(default_factory=dict)
    oauth_codes: dict[str, tuple[str, float]] = field(default_factory=dict)
    bot_clock: dict[str, Any] = field(default_factory=dict)
    _tasks: set[asyncio.Task[Any]] = field(default_factory=set)
    session: aiohttp.ClientSession = field(init=False)
    address: str = ""  # the city's own, as the bot calls it
    doors: dict[str, Door] = field(default_factory=dict)
    _parts: dict[type, Any] = field(default_factory=dict)

    def put(self, part: object) -> None:
        """Keep a part of the city that others ask for by its class."""
        self._parts[type(part)] = part

    def part(self, kind: type[P]) -> P:
        """The part of this class. Raises KeyError when the city has none."""
        found: P = self._parts[kind]
        return found

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run something in the background and keep hold of it."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """End what runs in the background."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def new_code(self, msgid: str) -> ResponseCode:
        """A fresh response_code: one use, 72 hours of city time."""
        code = ResponseCode(secrets.token_urlsafe(24), msgid, self.clock.unix() + 72 * HOUR)
        self.codes[code.code] = code
        return code

    def store(self, kind: str, name: str, content: bytes) -> Media:
        """Keep an upload for three days of city time."""
        media = Media("3" + secrets.token_urlsafe(32), kind, name, content, self.clock.unix() + 72 * HOUR)
        self.media[media.id] = media
        return media


WORLD: web.AppKey[World] = web.AppKey("world", World)
