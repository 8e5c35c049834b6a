"""The aiohttp application: routes and the limits every request meets first."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from services.outage import passing
from web import callbacks, health, intake, practice
from web.deps import DEPS, Deps

#: No legitimate request is larger: a callback is a few KB, a forwarded text at most 64 KB.
MAX_BODY = 256 * 1024
#: Seconds a request may take before it is turned away; turning the practice clock takes as long as it takes.
PATIENCE = 15.0
UNHURRIED = frozenset({"/practice/clock"})
#: Seconds after which it is worth asking again.
RETRY_AFTER = 10
log = logging.getLogger(__name__)


def create_app(deps: Deps) -> web.Application:
    """The application with everything it needs in `deps`; the practice door exists only in practice."""
    app = web.Application(client_max_size=MAX_BODY, middlewares=[problems])
    app[DEPS] = deps
    intake.setup(app)
    app.router.add_get("/callback/{path:.+}", callbacks.receive)
    app.router.add_post("/callback/{path:.+}", callbacks.receive)
    app.router.add_post("/api/v1/complaints", intake.post_complaint)
    app.router.add_get("/api/v1/complaints/{case_no}", intake.get_complaint)
    app.router.add_get("/healthz", health.alive)
    app.router.add_get("/readyz", health.ready)
    app.router.add_get("/metrics", health.metrics)
    if deps.practice is not None:
        app.router.add_post("/practice/clock", practice.turn_clock)
    return app


@web.middleware
async def problems(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """An oversized body is a plain 413 everywhere; a bug is a 500 without a trace of its inside.

    A database that cannot take anything now is a 503: what was not stored is not accepted, and is to be sent again.
    """
    try:
        async with asyncio.timeout(PATIENCE if request.path not in UNHURRIED else None):
            return await handler(request)
    except web.HTTPRequestEntityTooLarge:
        return intake.problem(413, "内容过大", "请求内容超过 256 KB，请精简后重试。")
    except Exception as error:
        if not passing(error):
            raise
        log.warning("turned away", extra={"action": "turned_away", "fault": type(error).__name__})
        detail = "数据库暂时不能写入（被占用、磁盘满或正在重启），这次没有收下，请稍后用新的随机数重新推送。"
        return intake.problem(503, "暂时不能受理", detail, **{"Retry-After": str(RETRY_AFTER)})
