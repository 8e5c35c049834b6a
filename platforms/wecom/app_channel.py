"""The self-built application as a channel: cards, texts and files to one person, and later changes to a card.

A card can be changed once per `response_code` within 72 hours: the sending gives one code (kept in the receipt),
each press gives another (page 94888).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from platforms.contract import Card, File, Incoming, Message, Receipt, Rejected, Text, Unreachable
from platforms.shared.limits import answer_key, file_name
from platforms.shared.recent_keys import RecentKeys
from platforms.wecom import render
from platforms.wecom.client import RestClient
from platforms.wecom.errors import TASK_ID_TAKEN, LostAnswer

log = logging.getLogger(__name__)

RESPONSE_CODE_LIFE = timedelta(hours=72)


class Application:
    """Sends through `client`; `public_url` is where a notice without a link leads."""

    def __init__(self, client: RestClient, now: Callable[[], datetime], public_url: str) -> None:
        self._client = client
        self._now = now
        self._public_url = public_url
        self._in_doubt = RecentKeys()
        self._spent = RecentKeys()

    async def send(self, account: str, message: Message, key: str, *, again: bool = False) -> Receipt:
        """Send to one person. Raises `Unreachable` when WeCom took the message but not for this person."""
        msgtype, content = await self._content(message, key)
        second_try = again or key in self._in_doubt
        try:
            answer = await self._client.send([account], msgtype, content, second_try=second_try)
        except LostAnswer:
            self._in_doubt.add(key)
            raise
        except Rejected as error:
            if second_try and error.code == str(TASK_ID_TAKEN):
                self._in_doubt.discard(key)
                return Receipt(message_id=key)
            raise
        self._in_doubt.discard(key)
        return self._receipt(account, answer, key)

    async def update(self, handle: Mapping[str, Any], card: Card) -> bool:
        """Redraw a card with the code its sending gave. False when the code is spent, too old or refused."""
        code = str(handle.get("response_code") or "")
        if not code or self._now() - datetime.fromisoformat(str(handle["sent_at"])) >= RESPONSE_CODE_LIFE:
            return False
        return await self._redraw(str(handle["account"]), code, card)

    async def recall(self, msgid: str) -> bool:
        """Take a message back within 24 hours of its sending; False when it is too late or gone."""
        try:
            await self._client.recall(msgid)
        except Rejected as error:
            log.warning("message not recalled", extra={"action": "recall_refused", "code": error.code})
            return False
        return True

    async def respond(self, incoming: Incoming, card: Card | None, text: str) -> bool:
        """Answer a press by redrawing the presser's copy, anything else by a new message."""
        done = True
        code = str(incoming.reply_to.get("response_code") or "")
        if card is not None and code:
            in_time = self._now() - incoming.at < RESPONSE_CODE_LIFE
            done = in_time and await self._redraw(incoming.account, code, card)
        elif card is not None:
            await self._say(incoming.account, card, answer_key(incoming, card))
        if text:
            await self._say(incoming.account, Text(text), answer_key(incoming, text))
        return done

    async def _say(self, account: str, message: Card | Text, key: str) -> None:
        """Say it, and once more under the same key when the answer is lost: any other way would double it."""
        try:
            await self.send(account, message, key)
        except LostAnswer:
            await self.send(account, message, key)

    async def _redraw(self, account: str, code: str, card: Card) -> bool:
        if code in self._spent:
            return False
        drawn = render.template_card(card, render.APP, public_url=self._public_url)
        try:
            await self._client.update_card([account], code, drawn)
        except (Rejected, Unreachable) as error:
            log.warning("card not changed", extra={"action": "card_update_refused", "code": error.code})
            self._spent.add(code)
            return False
        self._spent.add(code)
        return True

    async def _content(self, message: Message, key: str) -> tuple[str, Mapping[str, Any]]:
        if isinstance(message, Card):
            return "template_card", render.template_card(message, render.APP, task_id=key, public_url=self._public_url)
        if isinstance(message, File):
            return "file", {"media_id": await self._client.upload(file_name(message), message.content)}
        return "markdown", {"content": render.markdown(message, render.APP_TEXT_BYTES)}

    def _receipt(self, account: str, answer: Mapping[str, Any], key: str) -> Receipt:
        refused = {
            name.lower()
            for field in ("invaliduser", "unlicenseduser")
            for name in str(answer.get(field) or "").split("|")
        }
        if account.lower() in refused:
            raise Unreachable("invaliduser", "账号不在应用可见范围，或没有接口许可", recovers=True)
        handle: dict[str, Any] = {}
        if answer.get("response_code"):
            handle = {
                "via": "app",
                "account": account,
                "msgid": str(answer.get("msgid") or ""),
                "response_code": str(answer["response_code"]),
                "sent_at": self._now().isoformat(),
            }
        return Receipt(message_id=str(answer.get("msgid") or key), handle=handle)
