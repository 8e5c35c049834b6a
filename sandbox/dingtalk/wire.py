"""The two hosts of DingTalk, as doors: /dingtalk/api is api.dingtalk.com, /dingtalk/oapi is oapi.dingtalk.com."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from sandbox.city.world import WORLD, World
from sandbox.dingtalk import cards, directory, gateway, media, robot, sent_media, session, tokens
from sandbox.dingtalk.ding import Ding
from sandbox.dingtalk.errors import DingError, OldError, ordered

API, OAPI = "/dingtalk/api", "/dingtalk/oapi"
Answer = dict[str, Any] | web.Response
Handler = Callable[[World, web.Request], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Route:
    """One API: whether it wants a token, and which monthly quota it costs (none: empty)."""

    method: str
    path: str
    handler: Handler
    token: bool = True
    quota: str = ""


NEW = (
    Route("POST", "/v1.0/oauth2/accessToken", tokens.access_token, token=False),
    Route("POST", "/v1.0/gateway/connections/open", gateway.connect, token=False),
    Route("POST", "/v1.0/card/instances/createAndDeliver", cards.create_and_deliver, quota="api"),
    Route("PUT", "/v1.0/card/instances", cards.update, quota="api"),
    Route("POST", "/v1.0/card/callbacks/register", cards.register, quota="api"),
    Route("POST", "/v1.0/robot/groupMessages/send", robot.group_send, quota="api"),
    Route("POST", "/v1.0/robot/groupMessages/query", robot.group_query, quota="api"),
    Route("POST", "/v1.0/robot/groupMessages/recall", robot.group_recall, quota="api"),
    Route("POST", "/v1.0/robot/oToMessages/batchSend", robot.single_send, quota="api"),
    Route("POST", "/v1.0/robot/otoMessages/batchRecall", robot.single_recall, quota="api"),
    Route("POST", "/v1.0/robot/messageFiles/download", sent_media.download, quota="api"),
)
OLD = (
    Route("GET", "/gettoken", tokens.gettoken, token=False),
    Route("POST", "/topapi/v2/user/get", directory.user_get),
    Route("POST", "/topapi/user/getbyunionid", directory.by_unionid),
    Route("POST", "/topapi/v2/department/get", directory.department_get),
    Route("POST", "/topapi/v2/department/listsub", directory.listsub),
    Route("POST", "/topapi/user/listsimple", directory.listsimple),
    Route("POST", "/media/upload", media.upload),
    Route("POST", "/robot/sendBySession", session.send_by_session, token=False, quota="stream"),
)


async def _slow_or_broken(world: World, path: str) -> web.Response | None:
    slow = world.faults.take("slow", path)
    if slow:
        await asyncio.sleep(slow.seconds)
    broken = world.faults.take("http_error", path)
    return web.Response(status=broken.errcode or 502, text="bad gateway") if broken else None


async def _new(world: World, request: web.Request, route: Route) -> web.Response:
    """One call of the new API: token, then speed, then the month's quota, then the thing itself."""
    try:
        fault = world.faults.take("api_error", route.path)
        if fault:
            raise ordered(fault.code)
        if route.token:
            tokens.check_new(world, request)
        if not world.part(Ding).quota.in_time(route.path):
            raise DingError("Forbidden.AccessDenied.QpsLimitForAppkeyAndApi", "请求被限流，请稍后重试", 403)
        if route.quota and not world.part(Ding).quota.spend(route.quota):
            raise DingError("Forbidden.AccessDenied.ApiCountLimitForOrg", "企业本月API调用量已用完", 403)
        answer = await route.handler(world, request)
    except DingError as refusal:
        return refusal.to_response()
    except (json.JSONDecodeError, UnicodeDecodeError):
        return DingError("InvalidBody", "the body is not JSON").to_response()
    return answer if isinstance(answer, web.Response) else web.json_response(answer)


async def _old(world: World, request: web.Request, route: Route) -> web.Response:
    """One call of the old API, which says no with HTTP 200."""
    try:
        fault = world.faults.take("api_error", route.path)
        if fault:
            raise OldError(-1 if fault.errcode is None else fault.errcode, "ordered by /sandbox/fault")
        if route.token:
            tokens.check_old(world, request)
        if not world.part(Ding).quota.in_time(route.path):
            raise OldError(90018, "请求被限流，请稍后重试")
        if route.quota and not world.part(Ding).quota.spend(route.quota):
            raise OldError(90020, "企业本月调用量已用完")
        answer = await route.handler(world, request)
    except OldError as refusal:
        return web.json_response(refusal.to_json())
    except (DingError, json.JSONDecodeError, UnicodeDecodeError):
        return web.json_response({"errcode": 40035, "errmsg": "不合法的参数"})
    return answer if isinstance(answer, web.Response) else web.json_response({"errcode": 0, "errmsg": "ok", **answer})


Call = Callable[[World, web.Request, Route], Awaitable[web.Response]]


def _door(route: Route, call: Call) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        world = request.app[WORLD]
        world.address = f"{request.scheme}://{request.host}"
        world.traffic.hear()
        world.traffic.busy += 1
        try:
            broken = await _slow_or_broken(world, route.path)
            if broken is not None:
                return broken
            lost = world.faults.take("lose_answer", route.path)
            answer = await call(world, request, route)
            return web.Response(status=lost.errcode or 502, text="bad gateway") if lost else answer
        finally:
            world.traffic.busy -= 1
            world.traffic.hear()

    return handle


def add_routes(app: web.Application) -> None:
    """Put both hosts and the stream on the application; the wrong method answers 405."""
    for prefix, routes, call in ((API, NEW, _new), (OAPI, OLD, _old)):
        for route in routes:
            app.router.add_route(route.method, prefix + route.path, _door(route, call))
    app.router.add_get(gateway.STREAM_PATH, gateway.door)
