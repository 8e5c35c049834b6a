"""v1.0/gateway/connections/open: credentials and subscriptions in, an endpoint and a ticket out."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from aiohttp import web

from sandbox.city.world import WORLD, World
from sandbox.dingtalk.credentials import is_ours
from sandbox.dingtalk.ding import Ding
from sandbox.dingtalk.errors import BAD_PARAMETER, DingError
from sandbox.dingtalk.frames import TOPICS
from sandbox.dingtalk.parts import json_body, text

STREAM_PATH = "/dingtalk/stream"


def _subscriptions(body: dict[str, Any]) -> frozenset[tuple[str, str]]:
    wanted = body.get("subscriptions")
    if not isinstance(wanted, list) or not wanted:
        raise DingError("Missingsubscriptions", "subscriptions is mandatory for this action.")
    topics = set()
    for item in wanted:
        topic = (item.get("type"), item.get("topic")) if isinstance(item, dict) else None
        if topic not in TOPICS:
            raise DingError(BAD_PARAMETER, f"unknown subscription {item!r}")
        topics.add(topic)
    return frozenset(topics)


async def connect(world: World, request: web.Request) -> dict[str, Any] | web.Response:
    """A ticket for one connection; without `Accept: application/json` the answer is XML, as on the real wire."""
    body = await json_body(request)
    if not is_ours(world, text(body, "clientId"), text(body, "clientSecret")):
        raise DingError("authFailed", "鉴权失败", 401)
    ticket = world.part(Ding).stream.issue(_subscriptions(body))
    endpoint = f"{'wss' if request.scheme == 'https' else 'ws'}://{request.host}{STREAM_PATH}"
    if "application/json" not in request.headers.get("Accept", ""):
        inside = f"<endpoint>{escape(endpoint)}</endpoint><ticket>{ticket}</ticket>"
        xml = f'<?xml version="1.0" encoding="UTF-8"?><openConnectionResponse>{inside}</openConnectionResponse>'
        return web.Response(text=xml, content_type="application/xml")
    return {"endpoint": endpoint, "ticket": ticket}


async def door(request: web.Request) -> web.StreamResponse:
    """The WebSocket's address."""
    return await request.app[WORLD].part(Ding).stream.door(request)
