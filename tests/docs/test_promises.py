"""A promise without a test is none: every row of docs/promises.md names tests, and they exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "promises.md"
HEAD = ["承诺", "到哪里为止", "证明"]
NODE = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def _table_rows() -> list[list[str]]:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in rows if row != HEAD and set(row[0]) != {"-"}]


ROWS = _table_rows()


def _tests_of(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in tree.body if isinstance(node, kinds) and node.name.startswith("test_")}


def test_there_are_promises_for_everything_a_centre_relies_on():
    chapters = re.findall(r"^## (.+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    for word in ("收件", "点击", "步骤", "消息", "公文", "台账", "备份", "个人信息"):
        assert any(word in chapter for chapter in chapters), word
    assert len(ROWS) >= len(chapters)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:24])
def test_a_promise_says_its_limit_and_names_tests_that_exist(row: list[str]):
    promise, limit, proof = row
    assert promise
    assert limit
    named = NODE.findall(proof)
    assert named, "no test"
    assert NODE.sub("", proof).strip() == "", f"not the name of a test: {NODE.sub('', proof)}"
    for file, name in named:
        assert (ROOT / file).exists(), file
        assert name in _tests_of(file), f"{file} has no {name}"


@pytest.mark.parametrize("page", ["README.md", "README.en.md", "docs/architecture.md", "docs/operations.md"])
def test_whoever_reads_of_guarantees_is_led_to_the_promises(page: str):
    text = (ROOT / page).read_text(encoding="utf-8")
    assert re.search(r"\]\((docs/)?promises\.md\)", text)


def test_what_is_run_by_hand_is_said_to_be():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "make kills`, `make soak" in script
    assert "这两种不在每次改动的检查里" in PAGE.read_text(encoding="utf-8")
