"""Temporary media: upload (path/90253), download, and the webhook's own upload. Files live three days of city time."""

from __future__ import annotations

from typing import Any

from aiohttp import BodyPartReader, web

from sandbox.city.world import World
from sandbox.wecom.errors import WireError

# type -> the most bytes it may have; anything below 6 bytes is refused as empty.
LIMITS = {"file": 20 << 20, "image": 10 << 20, "voice": 2 << 20, "video": 10 << 20}
LEAST_BYTES = 6


async def _read(world: World, request: web.Request, kinds: tuple[str, ...]) -> dict[str, Any]:
    kind = request.query.get("type", "")
    if kind not in kinds:
        raise WireError(40004, f"invalid media type {kind!r}")
    if not request.content_type.startswith("multipart/"):
        raise WireError(44001, "the upload must be multipart/form-data")
    async for part in await request.multipart():
        if isinstance(part, BodyPartReader) and part.name == "media":
            # WeCom reads only the plain filename="…"; what RFC 2231 writes as filename*= it calls an empty upload.
            if not part.filename or 'filename="' not in part.headers.get("Content-Disposition", ""):
                raise WireError(44001, 'the media part has no filename="…"')
            return keep(world, kind, part.filename, bytes(await part.read()))
    raise WireError(44001, "no part named media")


def keep(world: World, kind: str, name: str, content: bytes) -> dict[str, Any]:
    """Store an upload within its size limits and answer as WeCom does."""
    if len(content) < LEAST_BYTES:
        raise WireError(44001, "empty media data")
    if len(content) > LIMITS[kind]:
        raise WireError(45001, "media is too large")
    media = world.store(kind, name, content)
    return {"type": kind, "media_id": media.id, "created_at": str(int(world.clock.unix()))}


async def upload(world: World, request: web.Request) -> dict[str, Any]:
    """media/upload: one multipart part named `media` with a filename."""
    return await _read(world, request, tuple(LIMITS))


async def webhook_upload(world: World, request: web.Request) -> dict[str, Any]:
    """webhook/upload_media: the key is the whole credential."""
    if world.city.group_by_webhook(request.query.get("key", "")) is None:
        raise WireError(93000, "invalid webhook url")
    return await _read(world, request, ("file", "voice"))


async def get(world: World, request: web.Request) -> web.Response:
    """media/get: the bytes back."""
    media = world.media.get(request.query.get("media_id", ""))
    if media is None or media.expires < world.clock.unix():
        raise WireError(40007, "invalid media_id")
    return web.Response(body=media.content, content_type="application/octet-stream")
