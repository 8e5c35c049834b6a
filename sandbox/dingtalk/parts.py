"""Small readers several DingTalk doors share: the JSON body and its required fields."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from sandbox.dingtalk.errors import BAD_PARAMETER, DingError


async def json_body(request: web.Request) -> dict[str, Any]:
    """The request's JSON object; anything else is refused."""
    raw = await request.text()
    if not raw.strip():
        raise DingError("MissingBody", "body is mandatory for this action.")
    if request.content_type != "application/json":
        raise DingError("InvalidContentType", "Content-Type must be application/json")
    body = json.loads(raw)
    if not isinstance(body, dict):
        raise DingError("InvalidBody", "the body must be a JSON object")
    return body


def text(body: Mapping[str, Any], name: str, code: str = "") -> str:
    """A required non-empty string; `code` replaces the gateway's own `Missing<name>`."""
    value = body.get(name)
    if value is None or value == "":
        raise DingError(code or f"Missing{name}", f"{name} is mandatory for this action.")
    if not isinstance(value, str):
        raise DingError(code or BAD_PARAMETER, f"{name} must be a string")
    return value


def mapping(body: Mapping[str, Any], name: str, code: str) -> dict[str, Any]:
    """An object, {} when absent; refused with `code` when it is something else."""
    value = body.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise DingError(code, f"{name} must be an object")
    return value


def strings(body: Mapping[str, Any], name: str, *, empty: str, over: str, most: int) -> list[str]:
    """A required list of 1 to `most` strings, with the codes for an empty and for an over-long one."""
    value = body.get(name)
    if not isinstance(value, list) or not value or not all(isinstance(item, str) and item for item in value):
        raise DingError(empty, f"{name} must be a list of strings")
    if len(value) > most:
        raise DingError(over, f"{name} has more than {most} items")
    return value
