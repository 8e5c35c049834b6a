"""`python -m sandbox`: run the practice city until it is stopped."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import signal
import sys
from pathlib import Path

from aiohttp import web

from sandbox.city.clock import parse
from sandbox.city.people import DEFAULT_CITY, KINDS, WECOM, load
from sandbox.server import create_app

SHUTDOWN_SECONDS = 1.0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="练习城市：扮演企业微信和钉钉的另一端。")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8500, help="0 picks a free port")
    parser.add_argument("--bot-url", default="http://127.0.0.1:8400", help="where the bot listens")
    parser.add_argument("--city", type=Path, default=DEFAULT_CITY)
    parser.add_argument("--platforms", choices=KINDS, default=WECOM, help="which platforms the people are on")
    parser.add_argument("--start", type=parse, help="the city's first moment, ISO 8601")
    return parser.parse_args()


async def _serve(arguments: argparse.Namespace) -> None:
    app = create_app(load(arguments.city, arguments.platforms), bot_url=arguments.bot_url, start=arguments.start)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    try:
        site = web.TCPSite(runner, arguments.host, arguments.port)
        await site.start()
        host, port = runner.addresses[0][:2]
        sys.stdout.write(json.dumps({"ready": True, "url": f"http://{host}:{port}"}) + "\n")
        sys.stdout.flush()
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            # Windows has no signal handlers in its loop; there Ctrl-C raises instead.
            with contextlib.suppress(NotImplementedError):
                asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await stop.wait()
    finally:
        await runner.cleanup()


def main() -> None:
    """Run until SIGINT or SIGTERM."""
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(_arguments()))


if __name__ == "__main__":
    main()
