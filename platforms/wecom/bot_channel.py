"""The group bot as a channel: cards and texts into chats, files one-to-one, and answers inside the reply window.

Source: developer.work.weixin.qq.com 101463 (长连接), 101031 (回复), 101032 (卡片). A sent card can only be redrawn in
answer to a press on it, within five seconds; then it changes for everyone who sees it.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from platforms.contract import Card, File, Incoming, Message, Receipt, Rejected, Text
from platforms.shared.limits import answer_key, file_name
from platforms.shared.recent_keys import RecentKeys
from platforms.wecom import render
from platforms.wecom.client import require_file_size
from platforms.wecom.errors import REPLY_WINDOW_GONE, TASK_ID_TAKEN, LostAnswer
from platforms.wecom.long_connection import LongConnection
from platforms.wecom.transport import new_req_id

SINGLE, GROUP = 1, 2
CHUNK = 512 * 1024

_REPLY_LIFE = timedelta(hours=24)


class GroupBot:
    """Speaks through `connection`; `public_url` is where a notice without a link leads."""

    def __init__(self, connection: LongConnection, now: Callable[[], datetime], public_url: str) -> None:
        self._connection = connection
        self._now = now
        self._public_url = public_url
        self._in_doubt = RecentKeys()

    async def send(self, chat: str, chat_type: int, message: Message, key: str, *, again: bool = False) -> Receipt:
        """Push to a chat (`GROUP`) or a person (`SINGLE`) that has spoken to the bot before.

        A card whose acknowledgement is lost is sent once more at once: its task id makes that harmless. The answer
        "task id taken" then means "already there"; on a first sending it is a refusal.
        """
        if isinstance(message, File) and chat_type == GROUP:
            raise Rejected("file_to_chat", "文件只发给个人，不发到群")
        body = {"chatid": chat, "chat_type": chat_type, **await self._content(message, key)}
        if again:
            self._in_doubt.add(key)
        if isinstance(message, Card):
            try:
                return await self._push(body, chat, key)
            except LostAnswer:
                pass
        return await self._push(body, chat, key)

    async def respond(self, incoming: Incoming, card: Card | None, text: str) -> bool:
        """Answer a press, a first visit or a message in the way each allows; see `ChatPlatform.respond`."""
        does = incoming.reply_to.get("does")
        if does == "press":
            done = card is None or await self._redraw(incoming, card)
            if text:
                await self._push_answer(incoming, Text(text))
            return done
        for answer in (card, Text(text) if text else None):
            if answer is not None and not await self._reply(incoming, answer, str(does)):
                await self._push_answer(incoming, answer)
        return True

    async def _redraw(self, incoming: Incoming, card: Card) -> bool:
        req_id = str(incoming.reply_to["req_id"])
        if not self._connection.may_reply(req_id):
            return False
        drawn = render.template_card(
            card, render.BOT, task_id=str(incoming.reply_to["task_id"]), public_url=self._public_url
        )
        body = {"response_type": "update_template_card", "template_card": drawn}
        return await self._answer("aibot_respond_update_msg", body, incoming)

    async def _reply(self, incoming: Incoming, answer: Card | Text, does: str) -> bool:
        """Answer by req_id; False when the frame takes no such answer (any more)."""
        in_time = {
            "enter": self._connection.may_reply(str(incoming.reply_to["req_id"])),
            "message": self._now() - incoming.at < _REPLY_LIFE,
        }.get(does, False)
        if not in_time:
            return False
        body: Mapping[str, Any]
        if isinstance(answer, Card):
            body = await self._content(answer, answer_key(incoming, answer))
        elif does == "enter":
            body = {"msgtype": "text", "text": {"content": render.markdown(answer, render.APP_TEXT_BYTES)}}
        else:
            content = render.markdown(answer, render.BOT_TEXT_BYTES)
            body = {"msgtype": "stream", "stream": {"id": new_req_id(), "finish": True, "content": content}}
        cmd = "aibot_respond_welcome_msg" if does == "enter" else "aibot_respond_msg"
        return await self._answer(cmd, body, incoming, lost_is_gone=does == "enter")

    async def _answer(
        self, cmd: str, body: Mapping[str, Any], incoming: Incoming, *, lost_is_gone: bool = True
    ) -> bool:
        reply_to = incoming.reply_to
        try:
            await self._connection.command(
                cmd, body, req_id=str(reply_to["req_id"]), conversation=str(reply_to["chat"])
            )
        except Rejected as error:
            if error.code in REPLY_WINDOW_GONE:
                return False
            raise
        except LostAnswer:
            if lost_is_gone:
                return False
            raise
        return True

    async def _push_answer(self, incoming: Incoming, answer: Card | Text) -> None:
        chat, chat_type = str(incoming.reply_to["chat"]), int(incoming.reply_to["chat_type"])
        seed = answer if isinstance(answer, Card) else answer.content
        await self.send(chat, chat_type, answer, answer_key(incoming, seed))

    async def _push(self, body: Mapping[str, Any], chat: str, key: str) -> Receipt:
        try:
            await self._connection.command("aibot_send_msg", body, conversation=chat)
        except LostAnswer:
            self._in_doubt.add(key)
            raise
        except Rejected as error:
            if error.code != str(TASK_ID_TAKEN) or key not in self._in_doubt:
                raise
            self._in_doubt.discard(key)
            return Receipt(message_id=key)
        self._in_doubt.discard(key)
        return Receipt(message_id=key)

    async def _content(self, message: Message, key: str) -> dict[str, Any]:
        if isinstance(message, Card):
            drawn = render.template_card(message, render.BOT, task_id=key, public_url=self._public_url)
            return {"msgtype": "template_card", "template_card": drawn}
        if isinstance(message, File):
            return {"msgtype": "file", "file": {"media_id": await self._upload(message)}}
        return {"msgtype": "markdown", "markdown": {"content": render.markdown(message, render.BOT_TEXT_BYTES)}}

    async def _upload(self, file: File) -> str:
        """Upload in chunks of 512 KB, numbered from 0 as the official SDK does (the page's example shows 1)."""
        require_file_size(file.content)
        chunks = [file.content[start : start + CHUNK] for start in range(0, len(file.content), CHUNK)]
        opening = {
            "type": "file",
            "filename": file_name(file),
            "total_size": len(file.content),
            "total_chunks": len(chunks),
            "md5": hashlib.md5(file.content, usedforsecurity=False).hexdigest(),
        }
        upload_id = (await self._connection.command("aibot_upload_media_init", opening)).get("upload_id")
        for index, chunk in enumerate(chunks):
            part = {"upload_id": upload_id, "chunk_index": index, "base64_data": base64.b64encode(chunk).decode()}
            await self._connection.command("aibot_upload_media_chunk", part)
        closing = await self._connection.command("aibot_upload_media_finish", {"upload_id": upload_id})
        if not closing.get("media_id"):
            raise Rejected("upload", "上传文件没有得到 media_id")
        return str(closing["media_id"])
