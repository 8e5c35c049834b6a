"""Find labels and the values under them: `label: value`, 【label】value, a label alone on its line, label cells."""

from __future__ import annotations

import re

from parsing.labels import FIELD_OF, LONGEST_LABEL, NOT_A_CALLER
from parsing.normalized_text import NormalizedText
from parsing.types import Entry
from parsing.validity import looks_like, prose_from

_MARK = re.compile(r"[:=]|[】\]](?![ \t]*[:=])|(?<=[a-z])\"(?=[ ]*:)")
_CELL = re.compile(r"[^\t|\n]+")
_FIRST_WORD = re.compile(r"[ ]{0,9}(?P<word>[^\s:=]{2,14})[ ]{1,9}(?=[^\s:=])")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_NOTE = re.compile(r"\([^()\n]{0,12}\)$")
_CLOSERS = "】]\"'”’」*` \t"
_LABEL_ENDS = frozenset({end for label in FIELD_OF for end in (label[-1], label[-1].upper())} | set(_CLOSERS) | {")"})
_OPENERS = "【[\"'“‘「*`"
_BOUNDARY = " \t\n,;。、|\"'“”‘’【[({《<>#·•.!?)】]}/"
_GLUE = frozenset(["诉求", "电话", "手机", "姓名", "地址", "内容", "住址"])
_FACTS = frozenset(
    ["name", "contact", "unit_name", "phone", "address", "reported_at", "external_no", "other_no", "kind", "source"]
)
_MULTILINE = frozenset({"content", "wish", "kind_prefix", "published"})
_LIST_NUMBER = re.compile(r"[ \t]*(?:\d{1,2}[.、)]|\(\d{1,2}\)|[一二三四五六七八九十]{1,2}、|[·•●*-])[ \t]*")
_LINE_END = re.compile(r"[\n\t|]")
_FACT_END = re.compile(r"[\n\t|。]")
_SLASH = re.compile(
    r"(?:(?<=^)|(?<=[\s,;。]))(?P<word>[\u4e00-\u9fffA-Za-z]{2,8})"
    r"[ ]?(?:/|[—–-]{1,3})[ ]?(?=[^\s/—–-])(?P<next>[^\s/:—–-]{0,8})"
)
_HEADINGS = re.compile(
    r"(?P<labels>[\u4e00-\u9fff]{2,6}(?:[/、][\u4e00-\u9fff]{2,6}){1,6})[ ]?[:\n][ ]?(?P<values>[^\n:]{1,400})"
)
_QUOTE_END = re.compile(r"\"(?=\s*(?:[,}\]\n]|$))")

_PREFIX = re.compile(r"(?:(?:^|[【\[\n\t;])[ ]*|[ ]{2})(?P<prefix>[\u4e00-\u9fff]{1,5})\Z")
_OPENED = re.compile(r"[【\[][\u4e00-\u9fff]{0,5}\Z")
_OFFICE = re.compile(
    r"回复|答复|办理|处理|办结|承办|受理|审核|经办|签收|派|坐席|窗口|被|完成|截止|反馈|处置|公开|监督|服务|投诉(?=电)"
)

Mark = tuple[str, str, int, int, int]
"""(field, label, rank, label start, value start)."""


def _longest_suffix(chunk: str) -> str | None:
    """The longest label the chunk ends with."""
    for length in range(min(LONGEST_LABEL, len(chunk)), 0, -1):
        if chunk[-length:].lower() in FIELD_OF:
            return chunk[-length:].lower()
    return None


def _label_before(flat: str, end: int) -> tuple[str, int] | None:
    """The label ending just before offset `end`, closing brackets and a short note in parentheses skipped."""
    if end and flat[end - 1] not in _LABEL_ENDS:
        return None
    floor = max(0, end - LONGEST_LABEL * 2 - 16)
    line = flat.rfind("\n", floor, end)
    floor = max(floor, line + 1)
    chunk = flat[floor:end]
    trimmed = chunk.rstrip(_CLOSERS)
    label = _longest_suffix(trimmed)
    if label is None and trimmed.endswith(")"):
        trimmed = _NOTE.sub("", trimmed).rstrip(_CLOSERS)
        label = _longest_suffix(trimmed)
    if label is not None and (len(label) > 2 or " " not in trimmed):
        return label, floor + len(trimmed) - len(label)
    return _spaced_label(trimmed, floor) or ((label, floor + len(trimmed) - len(label)) if label else None)


def _spaced_label(trimmed: str, floor: int) -> tuple[str, int] | None:
    """The longest label typeset with inner spaces, such as 姓 名 or 联系 电话, that opens its line or follows a gap."""
    at = [index for index, char in enumerate(trimmed) if char != " "]
    for length in range(min(LONGEST_LABEL, len(at)), 1, -1):
        start = at[-length]
        label = "".join(trimmed[index] for index in at[-length:])
        spaced = length < len(trimmed) - start <= length * 4
        if label in FIELD_OF and spaced and not _HAN.match(trimmed[max(0, start - 1) : start]):
            return label, floor + start
    return None


def _before_number(flat: str, start: int) -> int:
    """The start of the line when only a list number such as 4. or (4) stands before the label."""
    head = flat[max(0, start - 8) : start].rpartition("\n")[2]
    numbered = _LIST_NUMBER.fullmatch(head)
    return start - len(head) if numbered else start


def _compound(flat: str, start: int, field: str) -> tuple[int, str]:
    """The start and field of a label nobody listed that ends like a known one: 问题详情, 【信访件编号】.

    Only where it stands alone: in brackets, at the start of its line, or after a wide gap. One that speaks of those
    who handle the order (办理时间, 回复内容) only ends the value before it.
    """
    before = _PREFIX.search(flat, max(0, start - 9), start)
    if before is None:
        return start, field
    app = _OFFICE.search(before["prefix"])
    first = before.start("prefix")
    while first > 0 and flat[first - 1] in _OPENERS:
        first -= 1
    if not app or field == "limit":
        return first, field
    return first, "published" if field in _MULTILINE else "ignored"


def _colon_marks(flat: str) -> list[Mark]:
    marks: list[Mark] = []
    for match in _MARK.finditer(flat):
        named = _label_before(flat, match.start())
        if named is None:
            continue
        label, start = named
        closed = match.group() in "】]"
        if closed and not _OPENED.search(flat, max(0, start - 8), start):
            continue
        while start > 0 and flat[start - 1] in _OPENERS:
            start -= 1
        field, rank = FIELD_OF[label]
        start, field = _compound(flat, start, field)
        start = _before_number(flat, start)
        marks.append((field, label, rank, start, match.end()))
    return marks


def _slash_marks(flat: str) -> list[Mark]:
    """姓名/测甲一 电话/000…: a slash in the place of the colon; one alone proves nothing, so two are asked."""
    marks: list[Mark] = []
    for match in _SLASH.finditer(flat):
        label = match["word"].lower()
        if _names_fact(label) and match["next"] not in FIELD_OF:
            field, rank = FIELD_OF[label]
            marks.append((field, label, rank, match.start("word"), match.start("next")))
    return marks if len(marks) >= 2 else []


def _listed_marks(flat: str) -> list[Mark]:
    """姓名/电话/诉求：测甲一/000…/…: a list of labels, then as many values between the same slashes."""
    marks: list[Mark] = []
    for match in _HEADINGS.finditer(flat):
        labels = re.split(r"[/、]", match["labels"])
        values = list(re.finditer(r"[^/]+", match["values"]))
        if len(values) != len(labels) or not all(map(_names_fact, labels)):
            continue
        for index, (label, value) in enumerate(zip(labels, values, strict=True)):
            start = match.start("values") + value.start()
            field, rank = FIELD_OF[label]
            marks.append((field, label, rank, match.start() if index == 0 else start, start))
    return marks


def _cell_marks(flat: str) -> list[Mark]:
    """Labels that fill a line or a cell, or open a line before a space; one alone proves nothing, so two are asked."""
    marks: list[Mark] = []
    for cell in _CELL.finditer(flat):
        label = cell.group()[:40].strip(" :=【】[]\"'*").replace(" ", "")
        if len(cell.group()) <= 40 and _names_fact(label) and not cell.group().rstrip().endswith((":", "=")):
            marks.append((FIELD_OF[label][0], label, FIELD_OF[label][1], cell.start(), cell.end()))
            continue
        opening = _FIRST_WORD.match(flat, cell.start(), cell.end())
        if opening and (cell.start() == 0 or flat[cell.start() - 1] == "\n") and _names_fact(opening["word"]):
            marks.append(_spaced_mark(opening))
            marks += _marks_after(flat, opening.end(), cell.end())
    return marks if len(marks) >= 2 else []


def _spaced_mark(match: re.Match[str]) -> Mark:
    field, rank = FIELD_OF[match["word"]]
    return field, match["word"], rank, match.start("word"), match.end()


def _marks_after(flat: str, start: int, end: int) -> list[Mark]:
    """Further labels in a line that a label opens, each between spaces and before a value of its kind."""
    marks: list[Mark] = []
    for word in _FIRST_WORD.finditer(flat, start, end):
        if flat[word.start("word") - 1] != " " or not _names_fact(word["word"]):
            continue
        stop = flat.find(" ", word.end(), end)
        value = flat[word.end() : stop if stop >= 0 else end]
        field = FIELD_OF[word["word"]][0]
        if field in _FACTS and looks_like(field, value):
            marks.append(_spaced_mark(word))
    return marks


def _names_fact(label: str) -> bool:
    return label in FIELD_OF and FIELD_OF[label][0] != "kind_prefix"


_READERS = (_cell_marks, _slash_marks, _colon_marks, _listed_marks)
"""How a label may be set off; where two begin at the same place the later reader is the better evidence rule."""


def _accept(flat: str, mark: Mark, content_open: int | None, horizon: int) -> bool:
    """Whether a mark is a label here, or only words inside a running text that began at `content_open`."""
    field, label, _, start, value = mark
    before = flat[start - 1] if start else "\n"
    head = flat[max(0, start - 40) : start].rpartition("\n")[2].strip(" \t|>")
    bracketed = flat[start] in "【["
    opens_line = bracketed or not head or (len(head) <= 3 and head.rstrip(".、)").lstrip("(").isdigit())
    if not bracketed and flat[max(0, start - 2) : start].endswith(NOT_A_CALLER):
        return False
    if field == "kind_prefix":
        return opens_line and content_open is None
    if content_open is None:
        glued = before not in _BOUNDARY and not bracketed
        return not glued or len(head) <= 4 or label in _GLUE or (len(label) >= 3 and label.isascii() is False)
    if opens_line:
        return True
    if start - content_open < 8 and not flat[content_open:start].strip():
        return field not in _MULTILINE
    if before not in _BOUNDARY or field in _MULTILINE:
        return False
    line_end = flat.find("\n", value)
    stop = min(horizon, line_end if line_end >= 0 else len(flat))
    return before in ' \t;|。",' and looks_like(field, flat[value:stop])


def _value_end(flat: str, mark: Mark, following: int) -> tuple[int, int]:
    """Flat bounds of the value: to the end of its line, or for running text to the next label."""
    start = mark[4]
    while start < following and flat[start] in " \t|":
        start += 1
    if start < following and flat[start] == "\n":
        while start < following and flat[start] in " \t\n":
            start += 1
    if start < following and flat[start] == '"':
        closed = _QUOTE_END.search(flat, start + 1, following)
        if closed:
            return start + 1, closed.start()
    end, junk = following, " \t\n|"
    inline = following < len(flat) and "\n" not in flat[max(start, following - 4) : following]
    if mark[0] not in _MULTILINE:
        stop = (_FACT_END if mark[0] in _FACTS else _LINE_END).search(flat, start, following)
        end = stop.start() if stop else following
    if mark[0] not in _MULTILINE or inline:
        junk += "\"'“”,;/"
    while end > start and flat[end - 1] in junk:
        end -= 1
    while start < end and flat[start] in junk:
        start += 1
    return start, end


def find_entries(normalized: NormalizedText) -> tuple[Entry, ...]:
    """Every labelled value of the text, in order."""
    flat = normalized.flat
    candidates = sorted(
        {mark[3]: mark for reader in _READERS for mark in reader(flat)}.values(), key=lambda mark: mark[3]
    )
    accepted: list[Mark] = []
    content_open: int | None = None
    for index, mark in enumerate(candidates):
        if accepted and mark[3] < accepted[-1][4]:
            continue
        horizon = candidates[index + 1][3] if index + 1 < len(candidates) else len(flat)
        if _accept(flat, mark, content_open, horizon):
            accepted.append(mark)
            content_open = mark[4] if mark[0] in _MULTILINE else None
    entries: list[Entry] = []
    for index, mark in enumerate(accepted):
        following = accepted[index + 1][3] if index + 1 < len(accepted) else len(flat)
        start, end = _value_end(flat, mark, max(following, mark[4]))
        end = prose_from(mark[0], flat, start, end)
        entries.append(Entry(mark[0], mark[1], mark[3], start, end, mark[2]))
    return tuple(entries)
