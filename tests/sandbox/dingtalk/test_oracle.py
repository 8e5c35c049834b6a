"""DingTalk's own SDK as an independent client: it connects, hears, answers a press, and its acks are taken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from dingtalk_stream import DingTalkStreamClient

from sandbox.dingtalk.ding import Ding
from tests.kit.dingtalk_sdk import SdkClient
from tests.sandbox.dingtalk.conftest import GROUP, MENTION, Town


@pytest.fixture
async def client(town: Town, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SdkClient]:
    address = f"{town.url}/dingtalk/api/v1.0/gateway/connections/open"
    monkeypatch.setattr(DingTalkStreamClient, "OPEN_CONNECTION_API", address)
    ding = town.world.city.ding
    client = SdkClient(ding.client_id, ding.client_secret, {"tips": "已签收"})
    async with asyncio.timeout(5):
        while not town.world.part(Ding).stream.connected:  # noqa: ASYNC110 - another program's state
            await asyncio.sleep(0.01)
    yield client
    await client.stop()


async def test_the_sdk_hears_a_message_and_its_ack_is_taken(town: Town, client: SdkClient) -> None:
    said = await town.act("say", user="sunwei", chat=GROUP, text=f"{MENTION} 你好")
    assert said["delivered"] is True
    await asyncio.sleep(0.5)
    (heard,) = client.messages.heard
    assert heard.text.content == " 你好"
    assert (heard.sender_staff_id, heard.conversation_id) == ("SunWei.ZRZY", town.cid())
    assert (heard.robot_code, heard.conversation_type) == (town.robot_code, "2")
    assert await town.problems() == []


async def test_the_sdk_answers_a_press_and_the_card_is_redrawn(town: Town, client: SdkClient) -> None:
    card = await town.shown_card()
    seen = await town.act("press", user="sunwei", message_id=card["id"], key="accept")
    assert (seen["ok"], seen["updated"], seen["problem"]) == (True, True, "")
    (heard,) = client.cards.heard
    assert (heard.card_instance_id, heard.user_id) == (card["task_id"], "SunWei.ZRZY")
    assert heard.content["cardPrivateData"]["params"] == {"action": "accept", "task": "0001"}
    assert (await town.messages())[-1]["card"]["tips"] == "已签收"
    assert await town.problems() == []


async def test_the_sdk_leaves_an_event_without_its_status(town: Town, client: SdkClient) -> None:
    await town.act("leave", user="sunwei")
    await asyncio.sleep(0.1)
    assert "SUCCESS" in (await town.problems())[0]
