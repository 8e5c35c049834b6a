"""docs/rules.md leads from every article to code and tests that exist, and the tables of the code lead back to it."""

from __future__ import annotations

import ast
import json
import re
from functools import cache
from pathlib import Path

import pytest

from domain.lifecycle import TRANSITIONS
from tests.kit.cases import RULES_FILE

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
ARTICLES = tuple(f"第{n}条" for n in ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"))
NOTICE = ("通知第一条", "通知第二条", "通知第三条（一）", "通知第三条（二）", "通知第三条（三）", "通知第四条")
CITATION = re.compile(r"第[一二三四五六七八九十]+条")


def _rows() -> list[list[str]]:
    """The rows of the tables: clause, what the bot does, code, tests."""
    rows = [[cell.strip() for cell in line[1:-1].split("|")] for line in PAGE.splitlines() if line.startswith("| ")]
    return [row for row in rows if row[0] != "条文"]


ROWS = _rows()
CLAUSES = [row[0].split("：")[0] for row in ROWS]


@cache
def _names(path: Path) -> frozenset[str]:
    """Functions, classes and constants of a module's top level, and tests however they are nested."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return frozenset(names)


def _exists(reference: str) -> bool:
    file, _, name = reference.replace("::", ":").partition(":")
    path = ROOT / file
    return path.is_file() and (not name or name in _names(path))


def test_every_file_function_and_test_that_is_named_exists():
    named = sorted(set(re.findall(r"`([\w/]+\.(?:py|json)(?:::?\w+)?)`", PAGE)))
    assert len(named) > 100
    assert [reference for reference in named if not _exists(reference)] == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_every_row_is_done_and_tested_or_says_that_it_is_planned(row: list[str]):
    clause, does, code, tests = row
    assert clause
    assert does
    if code == "—":
        assert tests == "—"
        assert "计划中" in does
    else:
        assert re.search(r"`\w+/[\w/]+\.py", code)
        assert re.search(r"`tests/[\w/]+\.py", tests)


@pytest.mark.parametrize("clause", [*ARTICLES, *NOTICE, "附件2", "附件3"])
def test_every_article_has_a_row(clause: str):
    assert clause in CLAUSES


@pytest.mark.parametrize("command", list(TRANSITIONS), ids=lambda command: command.__name__)
def test_every_act_cites_an_article_of_the_page(command: type):
    article = TRANSITIONS[command].article
    assert article in CLAUSES


def test_every_limit_cites_an_article():
    """A number of `shipped/rules.json` without a source would be a rule of our own making."""
    limits = json.loads(RULES_FILE.read_text(encoding="utf-8"))["limits"]
    assert limits
    for name, limit in limits.items():
        assert limit["article"] in CLAUSES, name


@pytest.mark.parametrize("path", sorted((ROOT / "domain" / "decisions").glob("[!_]*.py")), ids=lambda path: path.name)
def test_every_module_of_decisions_cites_an_article(path: Path):
    cited = CITATION.findall(path.read_text(encoding="utf-8"))
    assert set(cited) & set(ARTICLES)


@pytest.mark.parametrize("path", sorted((ROOT / "domain" / "decisions").glob("[!_]*.py")), ids=lambda path: path.name)
def test_every_decision_says_what_it_rests_on(path: Path):
    """The functions of the transition table quote their article in the docstring."""
    decided = {row.decide.__name__ for row in TRANSITIONS.values()}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name in decided:
            assert CITATION.search(ast.get_docstring(node) or ""), node.name


def test_what_the_page_calls_planned_is_not_there_yet():
    """A row must not go on saying “planned” once the command exists."""
    from bot.handlers import router

    words = {command.word for command in router.commands}
    told = {"人员代班": "代班", "中止": "中止", "并单": "并单", "拆单": "拆单", "更正": "更正", "打印的工作单": "打印",
            "依法已办结": "依法办结"}  # fmt: skip
    for title, word in told.items():
        said = [row for row in ROWS if title in row[0]]
        assert said, title
        assert [row for row in said if row[2] == "—"] == ([] if word in words else said), title
