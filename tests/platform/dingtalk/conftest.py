"""Fixtures of the DingTalk tests."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from platforms.dingtalk import DingTalk, DingTalkConfig, Timing
from platforms.shared.connection_state import ConnectionState
from tests.platform.dingtalk.fake import CLIENT_ID, SECRET, Clock, FakeDingTalk, MonthTally, running, until

FAST = Timing(
    request=2.0,
    connect=1.0,
    qps_pauses=(0.01, 0.01, 0.01),
    retry_pause=0.01,
    backoff_first=0.01,
    backoff_cap=0.05,
    heartbeat=5.0,
    idle=5.0,
    drain=1.0,
    press_window=2.0,
    message_window=0.1,
)
#: For what is about a window that closes before the handler is through.
HASTY = replace(FAST, press_window=0.03)


@pytest.fixture
def clock() -> Clock:
    """A clock at Monday 2026-11-23 09:00 in Shanghai."""
    return Clock()


@pytest.fixture
def counter(clock: Clock) -> MonthTally:
    """An empty month."""
    return MonthTally(clock)


@pytest.fixture
async def fake() -> AsyncIterator[FakeDingTalk]:
    """A running fake DingTalk."""
    async with running() as server:
        yield server


@pytest.fixture
async def build(fake, clock, counter):
    """Make platforms that talk to the fake."""
    made = []

    def build(timing: Timing = FAST, **parts) -> DingTalk:
        given = {"client_id": CLIENT_ID, "client_secret": SECRET, "public_url": "https://e.test", **parts}
        config = DingTalkConfig(api_base=fake.base, oapi_base=fake.base, **given)
        made.append(DingTalk(config, clock, counter, timing=timing))
        return made[-1]

    yield build
    for platform in made:
        await platform.close()


class Door:
    """What came in, and the alarms. `handler` may be replaced."""

    def __init__(self) -> None:
        self.incoming = []
        self.alarms = []
        self.handler = None

    async def on_incoming(self, incoming) -> None:
        self.incoming.append(incoming)
        if self.handler is not None:
            await self.handler(incoming)

    async def on_alarm(self, code: str, detail: str) -> None:
        self.alarms.append(code)


@contextlib.asynccontextmanager
async def held(platform: DingTalk, door: Door | None = None):
    """Run the platform beside the test, with its long connection ready (or refused)."""
    door = door or Door()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(platform.run(door.on_incoming, door.on_alarm))
        try:
            if platform._stream is not None:
                await until(lambda: platform._stream.state in (ConnectionState.READY, ConnectionState.STOPPED))
            yield door
        finally:
            task.cancel()
