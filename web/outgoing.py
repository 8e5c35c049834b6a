"""The one client of this door: posts endings to other systems."""

from __future__ import annotations

from collections.abc import Mapping

import aiohttp

#: Seconds for one push, connecting included.
PATIENCE = 15.0


async def post(url: str, headers: Mapping[str, str], body: bytes) -> int:
    """Post a body and return the HTTP status; a redirect is an answer. Raises OSError, TimeoutError."""
    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(url, data=body, headers=headers, allow_redirects=False) as answer,
        ):
            return answer.status
    except aiohttp.ClientError as error:
        raise OSError(type(error).__name__) from error
