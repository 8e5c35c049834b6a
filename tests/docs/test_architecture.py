"""The page of the architecture knows the tree as it stands."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
HOUSE = PAGE.split("## The house", 1)[1].split("## ", 1)[0]
WHERE = PAGE.split("## Where does it live?", 1)[1].split("## ", 1)[0]
PLACES = sorted(set(re.findall(r"`([^`]+)`", WHERE)))
WALKS = PAGE.split("## Three walks", 1)[1].split("## ", 1)[0]
DIAGRAMS = WALKS.split("```")[1::2]
STATIONS = sorted(set(re.findall(r"[a-z_]+(?:/[a-z_]+)*\.py", WALKS)))
HOUSEHOLD = re.findall(r"^([a-z_]+(?:\.py|/))", HOUSE.split("```")[1], re.MULTILINE)
#: Made by the first command.
MADE_LATER = "var/"
#: Folders that are no room of the house.
APART = {"docs", "tests", "benchmarks", "migrations"}


@pytest.mark.parametrize("place", PLACES)
def test_every_place_that_is_named_is_there(place: str):
    assert (ROOT / place).exists()


def test_every_room_is_named():
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")} - APART
    assert {room for room in rooms if f"{room}/" not in HOUSE} == set()


@pytest.mark.parametrize("place", STATIONS)
def test_every_station_of_the_three_walks_is_there(place: str):
    assert (ROOT / place).is_file()


def test_a_press_a_push_and_a_reminder_are_drawn_and_each_line_begins_with_its_file():
    assert len(DIAGRAMS) == 3
    for diagram in DIAGRAMS:
        lines = diagram.strip("\n").splitlines()
        assert len(lines) >= 10
        for line in lines:
            assert re.match(r" *[a-z_]+(/[a-z_]+)*\.py[, ]", line), line


def test_the_house_names_what_is_there():
    assert HOUSEHOLD
    assert [name for name in HOUSEHOLD if name != MADE_LATER and not (ROOT / name).exists()] == []
    tops = {path.name for path in ROOT.glob("*.py")}
    assert tops == {name for name in HOUSEHOLD if name.endswith(".py")}


def _packages() -> list[Path]:
    rooms = [path.parent for path in ROOT.glob("*/__init__.py") if path.parent.name not in APART - {"benchmarks"}]
    return sorted(package.parent for room in rooms for package in room.rglob("__init__.py"))


@pytest.mark.parametrize("package", _packages(), ids=lambda package: str(package.relative_to(ROOT)))
def test_every_package_says_in_one_sentence_what_may_live_in_it(package: Path):
    said = ast.get_docstring(ast.parse((package / "__init__.py").read_text(encoding="utf-8"))) or ""
    first = said.split("\n\n", 1)[0].replace("\n", " ")
    assert first.endswith("."), first
    assert len(first) > 30
    assert first[0].isupper()


def test_every_package_of_the_use_cases_is_named():
    packages = [path.parent for path in (ROOT / "services").glob("*/__init__.py")]
    assert packages
    assert {package.name for package in packages if not re.search(rf"\b{package.name}\b", HOUSE)} == set()
