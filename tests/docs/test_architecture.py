"""The page of the architecture knows the tree as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
HOUSE = PAGE.split("## The house", 1)[1].split("## ", 1)[0]
WHERE = PAGE.split("## Where does it live?", 1)[1].split("## ", 1)[0]
PLACES = sorted(set(re.findall(r"`([^`]+)`", WHERE)))
#: Folders that are no room of the house.
APART = {"docs", "tests", "benchmarks", "migrations"}


@pytest.mark.parametrize("place", PLACES)
def test_every_place_that_is_named_is_there(place: str):
    assert (ROOT / place).exists()


def test_every_room_is_named():
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")} - APART
    assert {room for room in rooms if f"{room}/" not in HOUSE} == set()


def test_every_package_of_the_use_cases_is_named_and_says_what_may_live_there():
    packages = [path.parent for path in (ROOT / "services").glob("*/__init__.py")]
    assert packages
    assert {package.name for package in packages if not re.search(rf"\b{package.name}\b", HOUSE)} == set()
    for package in packages:
        assert (package / "__init__.py").read_text(encoding="utf-8").startswith('"""'), package
