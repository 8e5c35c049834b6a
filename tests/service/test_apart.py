"""Work done in a process of its own ends with the process that asked for it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from functools import partial
from pathlib import Path

from services.papers.apart import run_apart
from tests.kit.town import ROOT

ASKING = """
import functools, sys
from services.papers.apart import run_apart
from tests.service.test_apart import tell_and_wait
if __name__ == "__main__":
    run_apart(functools.partial(tell_and_wait, sys.argv[1]))
"""


def tell_and_wait(path: str) -> None:
    """Write down whose work this is, and work for a long time."""
    Path(path).write_text(str(os.getpid()))
    time.sleep(600)


def test_what_another_process_worked_out_comes_back() -> None:
    assert run_apart(partial(sorted, [2, 1])) == [1, 2]
    assert run_apart(os.getpid) != os.getpid()


async def test_a_killed_process_leaves_nobody_working_behind(tmp_path: Path) -> None:
    script, told = tmp_path / "asking.py", tmp_path / "pid"
    script.write_text(ASKING)
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        script,
        told,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        stderr=asyncio.subprocess.DEVNULL,
    )
    async with asyncio.timeout(60):
        while not told.exists() or not told.read_text():  # noqa: ASYNC110 - a file appears
            await asyncio.sleep(0.05)
        worker = os.pidfd_open(int(told.read_text()))
        child.send_signal(signal.SIGKILL)
        await child.wait()
        over = asyncio.Event()
        asyncio.get_running_loop().add_reader(worker, over.set)
        try:
            await over.wait()
        finally:
            asyncio.get_running_loop().remove_reader(worker)
            os.close(worker)
