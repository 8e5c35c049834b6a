"""Read `shipped/words.json`: the labels, phrases, departments and matters the parser knows, which a clerk may extend.

The file is read once at import; what is wrong in it is said in Chinese with the place, so that a slip of the pen is
found at the start and not in a misread complaint. `docs/parsing.md` tells how to add a word.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from typing import Any, TypeVar

_T = TypeVar("_T")

PHRASE_WEIGHT = 1.2
"""What a plain phrase of the file weighs: enough to propose its value alone, less than two other evidence rule."""
_LONGEST_PHRASE = 40
_LONGEST_TITLE_WORD = 9


class BadWords(ValueError):
    """`words.json` cannot be used; `str()` says in Chinese where and why."""


@dataclass(frozen=True, slots=True)
class EvidenceRule:
    """The words matched by `pattern` speak for `value` with `weight`; `source`: the article."""

    value: str
    weight: float
    pattern: re.Pattern[str]
    source: str


@dataclass(frozen=True)
class Words:
    """The whole vocabulary, checked."""

    labels: dict[str, tuple[str, ...]]
    kind_prefixes: dict[str, str]
    not_a_caller: tuple[str, ...]
    kind_words: tuple[tuple[str, str], ...]
    evidence: dict[str, tuple[EvidenceRule, ...]]
    departments: dict[str, tuple[str, ...]]
    matters: tuple[tuple[tuple[str, ...], str], ...]
    title_words: tuple[str, ...]
    businesses: tuple[str, ...]
    troubles: dict[str, tuple[str, ...]]
    surnames: tuple[str, ...]


_TABLES = ("category", "sub_reason", "kind", "channel", "flags")
_YOUNGER_TABLES = ("talk",)
"""Tables a file of an older release may lack."""


def read(text: str) -> Words:
    """Check the text of a words file. Raises BadWords with the place of the first mistake."""
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        message = f"words.json 第 {error.lineno} 行第 {error.colno} 个字符附近不是合法的 JSON，请检查引号和逗号"
        raise BadWords(message) from error
    top = _table(document, "文件")
    phrases = {name: _table(value, f"phrases.{name}") for name, value in _part(top, "phrases", _table).items()}
    for name in phrases:
        _demand(f"phrases.{name}", "只能是 category 或 kind", fine=name in ("category", "kind"))
    patterns = _part(top, "patterns", _table)
    evidence = {
        name: _witnesses(_part(patterns, name, _list, "patterns."), f"patterns.{name}")
        + _plain(phrases.get(name, {}), f"phrases.{name}")
        for name in _TABLES
    }
    evidence |= {
        name: _witnesses(_list(patterns.get(name, []), f"patterns.{name}"), f"patterns.{name}")
        for name in _YOUNGER_TABLES
    }
    return Words(
        _named_lists(top, "labels"),
        {key: _word(value, f"kind_prefixes.{key}") for key, value in _part(top, "kind_prefixes", _table).items()},
        _words(_part(top, "not_a_caller", _list), "not_a_caller"),
        tuple(_pair(row, f"kind_words 第 {at} 项") for at, row in enumerate(_part(top, "kind_words", _list), 1)),
        evidence,
        _named_lists(top, "departments"),
        tuple(_matter(row, f"matters 第 {at} 项") for at, row in enumerate(_part(top, "matters", _list), 1)),
        _words(_part(top, "title_words", _list), "title_words"),
        _short(_words(_list(top.get("businesses", []), "businesses"), "businesses"), "businesses"),
        _troubles(_named_lists({"troubles": {}, **top}, "troubles")),
        _surnames(top.get("surnames", "")),
    )


def _demand(place: str, why: str, *, fine: bool) -> None:
    if not fine:
        raise BadWords(f"words.json 的 {place}：{why}")


def _table(value: Any, place: str) -> dict[str, Any]:
    _demand(place, "应当是花括号里的一组“名称: 值”", fine=isinstance(value, dict))
    return dict(value)


def _list(value: Any, place: str) -> list[Any]:
    _demand(place, "应当是方括号里的一组词", fine=isinstance(value, list))
    return list(value)


def _part(table: dict[str, Any], name: str, kind: Callable[[Any, str], _T], inside: str = "") -> _T:
    _demand(inside + name, "缺这一项", fine=name in table)
    return kind(table[name], inside + name)


def _word(value: Any, place: str) -> str:
    _demand(place, "应当是引号里的词，不能是空的", fine=isinstance(value, str) and bool(value.strip()))
    _demand(place, f"“{str(value)[:12]}…”太长，一个词最多 {_LONGEST_PHRASE} 个字", fine=len(value) <= _LONGEST_PHRASE)
    return str(value)


def _words(values: list[Any], place: str) -> tuple[str, ...]:
    return tuple(_word(value, f"{place} 第 {at} 个词") for at, value in enumerate(values, 1))


def _named_lists(top: dict[str, Any], name: str) -> dict[str, tuple[str, ...]]:
    table = _part(top, name, _table)
    return {key: _words(_list(value, f"{name}.{key}"), f"{name}.{key}") for key, value in table.items()}


def _troubles(table: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """What goes wrong, by the words a title says it with."""
    _short(tuple(table), "troubles")
    return table


def _surnames(value: Any) -> tuple[str, ...]:
    """Surnames as one text, a space between those of two characters and more."""
    _demand("surnames", "应当是引号里的一串姓氏", fine=isinstance(value, str))
    return tuple(name for part in str(value).split() for name in ((part,) if len(part) == 2 else part))


def _short(words: tuple[str, ...], place: str) -> tuple[str, ...]:
    """Words that stand in titles have room there."""
    for word in words:
        _demand(
            place, f"“{word}”太长，标题里的词最多 {_LONGEST_TITLE_WORD} 个字", fine=len(word) <= _LONGEST_TITLE_WORD
        )
    return words


def _pair(row: Any, place: str) -> tuple[str, str]:
    pair = _words(_list(row, place), place)
    _demand(place, "应当是两个词：文中的说法，和它表示的性质", fine=len(pair) == 2)
    return pair[0], pair[1]


def _matter(row: Any, place: str) -> tuple[tuple[str, ...], str]:
    table = _table(row, place)
    words = _words(_part(table, "words", _list, place + " "), place)
    _demand(place, "words 至少要有一个词", fine=bool(words))
    return words, _word(_part(table, "department", lambda value, _: value, place + " "), place)


def _witnesses(rows: list[Any], place: str) -> tuple[EvidenceRule, ...]:
    found: list[EvidenceRule] = []
    for at, row in enumerate(rows, 1):
        here = f"{place} 第 {at} 项"
        table = _table(row, here)
        weight = table.get("weight")
        fine = isinstance(weight, (int, float)) and not isinstance(weight, bool) and 0 < weight <= 5
        _demand(here, "weight 应当是 0 到 5 之间的数", fine=fine)
        pattern = table.get("pattern")
        _demand(here, "缺 pattern", fine=isinstance(pattern, str) and bool(pattern))
        try:
            compiled = re.compile(str(pattern))
        except re.error as error:
            raise BadWords(f"words.json 的 {here}：pattern 不是合法的正则表达式（{error}）") from error
        _demand(here, "pattern 不能匹配空文字", fine=compiled.search("") is None)
        value, source = _word(table.get("value"), here), _word(table.get("source"), here)
        found.append(EvidenceRule(value, float(weight or 0), compiled, source))
    return tuple(found)


def _plain(phrases: dict[str, Any], place: str) -> tuple[EvidenceRule, ...]:
    """One evidence rule for all plain phrases of a value; nothing in them is a regular expression."""
    found: list[EvidenceRule] = []
    for value, listed in phrases.items():
        words = _words(_list(listed, f"{place}.{value}"), f"{place}.{value}")
        if words:
            pattern = re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))
            found.append(EvidenceRule(value, PHRASE_WEIGHT, pattern, "本单位增加的说法"))
    return tuple(found)


WORDS = read(resources.files("shipped").joinpath("words.json").read_text(encoding="utf-8"))
