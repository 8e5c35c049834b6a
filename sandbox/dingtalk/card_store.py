"""Cards that exist: their variables, whose private ones, where they were delivered, and how an update redraws them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.chats import Message
from sandbox.city import Person
from sandbox.dingtalk.card_templates import Template, calls_back, check_params, face, raw_buttons, sent_back
from sandbox.dingtalk.ding import Ding
from sandbox.dingtalk.errors import DingError
from sandbox.dingtalk.parts import mapping

OPTIONS = ("updateCardDataByKey", "updatePrivateDataByKey")
ID_TYPES = {1: "staff_id", 2: "unionid"}
USER_UNKNOWN = "param.userIdNotExist"


@dataclass(slots=True, eq=False)
class Card:
    """One card instance. `private` is by person id; `user_id_type` rules the ids of its callbacks."""

    out_track_id: str
    template: Template
    params: dict[str, str]
    private: dict[str, dict[str, str]]
    user_id_type: int
    callback_type: str
    route_key: str
    messages: list[Message] = field(default_factory=list)

    def params_for(self, user: str) -> dict[str, str]:
        """The variables as one person sees them."""
        return {**self.params, **self.private.get(user, {})}

    def face_for(self, user: str) -> dict[str, Any]:
        """The card as one person sees it."""
        return face(self.template, self.params_for(user))

    def views(self) -> dict[str, dict[str, Any]]:
        """The card as those see it who have private variables."""
        return {user: self.face_for(user) for user in self.private}

    def action(self, user: str, key: str) -> dict[str, Any] | None:
        """What pressing this button tells the bot."""
        for button in raw_buttons(self.template, self.params_for(user)):
            if button.get("id") == key and calls_back(self.template, button):
                return {"actionIds": [key], "params": sent_back(self.template, button)}
        return None

    def id_of(self, who: Person) -> str:
        """The id this card's callbacks carry for a person."""
        return str(getattr(who, ID_TYPES[self.user_id_type]))


def user_id_type(body: Mapping[str, Any]) -> int:
    """1 (userId, the default) or 2 (unionId)."""
    value = body.get("userIdType", 1)
    if isinstance(value, bool) or value not in ID_TYPES:
        raise DingError("param.invalid", "userIdType must be 1 or 2")
    return int(value)


def person_of(ding: Ding, value: object, kind: int) -> Person:
    """The member an id of this type names."""
    found = ding.world.city.staff_by(ID_TYPES[kind], value)
    if found is None:
        raise DingError(USER_UNKNOWN, f"userId {value!r} 不存在")
    return found


def private_data(ding: Ding, shape: Template, body: Mapping[str, Any], kind: int) -> dict[str, dict[str, str]]:
    """`privateData` by person id."""
    found = {}
    for user, part in mapping(body, "privateData", "param.invalid").items():
        params = part.get("cardParamMap") if isinstance(part, dict) else None
        found[person_of(ding, user, kind).id] = check_params(shape, params, f"privateData.{user}.cardParamMap")
    return found


def public_data(shape: Template, body: Mapping[str, Any]) -> dict[str, str] | None:
    """`cardData.cardParamMap`, None when the body has no cardData."""
    if "cardData" not in body:
        return None
    return check_params(shape, mapping(body, "cardData", "param.invalid").get("cardParamMap"), "cardData.cardParamMap")


def options(body: Mapping[str, Any]) -> tuple[bool, bool]:
    """(cardData by key, private data by key); without them an update overwrites everything."""
    given = mapping(body, "cardUpdateOptions", "param.invalid")
    unknown = sorted(set(given) - set(OPTIONS))
    if unknown or not all(isinstance(value, bool) for value in given.values()):
        raise DingError("param.invalid", f"cardUpdateOptions takes {' and '.join(OPTIONS)}, true or false")
    return given.get(OPTIONS[0], False), given.get(OPTIONS[1], False)


def change(
    ding: Ding,
    card: Card,
    public: dict[str, str] | None,
    private: dict[str, dict[str, str]],
    by_key: tuple[bool, bool],
    by: str,
) -> None:
    """Change a card's variables and redraw it wherever it was delivered."""
    if public is not None:
        card.params = {**card.params, **public} if by_key[0] else public
    for user, params in private.items():
        card.private[user] = {**card.private.get(user, {}), **params} if by_key[1] else params
    for message in card.messages:
        if public is not None:
            ding.world.chats.redraw(message, card.face_for(""), users=None, by=by)
        for user in card.private if public is not None else private:
            if user in message.to:
                ding.world.chats.redraw(message, card.face_for(user), users=[user], by=by)


def answer(ding: Ding, card: Card, presser: str, update: Mapping[str, Any]) -> None:
    """Carry out the update object of a callback's answer; raises `DingError` when it is none."""
    unknown = sorted(set(update) - {"cardUpdateOptions", "cardData", "userPrivateData"})
    if unknown:
        raise DingError("param.invalid", f"an answer has no field {unknown[0]}")
    by_key, public = options(update), public_data(card.template, update)
    private = {}
    if "userPrivateData" in update:
        part = mapping(update, "userPrivateData", "param.invalid").get("cardParamMap")
        private = {presser: check_params(card.template, part, "userPrivateData.cardParamMap")}
    if public is not None or private:
        change(ding, card, public, private, by_key, "answer")
