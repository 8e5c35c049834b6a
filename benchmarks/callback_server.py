"""The process under load of the callback measurement: the real application and a bare handler, one loop, one database.

`python -m benchmarks.callback_server DATABASE_URL ROW_BYTES` prints one line of JSON with both ports.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
from datetime import timedelta

from aiohttp import web

from benchmarks.seed import KEY
from in_force import shipped_calendar, shipped_rules
from main import database
from models.database import transaction
from models.queues import InboxRow
from models.sealing import Sealer
from platforms.contract import Incoming
from platforms.wecom import WeCom, WeComConfig
from sandbox.city.people import load
from scheduler.clock import SystemClock
from services.delivery.inbox import LEASE_SECONDS, remember
from services.store.app import AppContext
from web.app import create_app
from web.deps import Deps


def real_app() -> web.Application:
    """The product's application. Its `accept` stores the event and stops there: handling is not measured."""
    rules = shipped_rules()
    app = AppContext(SystemClock(), shipped_calendar(rules), rules, Sealer(KEY))
    corp = load().corp
    wecom = WeCom(WeComConfig(corp_id=corp.corp_id, token=corp.token, aes_key=corp.aes_key), app.clock.now)

    async def accept(incoming: Incoming) -> None:
        await remember(app, incoming)

    return create_app(
        Deps(
            app,
            {"wecom": wecom},
            wecom.callback_routes(),
            accept,
            {},
            wecom.health,
            illnesses=list,
            disk=lambda: None,
            tick_seconds=15.0,
        )
    )


def bare_app(row_bytes: int) -> web.Application:
    """A handler that reads the body and makes the same kind of row, of the same size, through the same models."""
    clock = SystemClock()
    payload = secrets.token_urlsafe(row_bytes)[:row_bytes]

    async def handle(request: web.Request) -> web.Response:
        await request.read()
        now = clock.now()
        async with transaction():
            await InboxRow.create(
                platform="wecom",
                event_key=secrets.token_hex(32),
                kind="press",
                payload=payload,
                received_at=now,
                next_try_at=now + timedelta(seconds=LEASE_SECONDS),
            )
        return web.Response(text="")

    app = web.Application()
    app.router.add_post("/callback/wecom", handle)
    return app


async def serve(url: str, row_bytes: int) -> None:
    """Serve both until the process is stopped."""
    async with database(url, SystemClock().now()):
        ports = []
        runners = [web.AppRunner(app, access_log=None) for app in (real_app(), bare_app(row_bytes))]
        try:
            for runner in runners:
                await runner.setup()
                await web.TCPSite(runner, "127.0.0.1", 0).start()
                ports.append(runner.addresses[0][1])
            print(json.dumps({"real": ports[0], "bare": ports[1]}), flush=True)
            await asyncio.Event().wait()
        finally:
            for runner in runners:
                await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], int(sys.argv[2])))
