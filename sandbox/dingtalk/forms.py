"""The ordinary messages of a robot, out of a `msgKey` with its `msgParam` or out of a webhook body."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote_plus

from sandbox.city.world import World
from sandbox.dingtalk.errors import DingError

DTMD = "dtmd://dingtalkclient/sendMessage?content="  # the host in lower case: a capital C is silently ignored
DTMD_LINK = re.compile(r"\[([^\]]+)\]\((dtmd://[^)\s]+)\)", re.IGNORECASE)
URLS = ("http://", "https://", "dingtalk://", "dtmd://")
PARAM_INVALID = "invalidParameter.msgParam.invalid"
MARKDOWN = ("title", "text")
SINGLE = (("singleTitle", "singleURL"),)

# msgKey -> (kind, required parameters, pairs of button title and address)
KEYS: dict[str, tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]]] = {
    "sampleText": ("text", ("content",), ()),
    "sampleMarkdown": ("markdown", MARKDOWN, ()),
    "sampleLink": ("link", ("text", "title", "picUrl", "messageUrl"), ()),
    "sampleImageMsg": ("image", ("photoURL",), ()),
    "sampleActionCard": ("actionCard", MARKDOWN, SINGLE),
    **{
        f"sampleActionCard{n}": (
            "actionCard",
            MARKDOWN,
            tuple((f"actionTitle{i}", f"actionURL{i}") for i in range(1, n + 1)),
        )
        for n in range(2, 6)
    },
    "sampleActionCard6": (
        "actionCard",
        MARKDOWN,
        (("buttonTitle1", "buttonUrl1"), ("buttonTitle2", "buttonUrl2")),
    ),
    "sampleFile": ("file", ("mediaId", "fileName", "fileType"), ()),
}


def touchables(pairs: Iterable[tuple[str, str]], words: str) -> list[dict[str, Any]]:
    """The buttons of a message and the dtmd links in its words; what sends text is pressed by its key `dtmd:<n>`."""
    found = []
    count = 0
    for title, url in [*pairs, *DTMD_LINK.findall(words)]:
        sends = url.startswith(DTMD)
        count += sends
        dead = url.lower().startswith("dtmd://") and not sends
        key, kind = (f"dtmd:{count}", "button") if sends else ("", "link")
        found.append({"key": key, "kind": kind, "url": url, "text": title, "style": 1, "disabled": dead})
    return found


def spoken_by(link: Mapping[str, Any]) -> str:
    """The text a dtmd button makes its presser send."""
    return unquote_plus(str(link["url"])[len(DTMD) :])


def plain_markdown(words: str) -> str:
    """The words with dtmd links shown as the words they are."""
    return DTMD_LINK.sub(r"\1", words)


def file_of(world: World, media_id: object, name: str = "") -> dict[str, Any] | None:
    """What a person sees of a file uploaded to DingTalk; None for an unknown media id."""
    media = world.media.get(media_id) if isinstance(media_id, str) and media_id.startswith("@") else None
    if media is None:
        return None
    url = f"/sandbox/file/{media.id}"
    return {"id": media.id, "name": name or media.name, "size": len(media.content), "url": url}


def from_key(world: World, key: str, param: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """(kind, content for `Ding.post`) of a msgKey; refuses unknown keys and missing or non-string parameters."""
    if key not in KEYS:
        raise DingError("invalidParameter.msgKey.invalid", f"无效的msgKey {key}")
    kind, required, buttons = KEYS[key]
    for name in (*required, *(name for pair in buttons for name in pair)):
        if not isinstance(param.get(name), str) or not param[name]:
            raise DingError(PARAM_INVALID, f"msgParam.{name} is required for {key}")
    pairs = [(param[title], param[url]) for title, url in buttons]
    if not all(url.lower().startswith(URLS) for _, url in pairs):
        raise DingError(PARAM_INVALID, "a button's address must be a URL")
    if kind == "file":
        stored = file_of(world, param["mediaId"], param["fileName"])
        if stored is None:
            raise DingError(PARAM_INVALID, "mediaId is unknown")
        return kind, {"file": stored}
    return kind, content(kind, param, pairs)


def content(kind: str, param: Mapping[str, Any], pairs: Iterable[tuple[str, str]] = ()) -> dict[str, Any]:
    """What is shown of a message whose parameters are in order."""
    match kind:
        case "text":
            return {"text": param["content"]}
        case "markdown":
            return {"text": plain_markdown(param["text"]), "links": touchables((), param["text"])}
        case "actionCard":
            card = {"title": param["title"], "text": plain_markdown(param["text"])}
            return {"card": card, "links": touchables(pairs, param["text"])}
        case "link":
            shown = {"title": param["title"], "text": param["text"]}
            return {"card": shown, "links": touchables([(param["title"], param["messageUrl"])], "")}
        case _:
            return {"text": "[图片]", "links": touchables([("查看图片", param["photoURL"])], "")}
