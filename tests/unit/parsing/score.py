"""Score the parser on the texts of `field/`: per field how many facts were read, and what was invented.

`python -m tests.unit.parsing.score [folder]` prints the table. A text is `NN-name.txt` beside `NN-name.json`, whose
`cases` list what must be read (none: it is no complaint); how many there are is a fact too. A fact of `FACTS`
that is not listed must not be read. An answer may be a value,
`{"any": […]}` (null: may be absent) or `{"has": […], "not": […]}` (words that must, and must not, stand in it).
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

from parsing import parse
from tests.unit.parsing.samples import NOW

HERE = Path(__file__).parent
FACTS = (
    "external_no", "reported_at", "name", "contact", "phones", "address", "external_deadline", "anonymous",
    "confidential", "urging", "collective",
)  # fmt: skip
_DATED = ("reported_at", "external_deadline", "event_at")
_EDGE = 12
"""Characters of a content whose loss at an end does not destroy it."""


@dataclass
class Score:
    """What was wanted and got, per field."""

    wanted: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    invented: list[tuple[str, str, Any]] = field(default_factory=list)
    missed: list[tuple[str, str, Any, Any]] = field(default_factory=list)
    destroyed: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Facts read right of all wanted."""
        return sum(self.right.values()) / max(1, sum(self.wanted.values()))


def plain(text: object) -> str:
    """Levelled width, no white space, no punctuation at the ends."""
    return "".join(unicodedata.normalize("NFKC", str(text)).split()).strip(",;。、!.")


def same(name: str, wanted: Any, got: Any) -> bool:
    """Whether what was read is what was wanted."""
    if isinstance(wanted, dict) and "any" in wanted:
        return any(same(name, option, got) for option in wanted["any"])
    if isinstance(wanted, dict) and "has" in wanted:
        words = plain(got)
        return all(plain(item) in words for item in wanted["has"]) and not any(
            plain(item) in words for item in wanted.get("not", ())
        )
    if wanted is None or got is None:
        return wanted is got
    if name in _DATED:
        return str(got).startswith(str(wanted))
    return plain(wanted) == plain(got) if isinstance(wanted, str) else bool(wanted == got)


def optional(wanted: Any) -> bool:
    """Whether nothing is an answer too."""
    return isinstance(wanted, dict) and None in wanted.get("any", ())


def _destroyed(wanted: Any, got: Any) -> bool:
    pieces = wanted["has"] if isinstance(wanted, dict) else [wanted]
    return any(plain(piece)[_EDGE:-_EDGE] not in plain(got or "") for piece in pieces)


def score(folder: Path) -> Score:
    """Read every text of a folder."""
    result = Score()
    for answer in sorted(folder.glob("*.json")):
        cases = json.loads(answer.read_text(encoding="utf-8"))["cases"]
        read = parse(answer.with_suffix(".txt").read_text(encoding="utf-8"), NOW).cases
        values = [{name: found.value for name, found in case.fields.items()} for case in read]
        _count(result, answer.stem, len(cases), len(values))
        for wanted, got in zip_longest(cases, values):
            _compare(result, answer.stem, wanted or {}, got or {})
    return result


def _count(result: Score, text: str, wanted: int, got: int) -> None:
    result.wanted["cases"] += 1
    result.right["cases"] += wanted == got
    if wanted != got:
        result.missed.append((text, "cases", wanted, got))


def _compare(result: Score, text: str, wanted: dict[str, Any], got: dict[str, Any]) -> None:
    for name, expected in wanted.items():
        fine = same(name, expected, got.get(name))
        if not (fine and optional(expected)):
            result.wanted[name] += 1
            result.right[name] += fine
        if not fine:
            result.missed.append((text, name, expected, got.get(name)))
            if name == "content" and _destroyed(expected, got.get(name)):
                result.destroyed.append(text)
            if name in FACTS and got.get(name) is not None:
                result.invented.append((text, name, got[name]))
    extra = [name for name in FACTS if name not in wanted and got.get(name) is not None]
    result.invented += [(text, name, got[name]) for name in extra]


def table(result: Score) -> str:
    """One line a field, then the sum."""
    lines = [f"{name:18} {result.right[name]:3} / {result.wanted[name]:3}" for name in sorted(result.wanted)]
    lines.append(f"{'all':18} {sum(result.right.values()):3} / {sum(result.wanted.values()):3}  {result.share:.1%}")
    lines.append(f"wrong or unwanted facts {len(result.invented)}, contents destroyed {len(result.destroyed)}")
    return "\n".join(lines)


def main() -> None:
    """Print the table, with `-v` every miss."""
    folders = [item for item in sys.argv[1:] if item != "-v"]
    result = score(Path(folders[0]) if folders else HERE / "field")
    sys.stdout.write(table(result) + "\n")
    if "-v" in sys.argv:
        for miss in result.missed:
            sys.stdout.write(f"MISS {miss}\n")
        for extra in result.invented:
            sys.stdout.write(f"EXTRA {extra}\n")
        sys.stdout.write(f"DESTROYED {result.destroyed}\n")


if __name__ == "__main__":
    main()
