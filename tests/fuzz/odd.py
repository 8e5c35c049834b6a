# ruff: noqa: E501 - tables of words
"""Odd values, quickly: some words that mean something, broken, joined, and mixed with characters of every kind.

One seed gives one sequence. A value costs some microseconds, so that the border is what takes the time, not its input.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

#: Words that mean something somewhere, so that anything gets further than the first check.
SEEDS = (
    "/承诺 7 9999-12-31", "/台账 本月 ²", "y1|show|7|1|", "2026-11-30", "9000年6月30日", "YS20261123-0007", "#7", "AL2026-3",
    "姓名：测甲一 电话：00012340001", "内容：反映退休手续多次退件", "{", "[", "Infinity", "NaN", "9" * 4301, "\ud800", "\x00", "②", "٣",
    "2026-11", "工单编号：PDS1 催单", "国务院办公厅关于2027年部分节假日安排的通知", "reported_at", "content", "text",
    "/确认 ", "/分类 YS20261123-0001 不给办", "/转办 1 人社局 3", "/答复 1 ", "/延期 1 2026-12-01 核档", "/查询", "/帮助", "@", "|",
    "https://a.b/c?d=e", "-1", "0", "1e400", "2026-02-30T25:61:61+99:99", "<xml>", "]]>", "%00", "\r\n", "\u202e", "ﬀ", "İ",
)  # fmt: skip
#: Ranges of characters, the plain ones more than once.
RANGES = ((32, 126), (32, 126), (0x4E00, 0x9FFF), (0x4E00, 0x9FFF), (0, 31), (0x80, 0x2FF), (0x660, 0x6FF),
          (0x2000, 0x206F), (0x2460, 0x24FF), (0x3000, 0x303F), (0xD800, 0xDFFF), (0xFE00, 0xFFFF), (0x10000, 0x10FFFF))  # fmt: skip
NUMBERS = (0, 1, -1, 7, 255, 2**31, -(2**31) - 1, 2**53, 2**63, 10**18, 10**400, 1795395600)
FLOATS = (0.0, -0.0, 1.5, float("inf"), float("-inf"), float("nan"), 1e308, 5e-324)


class Odd:
    """A source of odd values."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._below = self.random.random

    def number(self, most: int) -> int:
        """From 0 to below `most`."""
        return int(self._below() * most)

    def one(self, values: Sequence[Any]) -> Any:
        """One of these."""
        return values[self.number(len(values))]

    def characters(self, most: int) -> str:
        """Up to `most` characters of one or two kinds."""
        kinds = (self.one(RANGES), self.one(RANGES))
        found = []
        for _ in range(self.number(most + 1)):
            low, high = self.one(kinds)
            found.append(chr(low + self.number(high - low + 1)))
        return "".join(found)

    def broken(self, word: str) -> str:
        """A word with something cut out, doubled, put in or turned round."""
        at, to = sorted((self.number(len(word) + 1), self.number(len(word) + 1)))
        way = self.number(5)
        if way == 0:
            return word[:at] + word[to:]
        if way == 1:
            return word[:to] + word[at:]
        if way == 2:
            return word[:at] + self.characters(3) + word[at:]
        return word[:at] + word[at:to][::-1] + word[to:] if way == 3 else word

    def text(self) -> str:
        """Words, broken words and anything."""
        way = self.number(8)
        if way < 2:
            return self.characters(40)
        if way == 2:
            return str(self.one(SEEDS))
        if way < 5:
            return self.broken(self.one(SEEDS))
        parts = [self.one(SEEDS) if self._below() < 0.6 else self.characters(12) for _ in range(self.number(5))]
        return self.one((" ", " ", "\n", "", ",")).join(parts)

    def scalar(self) -> Any:
        """What a field of JSON may hold instead of what it should."""
        way = self.number(10)
        if way < 4:
            return self.text()
        if way == 4:
            return self.one((None, True, False))
        if way == 5:
            return self.one(NUMBERS)
        if way == 6:
            return self.one(FLOATS)
        if way == 7:
            return self.number(2**64) - 2**63
        moment = datetime(1, 1, 2, tzinfo=UTC) + timedelta(seconds=self.number(3 * 10**11))
        return moment.isoformat() if way == 8 else str(moment.date())

    def json(self, depth: int = 3) -> Any:
        """Anything JSON can say."""
        way = self.number(6) if depth else 0
        if way < 3:
            return self.scalar()
        if way == 3:
            return [self.json(depth - 1) for _ in range(self.number(4))]
        return {self.one(SEEDS) if self._below() < 0.3 else self.characters(6): self.json(depth - 1)
                for _ in range(self.number(4))}  # fmt: skip

    def fields(self, names: Sequence[str], value: Callable[[], Any] | None = None, most: int = 8) -> dict[str, Any]:
        """Some of these fields, with anything in them."""
        make = value or self.scalar
        return {self.one(names): make() for _ in range(self.number(most + 1))}

    def changed(self, good: Mapping[str, Any]) -> dict[str, Any]:
        """Something right with one or two things wrong."""
        found = dict(good)
        for _ in range(1 + self.number(2)):
            found[self.one(list(good))] = self.json(1)
        return found

    def bytes(self, most: int = 200) -> bytes:
        """Anything at all."""
        return self.random.randbytes(self.number(most + 1))

    def dumped(self, value: Any) -> bytes:
        """A value as somebody's JSON writer puts it on the wire, whole or cut."""
        found = json.dumps(value, ensure_ascii=self._below() < 0.5).encode("utf-8", "surrogatepass")
        return found if self._below() < 0.9 else found[: self.number(len(found) + 1)]

    def xml(self, good: Mapping[str, str]) -> str:
        """A callback's XML, of which one or two fields hold anything that is text."""
        fields = {**good, self.one(list(good)): self.text().replace("<", "").replace("&", "")}
        if self._below() < 0.3:
            del fields[self.one(list(fields))]
        return "<xml>" + "".join(f"<{name}>{text}</{name}>" for name, text in fields.items()) + "</xml>"
