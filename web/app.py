"""The aiohttp application: routes and the limits every request meets first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from web import callbacks, health, intake, practice
from web.deps import DEPS, Deps

#: No legitimate request is larger: a callback is a few KB, a forwarded text at most 64 KB.
MAX_BODY = 256 * 1024


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
    """An oversized body is a plain 413 everywhere; a bug is a 500 without a trace of its inside."""
    try:
        return await handler(request)
    except web.HTTPRequestEntityTooLarge:
        return intake.problem(413, "内容过大", "请求内容超过 256 KB，请精简后重试。")
