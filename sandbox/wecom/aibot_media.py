"""What members send the aibot beside words (path/100719, path/101463): encrypted links of five minutes, quotes, mixed.

In a group the bot is told of text, mixed and quotes, and only when it is mentioned; of pictures, files, voice and video
by themselves only one-to-one.
"""

from __future__ import annotations

import base64
import secrets
from typing import Any
from urllib.parse import quote

from aiohttp import web
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from sandbox.city.crypto import pad
from sandbox.city.errors import ActError
from sandbox.city.sent_media import Sent, SentMedia
from sandbox.city.world import WORLD, LinkedMedia, World

LINK_SECONDS = 300.0  # city time


def linked(world: World, media: SentMedia) -> dict[str, str]:
    """A link to the encrypted bytes and the key of this link alone, as a frame carries them."""
    key, token = secrets.token_bytes(32), secrets.token_urlsafe(24)
    sealing = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    content = sealing.update(pad(media.content)) + sealing.finalize()
    world.links[token] = LinkedMedia(media.name, content, world.clock.unix() + LINK_SECONDS)
    # The real key has its padding cut off.
    return {"url": f"{world.address}/aibot/media/{token}", "aeskey": base64.b64encode(key).decode().rstrip("=")}


def piece(world: World, media: SentMedia) -> dict[str, Any]:
    """One thing as a message or an item of a mixed one."""
    if media.kind == "voice":
        return {"msgtype": "voice", "voice": {"content": media.text}}
    return {"msgtype": media.kind, media.kind: linked(world, media)}


def message(world: World, sent: Sent, *, in_group: bool) -> dict[str, Any]:
    """The part of a frame's body that says what was sent. Raises ActError for what no client sends there."""
    quoted = _quote(world, sent)
    if not sent.media:
        return {"msgtype": "text", "text": {"content": sent.text}, **quoted}
    if len(sent.media) == 1 and not sent.text and not in_group:
        return {**piece(world, sent.media[0]), **quoted}
    if any(media.kind != "image" for media in sent.media):
        raise ActError("only pictures go into one message with words; a group gives the bot nothing else")
    words = [{"msgtype": "text", "text": {"content": sent.text}}] if sent.text else []
    return {"msgtype": "mixed", "mixed": {"msg_item": [*words, *(piece(world, one) for one in sent.media)]}, **quoted}


def _quote(world: World, sent: Sent) -> dict[str, Any]:
    pieces = [piece(world, media) for media in sent.quoted_media]
    if sent.quote and pieces:
        words = {"msgtype": "text", "text": {"content": sent.quote}}
        return {"quote": {"msgtype": "mixed", "mixed": {"msg_item": [words, *pieces]}}}
    if sent.quote:
        return {"quote": {"msgtype": "text", "text": {"content": sent.quote}}}
    return {"quote": pieces[0]} if pieces else {}


async def door(request: web.Request) -> web.Response:
    """GET /aibot/media/{token}: the encrypted bytes with their name, while the link lives."""
    world = request.app[WORLD]
    world.traffic.hear()
    fault = world.faults.take("http_error", "aibot/media")
    if fault:
        return web.Response(status=fault.errcode or 502, text="bad gateway")
    found = world.links.get(request.match_info["token"])
    if found is None or found.expires < world.clock.unix():
        return web.Response(status=403, text="the link has expired")
    named = f"attachment; filename*=UTF-8''{quote(found.name)}"
    return web.Response(
        body=found.content, content_type="application/octet-stream", headers={"Content-Disposition": named}
    )
