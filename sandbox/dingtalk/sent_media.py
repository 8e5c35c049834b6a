"""What members send the robot beside words (page robot-message-type): download codes, rich text, replies.

One-to-one everything; in a group pictures and rich text, and only with a mention. A code becomes a temporary link by
messageFiles/download, for the robot it was sent to.
"""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import quote

from aiohttp import web

from sandbox.city.errors import ActError
from sandbox.city.sent_media import Sent, SentMedia
from sandbox.city.world import WORLD, LinkedMedia, World
from sandbox.dingtalk.ding import Ding
from sandbox.dingtalk.errors import DingError
from sandbox.dingtalk.parts import json_body

CODE_SECONDS = 24 * 3600.0  # city time
LINK_SECONDS = 300.0  # city time
TYPES = {"image": "picture", "file": "file", "voice": "audio", "video": "video"}


def _code(world: World, media: SentMedia) -> str:
    code = "mIof" + secrets.token_urlsafe(24)
    world.links[code] = LinkedMedia(media.name, media.content, world.clock.unix() + CODE_SECONDS)
    return code


def _content(world: World, media: SentMedia) -> dict[str, Any]:
    code = {"downloadCode": _code(world, media)}
    match media.kind:
        case "voice":
            return {"duration": 4000, **code, "recognition": media.text}
        case "video":
            return {"duration": 10, **code, "videoType": "mp4"}
        case "file":
            return {**code, "fileName": media.name, "spaceId": "1", "fileId": "1"}
        case _:
            return {"pictureDownloadCode": "pWjA" + secrets.token_urlsafe(8), **code}


def message(world: World, sent: Sent, heard: str, *, in_group: bool) -> dict[str, Any]:
    """The part of a bot message that says what was sent. Raises ActError for what no client sends there."""
    if not sent.media:
        return {"msgtype": "text", "text": {"content": heard, **_replied(world, sent)}}
    if in_group and any(media.kind != "image" for media in sent.media):
        raise ActError("a group gives the robot pictures, and nothing else beside words")
    if len(sent.media) == 1 and not heard.strip():
        return {"msgtype": TYPES[sent.media[0].kind], "content": _content(world, sent.media[0])}
    if any(media.kind != "image" for media in sent.media):
        raise ActError("only pictures go into one message with words")
    pieces = [{"type": "picture", **_content(world, media)} for media in sent.media]
    return {"msgtype": "richText", "content": {"richText": [*([{"text": heard}] if heard.strip() else []), *pieces]}}


def _replied(world: World, sent: Sent) -> dict[str, Any]:
    if sent.quoted_media:
        first = sent.quoted_media[0]
        replied = {"msgType": TYPES[first.kind], "content": _content(world, first)}
    elif sent.quote:
        replied = {"msgType": "text", "content": {"content": sent.quote}}
    else:
        return {}
    return {"isReplyMsg": True, "repliedMsg": {"msgId": "msg" + secrets.token_urlsafe(12), "senderId": "x", **replied}}


async def download(world: World, request: web.Request) -> dict[str, Any]:
    """robot/messageFiles/download: a temporary link for a code."""
    body = await json_body(request)
    if body.get("robotCode") != world.part(Ding).world.city.ding.client_id:
        raise DingError("invalidParameter.robotCode.auth", "robotCode与应用不匹配")
    found = world.links.get(str(body.get("downloadCode") or ""))
    if found is None or found.expires < world.clock.unix():
        raise DingError("invalidParameter.downloadCode", "downloadCode不合法或已过期")
    token = secrets.token_urlsafe(24)
    world.links[token] = LinkedMedia(found.name, found.content, world.clock.unix() + LINK_SECONDS)
    return {"downloadUrl": f"{world.address}/dingtalk/files/{token}"}


async def door(request: web.Request) -> web.Response:
    """GET /dingtalk/files/{token}: the bytes with their name, while the link lives."""
    world = request.app[WORLD]
    world.traffic.hear()
    found = world.links.get(request.match_info["token"])
    if found is None or found.expires < world.clock.unix():
        return web.Response(status=403, text="the link has expired")
    named = f"attachment; filename*=UTF-8''{quote(found.name)}"
    return web.Response(
        body=found.content, content_type="application/octet-stream", headers={"Content-Disposition": named}
    )
