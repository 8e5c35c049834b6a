"""Making words and names fit where a platform puts them."""

from __future__ import annotations

import hashlib
import json
import re

from platforms.contract import Card, File, Incoming
from platforms.shared.words import visible

CUT_HINT = "…（内容较长，未显示完）"

_UNSAFE_IN_FILE_NAME = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff/\\:*?\"<>|]")


def cut_bytes(text: str, limit: int, hint: str = CUT_HINT) -> str:
    """At most `limit` bytes of UTF-8, never half a character, ending in a hint when something was cut."""
    encoded = text.encode()
    if len(encoded) <= limit:
        return text
    room = limit - len(hint.encode())
    return encoded[:room].decode("utf-8", "ignore") + hint


def file_name(file: File) -> str:
    """A name every client can save: no path, no control characters, at most 80 characters with its suffix."""
    name = visible(_UNSAFE_IN_FILE_NAME.sub("_", file.name)).strip(" .") or "file"
    stem, dot, suffix = name.rpartition(".")
    return f"{stem[: 79 - len(suffix)]}.{suffix}" if dot and len(suffix) <= 8 else name[:80]


def answer_key(incoming: Incoming, answer: Card | str) -> str:
    """A message key for an answer: the same answer to the same event has the same key, so a repeat is recognised."""
    seed = json.dumps([incoming.event_key, repr(answer)])
    return "r-" + hashlib.sha256(seed.encode()).hexdigest()[:40]
