"""From what DingTalk sends to `Incoming`, with everything a single shape cannot know: who, which group, which card."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from platforms.contract import Incoming, PlatformError, Rejected, Unreachable
from platforms.dingtalk import apis, frames
from platforms.dingtalk.card_callbacks import Presses
from platforms.dingtalk.cards import Cards
from platforms.dingtalk.client import RestClient
from platforms.dingtalk.config import DingTalkConfig
from platforms.dingtalk.errors import UNKNOWN_PERSON
from platforms.dingtalk.frames import BotMessage, Press
from platforms.dingtalk.quota import STREAM, Quota
from platforms.dingtalk.robot import Robot
from platforms.shared.recent_keys import LruDict

log = logging.getLogger(__name__)

Shape = TypeVar("Shape", bound=BaseModel)

#: Directory events are free (page appendix-a-list-of-events-not-included-in-webhook).
_FREE_EVENTS = ("user_", "org_", "label_", "check_")


class Directory:
    """The two questions we ask of DingTalk's directory."""

    def __init__(self, client: RestClient) -> None:
        self._client = client
        self._by_union: LruDict[str] = LruDict()

    async def account_of(self, union_id: str) -> str:
        """The account behind a unionid, "" for none. Asked once for each; a passing fault is not remembered."""
        known = self._by_union.get(union_id)
        if known is not None:
            return known
        try:
            answer = await self._client.call(apis.USER_BY_UNION, {"unionid": union_id})
        except (Unreachable, Rejected):
            answer = {}
        except PlatformError as error:
            log.warning("account not resolved", extra={"action": "unionid", "code": error.code})
            return ""
        result = answer.get("result")
        account = str(result.get("userid") or "") if isinstance(result, Mapping) else ""
        self._by_union.put(union_id, account)
        return account

    async def knows(self, account: str) -> bool:
        """Whether the directory has this person (page query-user-details)."""
        try:
            await self._client.call(apis.USER, {"userid": account, "language": "zh_CN"})
        except Unreachable as error:
            # Outside the application's contacts scope nobody can be judged: the rest of the roll goes on.
            return error.code not in UNKNOWN_PERSON
        return True


class Reading:
    """Reads for both modes; counts what comes in."""

    def __init__(
        self,
        config: DingTalkConfig,
        directory: Directory,
        cards: Cards,
        robot: Robot,
        quota: Quota,
        presses: Presses,
        now: Callable[[], datetime],
    ) -> None:
        self._config = config
        self._directory = directory
        self._cards = cards
        self._robot = robot
        self._quota = quota
        self._presses = presses
        self._now = now

    async def message(self, data: Mapping[str, Any]) -> Incoming | None:
        """A message to the robot; None for one without a sender. Raises `ValueError` for a malformed one."""
        message = _valid(BotMessage, data)
        await self._quota.count(STREAM)
        if message.error_code == frames.OVER_QUOTA:
            await self._quota.inbound_stopped()
            return None
        if not (message.sender_staff_id or message.sender_id or message.sender_union_id):
            return None
        account = message.sender_staff_id
        if not account and message.sender_union_id:
            account = await self._directory.account_of(message.sender_union_id)
        # Only the old API's own host is ever posted to: in HTTP mode the body is not covered by the signature.
        webhook = message.session_webhook if self._config.is_session_webhook(message.session_webhook) else ""
        if message.in_group:
            self._robot.note_session(message.conversation_id, webhook, message.session_until)
        card_id = self._cards.key_of(message.quoted)
        return frames.said(message, account or frames.outsider(message), webhook, card_id, self._now)

    def press(self, data: Mapping[str, Any]) -> Press:
        """A press, still without its presser's account. Raises `ValueError` for a malformed one."""
        return _valid(Press, data)

    async def pressed(self, press: Press, window: str) -> Incoming | None:
        """A press as `Incoming`; None for one without a card or a presser."""
        await self._quota.count(STREAM)
        if press.error_code == frames.OVER_QUOTA:
            await self._quota.inbound_stopped()
            return None
        if not (press.track and press.user):
            return None
        account = await self._directory.account_of(press.user) if press.by_union_id else press.user
        chat = frames.chat_of(press, self._cards.group_of(press.track))
        name = self._presses.name(window, frames.content_of(press))
        return frames.pressed(press, account or f"outside:{press.user}", chat, window, name, self._now)

    async def event(self, kind: str, event_key: str, data: Mapping[str, Any]) -> list[Incoming]:
        """What a directory event means for us: who has left. Everything else is taken note of and forgotten."""
        if str(data.get("errorCode") or "") == frames.OVER_QUOTA:
            await self._quota.inbound_stopped()
        elif not kind.startswith(_FREE_EVENTS):
            await self._quota.count(STREAM)
        if kind != frames.LEFT_EVENT:
            return []
        return frames.left(event_key, frames.users_of(data), self._now)


def _valid(shape: type[Shape], data: Mapping[str, Any]) -> Shape:
    try:
        return shape.model_validate(data)
    except ValidationError as error:
        raise ValueError(f"{error.error_count()} problems") from None
