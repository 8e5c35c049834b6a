"""DingTalk's official SDK as an independent client: our reading of the protocol is held against somebody else's.

The SDK asks for its connection with a blocking call, so it lives in a thread with a loop of its own. Its gateway is a
constant of its class; a test points it elsewhere.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Mapping

import dingtalk_stream
from dingtalk_stream import AckMessage, CallbackMessage, ChatbotMessage, DingTalkStreamClient

BOT_TOPIC = "/v1.0/im/bot/messages/get"
CARD_TOPIC = "/v1.0/card/instances/callback"

QUIET = logging.getLogger("tests.sdk")
QUIET.addHandler(logging.NullHandler())
QUIET.propagate = False


class Messages(dingtalk_stream.CallbackHandler):
    """Keeps what it hears."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[ChatbotMessage] = []

    async def process(self, callback: CallbackMessage) -> tuple[int, str]:
        self.heard.append(ChatbotMessage.from_dict(callback.data))
        return AckMessage.STATUS_OK, "OK"


class Cards(dingtalk_stream.CallbackHandler):
    """Answers every press with the same change of the card's variables."""

    def __init__(self, change: Mapping[str, str]) -> None:
        super().__init__()
        self.change = dict(change)
        self.heard: list[dingtalk_stream.CardCallbackMessage] = []

    async def process(self, callback: CallbackMessage) -> tuple[int, dict[str, object]]:
        self.heard.append(dingtalk_stream.CardCallbackMessage.from_dict(callback.data))
        options = {"updateCardDataByKey": True, "updatePrivateDataByKey": True}
        return AckMessage.STATUS_OK, {"cardUpdateOptions": options, "cardData": {"cardParamMap": self.change}}


class Events(dingtalk_stream.EventHandler):
    """Takes every event."""

    async def process(self, event: dingtalk_stream.EventMessage) -> tuple[int, str]:
        return AckMessage.STATUS_OK, "OK"


class SdkClient:
    """The SDK's client in its thread, from the start until `stop`."""

    def __init__(self, client_id: str, secret: str, change: Mapping[str, str]) -> None:
        self.sdk = DingTalkStreamClient(dingtalk_stream.Credential(client_id, secret), logger=QUIET)
        self.messages, self.cards = Messages(), Cards(change)
        self.sdk.register_callback_handler(BOT_TOPIC, self.messages)
        self.sdk.register_callback_handler(CARD_TOPIC, self.cards)
        self.sdk.register_all_event_handler(Events())
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        self.task = self.loop.create_task(self.sdk.start())
        self.loop.run_forever()

    async def _end(self) -> None:
        """The first cancellation closes the socket and is swallowed, the second ends the pause after it."""
        self.task.cancel()
        await asyncio.sleep(0.2)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def stop(self) -> None:
        """Close its socket and end its thread."""
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._end(), self.loop))
        self.loop.call_soon_threadsafe(self.loop.stop)
        await asyncio.to_thread(self.thread.join, 2)
        self.loop.close()
