"""Alive, ready, and numbers for the monitoring. None of them names a person or a case."""

from __future__ import annotations

from aiohttp import web
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from services.condition import condition
from web.deps import DEPS

#: A tick older than this many intervals means that time stands still.
STALE_TICKS = 8


async def alive(request: web.Request) -> web.Response:
    """`GET /healthz`: the process answers."""
    return web.json_response({"alive": True})


async def ready(request: web.Request) -> web.Response:
    """`GET /readyz`: database, platforms, age of the tick; 503 with what is wrong."""
    deps = request.app[DEPS]
    now = deps.office.clock.now()
    found = await condition(now)
    channels = [{"channel": item.channel, "ok": item.ok, "detail": item.detail} for item in deps.health()]
    fresh = found.tick_age is not None and found.tick_age <= max(deps.tick_seconds * STALE_TICKS, 60)
    good = found.database and all(item["ok"] for item in channels) and fresh
    body = {"ready": good, "database": found.database, "tick_age_seconds": found.tick_age, "channels": channels}
    return web.json_response(body, status=200 if good else 503)


async def metrics(request: web.Request) -> web.Response:
    """`GET /metrics`: a handful of gauges in the Prometheus text form."""
    found = await condition(request.app[DEPS].office.clock.now())
    registry = CollectorRegistry()
    for name, help_, value in (
        ("yousu_open_cases", "Open cases", found.open_cases),
        ("yousu_overdue_cases", "Open cases past their limit", found.overdue),
        ("yousu_outbox_pending", "Messages waiting to be sent", found.outbox_pending),
        ("yousu_outbox_failed", "Messages given up", found.outbox_failed),
        ("yousu_inbox_failed", "Incoming events given up", found.inbox_failed),
        ("yousu_tick_age_seconds", "Seconds since the last tick", found.tick_age or 0),
    ):
        Gauge(name, help_, registry=registry).set(value)
    for item in request.app[DEPS].health():
        gauge = "yousu_channel_up_" + "".join(c if c.isascii() and c.isalnum() else "_" for c in item.channel)
        Gauge(gauge, "Channel works", registry=registry).set(1 if item.ok else 0)
    return web.Response(body=generate_latest(registry), headers={"Content-Type": "text/plain; version=0.0.4"})
