"""Interactive cards: created and delivered in one call, redrawn by outTrackId.

Pages: create-and-deliver-cards, interactive-card-update-interface. outTrackId is the message's key, so a repeat after
a lost answer is recognised by the platform. A card that was created but could not be delivered is tried again under
another outTrackId (the key with "~1", "~2" …): the first one would only be answered with "exists already".
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from platforms.contract import Card, Place, PlatformError, Receipt, Recipient, Rejected, TryLater, Unreachable
from platforms.dingtalk import apis, render
from platforms.dingtalk.alarm_buffer import AlarmBuffer
from platforms.dingtalk.client import RestClient
from platforms.dingtalk.config import DingTalkConfig
from platforms.dingtalk.errors import (
    CARD_GONE,
    TEMPLATE_REFUSED,
    USER_UNKNOWN,
    AlreadyThere,
    LostAnswer,
    refusal,
    verdict_of,
)
from platforms.dingtalk.frames import GROUP_BUTTON, PERSON_BUTTON
from platforms.shared.recent_keys import LruDict, RecentKeys

log = logging.getLogger(__name__)

ROUTE_KEY = "yousu"
_OPTIONS = {"updateCardDataByKey": True, "updatePrivateDataByKey": True}
_NOT_THERE = ("不存在", "不在群", "已解散", "notExist", "disbanded")
_SPACE: Mapping[Place, str] = {Place.CHAT: "IM_GROUP", Place.PERSON: "IM_ROBOT"}


class NoTemplate(Exception):
    """The card template is not usable: send the card another way."""


class Cards:
    """Draws with our own template when one is configured, else with the one built into the official SDK."""

    def __init__(self, client: RestClient, config: DingTalkConfig, alarms: AlarmBuffer) -> None:
        self._client = client
        self._config = config
        self._alarms = alarms
        self._template = config.card_template_id or render.BUILT_IN_TEMPLATE
        self._draw: Callable[..., dict[str, str]] = (
            render.own_variables if config.card_template_id else render.built_in_variables
        )
        self._template_refused = False
        self._shown: LruDict[dict[str, str]] = LruDict(2048)
        self._groups: LruDict[str] = LruDict()
        self._carriers: LruDict[str] = LruDict()
        self._undelivered: LruDict[int] = LruDict()
        self._in_doubt = RecentKeys()

    def group_of(self, track: str) -> str | None:
        """The group a card was delivered to, as far as remembered."""
        return self._groups.get(track)

    def key_of(self, carrier: str) -> str:
        """The key of the card a quoted message is, "" when it is none of ours or forgotten."""
        return self._carriers.get(carrier) or "" if carrier else ""

    async def send(self, to: Recipient, card: Card, key: str, *, again: bool, urgent: bool) -> Receipt:
        """Create and deliver. Raises `NoTemplate` when the template cannot be used (until restart)."""
        if self._template_refused:
            raise NoTemplate
        number = self._undelivered.get(key) or 0
        track = f"{key}~{number}" if number else key
        variables = self._draw(card, place=_place(to.place))
        try:
            answer = await self._create(to, card, track, variables, urgent=urgent)
        except LostAnswer:
            self._in_doubt.add(key)
            raise
        except AlreadyThere as error:
            if not (again or error.ours or key in self._in_doubt):
                raise
            self._remember(to, track, variables, "")
            return self._receipt(to, track, "")
        except PlatformError as error:
            await self._mind_the_template(error)
            raise
        carrier = self._delivered(answer, key, number)
        self._in_doubt.discard(key)
        self._remember(to, track, variables, carrier)
        return self._receipt(to, track, carrier)

    async def _create(
        self, to: Recipient, card: Card, track: str, variables: Mapping[str, str], *, urgent: bool
    ) -> Mapping[str, Any]:
        """Create and deliver. One unknown among those mentioned must not keep the card from the others."""
        try:
            return await self._client.call(apis.CARD_CREATE, self._body(to, card, track, variables), urgent=urgent)
        except Unreachable as error:
            if error.code != USER_UNKNOWN or not card.mentions or to.place is Place.PERSON:
                raise
        log.warning("card sent without its mentions", extra={"action": "mentions_refused", "code": USER_UNKNOWN})
        silent = replace(card, mentions=())
        return await self._client.call(apis.CARD_CREATE, self._body(to, silent, track, variables), urgent=urgent)

    async def redraw(self, track: str, card: Card, *, in_group: bool, urgent: bool) -> bool:
        """PUT the card's new variables; False when the platform has no such card (any more).

        A card that shows exactly this already costs nothing.
        """
        variables = self._draw(card, place=GROUP_BUTTON if in_group else PERSON_BUTTON)
        if self._shown.get(track) == variables:
            return True
        body = {
            "outTrackId": track,
            "cardData": {"cardParamMap": variables},
            "cardUpdateOptions": _OPTIONS,
            "userIdType": 1,
        }
        try:
            await self._client.call(apis.CARD_UPDATE, body, urgent=urgent)
        except Rejected as error:
            log.warning("card not changed", extra={"action": "card_update_refused", "code": error.code})
            self._shown.drop(track)
            if error.code in CARD_GONE or error.code in TEMPLATE_REFUSED:
                return False
            raise
        except PlatformError:
            self._shown.drop(track)
            raise
        self._shown.put(track, variables)
        return True

    def answer(self, card: Card, *, in_group: bool) -> dict[str, Any]:
        """The update that travels inside the acknowledgement of a press: for everybody who sees the card."""
        variables = self._draw(card, place=GROUP_BUTTON if in_group else PERSON_BUTTON)
        return {"cardUpdateOptions": _OPTIONS, "cardData": {"cardParamMap": variables}}

    def note_answer(self, track: str, update: Mapping[str, Any]) -> None:
        """The acknowledgement has left: the card shows this now."""
        self._shown.put(track, dict(update["cardData"]["cardParamMap"]))

    async def register(self, url: str, secret: str) -> None:
        """Tell DingTalk where presses go in HTTP mode (page register-card-callback-address)."""
        body = {"callbackRouteKey": ROUTE_KEY, "callbackUrl": url, "apiSecret": secret, "forceUpdate": True}
        await self._client.call(apis.CARD_REGISTER, body)

    def _body(self, to: Recipient, card: Card, track: str, variables: Mapping[str, str]) -> dict[str, Any]:
        title = render.title_of(card)
        space = {
            "supportForward": True,
            "lastMessageI18n": {"ZH_CN": title},
            "notification": {"alertContent": title, "notificationOff": False},
        }
        body: dict[str, Any] = {
            "cardTemplateId": self._template,
            "outTrackId": track,
            "userIdType": 1,
            "cardData": {"cardParamMap": variables},
            "openSpaceId": f"dtv1.card//{_SPACE[to.place]}.{to.id}",
            **self._callback(),
        }
        if to.place is Place.PERSON:
            deliver = {"spaceType": "IM_ROBOT", "robotCode": self._config.robot}
            return body | {"imRobotOpenSpaceModel": space, "imRobotOpenDeliverModel": deliver}
        called = render.at_users(card.mentions)
        deliver_group: dict[str, Any] = {"robotCode": self._config.robot} | ({"atUserIds": called} if called else {})
        return body | {"imGroupOpenSpaceModel": space, "imGroupOpenDeliverModel": deliver_group}

    def _callback(self) -> dict[str, str]:
        if self._config.by_http:
            return {"callbackType": "HTTP", "callbackRouteKey": ROUTE_KEY}
        return {"callbackType": "STREAM"}

    def _delivered(self, answer: Mapping[str, Any], key: str, number: int) -> str:
        """The carrier id. HTTP 200 may still say that the card reached nobody: raises for that."""
        result = answer.get("result")
        results = result.get("deliverResults") if isinstance(result, Mapping) else None
        first = results[0] if isinstance(results, list) and results and isinstance(results[0], Mapping) else answer
        if first.get("success") in (True, "true"):
            return str(first.get("carrierId") or "")
        self._undelivered.put(key, number + 1)
        self._in_doubt.discard(key)
        raise _not_delivered(str(first.get("errorMsg") or first.get("errorCode") or ""))

    async def _mind_the_template(self, error: PlatformError) -> None:
        if error.code not in TEMPLATE_REFUSED:
            return
        self._template_refused = True
        await self._alarms.ring_once("card_template", f"卡片模板不可用（{error.code}），改发普通消息卡片，重启后再试")
        raise NoTemplate from None

    def _remember(self, to: Recipient, track: str, variables: dict[str, str], carrier: str) -> None:
        if carrier:
            self._carriers.put(carrier, track.partition("~")[0])
            self._shown.put(track, variables)
        if to.place is Place.CHAT:
            self._groups.put(track, to.id)

    @staticmethod
    def _receipt(to: Recipient, track: str, carrier: str) -> Receipt:
        where = {"chat": to.id} if to.place is Place.CHAT else {"user": to.id}
        handle = {"via": "card", "track": track, "carrier": carrier, **where}
        return Receipt(message_id=track, handle=handle)


def _not_delivered(said: str) -> PlatformError:
    """Why a created card reached nobody; what the platform says here is a code at times, words at others."""
    if verdict_of(said) is not None:
        return refusal(said)
    if any(words in said for words in _NOT_THERE):
        return Unreachable("not_delivered", "群或账号不存在，或机器人不在群里")
    return TryLater("not_delivered", "卡片没有投放成功", after=30.0)


def _place(place: Place) -> str:
    return GROUP_BUTTON if place is Place.CHAT else PERSON_BUTTON
