"""One bounded download: no more bytes than are taken ever lie in memory."""

from __future__ import annotations

import aiohttp

from platforms.contract import MAX_ATTACHMENT, Fetched, Gone, TooLarge, TryLater

SECONDS = 60.0
_CHUNK = 64 * 1024
#: Statuses of a link that will not work again: it was short-lived, or never ours.
_OVER = frozenset({400, 401, 403, 404, 410})
#: Beyond the bytes taken, what encryption may add.
_PADDING = 64


async def download(session: aiohttp.ClientSession, url: str, headers: dict[str, str] | None = None) -> Fetched:
    """Get what lies at a link, with the name its headers give.

    Raises `TooLarge`, `Gone` for a link that has run out, `TryLater` for a passing fault.
    """
    if not url.startswith(("https://", "http://")):
        raise Gone("bad_link", "没有可用的下载地址")
    most = MAX_ATTACHMENT + _PADDING
    timeout = aiohttp.ClientTimeout(total=SECONDS, connect=10.0)
    try:
        async with session.get(url, headers=headers, timeout=timeout) as response:
            if response.status in _OVER:
                raise Gone(f"http_{response.status}", "下载地址已失效")
            if response.status != 200:
                raise TryLater(f"http_{response.status}", "下载没有成功", after=5.0)
            if (response.content_length or 0) > most:
                raise TooLarge("too_large", "超过 20 MB")
            content = bytearray()
            async for part in response.content.iter_chunked(_CHUNK):
                content += part
                if len(content) > most:
                    raise TooLarge("too_large", "超过 20 MB")
            named = response.content_disposition
            name = (named.filename if named is not None else None) or ""
            return Fetched(_readable(name), bytes(content))
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise TryLater("no_download", type(error).__name__, after=5.0) from None


def _readable(name: str) -> str:
    """A name that travelled as raw UTF-8 is read as what it is."""
    try:
        return name.encode("latin-1").decode()
    except (UnicodeEncodeError, UnicodeDecodeError):
        return name
