"""The aiohttp application: routes and the limits every request meets first."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web

from web import callbacks, health, intake, practice
from web.deps import DEPS, Deps
from web.guard import BODY_SECONDS, GATE, through_the_gate

#: No legitimate request is larger: a callback is a few KB, a forwarded text at most 64 KB.
MAX_BODY = 256 * 1024
TOO_LARGE = "请求内容超过 256 KB，请精简后重试。"


def create_app(deps: Deps) -> web.Application:
    """The application with everything it needs in `deps`; the practice door exists only in practice."""
    app = web.Application(client_max_size=MAX_BODY, middlewares=[through_the_gate, problems])
    app[DEPS] = deps
    app[GATE] = []
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
    """Read the body, bounded in size and time; a bug behind it is a 500 without a trace of its inside.

    A body that says it is too large is not read at all; one that does not come is 408, one that is no body 400.
    """
    if (request.content_length or 0) > MAX_BODY:
        return _last(intake.problem(413, "内容过大", TOO_LARGE))
    try:
        async with asyncio.timeout(BODY_SECONDS):
            await request.read()
    except web.HTTPRequestEntityTooLarge:
        return _last(intake.problem(413, "内容过大", TOO_LARGE))
    except TimeoutError:
        return _last(intake.problem(408, "请求超时", "请求内容没有在规定时间内传完，请检查网络后重试。"))
    except web.RequestPayloadError:
        return _last(intake.problem(400, "请求有误", "请求内容的编码或长度不对，请重新发送。"))
    return await handler(request)


def _last(response: web.Response) -> web.Response:
    """The connection ends with this answer: what still comes on it is not wanted."""
    response.force_close()
    return response
