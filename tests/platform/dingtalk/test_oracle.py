"""The same frames to DingTalk's own SDK and to us: acknowledged alike, but where the SDK is known to be wrong.

The `message` of an acknowledgement is not compared: the documents say "OK", the SDK leaves it empty.
"""

import json
from collections.abc import AsyncIterator

import pytest
from dingtalk_stream import DingTalkStreamClient

from tests.kit.dingtalk_sdk import SdkClient
from tests.platform.dingtalk import fake as dt
from tests.platform.dingtalk.conftest import held, until
from tests.platform.dingtalk.test_stream import acked, press, sample, text


@pytest.fixture
async def sdk(fake, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SdkClient]:
    monkeypatch.setattr(DingTalkStreamClient, "OPEN_CONNECTION_API", fake.base + dt.GATEWAY)
    client = SdkClient(dt.CLIENT_ID, dt.SECRET, {})
    await until(lambda: fake.sockets)
    yield client
    await client.stop()


async def both(fake, build, sdk: SdkClient, frame: dict) -> tuple[dict, dict]:
    """The SDK's acknowledgement of a frame and, over a connection of our own, ours."""
    name = frame["headers"]["messageId"]
    await fake.push(frame, 0)
    theirs = await acked(fake, name)
    fake.acks.clear()
    async with held(build()):
        await fake.push(frame)
        return theirs, await acked(fake, name)


def envelope(ack: dict) -> dict:
    return {"code": ack["code"], "headers": ack["headers"], "fields": set(ack)}


async def test_we_subscribe_to_what_the_sdk_subscribes_to_in_the_same_shape(fake, build, sdk):
    async with held(build()):
        theirs, ours = fake.bodies(dt.GATEWAY)
    assert set(ours) >= set(theirs) - {"localIp"}
    key = "subscriptions"
    assert sorted(ours[key], key=str) == sorted(theirs[key], key=str)


async def test_a_ping_is_acknowledged_alike(fake, build, sdk):
    theirs, ours = await both(fake, build, sdk, sample("frame_system_ping"))
    assert envelope(ours) == envelope(theirs)
    assert json.loads(ours["data"]) == json.loads(theirs["data"])


async def test_a_message_is_acknowledged_alike_but_for_the_unused_answer(fake, build, sdk):
    theirs, ours = await both(fake, build, sdk, text(1))
    assert envelope(ours) == envelope(theirs)
    assert set(json.loads(ours["data"])) == set(json.loads(theirs["data"])) == {"response"}


async def test_a_press_is_acknowledged_with_the_same_envelope(fake, build, sdk):
    theirs, ours = await both(fake, build, sdk, press())
    assert envelope(ours) == envelope(theirs)
    assert set(json.loads(ours["data"])) == set(json.loads(theirs["data"])) == {"response"}


async def test_an_event_is_acknowledged_with_the_status_the_sdk_leaves_out(fake, build, sdk):
    theirs, ours = await both(fake, build, sdk, sample("frame_event"))
    assert envelope(ours) == envelope(theirs)
    assert json.loads(ours["data"])["status"] == "SUCCESS"
    assert "status" not in json.loads(theirs["data"])
