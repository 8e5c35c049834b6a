"""An access token: one refresh at a time, renewed five minutes early, and a breaker after a wrong secret."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from platforms.contract import Misconfigured, PlatformError, TryLater

Fetch = Callable[[], Awaitable[tuple[str, float]]]
"""Asks for (token, seconds it lives). Raises `PlatformError`."""

_RENEW_BEFORE = timedelta(seconds=300)
#: No platform's token lives longer, in seconds; what claims to is a broken answer.
_LONGEST = 86_400.0 * 366


def token_in(answer: Mapping[str, Any], name: str, lifetime: str) -> tuple[str, float]:
    """The token and the seconds it lives, by the names an answer gives them. Raises `TryLater` when one is no such."""
    try:
        token, seconds = str(answer[name] or ""), float(answer[lifetime])
    except (KeyError, TypeError, ValueError):
        token, seconds = "", 0.0
    if not token or not 0 < seconds <= _LONGEST:
        raise TryLater("bad_token_answer", "取令牌的回答不完整", after=30.0)
    return token, seconds


class TokenKeeper:
    """Holds one token. `bad_secret` are the platform's codes for wrong credentials.

    Such a code opens the breaker: every call is refused without a request for `breaker_seconds`, because platforms ban
    the address after repeated wrong secrets (WeCom for an hour, page 90313, code 45009).
    """

    def __init__(
        self,
        fetch: Fetch,
        now: Callable[[], datetime],
        *,
        bad_secret: Collection[str],
        breaker_seconds: float = 3600.0,
    ) -> None:
        self._fetch = fetch
        self._now = now
        self._bad_secret = frozenset(bad_secret)
        self._breaker = timedelta(seconds=breaker_seconds)
        self._turn = asyncio.Lock()
        self._token = ""
        self._good_until: datetime | None = None
        self._refused: tuple[PlatformError, datetime] | None = None
        #: The last refresh's error, None when it went well or none was needed yet.
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

    def refuse(self, error: PlatformError) -> None:
        """Open the breaker: the platform has said that the credentials are wrong."""
        self.trouble = error
        self._token = ""
        self._refused = (error, self._now())

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
            if error.code in self._bad_secret:
                self.refuse(error)
            raise
        self.trouble = self._refused = None
        self._token = token
        seconds = timedelta(seconds=lifetime)
        self._good_until = self._now() + max(seconds - _RENEW_BEFORE, seconds / 2)
