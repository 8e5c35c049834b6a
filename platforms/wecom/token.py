"""The application's access token: one refresh at a time, and a breaker after a wrong secret."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from platforms.contract import Misconfigured, PlatformError
from platforms.wecom.errors import BAD_SECRET, OK, refusal

Fetch = Callable[[], Awaitable[Mapping[str, Any]]]

_BREAKING = frozenset(str(code) for code in BAD_SECRET)
_RENEW_BEFORE = timedelta(seconds=300)


class TokenKeeper:
    """Holds one token. `fetch` asks the platform (gettoken) and returns the raw answer.

    A refused secret opens the breaker: every call is refused without a request for `breaker_seconds`, because WeCom
    bans the address for an hour after repeated wrong secrets (page 90313, code 45009).
    """

    def __init__(self, fetch: Fetch, now: Callable[[], datetime], *, breaker_seconds: float = 3600.0) -> None:
        self._fetch = fetch
        self._now = now
        self._breaker = timedelta(seconds=breaker_seconds)
        self._turn = asyncio.Lock()
        self._token = ""
        self._good_until: datetime | None = None
        self._refused: PlatformError | None = None
        self._refused_at: datetime | None = None
        self._last_error: PlatformError | None = None

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
        self._last_error = error
        self._token = ""
        self._refused, self._refused_at = error, self._now()

    def trouble(self) -> PlatformError | None:
        """The last refresh's error, None when it went well or none was needed yet."""
        return self._last_error

    @property
    def held(self) -> bool:
        """True once a token has been obtained."""
        return bool(self._token)

    def _usable(self, stale: str) -> bool:
        fresh = self._good_until is not None and self._now() < self._good_until
        return bool(self._token) and self._token != stale and fresh

    def _mind_the_breaker(self) -> None:
        if self._refused is None or self._refused_at is None:
            return
        since = self._now() - self._refused_at
        if timedelta() <= since < self._breaker:
            raise Misconfigured(self._refused.code, self._refused.detail)

    async def _refresh(self) -> None:
        try:
            answer = await self._fetch()
            code = int(answer.get("errcode", OK))
            if code != OK:
                raise refusal(code, str(answer.get("errmsg", "")))
            token, lifetime = str(answer["access_token"]), float(answer["expires_in"])
        except (KeyError, TypeError, ValueError):
            self._last_error = refusal(-1, "")
            raise self._last_error from None
        except PlatformError as error:
            self._last_error = error
            if error.code in _BREAKING:
                self.refuse(error)
            raise
        self._last_error = self._refused = self._refused_at = None
        self._token = token
        seconds = timedelta(seconds=lifetime)
        self._good_until = self._now() + max(seconds - _RENEW_BEFORE, seconds / 2)
