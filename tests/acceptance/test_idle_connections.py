"""Whoever only holds connections open keeps nobody out: a real process with few descriptors, and hundreds of idle ones.

The numbers are the product's own: at 256 descriptors the gate has 64 places.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import textwrap
from pathlib import Path

import aiohttp
import pytest

from operations.practice import free_port

pytestmark = pytest.mark.acceptance

DESCRIPTORS = 256
IDLE = 300
CHECKS = 20

#: The gate of the product before the smallest application; the descriptors are lowered before anything is opened.
PROGRAM = """
import asyncio, json, logging, resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, ({limit}, {limit}))
from aiohttp import web
from web.guard import GATE, listen, places, through_the_gate
logging.basicConfig(stream=sys.stderr)

async def alive(request):
    return web.json_response({{"places": places(), "body": len(await request.read())}})

async def main():
    app = web.Application(middlewares=[through_the_gate])
    app[GATE] = []
    app.router.add_route("*", "/healthz", alive)
    await listen(app, "127.0.0.1", {port})
    print("ready", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def _hold(port: int, count: int) -> list[asyncio.StreamWriter]:
    """Open connections and say nothing on them; what is refused is tried no second time."""
    held = []
    for _ in range(count):
        try:
            _, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), 20)
        except OSError:
            continue
        held.append(writer)
    return held


@pytest.fixture
def served(tmp_path: Path):
    port, log = free_port(), tmp_path / "log"
    program = textwrap.dedent(PROGRAM).format(limit=DESCRIPTORS, port=port)
    with log.open("wb") as stderr:
        process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=stderr)
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n", log.read_text()
            yield port, log, process
        finally:
            process.kill()
            process.wait(20)
            process.stdout.close()


async def test_callbacks_are_served_while_hundreds_of_idle_connections_are_held(served):
    port, log, process = served
    held = await _hold(port, IDLE)
    try:
        assert len(held) >= IDLE * 0.9
        for _ in range(CHECKS):
            # A fresh connection each time, as a platform's callback comes.
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as session,
                session.post(f"http://127.0.0.1:{port}/healthz", data=b"x" * 5000) as answer,
            ):
                assert answer.status == 200
                assert (await answer.json()) == {"places": 64, "body": 5000}
            held += await _hold(port, 10)
        assert process.poll() is None
        open_now = len(list(Path(f"/proc/{process.pid}/fd").iterdir()))
        assert open_now < DESCRIPTORS, open_now
    finally:
        for writer in held:
            writer.close()
    assert log.stat().st_size < 20_000, log.read_text()[:2000]
