"""An access token: one refresh at a time, renewed five minutes early, and a breaker after a wrong secret."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from platforms.contract import Misconfigured, PlatformError
from platforms.dingtalk.errors import BAD_SECRET

Fetch = Callable[[], Awaitable[tuple[str, float]]]
"""Asks for (token, seconds it lives)."""

_RENEW_BEFORE = timedelta(seconds=300)


class TokenKeeper:
    """Holds one token. Calls are refused without a request for `breaker_seconds` after a refused secret."""

    def __init__(self, fetch: Fetch, now: Callable[[], datetime], *, breaker_seconds: float) -> None:
        self._fetch = fetch
        self._now = now
        self._breaker = timedelta(seconds=breaker_seconds)
        self._turn = asyncio.Lock()
        self._token = ""
        self._good_until: datetime | None = None
        self._refused: tuple[PlatformError, datetime] | None = None
        self.trouble: PlatformError | None = None

    @property
    def held(self) -> bool:
        """True once a token has been obtained."""
        return bool(self._token)

    async def get(self, *, stale: str = "") -> str:
        """A usable token; `stale` is one the platform has just called invalid.

        Raises `Misconfigured` on a refused secret, `TryLater` on a passing fault.
        """
        if self._usable(stale):
            return self._token
        async with self._turn:
            if self._usable(stale):
                return self._token
            self._mind_the_breaker()
            await self._refresh()
            return self._token

    def _usable(self, stale: str) -> bool:
        fresh = self._good_until is not None and self._now() < self._good_until
        return bool(self._token) and self._token != stale and fresh

    def _mind_the_breaker(self) -> None:
        if self._refused is None:
            return
        error, at = self._refused
        if timedelta() <= self._now() - at < self._breaker:
            raise Misconfigured(error.code, error.detail)

    async def _refresh(self) -> None:
        try:
            token, lifetime = await self._fetch()
        except PlatformError as error:
            self.trouble = error
            if error.code in BAD_SECRET:
                self._token = ""
                self._refused = (error, self._now())
            raise
        self.trouble = self._refused = None
        self._token = token
        seconds = timedelta(seconds=lifetime)
        self._good_until = self._now() + max(seconds - _RENEW_BEFORE, seconds / 2)
