"""Alive, ready, and numbers for the monitoring. None of them names a person or a case."""

from __future__ import annotations

from aiohttp import web
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from services.cases.public import local
from services.upkeep.health_counts import condition
from web.deps import DEPS

#: A tick older than this many intervals means that time stands still.
STALE_TICKS = 8
#: Seconds the clock of another machine may be ahead; a tick dated further in the future was written by a wrong clock.
AHEAD = 5.0


async def alive(request: web.Request) -> web.Response:
    """`GET /healthz`: the process answers."""
    return web.json_response({"alive": True})


async def ready(request: web.Request) -> web.Response:
    """`GET /readyz`: database, disk, platforms, background tasks, age of the tick; 503 with what is wrong.

    Answers within two seconds whatever the database does.
    """
    deps = request.app[DEPS]
    found = await condition(deps.app.clock.now)
    channels = [{"channel": item.channel, "ok": item.ok, "detail": item.detail} for item in deps.health()]
    tasks = [
        {
            "task": item.task,
            "ok": False,
            "fault": item.fault,
            "since": local(item.since),
            "seconds": round(item.seconds),
        }
        for item in deps.illnesses()
    ]
    room = deps.disk()
    good = (
        found.database
        and (room is None or room.ok)
        and all(item["ok"] for item in channels)
        and not tasks
        and fresh(found.tick_age, deps.tick_seconds)
    )
    body = {
        "ready": good,
        "database": found.database,
        "disk": None if room is None else {"ok": room.ok, "free_bytes": room.free_bytes, "detail": room.detail},
        "tick_age_seconds": found.tick_age,
        "channels": channels,
        "tasks": tasks,
    }
    return web.json_response(body, status=200 if good else 503)


def fresh(tick_age: float | None, tick_seconds: float) -> bool:
    """Whether time goes on: a tick is neither too old nor dated in the future, beyond what two machines differ by."""
    return tick_age is not None and -AHEAD <= tick_age <= max(tick_seconds * STALE_TICKS, 60)


async def metrics(request: web.Request) -> web.Response:
    """`GET /metrics`: a handful of gauges in the Prometheus text form."""
    found = await condition(request.app[DEPS].app.clock.now)
    registry = CollectorRegistry()
    Gauge("yousu_database_up", "The database answers", registry=registry).set(1 if found.database else 0)
    counts = (
        ("yousu_open_cases", "Open cases", found.open_cases),
        ("yousu_overdue_cases", "Open cases past their limit", found.overdue),
        ("yousu_outbox_pending", "Messages waiting to be sent", found.outbox_pending),
        ("yousu_outbox_due", "Messages whose time has come and that are not sent yet", found.outbox_due),
        ("yousu_outbox_failed", "Messages given up", found.outbox_failed),
        ("yousu_inbox_pending", "Incoming events accepted and not worked on yet", found.inbox_pending),
        ("yousu_inbox_failed", "Incoming events given up", found.inbox_failed),
        ("yousu_tick_age_seconds", "Seconds since the last tick", found.tick_age or 0),
    )
    # What a database that does not answer holds is not known: no figure, rather than a nought.
    for name, help_, value in counts if found.database else ():
        Gauge(name, help_, registry=registry).set(value)
    room = request.app[DEPS].disk()
    if room is not None:
        Gauge("yousu_disk_free_bytes", "Room on the volume of the database", registry=registry).set(room.free_bytes)
    ill = request.app[DEPS].illnesses()
    Gauge("yousu_tasks_ill", "Background tasks that fail now", registry=registry).set(len(ill))
    for item in request.app[DEPS].health():
        gauge = "yousu_channel_up_" + "".join(c if c.isascii() and c.isalnum() else "_" for c in item.channel)
        Gauge(gauge, "Channel works", registry=registry).set(1 if item.ok else 0)
    return web.Response(body=generate_latest(registry), headers={"Content-Type": "text/plain; version=0.0.4"})
