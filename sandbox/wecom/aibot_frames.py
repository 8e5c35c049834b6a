"""What the bot may say over its long connection, one function a command; each refuses with the code of the real wire.

Every function takes (hub, req_id, body) and returns the acknowledgement's body, mostly none. They run without awaiting,
so two frames never interleave.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.city.chats import Message
from sandbox.wecom.aibot_state import Asked, HubState, StreamReply, Upload
from sandbox.wecom.card_tables import AIBOT
from sandbox.wecom.cards import validate
from sandbox.wecom.errors import (
    BAD_CHATID,
    BAD_MSGTYPE,
    BAD_PARAMETER,
    BAD_REQ_ID,
    BAD_TASK_ID,
    EMPTY_CONTENT,
    NOT_ALLOWED_IN_CHAT,
    STREAM_EXPIRED,
    TOO_LONG,
    TOO_OFTEN,
    WireError,
)
from sandbox.wecom.rest_media import LIMITS, keep
from sandbox.wecom.rest_parts import media_file

MARKDOWN_BYTES = 20480
REPLY_SECONDS = 24 * 3600.0  # city time
STREAM_SECONDS = 360.0  # city time
UPLOAD_SECONDS = 1800.0  # city time
CHUNKS = 100
CHUNK_BYTES = 512 << 10
MEDIA_KINDS = ("file", "image", "voice", "video")


def _asked(hub: HubState, req_id: str, kind: str) -> Asked:
    """What the req_id stands for; 846605 when it is nothing, something else or too old to answer."""
    asked = hub.asked.get(req_id)
    if asked is None or asked.kind != kind:
        raise WireError(BAD_REQ_ID, f"invalid req_id: not that of a {kind}")
    if kind == "message":
        late = hub.world.clock.unix() - asked.city_time > REPLY_SECONDS
    else:
        late = time.monotonic() - asked.told_at > hub.world.window
    if late:
        raise WireError(BAD_REQ_ID, "invalid req_id: the time to answer is over")
    return asked


def _spend(hub: HubState, chat: str) -> None:
    if not hub.budget.take(chat, hub.world.clock.unix()):
        raise WireError(TOO_OFTEN, "api freq out of limit: 30 a minute and 1000 an hour per conversation")


def _markdown(part: object, name: str) -> str:
    content = part.get("content") if isinstance(part, dict) else None
    if not isinstance(content, str) or not content:
        raise WireError(EMPTY_CONTENT, f"{name}.content is empty")
    if len(content.encode()) > MARKDOWN_BYTES:
        raise WireError(TOO_LONG, f"{name}.content has {len(content.encode())} bytes, at most {MARKDOWN_BYTES}")
    return content


def _check_card(hub: HubState, body: Mapping[str, Any]) -> dict[str, Any]:
    card = validate(body.get("template_card"), AIBOT)
    if card.get("task_id") in hub.task_ids:
        raise WireError(BAD_TASK_ID, "template_card.task_id was used before")
    return card


def _content(hub: HubState, body: dict[str, Any], kinds: tuple[str, ...]) -> dict[str, Any]:
    """The message's own part as keyword arguments for `Chats.add`; 40008 for a msgtype this command does not take."""
    kind = body.get("msgtype")
    if kind not in kinds:
        raise WireError(BAD_MSGTYPE, f"invalid message type {kind!r}; here: {', '.join(kinds)}")
    if kind == "template_card":
        card = _check_card(hub, body)
        return {"card": card, "task_id": card.get("task_id", "")}
    if kind in MEDIA_KINDS:
        return {"file": media_file(hub.world, body, str(kind))}
    return {"text": _markdown(body.get(str(kind)), str(kind))}


def _post(hub: HubState, chat: str, kind: str, content: dict[str, Any]) -> Message:
    _spend(hub, chat)
    if content.get("task_id"):
        hub.task_ids.add(content["task_id"])
    group = hub.world.city.groups.get(chat)
    to = group.members if group else [chat.removeprefix("bot:")]
    return hub.world.chats.add(chat, "bot", kind, "aibot", to=to, **content)


def welcome(hub: HubState, req_id: str, body: dict[str, Any]) -> None:
    """aibot_respond_welcome_msg: text or a card, within five seconds of enter_chat, once."""
    asked = _asked(hub, req_id, "enter")
    if asked.answered.is_set():
        raise WireError(BAD_REQ_ID, "invalid req_id: already welcomed")
    content = _content(hub, body, ("text", "template_card"))
    _post(hub, asked.chat, body["msgtype"], content)
    asked.answered.set()


def _reply_stream(hub: HubState, asked: Asked, body: dict[str, Any]) -> None:
    part = body.get("stream")
    if not isinstance(part, dict) or not isinstance(part.get("id"), str) or not part["id"]:
        raise WireError(BAD_PARAMETER, "stream.id is required")
    if set(part) - {"id", "finish", "content", "feedback"} or not isinstance(part.get("finish", False), bool):
        raise WireError(BAD_PARAMETER, "stream has a field it may not have here")
    content = part.get("content", "")
    if not isinstance(content, str) or len(content.encode()) > MARKDOWN_BYTES:
        raise WireError(TOO_LONG, f"stream.content must be text of at most {MARKDOWN_BYTES} bytes")
    stream = hub.streams.get(part["id"])
    if stream is None:
        message = _post(hub, asked.chat, "stream", {"text": content})
        hub.streams[part["id"]] = StreamReply(message, hub.world.clock.unix(), bool(part.get("finish")))
        return
    if stream.finished or hub.world.clock.unix() - stream.started > STREAM_SECONDS:
        raise WireError(STREAM_EXPIRED, "stream message update expired")
    stream.finished = bool(part.get("finish"))
    hub.world.chats.rewrite(stream.message, content)


def reply(hub: HubState, req_id: str, body: dict[str, Any]) -> None:
    """aibot_respond_msg: an answer to a message within 24 hours; an event's req_id is refused (846605)."""
    asked = _asked(hub, req_id, "message")
    if body.get("msgtype") == "stream":
        _reply_stream(hub, asked, body)
    else:
        content = _content(hub, body, ("markdown", "template_card", *MEDIA_KINDS))
        _post(hub, asked.chat, body["msgtype"], content)
    asked.answered.set()


def redraw(hub: HubState, req_id: str, body: dict[str, Any]) -> None:
    """aibot_respond_update_msg: replace the pressed card within five seconds, for all or for `userids`, once."""
    asked = _asked(hub, req_id, "press")
    if asked.answered.is_set():
        raise WireError(BAD_REQ_ID, "invalid req_id: this press was answered")
    if body.get("response_type") != "update_template_card":
        raise WireError(BAD_PARAMETER, "response_type must be update_template_card")
    card = validate(body.get("template_card"), AIBOT, updating=True)
    if card.get("task_id") != asked.task_id:
        raise WireError(BAD_TASK_ID, "template_card.task_id must be that of the event")
    users = body.get("userids")
    if users is not None and (not isinstance(users, list) or not users):
        raise WireError(BAD_PARAMETER, "userids must be a list of members or absent")
    known = None
    if users is not None:
        found = [hub.world.city.anyone(str(user)) for user in users]
        known = [person.id for person in found if person is not None]
    if asked.message is not None:
        hub.world.chats.redraw(asked.message, card, users=known, by="bot")
    asked.answered_at = time.monotonic()
    asked.answered.set()


def _conversation(hub: HubState, body: dict[str, Any]) -> str:
    """The conversation a push goes to; 93006 for a chatid nobody has, 93001 where nobody spoke to the bot yet."""
    city = hub.world.city
    chatid, chat_type = body.get("chatid"), body.get("chat_type", 0)
    if not isinstance(chatid, str) or not chatid or chat_type not in (0, 1, 2) or isinstance(chat_type, bool):
        raise WireError(BAD_PARAMETER, "chatid must be a string and chat_type 0, 1 or 2")
    group = city.groups.get(chatid) if chat_type in (0, 2) else None
    person = city.anyone(chatid) if chat_type in (0, 1) and group is None else None
    if group is None and person is None:
        raise WireError(BAD_CHATID, "invalid chatid")
    chat = group.chatid if group else f"bot:{person.id if person else ''}"
    if group is not None and not group.bot_inside:
        raise WireError(93008, "the bot is not in this group")
    if chat not in hub.spoken:
        raise WireError(NOT_ALLOWED_IN_CHAT, "nobody has sent the bot a message in this conversation")
    return chat


def push(hub: HubState, req_id: str, body: dict[str, Any]) -> None:
    """aibot_send_msg: markdown, cards and files to a conversation that has spoken to the bot. No text (40008)."""
    content = _content(hub, body, ("markdown", "template_card", *MEDIA_KINDS))
    _post(hub, _conversation(hub, body), body["msgtype"], content)


def upload_init(hub: HubState, req_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """aibot_upload_media_init: name, size, number of chunks, md5."""
    kind, name, size, total = (body.get(key) for key in ("type", "filename", "total_size", "total_chunks"))
    if kind not in LIMITS or not isinstance(name, str) or not name:
        raise WireError(BAD_PARAMETER, "type and filename are required")
    if not isinstance(size, int) or not isinstance(total, int) or not 1 <= total <= CHUNKS:
        raise WireError(BAD_PARAMETER, "total_size and total_chunks (1 to 100) are required")
    if size > LIMITS[kind]:
        raise WireError(45001, "media is too large")
    now = hub.world.clock.unix()
    if not hub.upload_budget.take("upload", now):
        raise WireError(TOO_OFTEN, "api freq out of limit: 30 uploads a minute")
    upload_id = secrets.token_urlsafe(18)
    hub.uploads[upload_id] = Upload(kind, name, size, total, str(body.get("md5", "")), now)
    return {"upload_id": upload_id}


def _upload(hub: HubState, body: dict[str, Any]) -> Upload:
    upload = hub.uploads.get(str(body.get("upload_id")))
    if upload is None or hub.world.clock.unix() - upload.started > UPLOAD_SECONDS:
        raise WireError(BAD_PARAMETER, "invalid upload_id")
    return upload


def upload_chunk(hub: HubState, req_id: str, body: dict[str, Any]) -> None:
    """aibot_upload_media_chunk: counted from 0 or from 1 (the documents disagree), at most 512 KB each."""
    upload = _upload(hub, body)
    index = body.get("chunk_index")
    if not isinstance(index, int) or isinstance(index, bool) or not 0 <= index <= upload.total:
        raise WireError(BAD_PARAMETER, "chunk_index is out of range")
    try:
        chunk = base64.b64decode(str(body.get("base64_data", "")), validate=True)
    except binascii.Error as error:
        raise WireError(BAD_PARAMETER, "base64_data is not base64") from error
    if not chunk or len(chunk) > CHUNK_BYTES:
        raise WireError(BAD_PARAMETER, "a chunk has 1 byte to 512 KB")
    upload.chunks[index] = chunk


def upload_finish(hub: HubState, req_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """aibot_upload_media_finish: all chunks there, size and md5 right."""
    upload = _upload(hub, body)
    content = b"".join(upload.chunks[index] for index in sorted(upload.chunks))
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if len(upload.chunks) != upload.total or len(content) != upload.size or (upload.md5 and upload.md5 != md5):
        raise WireError(BAD_PARAMETER, "chunks, total_size or md5 do not match")
    del hub.uploads[str(body["upload_id"])]
    return keep(hub.world, upload.kind, upload.name, content)


Command = Callable[[HubState, str, dict[str, Any]], dict[str, Any] | None]
COMMANDS: dict[str, Command] = {
    "aibot_respond_welcome_msg": welcome,
    "aibot_respond_msg": reply,
    "aibot_respond_update_msg": redraw,
    "aibot_send_msg": push,
    "aibot_upload_media_init": upload_init,
    "aibot_upload_media_chunk": upload_chunk,
    "aibot_upload_media_finish": upload_finish,
}
