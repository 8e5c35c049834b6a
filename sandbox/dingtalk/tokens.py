"""Access tokens: one living token per application, the same for the new and the old API, 7200 s of real time."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from sandbox.city.world import World
from sandbox.dingtalk.credentials import is_ours
from sandbox.dingtalk.ding import Ding
from sandbox.dingtalk.errors import INVALID_TOKEN, DingError, OldError, invalid_token
from sandbox.dingtalk.parts import json_body, text
from sandbox.dingtalk.token_store import SECONDS

BAD_APP = 40096


async def access_token(world: World, request: web.Request) -> dict[str, Any]:
    """v1.0/oauth2/accessToken: a repeat within the validity answers the same token and renews it."""
    body = await json_body(request)
    if not is_ours(world, text(body, "appKey"), text(body, "appSecret")):
        raise DingError("invalidClientIdOrSecret", "无效的clientId或者clientSecret")
    world.part(Ding).greet()
    return {"accessToken": world.part(Ding).tokens.current(), "expireIn": SECONDS}


async def gettoken(world: World, request: web.Request) -> dict[str, Any]:
    """Answer GET gettoken (oapi)."""
    if not is_ours(world, request.query.get("appkey"), request.query.get("appsecret")):
        raise OldError(BAD_APP, "不合法的appKey或appSecret")
    world.part(Ding).greet()
    return {"access_token": world.part(Ding).tokens.current(), "expires_in": SECONDS}


def check_new(world: World, request: web.Request) -> None:
    """The header token of the new API."""
    if not world.part(Ding).tokens.alive(request.headers.get("x-acs-dingtalk-access-token", "")):
        raise invalid_token()


def check_old(world: World, request: web.Request) -> None:
    """The query token of the old API."""
    if not world.part(Ding).tokens.alive(request.query.get("access_token", "")):
        raise OldError(40014, INVALID_TOKEN)
