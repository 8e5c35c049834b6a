"""The REST door (`/cgi-bin/...`): tokens, faults and the one place that turns refusals into WeCom's JSON."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from sandbox.city.world import WORLD, World
from sandbox.wecom import rest_groups, rest_media, rest_messages, rest_people
from sandbox.wecom.errors import BAD_PARAMETER, BAD_SECRET, TOO_OFTEN, WireError

TOKEN_SECONDS = 7200  # real time
BAN_SECONDS = 3600.0  # city time
SENDS = ("message/send", "appchat/send", "webhook/send")

Answer = dict[str, Any] | web.StreamResponse
Handler = Callable[[World, web.Request], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Route:
    """One API: method, path below /cgi-bin/, handler, and whether it wants an access_token."""

    method: str
    path: str
    handler: Handler
    token: bool = True


async def gettoken(world: World, request: web.Request) -> dict[str, Any]:
    """A fresh access_token (path/91039). Ten wrong secrets within an hour ban the caller for an hour (45009)."""
    now = world.clock.unix()
    if now < world.banned_until:
        raise WireError(TOO_OFTEN, "api freq out of limit: too many wrong secrets, banned for an hour")
    corp = world.city.corp
    if request.query.get("corpid") != corp.corp_id:
        raise WireError(40013, "invalid corpid")
    given = request.query.get("corpsecret", "")
    if not secrets.compare_digest(given.encode(), corp.secret.encode()):
        if not world.wrong_secrets.take("secret", now):
            world.banned_until = now + BAN_SECONDS
        raise WireError(BAD_SECRET, "invalid credential")
    token = secrets.token_urlsafe(96)
    world.tokens[token] = time.monotonic() + TOKEN_SECONDS
    return {"access_token": token, "expires_in": TOKEN_SECONDS}


async def getcallbackip(world: World, request: web.Request) -> dict[str, Any]:
    """The addresses callbacks come from: this machine."""
    return {"ip_list": ["127.0.0.1", "::1"]}


ROUTES = (
    Route("GET", "gettoken", gettoken, token=False),
    Route("GET", "getcallbackip", getcallbackip),
    Route("POST", "message/send", rest_messages.send),
    Route("POST", "message/update_template_card", rest_messages.update_card),
    Route("POST", "message/recall", rest_messages.recall),
    Route("POST", "appchat/create", rest_groups.create),
    Route("GET", "appchat/get", rest_groups.get),
    Route("POST", "appchat/send", rest_groups.send),
    Route("POST", "webhook/send", rest_groups.webhook, token=False),
    Route("POST", "webhook/upload_media", rest_media.webhook_upload, token=False),
    Route("POST", "media/upload", rest_media.upload),
    Route("GET", "media/get", rest_media.get),
    Route("GET", "user/get", rest_people.user_get),
    Route("GET", "user/list", rest_people.user_list),
    Route("GET", "user/simplelist", rest_people.user_list),
    Route("GET", "department/list", rest_people.department_list),
    Route("GET", "department/simplelist", rest_people.department_simplelist),
    Route("GET", "department/get", rest_people.department_get),
    Route("POST", "batch/openuserid_to_userid", rest_people.openuserid_to_userid),
    Route("GET", "auth/getuserinfo", rest_people.getuserinfo),
    Route("GET", "user/getuserinfo", rest_people.getuserinfo),
)


def check_token(world: World, request: web.Request) -> None:
    """41001 without a token, 40014 for one never given, 42001 for one that ran out."""
    token = request.query.get("access_token", "")
    if not token:
        raise WireError(41001, "access_token missing")
    if token in world.dead_tokens or world.tokens.get(token, float("inf")) < time.monotonic():
        raise WireError(42001, "access_token expired")
    if token not in world.tokens:
        raise WireError(40014, "invalid access_token")


async def _meet_faults(world: World, path: str) -> web.Response | None:
    slow = world.faults.take("slow", path)
    if slow:
        await asyncio.sleep(slow.seconds)
    broken = world.faults.take("http_error", path)
    if broken:
        return web.Response(status=broken.errcode or 502, text="bad gateway")
    fault = world.faults.take("api_error", path)
    if fault:
        raise WireError(-1 if fault.errcode is None else fault.errcode, "ordered by /sandbox/fault")
    if path.endswith(SENDS):
        refusal = world.faults.take("refuse_send", path)
        if refusal:
            raise WireError(refusal.errcode or TOO_OFTEN, "ordered by /sandbox/fault")
    return None


def _door(route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        world = request.app[WORLD]
        world.traffic.hear()
        world.traffic.busy += 1
        try:
            broken = await _meet_faults(world, route.path)
            if broken is not None:
                return broken
            if request.method != route.method:
                raise WireError(BAD_PARAMETER, f"this api wants {route.method}")
            if route.token:
                check_token(world, request)
            answer = await route.handler(world, request)
            lost = world.faults.take("lose_answer", route.path)
            if lost is not None:
                return web.Response(status=lost.errcode or 502, text="bad gateway")
        except WireError as refusal:
            return web.json_response(refusal.to_json())
        except json.JSONDecodeError:
            return web.json_response({"errcode": BAD_PARAMETER, "errmsg": "the body is not JSON"})
        finally:
            world.traffic.busy -= 1
            world.traffic.hear()
        if isinstance(answer, web.StreamResponse):
            return answer
        return web.json_response({"errcode": 0, "errmsg": "ok", **answer})

    return handle


def add_routes(app: web.Application) -> None:
    """Put the whole REST side on the application."""
    for route in ROUTES:
        app.router.add_route("*", f"/cgi-bin/{route.path}", _door(route))
    app.router.add_get("/connect/oauth2/authorize", rest_people.authorize)
