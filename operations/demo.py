"""`yousu demo`: the practice city in a browser, with a bot that serves it."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import signal
import socket
import webbrowser
from pathlib import Path

from operations.folders import held_folder
from operations.practice import town
from operations.running import Failure

FOLDER = Path(".demo")


async def run(port: int, *, browser: bool, platforms: str) -> int:
    """Run until interrupted. Every demo starts with a fresh city and a fresh database in `.demo/<port>/`.

    Raises Failure when the port is taken or another demo uses the folder; nothing is deleted then.
    """
    folder = FOLDER / str(port)
    with held_folder(folder, f"另一个演练正在使用 {folder}，没有启动；请先结束它，或用 --port 换一个端口"):
        _must_be_free(port)
        _empty(folder)
        demo = asyncio.ensure_future(_show(folder, port, browser=browser, platforms=platforms))
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, demo.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await demo
    return 0


async def _show(folder: Path, port: int, *, browser: bool, platforms: str) -> None:
    async with town(folder, port=port, platforms=platforms) as (city, _):
        print(f"演练城已就绪，请用浏览器打开：{city.url}  （按 Ctrl-C 结束）", flush=True)
        if browser:
            await asyncio.to_thread(webbrowser.open, city.url)
        await asyncio.Event().wait()


def _must_be_free(port: int) -> None:
    if not 0 <= port < 65536:
        raise Failure(f"端口应是 0 到 65535 的整数，现在是 {port}")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a demo that has just ended does not count
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise Failure(f"没有权限使用端口 {port}，请用 --port 换一个") from None
        except OSError:
            raise Failure(f"端口 {port} 已被占用，没有启动；请停止占用它的程序，或用 --port 换一个端口") from None


def _empty(folder: Path) -> None:
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
