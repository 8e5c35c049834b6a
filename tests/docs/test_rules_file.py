"""docs/rules-file.md tells of every key a rule file may have, and of none that it may not."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from domain import rules_schema as words
from domain.rules import RuleSet
from domain.vocabulary import STATE_NAMES
from services.rules.rule_file import RuleSetFile
from services.rules.rule_parts import LimitPart, PapersPart, Part, ThresholdPart
from tests.kit.cases import RULES_FILE

PAGE = (Path(__file__).parents[2] / "docs" / "rules-file.md").read_text(encoding="utf-8")
SHIPPED: dict[str, Any] = json.loads(RULES_FILE.read_text(encoding="utf-8"))


def table(heading: str) -> list[str]:
    """The first cells of the first table under a heading."""
    part = PAGE.split(f"\n{heading}\n", 1)[1]
    part = re.split(r"\n#", part, maxsplit=1)[0]
    return [line[1:-1].split("|")[0].strip() for line in part.splitlines() if line.startswith("| `")]


def named(cells: list[str]) -> list[str]:
    return [name for cell in cells for name in re.findall(r"`([\w:…名称]+)`", cell)]


def test_every_part_has_a_row_in_the_order_of_the_file_s_description():
    assert named(table("## 各项")) == list(RuleSetFile.model_fields)


@pytest.mark.parametrize("name", list(SHIPPED))
def test_every_key_of_the_shipped_file_is_told(name: str):
    assert name in named(table("## 各项"))


@pytest.mark.parametrize(("heading", "item"), [
    ("### `limits`", SHIPPED["limits"]["一般"]),
    ("### `papers`", SHIPPED["papers"]),
])  # fmt: skip
def test_every_key_of_a_part_is_told(heading: str, item: dict[str, Any]):
    assert named(table(heading)) == list(item)


def test_every_key_of_a_reminder_is_told():
    assert named(table("### `thresholds`")) == list(ThresholdPart.model_fields)


@pytest.mark.parametrize(("heading", "part"), [("### `limits`", LimitPart), ("### `papers`", PapersPart)])
def test_every_key_the_shape_knows_is_told(heading: str, part: type[Part]):
    assert named(table(heading)) == list(part.model_fields)


def test_every_number_of_the_mechanism_stands_in_the_file():
    """Whatever the rule set holds and the file does not call by another name, the file has by that name."""
    other = {"satisfied"}
    assert {part.name for part in fields(RuleSet)} - other <= set(RuleSetFile.model_fields)


def test_every_audience_and_every_message_is_told_and_no_other():
    told = {name for name in named(table("### `notices`")) if not name.startswith("paper:")}
    assert told == words.AUDIENCES | {message for message in words.MESSAGES if not message.startswith("paper:")}


def test_every_state_the_centre_owns_is_told_by_its_name():
    for state in words.OWNED:
        assert f"`{state}` {STATE_NAMES[state]}" in PAGE
