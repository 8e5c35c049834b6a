"""How soon `yousu serve` answers, and how much memory it holds when idle."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from benchmarks.measure import Figure, median, spread
from benchmarks.processes import resident_mb
from benchmarks.town import town
from operations.practice import process

READY_GOAL = 2.0
MEMORY_GOAL = 120.0
#: Seconds after the first answer: by then the long connection is up and the first tick is over.
IDLE_SECONDS = 2.0


async def answers(port: int) -> None:
    """Wait for the first 200 of /healthz, asking every five milliseconds."""
    asked = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.005)
            continue
        writer.write(asked)
        line = await reader.readline()
        writer.close()
        if line.startswith(b"HTTP/1.1 200"):
            return


async def one_start(env: dict[str, str], port: int, log: Path) -> tuple[float, float]:
    """Seconds until it answered, and megabytes a little later."""
    started = time.perf_counter()
    async with process("-m", "cli", "serve", env=env, log=log) as bot:
        await asyncio.wait_for(answers(port), 30)
        took = time.perf_counter() - started
        await asyncio.sleep(IDLE_SECONDS)
        return took, resident_mb(bot.pid)


async def run(folder: Path, *, quick: bool) -> list[Figure]:
    """Run the measurement and return its lines."""
    times = 2 if quick else 7
    async with town(folder / "start") as here:
        log = folder / "start" / "bot.log"
        first, _ = await one_start(here.env, here.bot_port, log)
        ready, memory = zip(*[await one_start(here.env, here.bot_port, log) for _ in range(times)], strict=True)
    soon, held = median(ready), median(memory)
    return [
        Figure(
            "启动到 /healthz 应答 200",
            f"{soon:.2f} 秒",
            f"< {READY_GOAL:.0f} 秒",
            soon < READY_GOAL,
            f"{times} 次启动的中位数（{spread(ready, 2)}），已有数据库；第一次启动（新建数据库）{first:.2f} 秒",
        ),
        Figure(
            "空闲内存（常驻）",
            f"{held:.0f} MB",
            f"< {MEMORY_GOAL:.0f} MB",
            held < MEMORY_GOAL,
            f"应答后 {IDLE_SECONDS:.0f} 秒，单进程，SQLite，长连接在线（演练城），{spread(memory)} MB",
        ),
    ]
