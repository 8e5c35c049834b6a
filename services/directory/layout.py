"""Where the people stand in a sheet that an office made: the head of the table, the rows under it, what is no person.

Titles, remarks, footers, serial numbers, further columns, any order of columns, merged cells, notes on a sheet of their
own. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from platforms.known import KNOWN
from services.files.cells import Filled, Table

PLACE = ("中心", "层级")
OWN_COLUMNS = (*PLACE, "部门", "姓名", "角色")
#: What other offices write over the same columns.
_ALIASES: dict[str, str] = {
    **dict.fromkeys(("所属中心", "中心名称", "政务服务中心", "所在中心"), "中心"),
    **dict.fromkeys(("所属层级", "中心层级"), "层级"),
    **dict.fromkeys(("所属部门", "部门名称", "单位", "单位名称", "所属单位", "部门单位", "单位部门"), "部门"),
    **dict.fromkeys(("人员姓名", "人员", "联系人姓名"), "姓名"),
    **dict.fromkeys(("人员角色", "系统角色"), "角色"),
}
#: The head stands near the top.
_TOP = 30
_EMPTY = frozenset({"无", "/", "／", "\\", "-", "—", "——", "－", "暂无", "没有", "空"})
_REMARK = re.compile(
    r"(?:[(（]?[一二三四五六七八九十\d]+[)）、.．]\s*)?"
    r"(?:备?注|说明|填表说明|填表人?|填报人?|填报单位|填报日期|填表日期|制表人?|制表日期|审核人?|审批人?|复核人?|校对"
    r"|联系人|联系电话|单位负责人|负责人签字|单位[(（]盖章[)）]|盖章|日期|合计|共计|总计|小计)"
    r"(?:[(（][^)）]*[)）])?\s*(?:[:：]|$|\d)"
)
_DEPARTMENT_MARKS = "、；;/／"
#: What the name of a department ends with.
_ENDINGS = (*"局委办院所站队处科厅馆", "中心", "公司")


@dataclass(frozen=True, slots=True)
class Entry:
    """One row under the head: its number, its sheet, and its cells by column."""

    line: int
    sheet: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Layout:
    """The rows that should be people, in order, and what was left aside (line, what stands there)."""

    entries: Sequence[Entry]
    aside: Sequence[tuple[int, str]]


class NoHead(Exception):
    """No sheet has the head of a directory. `line` is the row that comes nearest, `missing` what it lacks."""

    def __init__(self, line: int, found: Sequence[str], missing: Sequence[str], twice: Sequence[str]) -> None:
        super().__init__("、".join(missing))
        self.line, self.found, self.missing, self.twice = line, found, missing, twice


class TooWide(Exception):
    """A row of a .csv has more cells than its head."""

    def __init__(self, line: int, width: int) -> None:
        super().__init__(str(line))
        self.line, self.width = line, width


def header() -> tuple[str, ...]:
    """The columns of the directory file: ours and one for each platform."""
    return (*OWN_COLUMNS, *(known.column for known in KNOWN.values()))


def lay_out(tables: Sequence[Table]) -> Layout:
    """Find the people of all sheets that have a head. Raises NoHead or TooWide."""
    heads = [(table, head) for table in tables if (head := _head(table)) is not None]
    if not heads:
        raise _nearest(tables)
    entries: list[Entry] = []
    aside: list[tuple[int, str]] = []
    for table, head in heads:
        for row in _under(table, head, several=len(heads) > 1):
            (entries if isinstance(row, Entry) else aside).append(row)  # type: ignore[arg-type]
    return Layout(entries, aside)


# The head


@dataclass(frozen=True, slots=True)
class _Head:
    place: int
    line: int
    columns: Mapping[str, int]
    width: int
    missing: Sequence[str]
    twice: Sequence[str]
    found: Sequence[str]


def _head(table: Table) -> _Head | None:
    return next((head for head in _candidates(table) if not head.missing and not head.twice), None)


def _candidates(table: Table) -> Iterator[_Head]:
    for place, (line, cells) in enumerate(table.lines[:_TOP]):
        names = _columns(cells)
        columns = {name: names.index(name) for name in header() if name in names}
        accounts = [known.column for known in KNOWN.values()]
        missing = [name for name in OWN_COLUMNS if name not in columns]
        if not any(name in columns for name in accounts):
            missing.append("或".join(accounts))
        twice = [name for name in columns if names.count(name) > 1]
        shown = [cell for cell in cells if cell]
        width = max((number for number, cell in enumerate(cells, start=1) if cell), default=0)
        yield _Head(place, line, columns, width, missing, twice, shown)


def _nearest(tables: Sequence[Table]) -> NoHead:
    """What to tell when no row is a head: of the one that has most of the columns."""
    candidates = [head for table in tables for head in _candidates(table) if head.found]
    if not candidates:
        return NoHead(1, (), (), ())
    best = max(candidates, key=lambda head: len(head.columns))
    return NoHead(best.line, best.found, best.missing, best.twice)


def _columns(cells: Sequence[str]) -> list[str]:
    """Which column each cell of a head means, "" for one of no meaning here; the very name goes before another."""
    names = [_column(cell) for cell in cells]
    literal = {name for name, alias in names if not alias}
    return ["" if alias and name in literal else name for name, alias in names]


def _column(cell: str) -> tuple[str, bool]:
    """Which column a head means, and whether by another name than ours."""
    name = re.sub(r"[(（【\[].*?[)）】\]]|[\s*＊:：]", "", unicodedata.normalize("NFKC", cell))
    name = name.replace("帐号", "账号").replace("企微", "企业微信").lower()
    for known in KNOWN.values():
        if name in {known.column.lower(), *(f"{known.title}{word}" for word in ("userid", "id", "用户id"))}:
            return known.column, name != known.column.lower()
    return (name, False) if name in OWN_COLUMNS else (_ALIASES.get(name, ""), True)


# The rows


def _under(table: Table, head: _Head, *, several: bool) -> Iterator[Entry | tuple[int, str]]:
    before = dict.fromkeys(PLACE, "")
    for line, cells in table.lines[head.place + 1 :]:
        own = [cell for cell in cells if cell and not isinstance(cell, Filled)]
        found = {name: _value(cells, column) for name, column in head.columns.items()}
        if not own or _again(cells, head):
            continue
        if _is_aside(own, found, cells, head):
            yield line, " ".join(own)[:40]
            continue
        if not table.name and any(cells[head.width :]):
            raise TooWide(line, head.width)
        for name in PLACE:
            # Merged, or written once for all the rows below.
            before[name] = found[name] = found[name] or before[name]
        yield Entry(line, table.name if several else "", {name: found.get(name, "") for name in header()})


def _value(cells: Sequence[str], column: int) -> str:
    cell = cells[column] if column < len(cells) else ""
    return "" if cell in _EMPTY else cell


def _again(cells: Sequence[str], head: _Head) -> bool:
    """Whether the head is repeated, as on every printed page."""
    names = _columns(cells)
    return all(column < len(names) and names[column] == name for name, column in head.columns.items())


def _is_aside(own: Sequence[str], found: Mapping[str, str], cells: Sequence[str], head: _Head) -> bool:
    """Whether a row is a remark, a footer, a heading between the people, or a number with nobody behind it."""
    if _REMARK.match(own[0]):
        return True
    personal = [name for name in head.columns if name not in PLACE and name != "部门"]
    if any(found[name] for name in personal):
        return False
    # Nobody: only what stands alone outside the department's column is taken for a heading or a number.
    department = head.columns["部门"]
    written = department < len(cells) and cells[department] and not isinstance(cells[department], Filled)
    return len(own) == 1 and not (written and found["部门"])


def tidy(cell: str) -> str:
    """A cell as it is meant: without line breaks, invisible signs and the space that makes two characters as wide as
    three."""
    text = "".join(sign for sign in cell if unicodedata.category(sign) not in {"Cf", "Cc"} or sign.isspace())
    text = re.sub(r"[\r\n\t]+", "", text).strip()
    without = re.sub(r"\s+", "", text)
    return without if without and all(unicodedata.east_asian_width(sign) in "WF" for sign in without) else text


def parts(cell: str, marks: str) -> Iterable[str]:
    """What a cell lists, divided by any of these marks."""
    return (part for part in (tidy(part) for part in re.split(f"[{marks}]+", cell)) if part)


def listed_departments(cell: str) -> Iterable[str]:
    """The departments a cell lists. A line break divides two names; inside one it only makes room."""
    lines = [tidy(line) for line in cell.splitlines() if tidy(line)]
    whole = all(line.endswith(_ENDINGS) for line in lines)
    return parts("、".join(lines) if whole else "".join(lines), _DEPARTMENT_MARKS)
