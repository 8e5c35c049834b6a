"""The parts of a message that several doors read: text, markdown, textcard, news and files, within their limits."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from aiohttp import web

from sandbox.city.world import World
from sandbox.wecom.errors import BAD_MSGTYPE, BAD_PARAMETER, EMPTY_CONTENT, EMPTY_PARAMETER, TOO_LONG, WireError

TEXT_BYTES = 2048


async def json_body(request: web.Request) -> dict[str, Any]:
    """The request's JSON object; refuses anything else with 40058."""
    body = json.loads(await request.text())
    if not isinstance(body, dict):
        raise WireError(BAD_PARAMETER, "the body must be a JSON object")
    return body


def cut(text: str, size: int) -> str:
    """The text cut to `size` bytes without breaking a character, as WeCom cuts long text messages."""
    return text.encode()[:size].decode(errors="ignore")


def plain_content(body: dict[str, Any], kind: str, most: int, *, cuts: bool) -> str:
    """`content` of a text or markdown message within its byte limit; too long is cut or refused (45002)."""
    part = body.get(kind)
    content = part.get("content") if isinstance(part, dict) else None
    if not isinstance(content, str) or not content:
        raise WireError(EMPTY_CONTENT, f"{kind}.content is empty")
    if len(content.encode()) > most:
        if not cuts:
            raise WireError(TOO_LONG, f"{kind}.content has {len(content.encode())} bytes, at most {most}")
        return cut(content, most)
    return content


def textcard(body: dict[str, Any]) -> dict[str, Any]:
    """The `textcard` part within its limits: title 128 B, description 512 B, url 2048 B, btntxt 4 characters."""
    part = body.get("textcard")
    if not isinstance(part, dict):
        raise WireError(EMPTY_PARAMETER, "textcard is required")
    for name, size, code in (("title", 128, 41016), ("description", 512, 41033), ("url", 2048, 41010)):
        value = part.get(name)
        if not isinstance(value, str) or not value:
            raise WireError(code, f"textcard.{name} is required")
        if len(value.encode()) > size:
            raise WireError(TOO_LONG, f"textcard.{name} has {len(value.encode())} bytes, at most {size}")
    if len(str(part.get("btntxt", ""))) > 4:
        raise WireError(BAD_PARAMETER, "textcard.btntxt has more than 4 characters")
    return part


def news(body: dict[str, Any]) -> dict[str, Any]:
    """The `news` part: one to eight articles with a title."""
    part = body.get("news")
    articles = part.get("articles") if isinstance(part, dict) else None
    if not isinstance(articles, list) or not 1 <= len(articles) <= 8:
        raise WireError(45008, "news.articles must have 1 to 8 items")
    if not all(isinstance(article, dict) and article.get("title") for article in articles):
        raise WireError(41016, "news.articles[].title is required")
    return {"articles": articles}


def media_file(world: World, body: dict[str, Any], kind: str) -> dict[str, Any]:
    """What a person sees of an uploaded file; 40007 when the media_id is unknown, expired or of another type."""
    part = body.get(kind)
    media_id = part.get("media_id") if isinstance(part, dict) else None
    if not media_id:
        raise WireError(41006, "media_id missing")
    media = world.media.get(str(media_id))
    if media is None or media.kind != kind or media.expires < world.clock.unix():
        raise WireError(40007, "invalid media_id")
    return {"id": media.id, "name": media.name, "size": len(media.content), "url": f"/sandbox/file/{media.id}"}


def content_of(world: World, body: dict[str, Any], kinds: Iterable[str], markdown_bytes: int) -> dict[str, Any]:
    """The message's own part, checked, as keyword arguments for `Chats.add` (all kinds but template_card)."""
    kind = str(body.get("msgtype"))
    if kind not in kinds:
        raise WireError(BAD_MSGTYPE, f"invalid message type {kind!r}")
    match kind:
        case "text":
            return {"text": plain_content(body, kind, TEXT_BYTES, cuts=True)}
        case "markdown" | "markdown_v2":
            return {"text": plain_content(body, kind, markdown_bytes, cuts=False)}
        case "textcard":
            return {"card": {"card_type": "textcard", **textcard(body)}}
        case "news":
            return {"card": {"card_type": "news", **news(body)}}
        case _:
            return {"file": media_file(world, body, kind)}
