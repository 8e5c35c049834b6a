"""The directory file, read and checked: CSV or xlsx in, rows or a list of everything that is wrong out. Pure."""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.vocabulary import Role
from platforms.known import KNOWN

_OWN_COLUMNS = ("中心", "层级", "部门", "姓名", "角色")
HEADER = (*_OWN_COLUMNS, *(known.column for known in KNOWN.values()))
LEVELS = ("市", "县区", "乡镇街道")
ROLES = (
    Role.WINDOW,
    Role.MANAGER,
    Role.LEAD,
    Role.LIAISON,
    Role.SUPERIOR,
    Role.HOTLINE,
    Role.DISCIPLINE,
    Role.PUBLISHER,
)
DEPARTMENT_ROLES = (Role.LIAISON,)
MAX_BYTES = 10_000_000
MAX_UNPACKED_BYTES = 20_000_000
#: A sheet may claim its last row at 1,048,576 and its last column at 16,384, and every cell between them is made.
MAX_ROWS, MAX_COLUMNS = 20_000, 50
MAX_LENGTH = 200

Line = tuple[int, Sequence[Any]]


class BadDirectory(Exception):
    """The file was refused and nothing of it imported. `errors` are (line, what is wrong and what to do)."""

    def __init__(self, errors: Sequence[tuple[int, str]]) -> None:
        super().__init__("\n".join(f"第 {line} 行：{message}" for line, message in errors))
        self.errors = list(errors)


@dataclass(frozen=True, slots=True)
class FileRow:
    """One person as the file has it.

    `department` is "" for the centre's own people; `accounts` has one account a platform, in lower case where the
    platform ignores capitals.
    """

    line: int
    centre: str
    level: str
    department: str
    name: str
    roles: tuple[Role, ...]
    accounts: Mapping[str, str]


def read_directory(content: bytes, filename: str) -> list[FileRow]:
    """Read and check a whole file. Raises BadDirectory with every fault found."""
    if len(content) > MAX_BYTES:
        raise BadDirectory([(1, f"文件超过 {MAX_BYTES // 1_000_000} MB，不像是通讯录，请检查")])
    lines = _xlsx_lines(content) if filename.lower().endswith(".xlsx") else _csv_lines(content, filename)
    header = next(lines, None)
    if header is None:
        raise BadDirectory([(1, "文件是空的")])
    _check_header(header)
    checked = [_check_row(line, cells) for line, cells in lines if any(cells)]
    rows = [row for row, _ in checked if row is not None]
    errors = [error for _, found in checked for error in found]
    errors += _clashes(rows)
    if not checked:
        errors = [(2, "表头下面没有人员，未导入（空表会停用所有人）")]
    if errors:
        raise BadDirectory(sorted(errors))
    return rows


def _csv_lines(content: bytes, filename: str) -> Iterator[Line]:
    if not filename.lower().endswith(".csv"):
        raise BadDirectory([(1, "只能导入 .csv 或 .xlsx 文件")])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadDirectory([(1, "文件不是 UTF-8 编码，请在 Excel 中另存为“CSV UTF-8（逗号分隔）”或 .xlsx")]) from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    start = 1
    try:
        for cells in reader:
            yield start, [cell.strip() for cell in cells]
            start = reader.line_num + 1
    except csv.Error:
        raise BadDirectory([(start, "这一行的引号不成对，无法读取")]) from None


def _xlsx_lines(content: bytes) -> Iterator[Line]:
    from openpyxl import load_workbook  # half a second to import, and only this command needs it

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(member.file_size for member in packed.infolist()) > MAX_UNPACKED_BYTES:
                raise BadDirectory([(1, "文件解压后过大，不像是通讯录，请检查")])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            cells = book.worksheets[0].iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS, values_only=True)
            rows = [[_cell(value) for value in row] for row in cells]
            book.close()
            if len(rows) > MAX_ROWS:
                raise BadDirectory([(1, f"超过 {MAX_ROWS} 行，不像是通讯录：请删去表格末尾的空行，或分开导入")])
    except BadDirectory:
        raise
    except Exception as error:  # openpyxl has no error class of its own: a broken file raises anything
        raise BadDirectory([(1, "无法作为 .xlsx 文件打开，请重新另存后再导入")]) from error
    yield from enumerate(rows, start=1)


def _cell(value: Any) -> str:
    """A cell as the person sees it: a number that is whole has no decimals."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def _check_header(line: Line) -> None:
    number, cells = line
    found = list(cells)
    while found and not found[-1]:
        found.pop()
    if tuple(found) != HEADER:
        raise BadDirectory([(number, f"表头应为“{','.join(HEADER)}”，现在是“{','.join(map(str, found))}”")])


def _check_row(line: int, cells: Sequence[Any]) -> tuple[FileRow | None, list[tuple[int, str]]]:
    if any(cells[len(HEADER) :]):
        return None, [(line, f"多出了内容，每行只有 {len(HEADER)} 列")]
    values = [*map(str, cells[: len(HEADER)]), *[""] * (len(HEADER) - len(cells))]
    centre, level, department, name, role_text, *accounts = values
    roles = [part.strip() for part in role_text.split("、") if part.strip()]
    faults = [message for wrong, message in _faults(values, roles) if wrong]
    if faults:
        return None, [(line, message) for message in faults]
    row = FileRow(
        line,
        centre,
        level,
        department,
        name,
        tuple(dict.fromkeys(Role(role) for role in roles)),
        {
            platform: account.lower() if known.ignores_case else account
            for (platform, known), account in zip(KNOWN.items(), accounts, strict=True)
            if account
        },
    )
    return row, []


def _faults(values: Sequence[str], roles: Sequence[str]) -> Iterable[tuple[bool, str]]:
    """Every rule of one row, as (broken?, what to tell)."""
    centre, level, department, name, _, *accounts = values
    columns = "和".join(f"“{known.column}”" for known in KNOWN.values())
    unknown = [role for role in roles if role not in set(ROLES)]
    homeless = [role for role in roles if role in set(DEPARTMENT_ROLES)]
    return (
        (not centre, "“中心”不能为空"),
        (level not in LEVELS, f"“层级”应为 {'、'.join(LEVELS)} 之一，现在是“{level}”"),
        (not name, "“姓名”不能为空"),
        (not roles, f"“角色”不能为空，可填 {'、'.join(ROLES)}"),
        (bool(unknown), f"没有“{'、'.join(unknown)}”这种角色，可填 {'、'.join(ROLES)}，多个角色用顿号分隔"),
        (bool(homeless) and not department, f"{'、'.join(homeless)}必须填写“部门”"),
        (not any(accounts), f"{columns}至少填一个"),
        (any(part.isspace() for part in "".join(accounts)), "账号里不能有空格"),
        (any(len(value) > MAX_LENGTH for value in values), f"有一栏超过 {MAX_LENGTH} 个字"),
    )


def _clashes(rows: Sequence[FileRow]) -> list[tuple[int, str]]:
    """What is wrong between rows: an account twice, a centre with two levels."""
    errors: list[tuple[int, str]] = []
    levels: dict[str, FileRow] = {}
    seen: dict[tuple[str, str], FileRow] = {}
    for row in rows:
        first = levels.setdefault(row.centre, row)
        if first.level != row.level:
            errors.append(
                (row.line, f"“{row.centre}”的层级前后不一致：第 {first.line} 行是“{first.level}”，这里是“{row.level}”")
            )
        for platform, account in row.accounts.items():
            holder = seen.setdefault((platform, account.lower()), row)
            if holder is not row:
                errors.append((row.line, _twice(KNOWN[platform].column, holder.line)))
    return errors


def _twice(title: str, line: int) -> str:
    return (
        f"{title}与第 {line} 行重复。一人只占一行：多个角色用顿号写在同一行；"
        "一人负责两个部门时，只在一个部门任联络员，另一个部门请另派他人"
    )
