"""Who may see and do what is decided in one place: the doors ask `services.access`, never roles, never the store."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
#: What reads a case as it is stored, asking nobody.
READERS = {"read", "read_no", "read_many"}
#: Rooms of the services that may ask for roles: access itself, and 指导案例, whose own table is `domain.guidance`.
ASKING = ("services/access/", "services/guidance/")


def _modules(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def _asks_for_roles(tree: ast.Module) -> bool:
    """Whether somewhere `actor.has(…)` or `ctx.actor.has(…)` is called."""
    return any(isinstance(node, ast.Attribute) and node.attr == "has" for node in ast.walk(tree))


def test_the_doors_read_no_case_past_access():
    found = [
        (name, alias.name)
        for name, tree in _modules("bot", "web", "operations")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "services.store.event_store"
        for alias in node.names
        if alias.name in READERS
    ]
    assert found == []


def test_no_handler_decides_who_may():
    assert [name for name, tree in _modules("bot/handlers", "web") if _asks_for_roles(tree)] == []


def test_no_use_case_decides_who_may_but_access():
    found = [name for name, tree in _modules("services") if _asks_for_roles(tree)]
    assert [name for name in found if not name.startswith(ASKING)] == []
    assert any(name.startswith(ASKING[0]) for name in found)


def test_every_way_to_a_case_ends_in_the_scope():
    """Each `access_*` of cases asks `_scope`, itself or through another that does; the hotline's key has its own."""
    tree = ast.parse((ROOT / "services" / "access" / "cases.py").read_text(encoding="utf-8"))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef)}
    calls = {
        name: {node.id for node in ast.walk(function) if isinstance(node, ast.Name)} & set(functions)
        for name, function in functions.items()
    }
    ways = {name for name in functions if name.startswith("access_")} - {"access_case_for_hotline"}
    asking = {"_scope"}
    while more := {name for name, called in calls.items() if called & asking} - asking:
        asking |= more
    assert len(ways) >= 4
    assert ways <= asking
