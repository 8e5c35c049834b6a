"""What the web handlers are given by `main`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from aiohttp import web

from platforms.contract import ChatPlatform, Health, Incoming
from services.office import Office


class CallbackPlatform(Protocol):
    """The part of a platform that answers HTTP callbacks."""

    def verify(self, query: Mapping[str, str]) -> str:
        """Answer the platform's check of the address. Raises PlatformError for a bad request."""

    def handle_callback(self, query: Mapping[str, str], body: bytes) -> Incoming:
        """Verify, decrypt and parse one callback. Raises PlatformError for a bad one."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the intake interface; `centre` is empty when it serves any."""

    secret: str
    centre: str = ""


@dataclass(frozen=True)
class Deps:
    """`accept` stores an event and handles it later; `turn` sets the practice clock and settles all it causes."""

    office: Office
    platforms: Mapping[str, ChatPlatform]
    wecom: CallbackPlatform | None
    accept: Callable[[Incoming], Awaitable[None]]
    intake_keys: Mapping[str, Key]
    health: Callable[[], list[Health]]
    tick_seconds: float
    practice: Callable[[datetime], Awaitable[None]] | None = None


DEPS: web.AppKey[Deps] = web.AppKey("deps", Deps)
