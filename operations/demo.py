"""`yousu demo`: the practice city in a browser, with a bot that serves it."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import signal
import webbrowser
from pathlib import Path

from operations.city import town

FOLDER = Path(".demo")


async def run(port: int, *, browser: bool, platforms: str) -> int:
    """Run until interrupted. Every demo starts with a fresh city and a fresh database in `.demo/`."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    demo = asyncio.ensure_future(_show(port, browser=browser, platforms=platforms))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, demo.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await demo
    return 0


async def _show(port: int, *, browser: bool, platforms: str) -> None:
    async with town(FOLDER, port=port, platforms=platforms) as (city, _):
        print(f"演练城已就绪，请用浏览器打开：{city.url}  （按 Ctrl-C 结束）", flush=True)
        if browser:
            await asyncio.to_thread(webbrowser.open, city.url)
        await asyncio.Event().wait()
