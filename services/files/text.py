"""The text of a file, whatever encoding an office computer saved it in."""

from __future__ import annotations

import codecs

_MARKED = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Unreadable(Exception):
    """The file cannot be read. `str()` says why and what to do, `line` where, counted from 1."""

    def __init__(self, told: str, line: int = 1) -> None:
        super().__init__(told)
        self.line = line


class TooBig(Unreadable):
    """The file holds more than any table of an office."""


def decoded(content: bytes) -> str:
    """Decode what a person saved as UTF-8, UTF-16 or GB18030 (with it GBK and GB2312), marked or not.

    Raises Unreadable for anything else.
    """
    for encoding in _encodings(content):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("看不出这个文件用的是哪种文字编码。请用记事本打开，“另存为”时编码选 UTF-8，再导入")


def _encodings(content: bytes) -> tuple[str, ...]:
    """Which encodings to try, the likeliest first."""
    for mark, encoding in _MARKED:
        if content.startswith(mark):
            return (encoding,)
    if b"\0" in content:
        # No text has a zero byte, but every Latin letter, digit and line end of UTF-16 has one.
        little = content[1::2].count(0) >= content[::2].count(0)
        return ("utf-16-le" if little else "utf-16-be",)
    return ("utf-8", "gb18030")
