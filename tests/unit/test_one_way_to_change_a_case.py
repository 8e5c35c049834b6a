"""Nothing changes a case but what `decide` (or `register`) decided: the writers of its rows are known by name.

A case's rows are written in `services.store.event_store` alone, its `create` and `append` are called by
`services.cases.write` alone, and that by the few use cases below, each of which asks the transition table in the same
function.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDERS = ("bot", "web", "scheduler", "services", "operations", "models", "papers", "platforms", "domain")
TOPS = ("main.py", "server.py", "leader.py", "cli.py", "in_force.py")
ROWS = {"CaseRow", "EventRow", "CaseDepartment"}
WRITES = {"create", "bulk_create", "update", "delete", "save", "update_or_create", "get_or_create", "bulk_update"}
#: Who calls `write` and `write_new`, and the function of the lifecycle each asks first.
WRITERS = {
    ("services/cases/execute.py", "execute"): "decide",
    ("services/cases/tick.py", "_advance"): "decide",
    ("services/cases/write.py", "_carried"): "decide",
    ("services/cases/intake.py", "_create"): "register",
}


def _functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    files = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")] + [ROOT / top for top in TOPS]
    for path in sorted(files):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield str(path.relative_to(ROOT)), node


def _called(function: ast.AST) -> set[str]:
    """Names of plain functions that are called in it."""
    calls = (node for node in ast.walk(function) if isinstance(node, ast.Call))
    return {call.func.id for call in calls if isinstance(call.func, ast.Name)}


def _writes_rows(function: ast.AST) -> bool:
    calls = (node.func for node in ast.walk(function) if isinstance(node, ast.Call))
    writes = (call for call in calls if isinstance(call, ast.Attribute) and call.attr in WRITES)
    return any(ROWS & {part.id for part in ast.walk(call) if isinstance(part, ast.Name)} for call in writes)


def test_only_the_archive_writes_the_rows_of_cases():
    files = {file for file, function in _functions() if _writes_rows(function)}
    taken_over = "services/store/record_upgrade.py"  # hashes of what an older release wrote, no content
    assert files == {"services/store/event_store.py", "models/cases.py", taken_over}


def _callers(names: set[str]) -> set[tuple[str, str]]:
    return {(file, function.name) for file, function in _functions() if names & _called(function)}


def test_the_archive_is_written_through_one_path():
    within = {("services/cases/write.py", "write"), ("services/cases/write.py", "write_new")}
    assert {item for item in _callers({"append", "create"}) if item[0] != "services/store/event_store.py"} == within


def test_the_one_path_is_taken_by_whoever_asked_the_table():
    assert _callers({"write", "write_new"}) == set(WRITERS)
    for file, function in _functions():
        if (file, function.name) in WRITERS:
            assert WRITERS[file, function.name] in _called(function), (file, function.name)


def test_no_door_reaches_past_the_use_cases():
    """What a command or a request may call to change a case goes through `perform`, `take_in` or nothing."""
    past = {"append", "create", "compare_and_set", "register", "decide", "_create", "write", "write_new"}
    doors = [item for item in _functions() if item[0].startswith(("bot/", "web/", "scheduler/"))]
    assert [(file, function.name) for file, function in doors if past & _called(function)] == []
