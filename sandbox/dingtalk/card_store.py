"""Reading what the bot says of a card, and how an update redraws it wherever it was delivered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.city.people import Person
from sandbox.dingtalk.card import ID_TYPES, Card
from sandbox.dingtalk.card_templates import Template, check_params
from sandbox.dingtalk.errors import DingError
from sandbox.dingtalk.parts import mapping
from sandbox.dingtalk.state import DingState

OPTIONS = ("updateCardDataByKey", "updatePrivateDataByKey")
USER_UNKNOWN = "param.userIdNotExist"


def user_id_type(body: Mapping[str, Any]) -> int:
    """1 (userId, the default) or 2 (unionId)."""
    value = body.get("userIdType", 1)
    if isinstance(value, bool) or value not in ID_TYPES:
        raise DingError("param.invalid", "userIdType must be 1 or 2")
    return int(value)


def person_of(ding: DingState, value: object, kind: int) -> Person:
    """The member an id of this type names."""
    found = ding.world.city.staff_by(ID_TYPES[kind], value)
    if found is None:
        raise DingError(USER_UNKNOWN, f"userId {value!r} 不存在")
    return found


def private_data(ding: DingState, shape: Template, body: Mapping[str, Any], kind: int) -> dict[str, dict[str, str]]:
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
    ding: DingState,
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


def answer(ding: DingState, card: Card, presser: str, update: Mapping[str, Any]) -> None:
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
