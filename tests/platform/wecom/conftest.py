"""Fixtures of the WeCom tests."""

from collections.abc import AsyncIterator

import pytest

from tests.platform.wecom.fake import Clock, FakeWeCom, running


@pytest.fixture
def clock() -> Clock:
    """A clock at Monday 2026-11-23 09:00 in Shanghai."""
    return Clock()


@pytest.fixture
async def fake() -> AsyncIterator[FakeWeCom]:
    """A running fake WeCom."""
    async with running() as server:
        yield server
