"""One HTTP exchange with DingTalk: explicit time-outs, every failure one of ours, nothing secret in any of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from platforms.contract import Fetched, TryLater
from platforms.dingtalk.errors import PUNISHED, LostAnswer, code_of, refusal
from platforms.dingtalk.timing import Timing
from platforms.shared.download import download

Form = Callable[[], aiohttp.FormData]


@dataclass(frozen=True, slots=True)
class Request:
    """What to send. `headers` and `query` may hold the token, so a request is never printed."""

    method: str
    url: str
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Mapping[str, Any] | None = field(default=None, repr=False)
    form: Form | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the code ("" for success) and the JSON object."""

    code: str
    answer: Mapping[str, Any]


class Transport:
    """Holds the HTTP session. `close()` at the end; a closed wire opens again when it is used."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Release the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def exchange(self, request: Request) -> Reply:
        """One exchange. Raises `TryLater` when it surely did not arrive, `LostAnswer` when it may have.

        The libraries' exceptions quote addresses with tokens in them, so none is passed on.
        """
        try:
            status, raw = await self._fetch(request)
        except aiohttp.ClientConnectorError:
            raise TryLater("unreachable_server", "连不上钉钉服务器", after=10.0) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise LostAnswer("no_answer", type(error).__name__, after=10.0) from None
        return _read(status, raw)

    async def download(self, url: str) -> Fetched:
        """Get what lies at a temporary link. Raises `Gone`, `TooLarge`, `TryLater`."""
        return await download(self._open_session(), url)

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=10))
        return self._session

    async def _fetch(self, request: Request) -> tuple[int, bytes]:
        headers = {"Accept": "application/json", **request.headers}
        data: Any = request.form() if request.form else None
        if request.body is not None:
            data = json.dumps(request.body, ensure_ascii=False).encode()
            headers["Content-Type"] = "application/json"
        total = self._timing.upload if request.form else self._timing.request
        async with self._open_session().request(
            request.method,
            request.url,
            params=request.query,
            data=data,
            headers=headers,
            timeout=aiohttp.ClientTimeout(total=total, connect=self._timing.connect),
            allow_redirects=False,
        ) as response:
            return response.status, await response.read()


def _read(status: int, raw: bytes) -> Reply:
    try:
        answer = json.loads(raw)
    except ValueError:
        answer = None
    if isinstance(answer, dict):
        return Reply(code_of(status, answer), answer)
    if status in (401, 504):
        return Reply(f"http_{status}", {})
    if status < 500 and raw.lstrip()[:1] == b"<":
        # Page call-frequency-limit: an address that asks too often gets a page instead of an answer.
        return Reply(PUNISHED, {})
    if status >= 500:
        raise refusal(f"http_{status}")
    raise LostAnswer("not_json", "钉钉接口返回的不是 JSON 对象", after=10.0)
