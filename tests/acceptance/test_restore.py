"""A restored deployment works on: a server starts, and work orders reach the groups again."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.acceptance.deployment import running, until

pytestmark = pytest.mark.acceptance


async def test_after_a_restore_no_work_order_is_taken_for_one_that_was_sent_before(tmp_path: Path, migrated_url: str):
    saved = str(tmp_path / "saved.backup")
    async with running(tmp_path, migrated_url) as place:
        status, _, err = await place.yousu("backup", saved)
        assert status == 0, err
        # These cards are on the platform under numbers the restored database will give out again.
        for sample in (0, 1):
            await place.expect("人社局", await place.dispatched(sample))
        status, _, err = await place.yousu("restore", saved)
        assert status == 1
        assert "停" in err, "a serving bot is not restored under"
        place.bots[0].send_signal(signal.SIGTERM)
        assert await place.bots[0].wait() == 0
        status, said, err = await place.yousu("restore", saved)
        assert status == 0, err
        assert "原来的" in said
        before = len(await place.seen("人社局", "YS"))
        await place.serve()
        await place.connected()
        no = await place.dispatched(0)

        async def came() -> bool:  # its number was given out before as well
            return len(await place.seen("人社局", "YS")) > before

        await until(came, f"the work order of {no} did not come: {place.log()}")
        status, out, _ = await place.yousu("case", "show", no, "--json")
        assert status == 0
        assert '"delivered"' in out
