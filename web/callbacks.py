"""Platform callbacks: verify, store, answer 200, work after. What does not verify is a 4xx and leaves no row."""

from __future__ import annotations

import logging

from aiohttp import web

from platforms.contract import PlatformError
from web.deps import DEPS, CallbackPlatform

log = logging.getLogger(__name__)


def _platform(request: web.Request) -> CallbackPlatform:
    platform = request.app[DEPS].wecom
    if platform is None:
        raise web.HTTPNotFound(text="未配置企业微信回调")
    return platform


def _refused(error: PlatformError) -> web.Response:
    log.warning("callback refused", extra={"action": "callback_refused", "code": error.code})
    return web.Response(status=getattr(error, "status", 400), text="invalid callback")


async def verify_wecom(request: web.Request) -> web.Response:
    """`GET /callback/wecom`: the address check, answered with the decrypted echo string."""
    try:
        return web.Response(text=_platform(request).verify(request.query))
    except PlatformError as error:
        return _refused(error)


async def receive_wecom(request: web.Request) -> web.Response:
    """`POST /callback/wecom`: one encrypted event of the self-built application."""
    platform = _platform(request)
    body = await request.read()
    try:
        incoming = platform.handle_callback(request.query, body)
    except PlatformError as error:
        return _refused(error)
    await request.app[DEPS].accept(incoming)
    return web.Response(text="")
