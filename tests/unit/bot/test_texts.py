"""Every sentence that is used exists, is used, and gets what it needs."""

import ast
import string
from pathlib import Path

import pytest

from bot import guidance_texts, texts
from bot.handlers import router
from domain.messages import LINE
from domain.prompts import Prompt, PromptCode
from domain.vocabulary import State
from tests.kit.cases import RULES

BOT = Path(texts.__file__).parent
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(BOT.rglob("*.py"))}
MODULES = {"texts": texts, "guidance_texts": guidance_texts}
CONSTANTS = {f"{at}.{name}" for at, module in MODULES.items() for name in vars(module) if name.isupper()}


def _name(node: ast.AST) -> str | None:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in MODULES:
        return f"{node.value.id}.{node.attr}"
    return None


def _uses() -> list[tuple[str, str]]:
    return [(path.name, name) for path, tree in TREES.items() for node in ast.walk(tree) if (name := _name(node))]


def _formats() -> list[tuple[str, str, ast.Call]]:
    """(file, text, call) of every `texts.X.format(…)` whose arguments are all written out."""
    found = []
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
                name = _name(node.func.value)
                if name and all(keyword.arg for keyword in node.keywords):
                    found.append((path.name, name, node))
    return found


def text(name: str) -> str:
    at, _, constant = name.partition(".")
    return str(getattr(MODULES[at], constant))


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("use", sorted(set(_uses())), ids=lambda use: f"{use[0]}:{use[1]}")
def test_every_text_that_is_used_exists(use):
    assert use[1] in CONSTANTS


def test_every_text_is_used_somewhere():
    elsewhere = "".join(
        path.read_text(encoding="utf-8")
        for path in (
            BOT.parent / "main.py",
            BOT.parent / "server.py",
            BOT.parent / "leader.py",
            *(BOT.parent / "services").rglob("*.py"),
        )
    )
    used = {name for _, name in _uses()}
    assert {name for name in CONSTANTS - used if name not in elsewhere} == set()


@pytest.mark.parametrize("call", _formats(), ids=lambda call: f"{call[0]}:{call[1]}")
def test_every_text_is_given_what_it_needs(call):
    _, name, node = call
    assert _placeholders(text(name)) <= {keyword.arg for keyword in node.keywords}


def test_every_question_has_words_and_an_command_that_takes_the_answer():
    assert set(texts.PROMPTS) == set(PromptCode)
    asked = {command.code: command.asks for command in router.commands if command.asks is not None}
    assert all(asks.command == code for code, asks in asked.items()), "the answer goes to the command that asked"
    assert set(asked.values()) == set(PromptCode) - {PromptCode.OPINION}
    assert router.by_code(PromptCode.OPINION.command)


@pytest.mark.parametrize("stored", [*(code.value for code in PromptCode), "opinion:不满意"])
def test_a_question_of_this_release_or_the_one_before_is_read_as_it_was_written(stored):
    assert str(Prompt.parse(stored)) == stored


def test_the_answer_to_a_question_about_a_rating_begins_with_the_rating():
    assert Prompt.parse("opinion:不满意").answered("没有解决") == "不满意 没有解决"
    assert Prompt(PromptCode.ANSWER).answered("已办结") == "已办结"


def test_every_line_of_news_the_rules_ask_for_has_words():
    assert {notice.on for notice in RULES.notices if notice.message is LINE} == set(texts.LINES)


def test_every_state_somebody_owns_has_a_reminder():
    assert set(texts.OWNER_LINES) == set(RULES.owners) == set(RULES.owner_minutes)
    assert all(state.is_open for state in texts.OWNER_LINES)
    assert set(RULES.owners) <= set(State)
