"""Every direct dependency has its line in docs/dependencies.md, and no line is left over."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def _names(requirements: list[str]) -> list[str]:
    return sorted(re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0].lower() for requirement in requirements)


def _lines(heading: str) -> dict[str, list[str]]:
    """The rows of the table under a heading: package name to the other cells."""
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    section = text.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in section.splitlines() if "`" in line]
    return {row[0].strip("`"): row[1:] for row in rows}


def test_every_runtime_dependency_has_its_line() -> None:
    assert sorted(_lines("At run time")) == _names(PROJECT["dependencies"])


def test_every_development_dependency_has_its_line() -> None:
    assert sorted(_lines("For development")) == _names(PROJECT["optional-dependencies"]["dev"])


def test_every_line_says_what_for_and_why() -> None:
    for heading in ("At run time", "For development"):
        assert all(len(cells) == 2 and all(cells) for cells in _lines(heading).values())
