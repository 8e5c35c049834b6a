"""docs/dingtalk-card.json: a template of DingTalk's card builder with exactly the variables the program sends."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from platforms.contract import Button, Card
from platforms.dingtalk.render import own_variables

FILE = Path(__file__).parents[2] / "docs" / "dingtalk-card.json"
TEMPLATE: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
EDITOR: dict[str, Any] = json.loads(TEMPLATE["editorData"])
CARD = Card(title="测试", buttons=(Button("accept/1", "签收"),))
SENT = own_variables(CARD, place="g")


def _paths(variables: list[dict[str, Any]]) -> Iterator[str]:
    """Every declared name, those inside of lists and objects as the builder writes them: `buttons[0].text`."""
    for variable in variables:
        yield variable["id"]
        yield from _paths(variable.get("schema", []))


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("children", []):
        yield from _nodes(child)


def _bindings(value: Any) -> Iterator[str]:
    """Every variable that is named anywhere below: as `variable`, or as `${name}` in words."""
    if isinstance(value, dict):
        if value.get("variable"):
            yield value["variable"]
        for item in value.values():
            yield from _bindings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _bindings(item)
    elif isinstance(value, str):
        yield from (name.replace("loop.", "buttons[0].", 1) for name in re.findall(r"\$\{([^}]*)\}", value))


DECLARED = list(_paths(EDITOR["variableList"]))
(ROOT_NODE,) = EDITOR["schema"]["componentsTree"]
NODES = list(_nodes(ROOT_NODE))
BOUND = set(_bindings(EDITOR["schema"]))


def _only(component: str) -> dict[str, Any]:
    (found,) = [node for node in NODES if node["componentName"] == component]
    return found["props"]


def test_it_is_a_message_card_as_the_builder_exports_one():
    assert set(TEMPLATE) == {"editorData", "widgetInfo", "type", "mode"}
    assert (TEMPLATE["type"], TEMPLATE["mode"], EDITOR["schemaVersion"]) == ("im", "card", "3.0.0")


def test_it_declares_exactly_the_variables_the_program_sends():
    assert sorted(variable["name"] for variable in EDITOR["variableList"]) == sorted(SENT)


def test_it_declares_the_shape_of_a_button_as_the_program_sends_it():
    (button,) = json.loads(SENT["buttons"])
    names = {name: f"buttons[0].{name}" for name in button}
    assert {path for path in DECLARED if path.startswith("buttons[0].")} == set(names.values())


def test_every_binding_names_a_declared_variable():
    assert set(DECLARED) >= BOUND


def test_every_variable_is_shown_or_steers_something():
    assert set(DECLARED) == BOUND


@pytest.mark.parametrize("name", sorted(SENT))
def test_the_preview_shows_every_variable(name: str):
    assert name in EDITOR["mockData"]["cardData"]


def test_a_notice_hides_the_buttons():
    loop = _only("Loop")
    assert loop["listData"]["variable"] == "buttons"
    (condition,) = loop["visible"]["condition"]["conditions"]
    assert (condition["variable"], condition["op"]) == ("notice", "isFalse")


def test_a_press_comes_back_with_the_id_and_the_key_of_its_button():
    press = _only("SingleButton")
    assert press["actionType"] == "request"
    assert press["actionId"]["content"] == "${loop.id}"
    assert [(each["name"], each["variable"]) for each in press["params"]] == [("key", "buttons[0].key")]


def test_every_component_is_in_the_map_and_has_its_own_id():
    assert {entry["componentName"] for entry in EDITOR["schema"]["componentsMap"]} == {
        node["componentName"] for node in NODES
    }
    assert len({node["id"] for node in NODES}) == len(NODES)
