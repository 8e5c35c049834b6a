"""The XML of the application's callbacks: what the city writes, and the passive replies it reads."""

from __future__ import annotations

import re
import xml.parsers.expat
from collections.abc import Mapping
from typing import Any

# CamelCase tags whose JSON field is not simply the snake_case of the tag.
ODD_NAMES = {"KeyName": "keyname", "AppId": "appid", "PagePath": "pagepath", "UserId": "userid"}
LISTS = {
    "horizontal_content_list",
    "vertical_content_list",
    "jump_list",
    "button_list",
    "action_list",
    "option_list",
    "select_list",
}
NUMBERS = {"type", "style", "desc_color", "mode"}
FLAGS = {"disable", "is_checked"}


class XmlError(ValueError):
    """The XML is not what WeCom reads."""


def cdata(value: str) -> str:
    """A CDATA section; a `]]>` inside is split so that it stays text."""
    return "<![CDATA[" + value.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def element(name: str, value: object) -> str:
    """One element: numbers bare, strings in CDATA, mappings and lists nested."""
    if isinstance(value, Mapping):
        inner = "".join(element(key, item) for key, item in value.items())
    elif isinstance(value, list):
        return "".join(element(name, item) for item in value)
    elif isinstance(value, int):
        inner = str(value)
    else:
        inner = cdata(str(value))
    return f"<{name}>{inner}</{name}>"


def parse(text: str) -> dict[str, Any]:
    """The children of the root as a tree; repeated tags become lists. No DTD, no entities."""
    root: list[Any] = [{}]
    names: list[str] = []
    texts: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        names.append(name)
        root.append({})
        texts.append("")

    def end(name: str) -> None:
        tree, content = root.pop(), texts.pop()
        names.pop()
        value = tree or content.strip()
        parent = root[-1]
        if name in parent:
            parent[name] = [*parent[name], value] if isinstance(parent[name], list) else [parent[name], value]
        else:
            parent[name] = value

    def data(piece: str) -> None:
        if texts:
            texts[-1] += piece

    def doctype(*_: object) -> None:
        raise XmlError("a DTD has no place here")

    parser = xml.parsers.expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(text, True)
    except xml.parsers.expat.ExpatError as error:
        raise XmlError(str(error)) from error
    tree = root[0].get("xml")
    if not isinstance(tree, dict):
        raise XmlError("the root must be <xml> with elements inside")
    return tree


def _field(tag: str) -> str:
    return ODD_NAMES.get(tag) or re.sub(r"(?<!^)(?=[A-Z])", "_", tag).lower()


def card_from_tree(tree: Mapping[str, Any]) -> dict[str, Any]:
    """A passive reply's `<TemplateCard>` as the JSON card it stands for."""
    card: dict[str, Any] = {}
    for tag, raw in tree.items():
        name = _field(tag)
        items = raw if isinstance(raw, list) else [raw]
        values = [_value(name, item) for item in items]
        if name in LISTS:
            card[name] = values
        elif len(values) == 1:
            card[name] = values[0]
        else:
            raise XmlError(f"<{tag}> must not be repeated")
    return card


def _value(name: str, raw: object) -> object:
    if isinstance(raw, Mapping):
        return card_from_tree(raw)
    if name in NUMBERS and isinstance(raw, str) and raw.isdigit():
        return int(raw)
    if name in FLAGS:
        return raw == "true"
    return raw
