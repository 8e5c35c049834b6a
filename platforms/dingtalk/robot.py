"""Ordinary messages: to a group, to one person, into a conversation that has just spoken; read lists and recalls.

Pages: the-robot-sends-a-group-message, chatbots-send-one-on-one-chat-messages-in-batches,
robot-reply-and-send-messages, chatbot-queries-the-read-status-of-a-message,
enterprise-chatbot-withdraws-internal-group-messages.

These calls have no key of ours in them, so a repeat after a lost answer cannot be recognised by the platform: such a
message is sent again and may be seen twice (at least once).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from platforms.contract import (
    Attachment,
    Card,
    Fetched,
    File,
    Gone,
    Place,
    PlatformError,
    Receipt,
    Recipient,
    Rejected,
    Text,
    TryLater,
    UnknownCode,
    Unreachable,
)
from platforms.dingtalk import apis, render
from platforms.dingtalk.client import MAX_FILE, RestClient
from platforms.dingtalk.config import DingTalkConfig
from platforms.dingtalk.errors import SESSION_GONE
from platforms.shared.limits import file_name
from platforms.shared.recent_keys import LruDict

log = logging.getLogger(__name__)

_PAGES = 5
_PAGE_SIZE = 200
#: A session webhook is not used in its last seconds.
_SPARE_SECONDS = 30.0
_FLOW_PAUSE = 60.0

Drawn = tuple[str, Mapping[str, str]]


class Robot:
    """Speaks as the application's robot."""

    def __init__(self, client: RestClient, config: DingTalkConfig, now: Callable[[], datetime]) -> None:
        self._client = client
        self._config = config
        self._now = now
        self._sessions: LruDict[tuple[str, str]] = LruDict()

    async def send(self, to: Recipient, drawn: Drawn, key: str, *, urgent: bool) -> Receipt:
        """Send a drawn message to a person or a group."""
        msg_key, param = drawn
        body = {
            "robotCode": self._config.robot,
            "msgKey": msg_key,
            "msgParam": json.dumps(param, ensure_ascii=False),
        }
        if to.place is Place.CHAT:
            answer = await self._client.call(apis.GROUP_SEND, body | {"openConversationId": to.id}, urgent=urgent)
        else:
            answer = await self._client.call(apis.PERSON_SEND, body | {"userIds": [to.id]}, urgent=urgent)
            _require_delivered(answer, to.id)
        query = str(answer.get("processQueryKey") or "")
        where: dict[str, Any] = {"chat": to.id} if to.place is Place.CHAT else {"users": [to.id]}
        return Receipt(query or key, {"via": "robot", "query": query, **where} if query else {})

    async def send_text(self, to: Recipient, text: Text, key: str, *, urgent: bool) -> Receipt:
        """A text without mentions."""
        return await self.send(to, render.markdown(text), key, urgent=urgent)

    async def send_card(self, to: Recipient, card: Card, key: str, *, urgent: bool) -> Receipt:
        """A card without a template."""
        return await self.send(to, render.action_card(card), key, urgent=urgent)

    async def send_file(self, to: Recipient, file: File, key: str, *, urgent: bool) -> Receipt:
        """A file to one person. Raises `Rejected` for a group and for an empty or too large file."""
        if to.place is Place.CHAT:
            raise Rejected("file_to_chat", "文件只发给个人，不发到群")
        if not 1 <= len(file.content) <= MAX_FILE:
            raise Rejected("file_size", "文件应在 20 MB 以内，且不能为空")
        name = file_name(file)
        suffix = name.rpartition(".")[2].lower() if "." in name else "txt"
        param = {"mediaId": await self._client.upload(name, file.content), "fileName": name, "fileType": suffix}
        return await self.send(to, ("sampleFile", param), key, urgent=urgent)

    def note_session(self, chat: str, webhook: str, until: str) -> None:
        """A message from this group has just brought an address to answer to."""
        if webhook:
            self._sessions.put(chat, (webhook, until))

    async def say_in(self, chat: str, text: Text) -> bool:
        """Say something in a group through its newest session webhook; False without a live one."""
        webhook, until = self._sessions.get(chat) or ("", "")
        return await self.say(webhook, until, text)

    async def say(self, webhook: str, until: str, text: Text) -> bool:
        """Post a text to a session webhook; False when it is (about to be) dead. `until` is in milliseconds."""
        if not self._config.is_session_webhook(webhook) or not self._alive(until):
            return False
        try:
            await self._client.webhook(webhook, render.session_markdown(text))
        except PlatformError as error:
            if error.code in SESSION_GONE:
                return False
            raise
        return True

    async def fetch(self, attachment: Attachment) -> Fetched:
        """What a download code stands for (page download-the-file-content-of-the-robot-receiving-message).

        Raises `Gone` when DingTalk no longer gives it, `TooLarge`, `TryLater`.
        """
        body = {"downloadCode": str(attachment.source.get("code") or ""), "robotCode": self._config.robot}
        try:
            answer = await self._client.call(apis.DOWNLOAD, body)
        except (Rejected, Unreachable) as error:
            raise Gone(error.code, "下载码已失效") from None
        fetched = await self._client.download(str(answer.get("downloadUrl") or ""))
        return Fetched(attachment.name or fetched.name, fetched.content)

    async def readers(self, chat: str, query: str) -> frozenset[str] | None:
        """Who has read a message in a group; None when the platform does not say. Costs a call a page."""
        found: set[str] = set()
        body: dict[str, Any] = {
            "robotCode": self._config.robot,
            "openConversationId": chat,
            "processQueryKey": query,
            "maxResults": _PAGE_SIZE,
        }
        for _ in range(_PAGES):
            try:
                answer = await self._client.call(apis.GROUP_READERS, body, urgent=False)
            except PlatformError as error:
                log.warning("readers unknown", extra={"action": "readers_unknown", "code": error.code})
                return None
            found |= {str(user) for user in answer.get("readUserIds") or []}
            if answer.get("hasMore") not in (True, "true") or not answer.get("nextToken"):
                break
            body["nextToken"] = str(answer["nextToken"])
        return frozenset(found)

    async def recall(self, handle: Mapping[str, Any]) -> bool:
        """Take a message back; False when the platform refuses. Of cards it is not documented: the carrier is tried."""
        query = str(handle.get("query") or handle.get("carrier") or "")
        if not query:
            return False
        body: dict[str, Any] = {"robotCode": self._config.robot, "processQueryKeys": [query]}
        api = apis.PERSON_RECALL
        if handle.get("chat"):
            api, body = apis.GROUP_RECALL, body | {"openConversationId": str(handle["chat"])}
        try:
            answer = await self._client.call(api, body)
        except (Rejected, Unreachable, UnknownCode) as error:
            log.warning("message not recalled", extra={"action": "recall_refused", "code": error.code})
            return False
        return not answer.get("failedResult")

    def _alive(self, until: str) -> bool:
        try:
            left = int(until) / 1000 - self._now().timestamp()
        except ValueError:
            return False
        return left > _SPARE_SECONDS


def _require_delivered(answer: Mapping[str, Any], account: str) -> None:
    """HTTP 200 may name people the message did not reach."""
    if account in map(str, answer.get("flowControlledStaffIdList") or []):
        raise TryLater("flow_controlled", "钉钉暂缓给这个人发送", after=_FLOW_PAUSE)
    for name in ("invalidStaffIdList", "filteredStaffIdList"):
        if account in map(str, answer.get(name) or []):
            raise Unreachable(name, "钉钉说消息没有送到这个账号", recovers=True)
