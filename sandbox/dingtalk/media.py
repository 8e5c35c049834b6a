"""oapi media/upload: one multipart part named `media`; the type is in the query or among the parts."""

from __future__ import annotations

import secrets
from typing import Any

from aiohttp import BodyPartReader, web

from sandbox.city.world import Media, World
from sandbox.dingtalk.ding import Ding
from sandbox.dingtalk.errors import OldError

LIMITS = {"file": 20 << 20, "image": 20 << 20, "voice": 2 << 20, "video": 20 << 20}
BAD_TYPE = 40004
EMPTY = 41005
TOO_LARGE = 40006


async def _parts(request: web.Request) -> tuple[str, str, bytes]:
    if not request.content_type.startswith("multipart/"):
        raise OldError(EMPTY, "缺少多媒体文件数据")
    kind, name, content = request.query.get("type", ""), "", b""
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        if part.name == "type":
            kind = await part.text()
        elif part.name == "media":
            name, content = part.filename or "", bytes(await part.read())
    return kind, name, content


async def upload(world: World, request: web.Request) -> dict[str, Any]:
    """Keep a file for sampleFile."""
    kind, name, content = await _parts(request)
    if kind not in LIMITS:
        raise OldError(BAD_TYPE, "不合法的媒体文件类型")
    if not name or not content:
        raise OldError(EMPTY, "缺少多媒体文件数据")
    if len(content) > LIMITS[kind]:
        raise OldError(TOO_LARGE, "不合法的文件大小")
    media = Media("@l" + secrets.token_urlsafe(24), kind, name, content, float("inf"))
    world.media[media.id] = media
    return {"media_id": media.id, "type": kind, "created_at": world.part(Ding).millis()}
