"""The documents say what the tables say: settings, commands, the command line. Nothing more and nothing less."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

from bot.handlers import router
from cli import _parser
from settings import SETTINGS, Setting, load

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.glob("*.md"), *ROOT.glob("README*.md")])


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _rows(page: str) -> list[list[str]]:
    """The cells of every table row of a page, `\\|` unescaped."""
    rows = []
    for line in page.splitlines():
        if line.startswith("| ") and line.endswith(" |"):
            cells = re.split(r"(?<!\\)\|", line[1:-1])
            rows.append([cell.strip().replace("\\|", "|") for cell in cells])
    return rows


# Settings


def test_the_example_file_is_the_table_of_settings():
    """Same order, same defaults, same words."""
    blocks = re.findall(r"^# (.+)\n([A-Z_]+)=(.*)$", _read(ROOT / ".env.example"), re.MULTILINE)
    told = [(name, default, help_) for help_, name, default in blocks]
    assert told == [(s.name, s.default, s.help + ("（保密）" if s.secret else "")) for s in SETTINGS]


def test_the_example_file_can_be_used_as_it_is(tmp_path: Path):
    copied = tmp_path / ".env"
    copied.write_text(_read(ROOT / ".env.example"), encoding="utf-8")
    assert dict(load({}, copied).values) == {setting.name: setting.default for setting in SETTINGS}


def test_the_page_of_settings_lists_them_in_order():
    rows = [row for row in _rows(_read(DOCS / "settings.md")) if row[0].startswith("`")]
    assert [row[0].strip("`") for row in rows] == [setting.name for setting in SETTINGS]


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_a_setting_is_told_with_its_default_and_its_secrecy(setting: Setting):
    row = next(row for row in _rows(_read(DOCS / "settings.md")) if row[0] == f"`{setting.name}`")
    default = f"`{setting.default}`" if setting.default else "（空）"
    assert row == [f"`{setting.name}`", default, setting.help, "是" if setting.secret else ""]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_speaks_of_a_setting_that_does_not_exist(page: Path):
    """Named as a setting, alone in its ticks; the variables of a shell example are its own."""
    spoken = set(re.findall(r"`((?:YOUSU|WECOM|DINGTALK)_[A-Z_]+)`", _read(page)))
    assert spoken <= {setting.name for setting in SETTINGS}


# Commands


def test_the_page_of_commands_tells_each_with_its_exact_usage_and_nothing_else():
    rows = [row for row in _rows(_read(DOCS / "commands.md")) if row[0] not in ("指令",)]
    assert sorted(rows) == sorted([e.word, f"`{e.usage}`", e.summary] for e in router.commands if e.word)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_speaks_of_a_command_that_does_not_exist(page: Path):
    for typed in re.findall(r"`([/／][^`]*)`", _read(page)):
        if re.match(r"[/／]\s*[\u4e00-\u9fff]", typed):
            parsed = router.parse(typed.replace("\\|", "|"))
            assert parsed is not None
            assert parsed[1] is not None, typed


# The command line


def _commands(parser: argparse.ArgumentParser, before: str = "yousu") -> list[str]:
    """`yousu serve`, `yousu org import` …: every leaf of the parser."""
    found = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, sub in action.choices.items():
                found += _commands(sub, f"{before} {name}")
    return found or [before]


@pytest.mark.parametrize("command", _commands(_parser()))
def test_every_subcommand_is_in_the_operators_page(command: str):
    assert command in _read(DOCS / "operations.md")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_speaks_of_a_subcommand_that_does_not_exist(page: Path):
    known = {command.split()[1] for command in _commands(_parser())}
    for word in re.findall(r"`(?:\.venv/bin/)?yousu ([a-z]+)", _read(page)):
        assert word in known, word


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_between_pages_leads_somewhere(page: Path):
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", _read(page)):
        if "://" not in target:
            assert (page.parent / target).exists(), target
