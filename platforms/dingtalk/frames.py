"""What DingTalk sends, as pydantic shapes, and the step from each to `Incoming`. The same in both modes.

Pages: robot-message-type (messages), event-callback-card (presses), develop-stream-mode-push-server (events),
developerpedia learn/stream/protocol (frames). Everything unknown is tolerated.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator

from platforms.contract import MOST_ATTACHED, Attachment, Incoming, IncomingKind

BOT_TOPIC = "/v1.0/im/bot/messages/get"
CARD_TOPIC = "/v1.0/card/instances/callback"
SUBSCRIPTIONS = (
    {"type": "EVENT", "topic": "*"},
    {"type": "CALLBACK", "topic": BOT_TOPIC},
    {"type": "CALLBACK", "topic": CARD_TOPIC},
)
OVER_QUOTA = "20001"
LEFT_EVENT = "user_leave_org"
#: A button's id begins so when its card lies in a group: a press in HTTP mode does not say where it happened.
GROUP_BUTTON, PERSON_BUTTON = "g", "p"

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_GROUP_SPACES = frozenset({"im_group"})
_BY_UNION_ID = 2


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    @field_validator("*", mode="before")
    @classmethod
    def _null_is_absent(cls, value: Any, info: Any) -> Any:
        return value if value is not None else cls.model_fields[info.field_name].get_default(call_default_factory=True)


class Headers(_Lenient):
    """Of a frame. The event fields are empty in callbacks."""

    topic: str = ""
    message_id: str = Field(default="", alias="messageId")
    event_type: str = Field(default="", alias="eventType")
    event_id: str = Field(default="", alias="eventId")


class StreamFrame(_Lenient):
    """One frame; `data` is JSON as a string."""

    type: str = ""
    headers: Headers = Headers()
    data: str = ""


class Replied(_Lenient):
    """The message a text answers to; what `content` holds differs by its kind."""

    msg_type: str = Field(default="", alias="msgType")
    content: Any = None


class Words(_Lenient):
    """The text of a message, and what it answers to."""

    content: str = ""
    replied: Replied = Field(default=Replied(), alias="repliedMsg")


class BotMessage(_Lenient):
    """What somebody said to the robot."""

    msg_id: str = Field(default="", alias="msgId")
    msgtype: str = ""
    text: Words = Words()
    content: Any = None
    conversation_id: str = Field(default="", alias="conversationId")
    conversation_type: str = Field(default="", alias="conversationType")
    sender_staff_id: str = Field(default="", alias="senderStaffId")
    sender_id: str = Field(default="", alias="senderId")
    sender_union_id: str = Field(default="", alias="senderUnionId")
    session_webhook: str = Field(default="", alias="sessionWebhook")
    session_until: str = Field(default="", alias="sessionWebhookExpiredTime")
    created: str = Field(default="", alias="createAt")
    quoted: str = Field(default="", alias="originalProcessQueryKey")
    error_code: str = Field(default="", alias="errorCode")

    @property
    def in_group(self) -> bool:
        """True for a group, False one-to-one."""
        return self.conversation_type == "2" and bool(self.conversation_id)


class Press(_Lenient):
    """A press on a card's button. `content` is JSON as a string."""

    track: str = Field(default="", alias="outTrackId")
    user: str = Field(default="", alias="userId")
    user_id_type: str = Field(default="1", alias="userIdType")
    space_type: str = Field(default="", alias="spaceType")
    space_id: str = Field(default="", alias="spaceId")
    content: str = ""
    value: str = ""
    error_code: str = Field(default="", alias="errorCode")

    @property
    def by_union_id(self) -> bool:
        """True when `user` is a unionId: cards of ours never ask for it."""
        return self.user_id_type == str(_BY_UNION_ID)

    def action(self) -> tuple[str, Mapping[str, Any]]:
        """(the button's id, the parameters we gave it). One page shows the parameters one level higher."""
        given = _object(self.content or self.value)
        private = given.get("cardPrivateData")
        private = private if isinstance(private, dict) else {}
        ids = private.get("actionIds")
        params = private.get("params") or given.get("params")
        return str(ids[0]) if isinstance(ids, list) and ids else "", params if isinstance(params, dict) else {}


def text_of(message: BotMessage) -> str | None:
    """The words of a message, None when it has none. The robot's mention is already taken out by DingTalk."""
    content = message.content
    if message.msgtype == "text":
        # One page of HTTP mode prints `content` where `text.content` is meant.
        spare = content.get("content", "") if isinstance(content, dict) else content
        return _tidy(message.text.content or (spare if isinstance(spare, str) else ""))
    if message.msgtype == "richText":
        found = [str(piece["text"]) for piece in _pieces(content) if piece.get("text")]
        return _tidy("\n".join(found)) if found else _wordless(message)
    if message.msgtype == "audio" and isinstance(content, dict) and content.get("recognition"):
        return _tidy(str(content["recognition"]))
    return _wordless(message)


def _wordless(message: BotMessage) -> str | None:
    """No words, but something to fetch; None without either."""
    return "" if attachments_of(message) else None


def _pieces(content: Any) -> list[dict[str, Any]]:
    listed = content.get("richText") if isinstance(content, dict) else None
    return [piece for piece in listed if isinstance(piece, dict)] if isinstance(listed, list) else []


#: Kinds of messages and pieces that bring something to fetch, and what each is for us.
_MEDIA: Mapping[str, str] = {"picture": "image", "file": "file", "video": "video", "audio": "voice"}


def attachments_of(message: BotMessage) -> tuple[Attachment, ...]:
    """Everything beside words, of the message itself and of the one it answers to."""
    replied = message.text.replied
    found = [*_media(message.msgtype, message.content), *_media(replied.msg_type, replied.content)]
    return tuple(found[:MOST_ATTACHED])


def _media(kind: str, content: Any) -> list[Attachment]:
    if kind == "richText":
        return [item for piece in _pieces(content) for item in _media(str(piece.get("type") or ""), piece)]
    code = content.get("downloadCode") if isinstance(content, dict) else None
    if kind not in _MEDIA or not isinstance(code, str) or not code:
        return []
    return [Attachment(_MEDIA[kind], str(content.get("fileName") or ""), {"code": code})]


def quoted_of(message: BotMessage) -> str:
    """The words of the message this one answers to, as far as DingTalk gives them."""
    content = message.text.replied.content
    if isinstance(content, dict):
        words = (content.get(name) for name in ("content", "text", "cardContent"))
        pieces = [str(piece["text"]) for piece in _pieces(content) if piece.get("text")]
        return "\n".join([*(word for word in words if isinstance(word, str) and word), *pieces])
    return content if isinstance(content, str) else ""


def _left_out(message: BotMessage) -> str:
    """The kind of the first piece of a rich text that is neither text nor to be had; empty when all of it is."""
    kinds = [
        str(piece.get("type") or "")
        for piece in _pieces(message.content)
        if message.msgtype == "richText" and not _media(str(piece.get("type") or ""), piece)
    ]
    return next((kind for kind in kinds if kind and kind != "text"), "")


def said(message: BotMessage, account: str, webhook: str, card_id: str, now: Callable[[], datetime]) -> Incoming:
    """A message as `Incoming`. `webhook` is "" unless it may be posted to."""
    text = text_of(message)
    chat = message.conversation_id if message.in_group else None
    return Incoming(
        platform="dingtalk",
        event_key=message.msg_id or _digest("message", message.conversation_id, message.sender_id, message.created),
        kind=IncomingKind.OTHER if text is None else IncomingKind.TEXT,
        account=account,
        at=_moment(message.created) or now(),
        chat_id=chat,
        text=text or "",
        key=message.msgtype if text is None else "",
        card_id=card_id,
        left_out=_left_out(message) if text is not None else "",
        attachments=attachments_of(message),
        quoted=quoted_of(message),
        spoken=message.msgtype == "audio" and bool(text),
        reply_to={"via": "session", "webhook": webhook, "until": message.session_until, "chat": chat, "user": account},
    )


def content_of(press: Press) -> str:
    """Who pressed what on which card: the same for a repeat, and for somebody who presses twice."""
    action, params = press.action()
    return _digest("press", press.track, action, press.user, json.dumps(params, sort_keys=True))


def pressed(
    press: Press, account: str, chat: str | None, window: str, event_key: str, now: Callable[[], datetime]
) -> Incoming:
    """A press as `Incoming`."""
    action, params = press.action()
    return Incoming(
        platform="dingtalk",
        event_key=event_key,
        kind=IncomingKind.PRESS,
        account=account,
        at=now(),
        chat_id=chat,
        key=str(params.get("key") or ""),
        card_id=card_key(press.track),
        reply_to={
            "via": "press",
            "window": window,
            "track": press.track,
            "chat": chat,
            "user": account,
            "group": bool(chat) or action.startswith(GROUP_BUTTON),
        },
    )


def chat_of(press: Press, remembered: str | None) -> str | None:
    """The group a pressed card lies in, None one-to-one: by what we remember, else by the button's id and the space.

    Without both the answer goes to the presser alone, which is always right to do.
    """
    action, _ = press.action()
    if action.startswith(PERSON_BUTTON):
        return None
    if remembered:
        return remembered
    in_group = action.startswith(GROUP_BUTTON) or press.space_type.lower() in _GROUP_SPACES
    return press.space_id or None if in_group else None


def left(event_key: str, users: list[str], now: Callable[[], datetime]) -> list[Incoming]:
    """One `Incoming` for everybody who has left the organisation."""
    return [Incoming("dingtalk", f"{event_key}/{user}", IncomingKind.LEFT, user, now(), reply_to={}) for user in users]


def users_of(data: Mapping[str, Any]) -> list[str]:
    """The people a directory event is about; HTTP and stream mode spell the name differently."""
    given = data.get("userId") or data.get("UserId") or []
    return [str(user) for user in (given if isinstance(given, list) else [given]) if user]


def outsider(message: BotMessage) -> str:
    """An account for somebody outside the organisation: stable, and no account of the directory."""
    return "outside:" + _digest("outside", message.sender_id or message.sender_union_id)[:32]


def card_key(track: str) -> str:
    """The key a card was sent with: its outTrackId without the mark of a second delivery."""
    return track.partition("~")[0]


def data_of(frame: StreamFrame) -> dict[str, Any]:
    """A frame's data as an object, empty when it is none."""
    return _object(frame.data)


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _tidy(text: str) -> str:
    return text.replace("\u2005", " ").strip()


def _moment(milliseconds: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(milliseconds) / 1000, UTC).astimezone(_SHANGHAI)
    except (ValueError, OverflowError, OSError):
        return None


def _digest(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
