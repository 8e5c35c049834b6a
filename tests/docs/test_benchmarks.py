"""What is not run rots: every measurement is part of the short run, and the short run is part of every check."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from benchmarks.__main__ import MEASUREMENTS, _arguments

ROOT = Path(__file__).parents[2]
BENCHMARKS = ROOT / "benchmarks"
MODULES = sorted(path.stem for path in BENCHMARKS.glob("*.py") if path.stem != "__init__")


def _named(module: str) -> set[str]:
    """The modules of benchmarks that one of them imports, or starts as a process of its own by name."""
    tree = ast.parse((BENCHMARKS / f"{module}.py").read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "benchmarks":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("benchmarks."):
            found.add(str(node.module).split(".")[1])
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found |= set(re.findall(r"^benchmarks\.(\w+)$", node.value))
    return found


def _reached() -> set[str]:
    """What a run of all measurements executes: their own modules, and everything those need."""
    todo, found = {"__main__", *(run.__module__.split(".")[1] for _, run in MEASUREMENTS.values())}, set()
    while todo:
        module = todo.pop()
        found.add(module)
        if module != "__main__":  # what it only imports is not yet run
            todo |= _named(module) - found
    return found


@pytest.mark.parametrize("module", MODULES)
def test_every_module_of_the_benchmarks_is_reached_by_a_run(module: str):
    assert module in _reached() | _named("__main__") & {"machine", "measure"}


def test_a_short_run_leaves_no_measurement_out(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.argv", ["benchmarks", "--quick"])
    assert _arguments().only == list(MEASUREMENTS)


def test_every_change_is_checked_by_a_short_run():
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert lines.index("make bench-quick") > lines.index("make test")
    assert re.search(r"^bench-quick:.*\n\t\$\(BIN\)/python -m benchmarks --quick$", _makefile(), re.MULTILINE)


def _makefile() -> str:
    return (ROOT / "Makefile").read_text(encoding="utf-8")
