"""What the web handlers are given by `main`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from platforms.contract import CallbackDoor, ChatPlatform, Health, Incoming
from services.store.app import AppContext
from services.store.illness import Illness
from services.upkeep.health_counts import Disk


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the intake interface; `centre` is empty when it serves any."""

    secret: str
    centre: str = ""


@dataclass(frozen=True)
class Deps:
    """`accept` stores an event and handles it later; `doors` are the platforms' callbacks by path.

    `illnesses` are the background tasks that fail now; `disk` is the volume of a SQLite file.
    `practice` sets the practice clock and settles all it causes.
    """

    app: AppContext
    platforms: Mapping[str, ChatPlatform]
    callback_routes: Mapping[str, CallbackDoor]
    accept: Callable[[Incoming], Awaitable[None]]
    intake_keys: Mapping[str, Key]
    health: Callable[[], list[Health]]
    illnesses: Callable[[], list[Illness]]
    disk: Callable[[], Disk | None]
    tick_seconds: float
    practice: Callable[[datetime], Awaitable[None]] | None = None


DEPS: web.AppKey[Deps] = web.AppKey("deps", Deps)
