"""The aiohttp application: routes and the limits every request meets first."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from platforms.contract import MAX_ATTACHMENT
from services.store.outage import passing
from web import callbacks, health, intake, materials, practice
from web.deps import DEPS, Deps
from web.guard import BODY_SECONDS, GATE, through_the_gate

#: No legitimate request but a file is larger: a callback is a few KB, a forwarded text at most 64 KB.
MAX_BODY = 256 * 1024
TOO_LARGE = "请求内容超过 256 KB，请精简后重试。"
#: The whole body of a file, in seconds: 20 MB over a slow line.
FILE_SECONDS = 120.0
#: Seconds a request may take before it is turned away; turning the practice clock takes as long as it takes.
PATIENCE = 15.0
UNHURRIED = frozenset({"/practice/clock"})
#: Seconds after which it is worth asking again.
RETRY_AFTER = 10
log = logging.getLogger(__name__)


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
    app.router.add_post(materials.PATH, materials.post_material)
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

    A body that says it is too large is not read at all; one that does not come is 408, one that is no body 400. A
    database that cannot take anything now is a 503: what was not stored is not accepted, and is to be sent again.
    """
    is_file = request.match_info.route.resource is not None and (
        request.match_info.route.resource.canonical == materials.PATH
    )
    most, told = (MAX_ATTACHMENT, materials.TOO_LARGE) if is_file else (MAX_BODY, TOO_LARGE)
    if (request.content_length or 0) > most:
        return _last(intake.problem(413, "内容过大", told))
    if is_file:
        request = request.clone(client_max_size=most)
    try:
        async with asyncio.timeout(FILE_SECONDS if is_file else BODY_SECONDS):
            await request.read()
    except web.HTTPRequestEntityTooLarge:
        return _last(intake.problem(413, "内容过大", told))
    except TimeoutError:
        return _last(intake.problem(408, "请求超时", "请求内容没有在规定时间内传完，请检查网络后重试。"))
    except web.RequestPayloadError:
        return _last(intake.problem(400, "请求有误", "请求内容的编码或长度不对，请重新发送。"))
    try:
        async with asyncio.timeout(PATIENCE if request.path not in UNHURRIED else None):
            return await handler(request)
    except Exception as error:
        if not passing(error):
            raise
        log.warning("turned away", extra={"action": "turned_away", "fault": type(error).__name__})
        detail = "数据库暂时不能写入（被占用、磁盘满或正在重启），这次没有收下，请稍后用新的随机数重新推送。"
        return intake.problem(503, "暂时不能受理", detail, **{"Retry-After": str(RETRY_AFTER)})


def _last(response: web.Response) -> web.Response:
    """The connection ends with this answer: what still comes on it is not wanted."""
    response.force_close()
    return response
