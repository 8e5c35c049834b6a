"""The card templates this city knows: what variables they have, how long a value may be, how the card looks.

Three are the public ones of DingTalk's own SDK; one is the city's, published; one is a draft nobody can send.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.city.people import City
from sandbox.dingtalk.errors import DingError

KEY_BYTES = 100
VALUE_BYTES = 1024
LONG_BYTES = 3072  # seen to work for the public templates' long variables; the document says 1 KB
COLORS = {"gray": 0, "blue": 1, "red": 3}
STATES = ("normal", "disabled")
INVALID = "param.invalid"


@dataclass(frozen=True, slots=True)
class Template:
    """`buttons_in` is the variable that holds the buttons as JSON; `hidden` variables only steer the drawing."""

    id: str
    variables: frozenset[str]
    buttons_in: str = ""
    long: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    own: bool = False
    published: bool = True


_LONG = frozenset({"markdown", "msgContent", "sys_full_json_obj"})
_SYS = "sys_full_json_obj"
PUBLIC = (
    Template(
        "589420e2-c1e2-46ef-a5ed-b8728e654da9.schema",
        frozenset({"markdown", "title", "logo"}),
        long=_LONG,
        hidden=frozenset({"logo"}),
    ),
    Template(
        "1366a1eb-bc54-4859-ac88-517c56a9acb1.schema",
        frozenset({"markdown", "tips", "title", "logo", _SYS}),
        buttons_in=_SYS,
        long=_LONG,
        hidden=frozenset({"logo", _SYS}),
    ),
    Template(
        "382e4302-551d-4880-bf29-a30acfab2e71.schema",
        frozenset({"msgTitle", "msgContent", "staticMsgContent", "flowStatus", _SYS}),
        buttons_in=_SYS,
        long=_LONG,
        hidden=frozenset({"flowStatus", _SYS}),
    ),
)
_OWN = frozenset({"title", "subtitle", "source", "body", "facts", "notice", "tone", "links", "buttons"})


def _own(template_id: str, published: bool) -> Template:
    hidden = frozenset({"tone", "buttons"})
    return Template(template_id, _OWN, buttons_in="buttons", hidden=hidden, own=True, published=published)


def template(city: City, template_id: str) -> Template:
    """The template of an id; refuses unknown and unpublished ones."""
    own = _own(city.ding.template_id, True), _own(city.ding.draft_template_id, False)
    found = next((each for each in (*PUBLIC, *own) if each.id == template_id), None)
    if found is None:
        raise DingError("param.templateNotExist", "卡片模板不存在")
    if not found.published:
        raise DingError("param.templateUnpublished", "卡片模板未发布")
    return found


def check_params(shape: Template, params: object, where: str) -> dict[str, str]:
    """A cardParamMap: string to string, known variables, each within its size, buttons that are buttons."""
    if not isinstance(params, dict):
        raise DingError(INVALID, f"{where} must be an object")
    for name, value in params.items():
        if len(name.encode()) > KEY_BYTES:
            raise DingError(INVALID, f"{where}: a key has more than {KEY_BYTES} bytes")
        if not isinstance(value, str):
            raise DingError(INVALID, f"{where}.{name} must be a string, numbers and objects included")
        if name not in shape.variables:
            raise DingError(INVALID, f"{where}.{name}: the template has no such variable")
        most = LONG_BYTES if name in shape.long else VALUE_BYTES
        if len(value.encode()) > most:
            raise DingError(INVALID, f"{where}.{name} has {len(value.encode())} bytes, at most {most}")
    raw_buttons(shape, params)
    return dict(params)


def _parsed(value: str, name: str) -> Any:
    try:
        return json.loads(value)
    except json.JSONDecodeError as error:
        raise DingError(INVALID, f"{name} is not JSON") from error


def _check_button(button: object, own: bool) -> dict[str, Any]:
    if not isinstance(button, dict) or not isinstance(button.get("text"), str) or not button["text"]:
        raise DingError(INVALID, "a button needs a text")
    if button.get("color", "blue") not in COLORS or button.get("status", "normal") not in STATES:
        raise DingError(INVALID, f"a button's color is one of {', '.join(COLORS)}, its status normal or disabled")
    for name in ("id", "url", "iosUrl"):
        if not isinstance(button.get(name, ""), str):
            raise DingError(INVALID, f"a button's {name} must be a string")
    if not isinstance(button.get("params", {}), dict) or not isinstance(button.get("request", False), bool):
        raise DingError(INVALID, "a button's params must be an object and its request true or false")
    if own and "params" in button:
        raise DingError(INVALID, "the city's own template binds flat fields only: text, color, id, key")
    if (own or button.get("request")) and not button.get("id") and not button.get("url"):
        raise DingError(INVALID, "a button that calls back needs an id")
    return button


def raw_buttons(shape: Template, params: Mapping[str, str]) -> list[dict[str, Any]]:
    """The buttons as the bot wrote them, checked."""
    value = params.get(shape.buttons_in, "")
    if not shape.buttons_in or not value:
        return []
    listed = _parsed(value, shape.buttons_in)
    if not shape.own:
        listed = listed.get("msgButtons", []) if isinstance(listed, dict) else None
    if not isinstance(listed, list):
        raise DingError(INVALID, f"{shape.buttons_in} holds no list of buttons")
    found = [_check_button(button, shape.own) for button in listed]
    ids = [button["id"] for button in found if button.get("id")]
    if len(ids) != len(set(ids)):
        raise DingError(INVALID, "two buttons have the same id")
    return found


def sent_back(shape: Template, button: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a press: the city's own template sends the button's `key`, the public ones its `params`."""
    return {"key": button.get("key", "")} if shape.own else dict(button.get("params", {}))


def calls_back(shape: Template, button: Mapping[str, Any]) -> bool:
    """Whether pressing this button reaches the bot."""
    live = button.get("status") != "disabled"
    return live and bool(button.get("id")) and (bool(button.get("request")) or (shape.own and not button.get("url")))


def _shown(shape: Template, button: Mapping[str, Any]) -> dict[str, Any]:
    link = not calls_back(shape, button) and bool(button.get("url"))
    return {
        "disabled": not link and not calls_back(shape, button),
        "key": "" if link else button.get("id", ""),
        "kind": "link" if link else "button",
        "url": button.get("url", "") if link else "",
        "text": button["text"],
        "style": COLORS[button.get("color", "blue")],
    }


def _links(value: str) -> list[dict[str, Any]] | None:
    """The own template's `links` when they are a JSON list of text and url; None when they are plain words."""
    try:
        listed = json.loads(value)
    except json.JSONDecodeError:
        return None
    if not isinstance(listed, list) or not all(isinstance(each, dict) and each.get("text") for each in listed):
        return None
    look = {"disabled": False, "key": "", "kind": "link", "style": 0}
    return [{**look, "text": str(each["text"]), "url": str(each.get("url", ""))} for each in listed]


def face(shape: Template, params: Mapping[str, str]) -> dict[str, Any]:
    """The card as a person sees it: the readable variables, and under `buttons` what can be touched."""
    words = {name: value for name, value in params.items() if value and name not in shape.hidden}
    links = _links(words["links"]) if "links" in words else None
    if links is not None:
        del words["links"]
    return {**words, "buttons": [*(_shown(shape, button) for button in raw_buttons(shape, params)), *(links or [])]}
