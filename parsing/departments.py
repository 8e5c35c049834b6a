"""Which departments a text names, and which one its matter usually belongs to.

`COMMON` maps the short names people use to a common full name; a name of the deployment's own directory wins over it.
`MATTERS` are the matters of a service hall and the department that handles them; they only ever suggest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from parsing.words import WORDS

COMMON = WORDS.departments
"""full name -> the ways texts name it."""

MATTERS = WORDS.matters
"""words of the matter -> the usual department (inferred, never certain)."""

_REGION = re.compile(r"^(?:[\u4e00-\u9fff]{1,8}?(?:省|市|自治区))?(?:[\u4e00-\u9fff]{1,8}?(?:区|县|市))?")
_MATTERS = tuple((re.compile("|".join(map(re.escape, words))), name) for words, name in MATTERS)


@dataclass(frozen=True, slots=True)
class Mention:
    """A department at flat offsets: `name` as the directory or the common table writes it."""

    start: int
    end: int
    name: str
    confidence: float


@lru_cache(maxsize=8)
def _vocabulary(known: tuple[str, ...]) -> tuple[re.Pattern[str], dict[str, str]]:
    """One pattern for all names and the full name behind each; directory names replace the common ones."""
    alias: dict[str, str] = {}
    for full, shorts in COMMON.items():
        own = [name for name in known if any(len(short) >= 3 and short in name for short in shorts) or name == full]
        target = own[0] if len(own) == 1 else full
        alias.update(dict.fromkeys(shorts, target))
    for name in known:
        alias[name] = name
        short = _REGION.sub("", name)
        if len(short) >= 3:
            alias.setdefault(short, name)
    words = sorted(alias, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words))), alias


def clean(known: Iterable[str]) -> tuple[str, ...]:
    """The directory's names as a key: stripped, at least two characters, no repeats."""
    return tuple(dict.fromkeys(name.strip() for name in known if len(name.strip()) >= 2))


def labelled(flat: str, start: int, end: int, known: tuple[str, ...]) -> list[Mention]:
    """The departments listed in a labelled value, as written, or as the directory writes them."""
    _, alias = _vocabulary(known)
    mentions: list[Mention] = []
    for match in re.finditer(r"[^\s,;、。/|()\"'”:]{2,40}", flat[start:end]):
        word = re.sub(r"^(?:牵头|配合|协办|主办)", "", match.group())
        offset = start + match.end() - len(word)
        if len(word) < 2 or word in ("单位", "部门", "无", "待定"):
            continue
        name = word
        if word not in known:
            own = [item for item in known if item.endswith(word) or word.endswith(item) or alias.get(word) == item]
            name = own[0] if len(own) == 1 else word
        mentions.append(Mention(offset, offset + len(word), name, 0.96))
    return mentions


def mentioned(flat: str, start: int, end: int, known: tuple[str, ...]) -> list[Mention]:
    """Departments named in running text; one mention each, in order."""
    pattern, alias = _vocabulary(known)
    found: dict[str, Mention] = {}
    for match in pattern.finditer(flat, start, end):
        name = alias[match.group()]
        after, before = flat[match.end() : match.end() + 4], flat[max(0, match.start() - 2) : match.start()]
        loose = len(match.group()) == 2
        if loose and (
            after.startswith(("设计审", "通道", "证", "许可", "设施", "检查", "验收", "卡")) or before.endswith("退")
        ):
            continue
        found.setdefault(name, Mention(match.start(), match.end(), name, 0.6 if loose else 0.7))
    return list(found.values())


def by_matter(flat: str, start: int, end: int, known: tuple[str, ...]) -> list[Mention]:
    """The usual department of the first matter named in the text; a suggestion only."""
    _, alias = _vocabulary(known)
    for pattern, name in _MATTERS:
        match = pattern.search(flat, start, end)
        if match:
            return [Mention(match.start(), match.end(), alias.get(name, name), 0.5)]
    return []
