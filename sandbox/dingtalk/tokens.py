"""Access tokens: one living token per application, the same for the new and the old API, 7200 s of real time."""

from __future__ import annotations

import secrets
import time
from typing import Any

from aiohttp import web

from sandbox.dingtalk.errors import INVALID_TOKEN, DingError, OldError, invalid_token
from sandbox.dingtalk.parts import json_body, text
from sandbox.world import World

SECONDS = 7200
BAD_APP = 40096


class Tokens:
    """The application's living token, if it has one."""

    def __init__(self) -> None:
        self._token = ""
        self._until = 0.0

    def current(self) -> str:
        """The living token, a new one when there is none."""
        if not self.alive(self._token):
            self._token = secrets.token_hex(16)
        self._until = time.monotonic() + SECONDS
        return self._token

    def alive(self, token: str) -> bool:
        """Whether this is the living token."""
        return bool(token) and token == self._token and time.monotonic() < self._until

    def kill(self) -> None:
        """End the living token."""
        self._token = ""


def is_ours(world: World, client_id: object, secret: object) -> bool:
    """Whether these are the application's credentials."""
    ding = world.city.ding
    if not isinstance(client_id, str) or not isinstance(secret, str):
        return False
    return client_id == ding.client_id and secrets.compare_digest(secret.encode(), ding.client_secret.encode())


async def access_token(world: World, request: web.Request) -> dict[str, Any]:
    """v1.0/oauth2/accessToken: a repeat within the validity answers the same token and renews it."""
    body = await json_body(request)
    if not is_ours(world, text(body, "appKey"), text(body, "appSecret")):
        raise DingError("invalidClientIdOrSecret", "无效的clientId或者clientSecret")
    world.ding.greet()
    return {"accessToken": world.ding.tokens.current(), "expireIn": SECONDS}


async def gettoken(world: World, request: web.Request) -> dict[str, Any]:
    """oapi gettoken."""
    if not is_ours(world, request.query.get("appkey"), request.query.get("appsecret")):
        raise OldError(BAD_APP, "不合法的appKey或appSecret")
    world.ding.greet()
    return {"access_token": world.ding.tokens.current(), "expires_in": SECONDS}


def check_new(world: World, request: web.Request) -> None:
    """The header token of the new API."""
    if not world.ding.tokens.alive(request.headers.get("x-acs-dingtalk-access-token", "")):
        raise invalid_token()


def check_old(world: World, request: web.Request) -> None:
    """The query token of the old API."""
    if not world.ding.tokens.alive(request.query.get("access_token", "")):
        raise OldError(40014, INVALID_TOKEN)
