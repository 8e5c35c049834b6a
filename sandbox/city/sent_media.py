"""What a member sends beside words: pictures, files, voice, video, and what they quote, as the control API takes it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.city.errors import ActError

KINDS = ("image", "file", "voice", "video")
MOST_BYTES = 100 << 20


@dataclass(frozen=True, slots=True)
class SentMedia:
    """One thing sent. `text` is what a voice says."""

    kind: str
    name: str
    content: bytes
    text: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """One message: words, things beside them, and the words and things of the message it quotes."""

    text: str
    media: tuple[SentMedia, ...]
    quote: str = ""
    quoted_media: tuple[SentMedia, ...] = ()


def read(body: Mapping[str, Any]) -> Sent:
    """The message of a control call; its things stand in `media`, or one in the body itself. Raises ActError."""
    listed = body.get("media")
    if listed is None:
        listed = [body] if "kind" in body else []
    quoted = body.get("quoted_media") or []
    if not isinstance(listed, list) or not isinstance(quoted, list):
        raise ActError("media is a list")
    sent = Sent(
        str(body.get("text") or ""),
        tuple(_media(item) for item in listed),
        str(body.get("quote") or ""),
        tuple(_media(item) for item in quoted),
    )
    if not sent.media and not sent.quote and not sent.quoted_media:
        raise ActError("nothing is sent beside words: say it")
    return sent


def _media(item: Mapping[str, Any]) -> SentMedia:
    kind = item.get("kind")
    if kind not in KINDS:
        raise ActError(f"kind is one of {', '.join(KINDS)}")
    try:
        content = base64.b64decode(str(item.get("content") or ""), validate=True)
    except binascii.Error as error:
        raise ActError("content is base64") from error
    if len(content) > MOST_BYTES:
        raise ActError("nobody sends that much")
    return SentMedia(str(kind), str(item.get("name") or f"{kind}"), content, str(item.get("says") or ""))
