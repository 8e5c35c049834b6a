"""WeCom behind the neutral contract: which channel carries what, and the doors the web and the pages need.

One person: the self-built application, else the group bot's single chat. A chat: the group bot. A chat id
`webhook:NAME` is the group webhook of that name: notices only, buttons become words.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from pydantic import ValidationError

from platforms.contract import (
    NOTICE_PREFIX,
    Answer,
    Attachment,
    Callback,
    CallbackDoor,
    Card,
    ChannelDown,
    Fetched,
    File,
    Health,
    Incoming,
    Message,
    Misconfigured,
    OnAlarm,
    OnIncoming,
    Place,
    PlatformError,
    Receipt,
    Recipient,
    Rejected,
)
from platforms.shared.alarms import never_failing
from platforms.shared.connection_state import STATE_WORDS, ConnectionState
from platforms.wecom import frames, render
from platforms.wecom.app_channel import Application
from platforms.wecom.bot_channel import GROUP, SINGLE, GroupBot
from platforms.wecom.callback import CallbackCrypto
from platforms.wecom.client import RestClient
from platforms.wecom.config import OFFICIAL_API, OFFICIAL_BOT_SOCKET, OFFICIAL_OAUTH, WeComConfig
from platforms.wecom.frames import AibotFrame
from platforms.wecom.long_connection import LongConnection, Timing
from platforms.wecom.media import decrypted

log = logging.getLogger(__name__)

WEBHOOK_PREFIX = NOTICE_PREFIX
_OPEN_USERID_PREFIX = "wo"
_OPEN_USERID_LENGTH = 20


class WeCom:
    """`platforms.contract.ChatPlatform` for WeCom. Any part of `config` may be empty; what is empty is absent.

    `now` is an aware clock; `paced` one that nobody can set, for budgets and pauses (`now` when there is none).
    Raises `Misconfigured` when the EncodingAESKey cannot be one.
    """

    name = "wecom"
    redraws = False

    def __init__(
        self,
        config: WeComConfig,
        now: Callable[[], datetime],
        paced: Callable[[], datetime] | None = None,
        *,
        timing: Timing | None = None,
    ) -> None:
        self._config = config
        self._now = now
        paced = paced or now
        self.client = RestClient(config.api_base or OFFICIAL_API, config.corp_id, config.secret, config.agent_id, paced)
        self._application = Application(self.client, now, config.public_url) if config.has_application else None
        self._connection = (
            LongConnection(
                config.bot_ws_url or OFFICIAL_BOT_SOCKET, config.bot_id, config.bot_secret, paced, timing=timing
            )
            if config.has_bot
            else None
        )
        self._bot = GroupBot(self._connection, now, config.public_url) if self._connection else None
        self._crypto = CallbackCrypto(config.token, config.aes_key, config.corp_id) if config.has_callback else None

    async def run(self, on_incoming: OnIncoming, on_alarm: OnAlarm) -> None:
        """Hold the long connection and check the application's credentials once; returns only by cancellation."""

        async def receive(frame: AibotFrame) -> None:
            incoming = await self._read(frame)
            if incoming is not None:
                await on_incoming(incoming)

        async with asyncio.TaskGroup() as group:
            if self._application is not None:
                group.create_task(self._check_application(never_failing(on_alarm)))
            if self._connection is not None:
                group.create_task(self._connection.run(receive, on_alarm))
            await asyncio.Event().wait()

    async def send(
        self, to: Recipient, message: Message, *, key: str, again: bool = False, urgent: bool = True
    ) -> Receipt:
        """Send; see `ChatPlatform.send`. A chat without a working bot is `Unreachable`, so the fall-back is used."""
        if to.place is Place.PERSON:
            if self._application is not None:
                return await self._application.send(to.id, message, key, again=again)
            return await self._bot_or_unreachable().send(to.id, SINGLE, message, key, again=again)
        if to.id.startswith(WEBHOOK_PREFIX):
            return await self._send_webhook(to.id.removeprefix(WEBHOOK_PREFIX), message, key)
        return await self._bot_or_unreachable().send(to.id, GROUP, message, key, again=again)

    def remember(self, to: Recipient, sent: Sequence[datetime]) -> None:
        """Count what an earlier process sent there; see `ChatPlatform.remember`."""
        if to.place is Place.PERSON and self._application is not None:
            self.client.remember(to.id, sent)
        elif to.id.startswith(WEBHOOK_PREFIX):
            self.client.remember_webhook(self._config.group_webhooks.get(to.id.removeprefix(WEBHOOK_PREFIX), ""), sent)
        elif self._connection is not None:
            self._connection.remember(to.id, sent)

    async def update(self, receipt: Receipt, card: Card, *, key: str) -> bool:
        """Redraw an application card by its response_code (once, 72 hours). False for everything else."""
        if self._application is None or receipt.handle.get("via") != "app":
            return False
        return await self._application.update(receipt.handle, card)

    async def respond(self, incoming: Incoming, *, card: Card | None = None, text: str = "") -> bool:
        """Answer what a person did over the channel it came by; see `ChatPlatform.respond`."""
        via = incoming.reply_to.get("via")
        if via == "app" and self._application is not None:
            return await self._application.respond(incoming, card, text)
        if via == "bot" and self._bot is not None:
            return await self._bot.respond(incoming, card, text)
        return False

    async def fetch(self, attachment: Attachment) -> Fetched:
        """The bytes behind a bot's link, decrypted, or behind a media id; see `ChatPlatform.fetch`."""
        media_id = str(attachment.source.get("media_id") or "")
        if media_id:
            fetched = await self.client.media(media_id)
            content = fetched.content
        else:
            fetched = await self.client.download(str(attachment.source.get("url") or ""))
            content = await asyncio.to_thread(decrypted, fetched.content, str(attachment.source.get("aeskey") or ""))
        return Fetched(attachment.name or fetched.name, content)

    async def readers(self, receipt: Receipt) -> frozenset[str] | None:
        """WeCom does not tell who has read what."""
        return None

    async def recall(self, receipt: Receipt) -> bool:
        """Take back what the application sent, within 24 hours (page 94867). False for everything else."""
        msgid = str(receipt.handle.get("msgid") or "")
        return self._application is not None and bool(msgid) and await self._application.recall(msgid)

    async def strangers(self, accounts: Collection[str]) -> frozenset[str]:
        """The accounts the directory does not know (page 90196, within the application's visible range)."""
        if self._application is None:
            return frozenset()
        return frozenset([account for account in accounts if not await self.client.knows(account)])

    def callback_routes(self) -> Mapping[str, CallbackDoor]:
        """The application's callback address, when it is configured."""
        return {"wecom": self._door} if self._crypto is not None else {}

    async def _door(self, request: Callback, on_incoming: OnIncoming) -> Answer:
        """`GET`: the address check, answered with the decrypted echo string. `POST`: one encrypted event."""
        if request.method == "GET":
            return Answer(self.verify(request.query))
        await on_incoming(self.handle_callback(request.query, request.body))
        return Answer()

    def verify(self, query: Mapping[str, str]) -> str:
        """The plain text to answer WeCom's address check with. Raises `BadCallback`."""
        return self._callback().verify_url(query)

    def handle_callback(self, query: Mapping[str, str], body: bytes) -> Incoming:
        """One POST to the callback address as an `Incoming`. Raises `BadCallback`."""
        return self._callback().open(query, body)

    def authorize_url(self, redirect_uri: str, state: str) -> str:
        """Where to send a browser so that it comes back to `redirect_uri` with a one-time code (page 96441)."""
        query = {
            "appid": self._config.corp_id,
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "scope": "snsapi_base",
            "state": state,
            "agentid": str(self._config.agent_id),
        }
        return f"{self._config.oauth_base or OFFICIAL_OAUTH}?{urlencode(query)}#wechat_redirect"

    async def identify(self, code: str) -> str | None:
        """The account behind a one-time code; None for an outsider. Raises `PlatformError`."""
        return await self.client.identify(code)

    def health(self) -> list[Health]:
        """One line per configured channel. A process that does not hold the long connection is not ill for it."""
        lines: list[Health] = []
        if self._application is not None:
            lines.append(self._application_health())
        if self._connection is not None:
            state, trouble = self._connection.state, self._connection.trouble
            words = STATE_WORDS[state] + (f"：{trouble}" if trouble else "")
            lines.append(Health("wecom.bot", state in (ConnectionState.READY, ConnectionState.IDLE), words))
        return lines

    async def close(self) -> None:
        """Release the HTTP connections; the long connection ends with `run`."""
        await self.client.close()

    def _application_health(self) -> Health:
        trouble = self.client.tokens.trouble
        if trouble is not None:
            return Health("wecom.application", ok=False, detail=f"取不到令牌：{trouble}")
        return Health("wecom.application", ok=True, detail="令牌有效" if self.client.tokens.held else "尚未取令牌")

    def _bot_or_unreachable(self) -> GroupBot:
        if self._bot is None:
            raise ChannelDown("bot_absent", "没有配置群机器人")
        return self._bot

    def _callback(self) -> CallbackCrypto:
        if self._crypto is None:
            raise Misconfigured("callback_absent", "没有配置应用的接收消息参数")
        return self._crypto

    async def _send_webhook(self, name: str, message: Message, key: str) -> Receipt:
        webhook = self._config.group_webhooks.get(name)
        if not webhook:
            raise ChannelDown("webhook_absent", "没有配置这个群的 webhook")
        if isinstance(message, File):
            raise Rejected("file_to_chat", "文件只发给个人，不发到群")
        if isinstance(message, Card):
            drawn = render.template_card(message, render.WEBHOOK, public_url=self._config.public_url)
            await self.client.webhook(webhook, "template_card", drawn)
        else:
            content = render.markdown(message, render.WEBHOOK_TEXT_BYTES, mention=True)
            await self.client.webhook(webhook, "markdown", {"content": content})
        return Receipt(message_id=key)

    async def _read(self, frame: AibotFrame) -> Incoming | None:
        try:
            incoming = frames.incoming(frame, self._now)
        except (ValidationError, OverflowError, OSError, ValueError) as error:
            log.warning("frame ignored", extra={"action": "bad_frame", "reason": type(error).__name__})
            return None
        if incoming is None or self._application is None or not _is_open_userid(incoming.account):
            return incoming
        try:
            return replace(incoming, account=await self.client.plain_userid(incoming.account))
        except PlatformError as error:
            log.warning("account not resolved", extra={"action": "open_userid", "code": error.code})
            return incoming

    async def _check_application(self, on_alarm: OnAlarm) -> None:
        try:
            await self.client.tokens.get()
        except Misconfigured as error:
            await on_alarm(error.code, error.detail)
        except PlatformError as error:
            log.warning("token not obtained", extra={"action": "token", "code": error.code})


def _is_open_userid(account: str) -> bool:
    """An encrypted id begins with "wo" and is long; a person may be called "wolf"."""
    return account.startswith(_OPEN_USERID_PREFIX) and len(account) >= _OPEN_USERID_LENGTH
