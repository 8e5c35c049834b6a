"""Every office word of the code has its line in docs/glossary.md."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import get_args

from tortoise import Model

from domain.audiences import TRAITS
from domain.commands import Command
from domain.events import EventType
from domain.messages import KINDS
from domain.vocabulary import LEVEL_NAMES, STAGE_NAMES, STATE_NAMES, Category, Rating, Release, Request, Role
from models.schema import APP, APPS

GLOSSARY = (Path(__file__).parent.parent.parent / "docs" / "glossary.md").read_text(encoding="utf-8")


def _missing(words: list[str]) -> list[str]:
    return [word for word in words if word not in GLOSSARY]


def test_every_state_stage_and_level_is_explained() -> None:
    rows = [f"| {name} | `{code.value}` |" for table in (STATE_NAMES, STAGE_NAMES) for code, name in table.items()]
    rows += [f"| {name} | `{level.name}` {level.value} |" for level, name in LEVEL_NAMES.items()]
    assert _missing(rows) == []


def test_every_category_and_role_is_explained() -> None:
    assert _missing([f"| {word.value} | `{word.name}` |" for kind in (Category, Role) for word in kind]) == []


def test_every_rating_release_and_request_is_explained() -> None:
    words = [word for kind in (Rating, Release, Request) for word in kind]
    assert _missing([word.value for word in words] + [word.name for word in words]) == []


def test_every_act_is_explained() -> None:
    assert _missing([f"`{act.__name__}`" for act in get_args(Command)]) == []


def test_every_event_is_explained() -> None:
    assert _missing([f"`{event}`" for event in EventType]) == []


def test_every_kind_of_message_and_every_audience_is_explained() -> None:
    rows = [f"| {kind.title} | `{kind.name}` |" for kind in KINDS.values() if not kind.paper]
    rows += [f"| {traits.words} | `{kind.value}` |" for kind, traits in TRAITS.items()]
    assert _missing(rows) == []


def test_every_table_is_explained() -> None:
    modules = [import_module(name) for name in APPS[APP]["models"]]
    found = [thing for module in modules for thing in vars(module).values() if isinstance(thing, type)]
    tables = {row._meta.db_table for row in found if issubclass(row, Model) and row._meta.db_table}
    assert len(tables) > 10
    assert _missing([f"`{table}`" for table in sorted(tables)]) == []
