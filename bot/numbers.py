"""Case numbers at the start of what was typed: one, or several at once."""

from __future__ import annotations

import re
import unicodedata

#: Most cases of one command; nobody checks more answers than these.
MOST_AT_ONCE = 50
#: A number after the command word: short or full form.
_NUMBER = re.compile(
    r"^[#＃]?((?:YS)?(?:\d{8}|\d{4})[-—－_]\d{1,6}|\d{1,6})[号號]?(?=$|[\s，,、：:；;]|[和及与][\s#＃]?(?:YS)?\d)",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"^[\s，,：:；;]*")
_AND = re.compile(r"^\s*[，,、和及与]\s*")
_SPACE = re.compile(r"^\s+")
#: The widths people type a number in.
_WIDE = str.maketrans(
    {chr(code): chr(code - 0xFEE0) for code in (*range(0xFF10, 0xFF1A), 0xFF39, 0xFF53, 0xFF33, 0xFF59)}
)


def take_number(text: str) -> tuple[str, str]:
    """Split a leading case number off: `("7", "人社局")`; the number is empty when there is none."""
    text = text.strip()
    match = _NUMBER.match(text.translate(_WIDE))
    if match is None:
        return "", text
    rest = text[match.end() :]
    return unicodedata.normalize("NFKC", match[1]), rest[_after(rest) :].strip()


def _after(rest: str) -> int:
    found = _SEPARATOR.match(rest)
    return found.end() if found else 0


def take_numbers(text: str, *, spaced: bool) -> tuple[list[str], str]:
    """Split all leading case numbers off: `16,17`, `16、17`, and where nothing else may begin with a number `16 17`."""
    numbers: list[str] = []
    rest = text.strip()
    while match := _NUMBER.match(rest.translate(_WIDE)):
        numbers.append(unicodedata.normalize("NFKC", match[1]))
        left = rest[match.end() :]
        joined = _AND.match(left) or (_SPACE.match(left) if spaced else None)
        if joined is None or not _NUMBER.match(left[joined.end() :].translate(_WIDE)):
            return list(dict.fromkeys(numbers)), left[_after(left) :].strip()
        rest = left[joined.end() :]
    return [], text.strip()
