"""What goes on for ever goes on after every fault, also after one inside a task group."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from scheduler import supervision
from scheduler.supervision import Supervisor


def now() -> datetime:
    return datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


async def nobody_hears(words: str) -> None:
    """Tell nobody."""


async def fails() -> None:
    raise RuntimeError("a part of a round failed")


class Rounds:
    """The first two rounds fail in a part while the round waits for it; `third` says that there is another."""

    def __init__(self) -> None:
        self.count = 0
        self.third = asyncio.Event()

    async def run(self) -> None:
        self.count += 1
        if self.count > 2:
            self.third.set()
            await asyncio.Event().wait()
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.sleep(0.01))
            group.create_task(fails())


@pytest.mark.parametrize("kind", ["repeat", "keep"])
async def test_a_round_whose_part_failed_is_followed_by_another(kind: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(supervision, "FIRST_PAUSE", 0.01)
    supervisor, rounds = Supervisor(now, nobody_hears), Rounds()
    going_on = getattr(supervisor, kind)
    task = asyncio.get_running_loop().create_task(going_on("part", rounds.run))
    async with asyncio.timeout(10):
        await rounds.third.wait()
    assert [item.task for item in supervisor.illnesses()] == ["part"]
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
