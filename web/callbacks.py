"""Platform callbacks: verify, store, answer at once, work after. What does not verify is a 4xx and leaves no row."""

from __future__ import annotations

import logging

from aiohttp import web

from platforms.contract import Callback, PlatformError
from web.deps import DEPS

log = logging.getLogger(__name__)


async def receive(request: web.Request) -> web.Response:
    """`GET|POST /callback/{path}`: whatever a configured platform wants there; 404 for a path nobody asked for."""
    deps = request.app[DEPS]
    door = deps.callback_routes.get(request.match_info["path"])
    if door is None:
        raise web.HTTPNotFound(text="这个回调地址没有启用：请核对 .env 里对应平台的设置")
    headers = {name.lower(): value for name, value in request.headers.items()}
    callback = Callback(request.method, request.query, headers, await request.read())
    try:
        answer = await door(callback, deps.accept)
    except PlatformError as error:
        log.warning("callback refused", extra={"action": "callback_refused", "code": error.code})
        return web.Response(status=getattr(error, "status", 400), text="invalid callback")
    return web.Response(text=answer.body, content_type=answer.content_type, status=answer.status)
