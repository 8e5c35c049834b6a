"""DingTalk's own SDK as an independent client: it connects, hears, answers a press, and its acks are taken.

The SDK asks for its connection with a blocking call, so it lives in a thread with a loop of its own.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator

import dingtalk_stream
import pytest
from dingtalk_stream import AckMessage, CallbackMessage, ChatbotMessage, DingTalkStreamClient

from sandbox.dingtalk.frames import BOT_TOPIC, CARD_TOPIC
from tests.sandbox.dingtalk.conftest import GROUP, MENTION, Town

QUIET = logging.getLogger("tests.oracle")
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
    """Answers every press with a new line under the card."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[dingtalk_stream.CardCallbackMessage] = []

    async def process(self, callback: CallbackMessage) -> tuple[int, dict[str, object]]:
        self.heard.append(dingtalk_stream.CardCallbackMessage.from_dict(callback.data))
        options = {"updateCardDataByKey": True, "updatePrivateDataByKey": True}
        return AckMessage.STATUS_OK, {"cardUpdateOptions": options, "cardData": {"cardParamMap": {"tips": "已签收"}}}


class Events(dingtalk_stream.EventHandler):
    """Takes every event."""

    async def process(self, event: dingtalk_stream.EventMessage) -> tuple[int, str]:
        return AckMessage.STATUS_OK, "OK"


class Client:
    """The SDK's client in its thread."""

    def __init__(self, town: Town) -> None:
        ding = town.world.city.ding
        credential = dingtalk_stream.Credential(ding.client_id, ding.client_secret)
        self.sdk = DingTalkStreamClient(credential, logger=QUIET)
        self.messages, self.cards = Messages(), Cards()
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
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._end(), self.loop))
        self.loop.call_soon_threadsafe(self.loop.stop)
        await asyncio.to_thread(self.thread.join, 2)
        self.loop.close()


@pytest.fixture
async def client(town: Town, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Client]:
    address = f"{town.url}/dingtalk/api/v1.0/gateway/connections/open"
    monkeypatch.setattr(DingTalkStreamClient, "OPEN_CONNECTION_API", address)
    client = Client(town)
    async with asyncio.timeout(5):
        while not town.world.ding.stream.connected:  # noqa: ASYNC110 - another program's state
            await asyncio.sleep(0.01)
    yield client
    await client.stop()


async def test_the_sdk_hears_a_message_and_its_ack_is_taken(town: Town, client: Client) -> None:
    said = await town.act("say", user="sunwei", chat=GROUP, text=f"{MENTION} 你好")
    assert said["delivered"] is True
    await asyncio.sleep(0.5)
    (heard,) = client.messages.heard
    assert heard.text.content == " 你好"
    assert (heard.sender_staff_id, heard.conversation_id) == ("SunWei.ZRZY", town.cid())
    assert (heard.robot_code, heard.conversation_type) == (town.robot_code, "2")
    assert await town.problems() == []


async def test_the_sdk_answers_a_press_and_the_card_is_redrawn(town: Town, client: Client) -> None:
    card = await town.shown_card()
    seen = await town.act("press", user="sunwei", message_id=card["id"], key="accept")
    assert (seen["ok"], seen["updated"], seen["problem"]) == (True, True, "")
    (heard,) = client.cards.heard
    assert (heard.card_instance_id, heard.user_id) == (card["task_id"], "SunWei.ZRZY")
    assert heard.content["cardPrivateData"]["params"] == {"action": "accept", "task": "0001"}
    assert (await town.messages())[-1]["card"]["tips"] == "已签收"
    assert await town.problems() == []


async def test_the_sdk_leaves_an_event_without_its_status(town: Town, client: Client) -> None:
    await town.act("leave", user="sunwei")
    await asyncio.sleep(0.1)
    assert "SUCCESS" in (await town.problems())[0]
