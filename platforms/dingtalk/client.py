"""DingTalk's REST calls: tokens, budget, frequency, bounded repeats, and codes as our exceptions.

Pages: obtain-the-access-token-of-an-internal-app, how-to-process-api-throttling-on-the-dingtalk-server,
server-api-error-codes-1. A stale token is replaced and the call repeated once; a call refused for its frequency is
repeated up to three times; a call without an answer is repeated once, when a repeat is harmless.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import aiohttp

from platforms.contract import Fetched, Misconfigured, PlatformError, TryLater
from platforms.dingtalk import apis
from platforms.dingtalk.alarm_buffer import AlarmBuffer
from platforms.dingtalk.apis import Api
from platforms.dingtalk.config import DingTalkConfig
from platforms.dingtalk.errors import (
    BAD_SECRET,
    EXHAUSTED,
    PUNISHED,
    QPS,
    STALE_TOKEN,
    AlreadyThere,
    LostAnswer,
    refusal,
    request_id,
)
from platforms.dingtalk.quota import API, STREAM, Quota
from platforms.dingtalk.timing import Timing
from platforms.dingtalk.transport import Form, Reply, Request, Transport
from platforms.shared.rate_limit import Limit, SlidingWindow
from platforms.shared.token_keeper import TokenKeeper, token_in

log = logging.getLogger(__name__)

#: DingTalk allows 20 a second per application and call; a margin is left for other processes.
QPS_LIMITS: tuple[Limit, ...] = ((15, 1.0),)
MAX_FILE = 20 * 1024 * 1024


class RestClient:
    """One application's HTTP side. Safe for concurrent use inside one event loop; `close()` at the end.

    `now` drives token expiry, budgets and the circuit breaker; real time only drives socket time-outs and pauses.
    """

    def __init__(
        self, config: DingTalkConfig, now: Callable[[], datetime], quota: Quota, alarms: AlarmBuffer, timing: Timing
    ) -> None:
        self._config = config
        self._now = now
        self._quota = quota
        self._alarms = alarms
        self._timing = timing
        self._transport = Transport(timing)
        self._pace = SlidingWindow(QPS_LIMITS, now)
        self._punished_at: dict[str, datetime] = {}
        self._own_old_token = False
        kept = partial(TokenKeeper, now=now, bad_secret=BAD_SECRET, breaker_seconds=timing.breaker)
        self.tokens, self._old_tokens = kept(self._fetch_token), kept(self._fetch_old_token)

    async def close(self) -> None:
        """Release the connections."""
        await self._transport.close()

    async def call(
        self, api: Api, body: Mapping[str, Any] | None = None, *, form: Form | None = None, urgent: bool = True
    ) -> Mapping[str, Any]:
        """One API call. Raises `PlatformError`; `LostAnswer` when it may have been carried out all the same.

        `urgent` decides what happens near the end of the month's budget; see `Quota`.
        """
        if not self._config.has_application:
            raise Misconfigured("application_absent", "没有配置钉钉应用")
        if not api.free:
            self._quota.admit(urgent=urgent)
        tries_left = 2 if api.idempotent else 1
        unsure = False
        while True:
            tries_left -= 1
            try:
                return await self._paced(api, body, form)
            except LostAnswer:
                if not tries_left:
                    raise
                unsure = True
            except AlreadyThere as error:
                error.ours = unsure
                raise
            await asyncio.sleep(self._timing.retry_pause)

    async def webhook(self, url: str, body: Mapping[str, Any]) -> None:
        """Post into a conversation by the address its last message gave.

        Counts as a message, not as a call, so it goes through when no calls are left.
        """
        if not self._config.is_session_webhook(url):
            raise Misconfigured("session_webhook", "会话回复地址不是钉钉的地址")
        reply = await self._exchange("sendBySession", Request("POST", url, body=body))
        await self._settle(reply, counts=STREAM)

    async def open_gateway(self, subscriptions: Sequence[Mapping[str, str]], agent: str) -> tuple[str, str]:
        """A fresh (endpoint, ticket) of the long connection: good for 90 seconds and one connection."""
        body = {
            "clientId": self._config.client_id,
            "clientSecret": self._config.client_secret,
            "localIp": "127.0.0.1",
            "ua": agent,
            "subscriptions": list(subscriptions),
        }
        reply = await self._exchange(
            apis.GATEWAY_PATH, Request("POST", self._config.api + apis.GATEWAY_PATH, body=body)
        )
        if reply.code == "http_401":
            # The gateway takes no token: a refusal here means the secret.
            raise refusal("authFailed")
        await self._settle(reply, counts="")
        endpoint, ticket = reply.answer.get("endpoint"), reply.answer.get("ticket")
        if not (isinstance(endpoint, str) and isinstance(ticket, str) and ticket and self._config.is_gateway(endpoint)):
            raise TryLater("bad_gateway_answer", "长连接网关的回答不完整或地址不对", after=10.0)
        return endpoint, ticket

    async def upload(self, name: str, content: bytes) -> str:
        """Upload a file (page upload-media-files) and return its media id."""

        def form() -> aiohttp.FormData:
            # The file name is shown as it travels, so it must not be percent-encoded.
            data = aiohttp.FormData(quote_fields=False)
            data.add_field("type", "file")
            data.add_field("media", content, filename=name, content_type="application/octet-stream")
            return data

        answer = await self.call(apis.UPLOAD, form=form)
        if not answer.get("media_id"):
            raise TryLater("upload", "上传文件没有得到 media_id", after=30.0)
        return str(answer["media_id"])

    async def download(self, url: str) -> Fetched:
        """Get what lies at a temporary link. Raises `Gone`, `TooLarge`, `TryLater`."""
        return await self._transport.download(url)

    async def _paced(self, api: Api, body: Mapping[str, Any] | None, form: Form | None) -> Mapping[str, Any]:
        """The call, repeated while it is refused for its frequency."""
        for pause in self._timing.qps_pauses:
            try:
                with self._pace.spending(api.path):
                    return await self._with_token(api, body, form)
            except TryLater as error:
                if error.code not in QPS and error.code != "budget":
                    raise
            await asyncio.sleep(pause)
        return await self._with_token(api, body, form)

    async def _with_token(self, api: Api, body: Mapping[str, Any] | None, form: Form | None) -> Mapping[str, Any]:
        """The call, repeated once with a fresh token when the platform calls ours invalid."""
        counts = "" if api.free else API
        stale = ""
        for keeper in self._keepers(api):
            token = await keeper.get(stale=stale)
            reply = await self._send(api, token, body, form)
            if reply.code in STALE_TOKEN:
                token = await keeper.get(stale=token)
                reply = await self._send(api, token, body, form)
            if reply.code not in STALE_TOKEN:
                self._own_old_token |= keeper is self._old_tokens
                return await self._settle(reply, counts=counts)
        # A token obtained a moment ago and refused at once: no repeat will help.
        raise Misconfigured(reply.code, "新取的 access_token 也不被接受")

    def _keepers(self, api: Api) -> Sequence[TokenKeeper]:
        """Whose token a call takes: the new API's for both families, the old one only where that is refused."""
        if not api.old:
            return (self.tokens,)
        return (self._old_tokens,) if self._own_old_token else (self.tokens, self._old_tokens)

    async def _send(self, api: Api, token: str, body: Mapping[str, Any] | None, form: Form | None) -> Reply:
        if api.old:
            url, query, headers = self._config.oapi + api.path, {"access_token": token}, {}
        else:
            url, query, headers = self._config.api + api.path, {}, {"x-acs-dingtalk-access-token": token}
        return await self._exchange(api.path, Request(api.method, url, query, headers, body, form))

    async def _exchange(self, path: str, request: Request) -> Reply:
        """One exchange, unless the platform has shut us out for a while."""
        host = request.url.split("/")[2]
        left = self._shut_out_for(host)
        if left > 0:
            raise TryLater(PUNISHED, "访问太频繁，暂停中", after=left)
        reply = await self._transport.exchange(request)
        if reply.code:
            log.warning(
                "dingtalk refused",
                extra={"action": "api_refused", "api": path, "code": reply.code, "request": request_id(reply.answer)},
            )
        if reply.code == PUNISHED:
            self._punished_at[host] = self._now()
            await self._alarms.ring(PUNISHED, "钉钉拒绝本机的出口 IP，已暂停调用五分钟")
        return reply

    def _shut_out_for(self, host: str) -> float:
        since = self._punished_at.get(host)
        if since is None:
            return 0.0
        left = (since + timedelta(seconds=self._timing.punished) - self._now()).total_seconds()
        return left if left <= self._timing.punished else 0.0

    async def _settle(self, reply: Reply, *, counts: str) -> Mapping[str, Any]:
        """Count the call and turn a code into its exception."""
        if reply.code in EXHAUSTED:
            await self._quota.used_up(reply.code)
        elif counts and reply.code not in QPS and reply.code != PUNISHED:
            await self._quota.count(counts)
            if counts == API and not reply.code:
                self._quota.answered()
        if reply.code:
            raise refusal(reply.code, reply.answer)
        return reply.answer

    async def _fetch_token(self) -> tuple[str, float]:
        body = {"appKey": self._config.client_id, "appSecret": self._config.client_secret}
        reply = await self._exchange(apis.TOKEN_PATH, Request("POST", self._config.api + apis.TOKEN_PATH, body=body))
        answer = await self._settle(reply, counts="")
        return token_in(answer, "accessToken", "expireIn")

    async def _fetch_old_token(self) -> tuple[str, float]:
        query = {"appkey": self._config.client_id, "appsecret": self._config.client_secret}
        reply = await self._exchange(
            apis.OLD_TOKEN_PATH, Request("GET", self._config.oapi + apis.OLD_TOKEN_PATH, query)
        )
        answer = await self._settle(reply, counts="")
        return token_in(answer, "access_token", "expires_in")


def is_bad_secret(error: PlatformError) -> bool:
    """True when the platform has said that the client id or the secret is wrong."""
    return error.code in BAD_SECRET
