"""DingTalk behind the neutral contract: which channel carries what.

Cards go as interactive cards (ActionCards when the template is refused); texts to a person as robot messages; texts
to a group through the last speaker's session webhook or as a card when somebody is mentioned, else as robot messages;
files to persons only. Ordinary robot messages carry no key, so a repeat after a lost answer may be seen twice; a
repeat of a sending whose answer this process got is recognised.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime

from platforms.contract import (
    NOTICE_PREFIX,
    Attachment,
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
    Text,
    TryLater,
    Unreachable,
    UsageCounter,
)
from platforms.dingtalk import render
from platforms.dingtalk.alarm_buffer import AlarmBuffer
from platforms.dingtalk.callback import CARD_PATH, Doors
from platforms.dingtalk.card_callbacks import Presses
from platforms.dingtalk.cards import Cards, NoTemplate
from platforms.dingtalk.client import RestClient, is_bad_secret
from platforms.dingtalk.config import DingTalkConfig
from platforms.dingtalk.crypto import card_secret
from platforms.dingtalk.frame_handler import FrameHandler
from platforms.dingtalk.inbound import Directory, Reading
from platforms.dingtalk.quota import STREAM, Quota
from platforms.dingtalk.robot import Robot
from platforms.dingtalk.stream import Stream
from platforms.dingtalk.timing import Timing
from platforms.shared.connection_state import STATE_WORDS, ConnectionState
from platforms.shared.limits import answer_key
from platforms.shared.recent_keys import LruDict

log = logging.getLogger(__name__)

_KEY = re.compile(r"[0-9A-Za-z_@-]{1,60}")
_REGISTER_PAUSE = 60.0


class DingTalk:
    """`platforms.contract.ChatPlatform` for DingTalk. Without credentials it is silent and every send is refused.

    `now` is an aware clock; `paced` one that nobody can set, for budgets and pauses (`now` when there is none);
    `counter` outlives the process. Raises `Misconfigured` for an impossible event key.
    """

    name = "dingtalk"
    redraws = True

    def __init__(
        self,
        config: DingTalkConfig,
        now: Callable[[], datetime],
        counter: UsageCounter,
        paced: Callable[[], datetime] | None = None,
        *,
        timing: Timing | None = None,
    ) -> None:
        self._config = config
        self._timing = timing or Timing()
        self._alarms = AlarmBuffer()
        self._quota = Quota(counter, now, self._alarms, api=config.api_limit, stream=config.stream_limit)
        self.client = RestClient(config, paced or now, self._quota, self._alarms, self._timing)
        self._cards = Cards(self.client, config, self._alarms)
        self._robot = Robot(self.client, config, now)
        self._directory = Directory(self.client)
        self._presses = Presses()
        self._reading = Reading(config, self._directory, self._cards, self._robot, self._quota, self._presses, now)
        self._stream = Stream(self.client, self._alarms, self._timing) if config.by_stream else None
        self._doors = Doors(config, self._reading, self._presses, now, self._timing) if config.by_http else None
        self._taken: LruDict[Receipt] = LruDict()

    async def run(self, on_incoming: OnIncoming, on_alarm: OnAlarm) -> None:
        """Check the credentials once, then hold the connection (or register the card address) until cancelled."""
        await self._alarms.listen(on_alarm)
        refused = await self._check_application()
        async with asyncio.TaskGroup() as group:
            if self._stream is not None and refused is not None:
                await self._stream.stop(refused)
            elif self._stream is not None:
                handler = FrameHandler(group, self._reading, self._presses, on_incoming, self._alarms, self._timing)
                group.create_task(self._stream.run(handler.take))
            elif refused is not None:
                await self._alarms.ring(refused.code, refused.detail)
            elif self._doors is not None:
                group.create_task(self._register())
            await asyncio.Event().wait()

    async def send(
        self, to: Recipient, message: Message, *, key: str, again: bool = False, urgent: bool = True
    ) -> Receipt:
        """Send; see `ChatPlatform.send`. Texts and files may be seen twice after a lost answer, cards never."""
        self._require_reachable(to)
        if not _KEY.fullmatch(key):
            raise Rejected("key", "消息编号不合法")
        before = self._taken.get(key) if again else None
        if before is not None:
            return before
        receipt = await self._send(to, message, key, again=again, urgent=urgent)
        self._taken.put(key, receipt)
        return receipt

    def remember(self, to: Recipient, sent: Sequence[datetime]) -> None:
        """DingTalk counts by the second and by the month: the first is over, the second outlives the process."""

    async def update(self, receipt: Receipt, card: Card, *, key: str) -> bool:
        """Redraw a card for everybody. False for what is not a card, or one that DingTalk no longer has.

        Waits for a press on that card that is just being answered; costs nothing when the card shows this already.
        """
        track = str(receipt.handle.get("track") or "")
        if receipt.handle.get("via") != "card" or not track:
            return False
        await self._presses.quiet(track, self._timing.press_window)
        return await self._cards.redraw(track, card, in_group="chat" in receipt.handle, urgent=False)

    async def respond(self, incoming: Incoming, *, card: Card | None = None, text: str = "") -> bool:
        """Answer a press in its acknowledgement while that waits, else by redrawing; a message where it was said.

        False when the pressed card can no longer be changed; then nothing has been said.
        """
        if not self._config.has_application or incoming.reply_to.get("via") not in ("press", "session"):
            return False
        if card is not None and not await self._respond_card(incoming, card):
            return False
        if card is None:
            self._presses.dismiss(str(incoming.reply_to.get("window") or ""))
        if text:
            await self._respond_text(incoming, Text(text))
        return True

    async def fetch(self, attachment: Attachment) -> Fetched:
        """The bytes behind a download code; see `ChatPlatform.fetch`. Costs a call."""
        return await self._robot.fetch(attachment)

    async def readers(self, receipt: Receipt) -> frozenset[str] | None:
        """Who has read a message in a group; None one-to-one, and when DingTalk does not say. Costs calls."""
        query = str(receipt.handle.get("carrier") or receipt.handle.get("query") or "")
        chat = str(receipt.handle.get("chat") or "")
        return await self._robot.readers(chat, query) if chat and query else None

    async def recall(self, receipt: Receipt) -> bool:
        """Take a message back. False when DingTalk refuses."""
        return await self._robot.recall(receipt.handle)

    async def strangers(self, accounts: Collection[str]) -> frozenset[str]:
        """The accounts the directory does not know (page query-user-details); free of budget."""
        if not self._config.has_application:
            return frozenset()
        return frozenset([account for account in accounts if not await self._directory.knows(account)])

    def callback_routes(self) -> Mapping[str, CallbackDoor]:
        """The callback addresses of HTTP mode; none in stream mode."""
        return self._doors.paths() if self._doors is not None else {}

    def health(self) -> list[Health]:
        """One line each for the credentials, the connection and the month's budget."""
        if not self._config.has_application:
            return []
        lines = [self._application_health(), self._quota.health()]
        if self._stream is not None:
            state, trouble = self._stream.state, self._stream.trouble
            words = STATE_WORDS[state] + (f"：{trouble}" if trouble else "")
            lines.insert(1, Health("dingtalk.stream", state in (ConnectionState.READY, ConnectionState.IDLE), words))
        return lines

    async def close(self) -> None:
        """Release the HTTP connections; the long connection ends with `run`."""
        await self.client.close()

    def _application_health(self) -> Health:
        trouble = self.client.tokens.trouble
        if trouble is not None:
            return Health("dingtalk.application", ok=False, detail=f"取不到令牌：{trouble}")
        return Health("dingtalk.application", ok=True, detail="令牌有效" if self.client.tokens.held else "尚未取令牌")

    def _require_reachable(self, to: Recipient) -> None:
        if not self._config.has_application:
            raise ChannelDown("application_absent", "没有配置钉钉应用")
        if to.id.startswith(NOTICE_PREFIX):
            raise ChannelDown("webhook_absent", "钉钉没有配置单向通知群")
        if to.id.startswith("outside:"):
            raise Unreachable("outside", "不是本组织的人")

    async def _send(self, to: Recipient, message: Message, key: str, *, again: bool, urgent: bool) -> Receipt:
        if isinstance(message, File):
            return await self._robot.send_file(to, message, key, urgent=urgent)
        if isinstance(message, Card):
            try:
                return await self._cards.send(to, message, key, again=again, urgent=urgent)
            except NoTemplate:
                return await self._robot.send_card(to, message, key, urgent=urgent)
        if to.place is Place.CHAT and message.mentions:
            return await self._call_out(to, message, key, again=again, urgent=urgent)
        return await self._robot.send_text(to, message, key, urgent=urgent)

    async def _call_out(self, to: Recipient, text: Text, key: str, *, again: bool, urgent: bool) -> Receipt:
        """Mention somebody: robot messages cannot, session webhooks and cards can."""
        if not self._quota.short(STREAM) and not again and await self._said_in(to.id, text):
            return Receipt(message_id=key)
        try:
            return await self._cards.send(to, render.as_card(text), key, again=again, urgent=urgent)
        except NoTemplate:
            return await self._robot.send_text(to, text, key, urgent=urgent)

    async def _respond_card(self, incoming: Incoming, card: Card) -> bool:
        reply_to = incoming.reply_to
        if reply_to["via"] != "press":
            await self.send(_here(incoming), card, key=answer_key(incoming, card))
            return True
        track, in_group = str(reply_to["track"]), bool(reply_to.get("group"))
        if in_group and incoming.chat_id is None:
            # A card drawn for one reader never goes onto a card that a group sees.
            return False
        window = self._presses.find(str(reply_to["window"]))
        if window is not None:
            update = self._cards.answer(card, in_group=in_group)
            if await window.give(update):
                self._cards.note_answer(track, update)
                return True
        return await self._cards.redraw(track, card, in_group=in_group, urgent=True)

    async def _respond_text(self, incoming: Incoming, text: Text) -> None:
        """Where it was said: through the session webhook while that lives, else as an ordinary message."""
        if not self._quota.short(STREAM) and await self._said_back(incoming, text):
            return
        await self.send(_here(incoming), text, key=answer_key(incoming, text.content))

    async def _said_back(self, incoming: Incoming, text: Text) -> bool:
        reply_to = incoming.reply_to
        if reply_to["via"] == "session":
            return await self._quietly(self._robot.say(str(reply_to["webhook"]), str(reply_to["until"]), text))
        return incoming.chat_id is not None and await self._said_in(incoming.chat_id, text)

    async def _said_in(self, chat: str, text: Text) -> bool:
        return await self._quietly(self._robot.say_in(chat, text))

    @staticmethod
    async def _quietly(saying: Awaitable[bool]) -> bool:
        """A session webhook that fails is passed over: there is another way."""
        try:
            return await saying
        except PlatformError as error:
            log.warning("session webhook failed", extra={"action": "session_failed", "code": error.code})
            return False

    async def _check_application(self) -> Misconfigured | None:
        """Whether the client id or the secret is refused; other troubles are reported and may pass."""
        if not self._config.has_application:
            return None
        try:
            await self.client.tokens.get()
        except Misconfigured as error:
            if is_bad_secret(error):
                return error
            await self._alarms.ring(error.code, error.detail)
        except PlatformError as error:
            log.warning("token not obtained", extra={"action": "token", "code": error.code})
        return None

    async def _register(self) -> None:
        """Tell DingTalk where presses go; repeated until it is told."""
        if not self._config.public_url:
            await self._alarms.ring("public_url", "HTTP 模式需要 PUBLIC_URL，否则收不到卡片按钮的回调")
            return
        url = f"{self._config.public_url.rstrip('/')}/callback/{CARD_PATH}"
        while True:
            try:
                await self._cards.register(url, card_secret(self._config.client_secret))
                return
            except TryLater as error:
                await asyncio.sleep(min(error.after, _REGISTER_PAUSE))
            except PlatformError as error:
                await self._alarms.ring(error.code, f"卡片回调地址没有注册成功：{error.detail}")
                return


def _here(incoming: Incoming) -> Recipient:
    if incoming.chat_id is not None:
        return Recipient(Place.CHAT, incoming.chat_id)
    return Recipient(Place.PERSON, incoming.account)
