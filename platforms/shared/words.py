"""Words that people wrote, made unable to act, whatever the place shows: Markdown, HTML, mentions, acting links.

A neutral message holds words only; every bit of markup on the wire is a renderer's own. So everything that could begin
markup is replaced by its full-width twin, which reads the same and means nothing: no client documents a way to escape.
Signs that cannot be seen (control, zero-width, bidirectional) are dropped.
"""

from __future__ import annotations

import re
import unicodedata

#: Signs that begin a construct wherever they stand.
_TWINS = str.maketrans({"*": "＊", "`": "｀", "[": "［", "]": "］", "<": "＜", ">": "＞", "\\": "＼", "~": "～"})
_BREAK = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_HEADING = re.compile(r"(?<!\w)#+")
_EDGE_UNDERSCORE = re.compile(r"(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])")
_INDENT = re.compile(r"(?m)^[ \t\u3000]+(?=\S)")
#: A line of nothing but these underlines a heading, draws a rule or makes a table of the line above.
_RULE = re.compile(r"(?m)^[ \t]*(?=[-=+:| \t]*[-=])[-=+:| \t]+$")
_RULE_TWINS = str.maketrans({"-": "－", "=": "＝", "+": "＋", ":": "：", "|": "｜"})
_SCHEME = re.compile(
    r"(?i)(?<=[A-Za-z0-9+.\-]):(?=//)|(?<=dtmd)\s*:|(?<=javascript)\s*:|(?<=wxwork)\s*:|(?<=weixin)\s*:"
)
_HOST = re.compile(r"(?i)(?<![A-Za-z0-9])www\.")
_CALL_ALL = re.compile(r"(?i)@(?=\s*(?:所有人|全体|全員|全员|all|everyone|channel|here))")
_ENTITY = re.compile(r"&(?=#?\w{1,32};)")
_KEPT = frozenset("\n\t")
_UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs"})
#: Signs without ink that Unicode files under letters and marks.
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u3164\uffa0")


def visible(text: str) -> str:
    """The text without what cannot be seen; every way to break a line becomes a newline."""
    lines = _BREAK.sub("\n", text)
    return "".join(sign for sign in lines if sign in _KEPT or not _is_unseen(sign))


def inert(text: str) -> str:
    """The text as every reader sees it and no client acts on it."""
    shown = _INDENT.sub("", visible(text)).translate(_TWINS)
    shown = _RULE.sub(lambda line: line.group().translate(_RULE_TWINS), shown)
    shown = _HEADING.sub(lambda signs: "＃" * len(signs.group()), shown)
    shown = _EDGE_UNDERSCORE.sub("＿", shown)
    shown = _HOST.sub(lambda host: host.group()[:3] + "．", _SCHEME.sub("：", shown))
    return _ENTITY.sub("＆", _CALL_ALL.sub("＠", shown))


def _is_unseen(sign: str) -> bool:
    return sign in _UNSEEN or unicodedata.category(sign) in _UNSEEN_CATEGORIES
