"""Refuses the template cards that WeCom would refuse.

A card is checked against a small schema built from `card_tables`; what a schema cannot say (a url that a type asks for,
keys that must differ) is a rule beside it. Every refusal is a `WireError` with the documented code (42027-42051 and
40058, 40063, 42014 of path/90313) and the path of the offending field.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sandbox.wecom.card_schema import Box, Flag, Many, Number, Ratio, Schema, Text, check, refuse
from sandbox.wecom.card_tables import FIELDS, REQUIRED, Profile
from sandbox.wecom.errors import BAD_PARAMETER, BAD_TASK_ID, EMPTY_PARAMETER, WireError

TASK_ID = re.compile(r"[0-9A-Za-z_\-@]{1,128}")
KEY_BYTES = 1024
OPTION_ID_BYTES = 128
ASPECT_RATIO = (1.3, 2.25)


def _option(text: int, *, ticked: bool = False) -> Box:
    fields: dict[str, Schema] = {
        "id": Text(size=OPTION_ID_BYTES, required=True, missing=42040, wrong=42040),
        "text": Text(chars=text, required=True, missing=42041, wrong=42041),
    }
    if ticked:
        fields["is_checked"] = Flag()
    return Box(fields)


def _choice(profile: Profile, options: Many, *, updating: bool, **more: Schema) -> Box:
    fields: dict[str, Schema] = {
        "question_key": Text(size=KEY_BYTES, required=True, missing=42043, wrong=42043),
        "option_list": options,
        **more,
    }
    if updating or profile.disable_always:
        fields["disable"] = Flag()
    return Box(fields)


def _controls(profile: Profile, updating: bool) -> dict[str, Schema]:
    """What a person touches: buttons, dropdowns, ticks, menus."""
    select = Many(_option(profile.option_text), 1, 10, 42037, "id", 42040)
    title = Text(chars=profile.select_title)
    dropdown = _choice(profile, select, updating=updating, title=title, selected_id=Text(size=OPTION_ID_BYTES))
    ticks = Many(_option(profile.checkbox_text, ticked=True), 1, 20, 42037, "id", 42040)
    button: dict[str, Schema] = {
        "text": Text(chars=profile.button_text, required=True, missing=42038, wrong=42038),
        "style": Number((1, 2, 3, 4)),
        "key": Text(size=KEY_BYTES, wrong=42039),
    }
    if profile.url_buttons:
        button |= {"type": Number((0, 1)), "url": Text()}
    submit: dict[str, Schema] = {
        "text": Text(chars=profile.submit_text, required=True, missing=42049, wrong=42049),
        "key": Text(size=KEY_BYTES, required=True, missing=42046, wrong=42046),
    }
    action = Box(
        {"text": Text(required=True), "key": Text(size=KEY_BYTES, required=True, missing=42051, wrong=42051)},
    )
    return {
        "action_menu": Box({"desc": Text(), "action_list": Many(action, 1, 3, unique="key", clash=42051)}),
        "button_selection": dropdown,
        "button_list": Many(Box(button), 1, 6, unique="key", clash=42039),
        "checkbox": _choice(profile, ticks, updating=updating, mode=Number((0, 1))),
        "select_list": Many(dropdown, 1, 3, 42047, "question_key", 42043),
        "submit_button": Box(submit),
    }


LINK: dict[str, Schema] = {"url": Text(), "appid": Text(), "pagepath": Text()}


def _lists(profile: Profile) -> dict[str, Schema]:
    """Facts, jumps and vertical items."""
    jump: dict[str, Schema] = {
        "type": Number(profile.jump_types),
        "title": Text(chars=profile.jump_title, required=True, missing=42033),
        **LINK,
    }
    if 3 in profile.jump_types:
        jump["question"] = Text(size=200)
    fact: dict[str, Schema] = {
        "type": Number(profile.horizontal_types),
        "keyname": Text(chars=profile.keyname, required=True, missing=42027),
        "value": Text(chars=profile.value),
        "url": Text(),
        "media_id": Text(),
        "userid": Text(size=64),
    }
    vertical: dict[str, Schema] = {
        "title": Text(chars=profile.vertical_title, required=True, missing=42033),
        "desc": Text(chars=profile.vertical_desc),
    }
    return {
        "horizontal_content_list": Many(Box(fact), 0, 6, 42035),
        "jump_list": Many(Box(jump), 0, 3, 42042),
        "vertical_content_list": Many(Box(vertical), 0, 4, 42036),
    }


def _texts(profile: Profile) -> dict[str, Schema]:
    """Source, titles, text, quote, images and where a tap on the card leads."""
    image: dict[str, Schema] = {"title": Text(), "desc": Text(), "image_url": Text(required=True, missing=42044)}
    source: dict[str, Schema] = {
        "icon_url": Text(),
        "desc": Text(chars=profile.source_desc),
        "desc_color": Number((0, 1, 2, 3)),
    }
    return {
        "source": Box(source),
        "main_title": Box({"title": Text(chars=profile.title), "desc": Text(chars=profile.desc)}),
        "quote_area": Box({"type": Number((0, 1, 2)), **LINK, "title": Text(), "quote_text": Text()}),
        "emphasis_content": Box(
            {"title": Text(chars=profile.emphasis_title), "desc": Text(chars=profile.emphasis_desc)},
        ),
        "sub_title_text": Text(chars=profile.sub_title),
        "card_action": Box({"type": Number((0, 1, 2), 42045), **LINK}),
        "card_image": Box({"url": Text(required=True, missing=42044), "aspect_ratio": Ratio(ASPECT_RATIO)}),
        "image_text_area": Box({"type": Number((0, 1, 2)), **LINK, **image}),
        "task_id": Text(),
        "replace_text": Text(),
        "feedback": Box({"id": Text(size=256, required=True)}),
    }


def _schema(profile: Profile, updating: bool) -> dict[str, Schema]:
    """Every field a card of this channel can have; which kind may have which is `FIELDS`."""
    return _texts(profile) | _lists(profile) | _controls(profile, updating)


def _allowed(profile: Profile, kind: str, updating: bool) -> set[str]:
    names = {"card_type", *FIELDS[kind]}
    if not profile.menus:
        names -= {"action_menu", "task_id"}
    if profile.feedback:
        names.add("feedback")
    if updating and profile.replace_text:
        names.add("replace_text")
    return names


# (list or object, type) -> the field that type needs, with its code; lists are checked item by item.
TYPED = (
    ("card_action", 1, "url", 42028),
    ("card_action", 2, "appid", 42030),
    ("quote_area", 1, "url", 42028),
    ("quote_area", 2, "appid", 42030),
    ("image_text_area", 1, "url", 42028),
    ("image_text_area", 2, "appid", 42030),
    ("jump_list", 1, "url", 42028),
    ("jump_list", 2, "appid", 42030),
    ("jump_list", 3, "question", BAD_PARAMETER),
    ("horizontal_content_list", 1, "url", 42028),
    ("horizontal_content_list", 2, "media_id", 42029),
    ("horizontal_content_list", 3, "userid", 42050),
    ("button_list", 0, "key", 42039),
    ("button_list", 1, "url", 42028),
)


def _check_types(card: Mapping[str, Any]) -> None:
    for name, kind, needed, code in TYPED:
        part = card.get(name)
        for item in part if isinstance(part, list) else [part] if part else []:
            if item.get("type", 0) == kind and not item.get(needed):
                raise refuse(code, f"{name}.{needed}", f"is required for type {kind}")


def _check_task_id(card: Mapping[str, Any], profile: Profile, updating: bool) -> None:
    task_id = card.get("task_id")
    needed = card["card_type"] in profile.task_id_required or "action_menu" in card
    if task_id is None:
        if needed and not updating:
            raise refuse(BAD_TASK_ID, "task_id", "is required")
    elif not TASK_ID.fullmatch(task_id):
        raise refuse(BAD_TASK_ID, "task_id", "must be 1 to 128 of 0-9 A-Z a-z _ - @")


def _check_whole(card: Mapping[str, Any]) -> None:
    kind = card["card_type"]
    title = card.get("main_title", {}).get("title")
    if kind == "text_notice":
        if not title and not card.get("sub_title_text"):
            raise refuse(42033, "main_title.title", "or sub_title_text is required")
    elif not title:
        raise refuse(42033, "main_title.title", "is required")
    if kind in ("text_notice", "news_notice") and card["card_action"].get("type") not in (1, 2):
        raise refuse(42045, "card_action.type", "must be 1 or 2 on a notice")
    if kind == "news_notice" and not (card.get("card_image") or card.get("image_text_area")):
        raise refuse(42044, "card_image", "or image_text_area is required")


MISSING = {
    "card_action": 42045,
    "main_title": 42033,
    "button_list": 42039,
    "select_list": 42047,
    "submit_button": 42046,
}


def validate(card: object, profile: Profile, *, updating: bool = False) -> dict[str, Any]:
    """The card itself when WeCom would take it on this channel; else `WireError`.

    `updating` is for a card that replaces an earlier one: it needs no task_id of its own and may grey things out.
    """
    if not isinstance(card, dict) or not card:
        raise WireError(EMPTY_PARAMETER, "template_card is required")
    kind = card.get("card_type")
    if kind not in profile.kinds:
        raise WireError(42031, f"template_card.card_type {kind!r} is not one of {', '.join(profile.kinds)}")
    unknown = sorted(set(card) - _allowed(profile, kind, updating))
    if unknown:
        raise refuse(BAD_PARAMETER, unknown[0], f"is not a field of a {kind} card here")
    for name in REQUIRED[kind]:
        if not card.get(name):
            raise refuse(MISSING.get(name, EMPTY_PARAMETER), name, "is required")
    schema = _schema(profile, updating)
    for name, value in card.items():
        if name != "card_type":
            check(schema[name], value, name)
    _check_types(card)
    _check_task_id(card, profile, updating)
    _check_whole(card)
    return card


def buttons(card: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """What a person can touch on the card, in order: `{key, text, style, disabled, kind, url}`.

    `kind` is button, submit, menu or link. A card whose buttons were replaced has one grey button.
    """
    if not card:
        return []
    replaced = card.get("replace_text")
    found: list[dict[str, Any]] = []
    for button in card.get("button_list", []):
        kind = "link" if button.get("type") == 1 else "button"
        found.append({"key": button.get("key", ""), "kind": kind, "url": button.get("url", ""), **_look(button)})
    submit = card.get("submit_button")
    if submit:
        found.append({"key": submit["key"], "kind": "submit", "url": "", "text": submit["text"], "style": 1})
    if replaced and found:
        grey = {"key": "", "kind": found[0]["kind"], "url": "", "text": replaced, "style": 0, "disabled": True}
        found = [grey]
    for action in card.get("action_menu", {}).get("action_list", []):
        found.append({"key": action["key"], "kind": "menu", "url": "", "text": action["text"], "style": 0})
    return [{"disabled": False, **button} for button in found]


def _look(button: Mapping[str, Any]) -> dict[str, Any]:
    return {"text": button["text"], "style": button.get("style", 1)}
