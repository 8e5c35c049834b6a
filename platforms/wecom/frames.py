"""The group bot's frames as pydantic shapes, and the step from a received frame to `Incoming`.

Source: developer.work.weixin.qq.com 101463 (长连接), 100719 (接收消息), 101027 (接收事件). A frame is
`{"cmd", "headers": {"req_id"}, "body"}`; an acknowledgement has no `cmd` but `errcode` and `errmsg`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from platforms.contract import MOST_ATTACHED, Attachment, Incoming, IncomingKind

MESSAGE = "aibot_msg_callback"
EVENT = "aibot_event_callback"
KICKED = "disconnected_event"
CARD_EVENT = "template_card_event"
ENTER_EVENT = "enter_chat"

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_MENTIONS_BEFORE_COMMAND = re.compile(r"(?:\s*@[^\s/@]+[\s\u2005]*)+(?=/)")
#: A name with a space in it ends where a command, or the full number of a case, begins.
_SPACED_MENTION = re.compile(
    r"\s*[@＠][^\s/／@＠]+[ \u2005][^\s/／@＠]{1,8}[\s\u2005]*(?=[/／]|(?:YS\d{8}|\d{4})-\d{1,6}[\s，,：:])"
)
_LEADING_MENTION = re.compile(r"\s*[@＠][^\s/@＠]+[\s\u2005]*")
_ANY_MENTION = re.compile(r"(?:^|(?<=\s))@[^\s/@]+")


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore")


class Headers(_Lenient):
    """The correlation id."""

    req_id: str = Field(default="", max_length=256)


class AibotFrame(_Lenient):
    """One received frame; `cmd` is empty in an acknowledgement."""

    cmd: str = ""
    headers: Headers = Headers()
    body: dict[str, Any] | None = None
    errcode: int = 0
    errmsg: str = ""


class Sender(_Lenient):
    """Who did it; the id may be an encrypted open_userid."""

    userid: str = ""


class Content(_Lenient):
    """A piece of text (of a text message, a transcribed voice, one item of a mixed message)."""

    content: str = ""


class Media(_Lenient):
    """A picture, file or video: an encrypted link that lives five minutes, and its key."""

    url: str = ""
    aeskey: str = ""
    filename: str = Field(default="", validation_alias=AliasChoices("filename", "name"))


class Item(_Lenient):
    """One piece of a mixed message."""

    msgtype: str = ""
    text: Content = Content()
    image: Media = Media()
    file: Media = Media()
    video: Media = Media()


class Mixed(_Lenient):
    """A message of text and pictures."""

    msg_item: list[Item] = Field(default_factory=list)


class Quote(Item):
    """The message somebody quotes: its content as it was, without its id."""

    voice: Content = Content()
    mixed: Mixed = Mixed()


class CardEvent(_Lenient):
    """A press. The page's table and its examples spell the names differently; both are read."""

    event_key: str = Field(default="", validation_alias=AliasChoices("event_key", "eventkey"))
    task_id: str = Field(default="", validation_alias=AliasChoices("task_id", "taskid"))


class Event(_Lenient):
    """An event's name and, for a press, its card."""

    eventtype: str = ""
    template_card_event: CardEvent = CardEvent()


class Body(_Lenient):
    """The body of a message or event."""

    msgid: str = ""
    create_time: int | None = None
    chatid: str | None = None
    chattype: str = ""
    sender: Sender = Field(default=Sender(), alias="from")
    msgtype: str = ""
    text: Content = Content()
    voice: Content = Content()
    mixed: Mixed = Mixed()
    image: Media = Media()
    file: Media = Media()
    video: Media = Media()
    quote: Quote = Quote()
    event: Event = Event()


def event_type(frame: AibotFrame) -> str:
    """The event's name, "" when the frame is not an event."""
    if frame.cmd != EVENT or not frame.body:
        return ""
    event = frame.body.get("event")
    name = event.get("eventtype") if isinstance(event, dict) else ""
    return name if isinstance(name, str) else ""


def conversation(frame: AibotFrame) -> str:
    """The id of the conversation a frame belongs to: the chat, or the person one-to-one; "" when absent."""
    body = frame.body or {}
    sender = body.get("from")
    person = sender.get("userid") if isinstance(sender, dict) else ""
    return str(body.get("chatid") or person or "")


def incoming(frame: AibotFrame, now: Callable[[], datetime]) -> Incoming | None:
    """The `Incoming` of a message or event frame; None for one without a sender.

    `reply_to` holds `via`, `req_id`, `does` (what kind of answer the frame takes), `chat` and `chat_type` for pushes,
    and the pressed card's `task_id`. Raises pydantic's `ValidationError` for a malformed body.
    """
    body = Body.model_validate(frame.body or {})
    if not body.sender.userid:
        return None
    in_group = body.chattype == "group" and bool(body.chatid)
    kind, text, key = _meaning(frame.cmd, body, in_group=in_group)
    card_id = body.event.template_card_event.task_id if kind is IncomingKind.PRESS else ""
    return Incoming(
        platform="wecom",
        event_key=body.msgid or frame.headers.req_id,
        kind=kind,
        account=body.sender.userid,
        at=datetime.fromtimestamp(body.create_time, UTC).astimezone(_SHANGHAI) if body.create_time else now(),
        chat_id=body.chatid if in_group else None,
        text=text,
        key=key,
        card_id=card_id,
        left_out=_left_out(body) if frame.cmd != EVENT and kind is IncomingKind.TEXT else "",
        attachments=_attachments(body) if frame.cmd != EVENT else (),
        quoted=_quoted(body.quote) if frame.cmd != EVENT else "",
        spoken=frame.cmd != EVENT and body.msgtype == "voice",
        reply_to={
            "via": "bot",
            "req_id": frame.headers.req_id,
            "does": _ANSWERS.get(kind, "push") if frame.cmd == EVENT else "message",
            "chat": body.chatid if in_group else body.sender.userid,
            "chat_type": 2 if in_group else 1,
            "task_id": card_id,
        },
    )


def _left_out(body: Body) -> str:
    """The kind of the first piece of a mixed message that is neither text nor to be had; empty when all of it is."""
    pieces = body.mixed.msg_item if body.msgtype == "mixed" else []
    lost = (item.msgtype for item in pieces if item.msgtype and item.msgtype != "text" and _media(item) is None)
    return next(lost, "")


#: Kinds of media that come as a link.
_MEDIA = ("image", "file", "video")


def _media(piece: Item | Body) -> Attachment | None:
    """What a piece brings beside words; None for words, and for a link that is none."""
    if piece.msgtype not in _MEDIA:
        return None
    found: Media = getattr(piece, piece.msgtype)
    return Attachment(piece.msgtype, found.filename, {"url": found.url, "aeskey": found.aeskey}) if found.url else None


def _attachments(body: Body) -> tuple[Attachment, ...]:
    """Everything beside words, of the message itself and of the one it quotes."""
    quote = body.quote
    pieces: list[Item | Body] = [body, *body.mixed.msg_item, quote, *quote.mixed.msg_item]
    found = [media for piece in pieces if (media := _media(piece)) is not None]
    return tuple(found[:MOST_ATTACHED])


def _quoted(quote: Quote) -> str:
    pieces = [item.text.content for item in quote.mixed.msg_item if item.msgtype == "text"]
    return "\n".join(part for part in (quote.text.content, quote.voice.content, *pieces) if part).strip()


_ANSWERS: Mapping[IncomingKind, str] = {IncomingKind.PRESS: "press", IncomingKind.ENTER: "enter"}


def _meaning(cmd: str, body: Body, *, in_group: bool) -> tuple[IncomingKind, str, str]:
    """(kind, text, key) of a body."""
    if cmd == EVENT:
        name = body.event.eventtype
        if name == CARD_EVENT:
            return IncomingKind.PRESS, "", body.event.template_card_event.event_key
        return (IncomingKind.ENTER, "", "") if name == ENTER_EVENT else (IncomingKind.OTHER, "", name)
    texts: Mapping[str, str] = {
        "text": body.text.content,
        "voice": body.voice.content,
        "mixed": "\n".join(item.text.content for item in body.mixed.msg_item if item.msgtype == "text"),
    }
    if _media(body) is not None:
        return IncomingKind.TEXT, "", ""
    if body.msgtype not in texts:
        return IncomingKind.OTHER, "", body.msgtype
    text = texts[body.msgtype]
    return IncomingKind.TEXT, without_mention(text) if in_group else text.strip(), ""


def without_mention(text: str) -> str:
    """The text without the bot's mention: all those before a command, else the one it begins with, else its only one.

    A bot hears a group message only when it is mentioned, and its name is not in the frame.
    """
    leading = _MENTIONS_BEFORE_COMMAND.match(text) or _SPACED_MENTION.match(text) or _LEADING_MENTION.match(text)
    if leading:
        return text[leading.end() :].strip()
    mentions = _ANY_MENTION.findall(text)
    return (_ANY_MENTION.sub("", text) if len(mentions) == 1 else text).strip()
