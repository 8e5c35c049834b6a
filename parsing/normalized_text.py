"""The text as the parser sees it: width and invisible characters levelled, every character traceable to the original.

Full-width ASCII becomes half-width, exotic spaces become one space, line ends become "\\n", zero-width characters and
markdown emphasis vanish. One original character yields at most one flat character, so offsets map back exactly.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_ZERO_WIDTH = (
    "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2066\u2067\u2068\u2069\ufeff\u00ad"
)
_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_LINE_ENDS = "\r\x0b\x0c\x85\u2028\u2029"
_COLONS = "\ufe30\ufe55\u2236\ua789"

_LEVEL: dict[int, str | None] = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_LEVEL.update({ord(char): " " for char in _SPACES})
_LEVEL.update({ord(char): "\n" for char in _LINE_ENDS})
_LEVEL.update({ord(char): ":" for char in _COLONS})
_LEVEL.update({ord(char): "" for char in _ZERO_WIDTH})

_DECORATION = re.compile(
    r"(?<!\*)\*\*(?!\*)|(?<!_)__(?!_)|^[ \t]{0,9}(?:>[ \t]?|#{1,6}[ ]|[-*+•●■◆][ ])+|`{1,3}", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class NormalizedText:
    """`flat[i]` came from `original[origin[i]]`; all regular expressions of the parser run on `flat`."""

    original: str
    flat: str
    origin: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> NormalizedText:
        """Level a text of any content; never raises."""
        chars: list[str] = []
        origin: list[int] = []
        for index, char in enumerate(text):
            if char == "\r" and text[index + 1 : index + 2] == "\n":
                continue
            level = _LEVEL.get(ord(char), char)
            if level:
                chars.append(level)
                origin.append(index)
        whole = cls(text, "".join(chars), tuple(origin))
        plain = whole.without(match.span() for match in _DECORATION.finditer(whole.flat))
        return plain if plain.flat.strip() else whole

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the original of the flat slice `start:end` (which must not be empty)."""
        return self.origin[start], self.origin[end - 1] + 1

    def verbatim(self, start: int, end: int) -> str:
        """The flat slice in its original characters, line ends as "\\n"."""
        return "".join("\n" if self.flat[i] == "\n" else self.original[self.origin[i]] for i in range(start, end))

    def part(self, start: int, end: int) -> NormalizedText:
        """The normalized text of a slice; its spans still point into the whole original."""
        return NormalizedText(self.original, self.flat[start:end], self.origin[start:end])

    def without(self, ranges: Iterable[tuple[int, int]]) -> NormalizedText:
        """The normalized text with some flat ranges (ascending, disjoint) cut out."""
        kept: list[tuple[int, int]] = []
        cursor = 0
        for start, end in ranges:
            kept.append((cursor, start))
            cursor = end
        if not kept:
            return self
        kept.append((cursor, len(self.flat)))
        flat = "".join(self.flat[start:end] for start, end in kept)
        origin = tuple(index for start, end in kept for index in self.origin[start:end])
        return NormalizedText(self.original, flat, origin)

    def trimmed(self, start: int, end: int, junk: str = " \t\n") -> tuple[int, int]:
        """Move both ends inwards over the characters in `junk`."""
        while start < end and self.flat[start] in junk:
            start += 1
        while end > start and self.flat[end - 1] in junk:
            end -= 1
        return start, end
