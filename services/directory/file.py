"""The directory file, read and checked: a sheet in, people or a list of everything that is wrong out. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from domain.vocabulary import Role
from platforms.known import KNOWN
from services.directory.accounts import LOST_ZERO, account_fault, lost_zero
from services.directory.layout import Entry, NoHead, TooWide, header, lay_out, listed_departments, parts, tidy
from services.directory.persons import FileRow, joined
from services.files.tables import read_tables
from services.files.text import TooBig, Unreadable

HEADER = header()
LEVELS = ("市", "县区", "乡镇街道")
_LEVEL_WORDS: dict[str, str] = {
    **dict.fromkeys(("市", "市级", "地市", "设区市"), "市"),
    **dict.fromkeys(("县区", "区县", "县", "区", "县级", "区级", "县区级", "县市区", "区县级", "市县区"), "县区"),
    **dict.fromkeys(
        ("乡镇街道", "乡镇", "街道", "乡", "镇", "镇街", "乡镇级", "街道乡镇", "乡镇办", "乡镇街道级", "镇街道"),
        "乡镇街道",
    ),
}
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
MAX_LENGTH = 200
_ROLE_MARKS = r"、，,/／;；|｜\\+＋\s"

Fault = tuple[int, str]


class BadDirectory(Exception):
    """The file was refused and nothing of it imported. `errors` are (line, what is wrong and what to do)."""

    def __init__(self, errors: Sequence[Fault]) -> None:
        super().__init__("\n".join(f"第 {line} 行：{message}" for line, message in errors))
        self.errors = list(errors)


@dataclass(frozen=True, slots=True)
class DirectoryFile:
    """The people of a file, and the rows that were taken for titles, remarks and footers."""

    people: Sequence[FileRow]
    aside: Sequence[Fault]


def read_directory(content: bytes, filename: str) -> DirectoryFile:
    """Read and check a whole file. Raises BadDirectory with every fault found."""
    if len(content) > MAX_BYTES:
        raise BadDirectory([(1, f"文件超过 {MAX_BYTES // 1_000_000} MB，不像是通讯录，请检查")])
    if not content.strip():
        raise BadDirectory([(1, "文件是空的")])
    try:
        layout = lay_out(read_tables(content, filename))
    except TooBig as error:
        raise BadDirectory([(error.line, f"{error}（不像是通讯录）")]) from error
    except Unreadable as error:
        raise BadDirectory([(error.line, str(error))]) from error
    except NoHead as error:
        raise BadDirectory([(error.line, _about_the_head(error))]) from error
    except TooWide as error:
        told = f"多出了内容，每行只有 {error.width} 列。内容里有逗号的，请用引号括起来，或改用顿号"
        raise BadDirectory([(error.line, told)]) from error
    if not layout.entries:
        raise BadDirectory([(2, "表头下面没有人员，未导入（空表会停用所有人）")])
    errors: list[Fault] = []
    rows: list[FileRow] = []
    for entry in layout.entries:
        row, faults = _check_row(entry)
        errors += [_fault(entry, told) for told in faults]
        rows += [row] if row else []
    errors += [*_zeros(layout.entries), *_levels(rows)]
    people, clashes = joined(rows)
    errors += [_fault(clash.row, clash.told) for clash in clashes]
    if errors:
        raise BadDirectory(sorted(errors))
    return DirectoryFile(people, layout.aside)


def _about_the_head(error: NoHead) -> str:
    wanted = f"表头应为“{','.join(header())}”（顺序不限，可以有别的列）"
    if error.twice:
        return f"{wanted}，现在“{'、'.join(error.twice)}”有两列，请只留一列"
    found = f"，现在是“{','.join(error.found)}”" if error.found else "，没有找到"
    return f"{wanted}{found}" + (f"，缺少：{'、'.join(error.missing)}" if error.missing else "")


def _fault(at: Entry | FileRow, told: str) -> Fault:
    """A fault of a row; where several sheets have people, it says on which."""
    return at.line, f"工作表“{at.sheet}”：{told}" if at.sheet else told


def _check_row(entry: Entry) -> tuple[FileRow | None, list[str]]:
    centre, level, name = (tidy(entry.cells[column]) for column in ("中心", "层级", "姓名"))
    level = _LEVEL_WORDS.get(re.sub(r"[^\w]", "", level), level)
    departments = tuple(dict.fromkeys(listed_departments(entry.cells["部门"])))
    roles = list(parts(entry.cells["角色"], _ROLE_MARKS))
    accounts = {platform: entry.cells[known.column] for platform, known in KNOWN.items()}
    faults = [f"“{title}”不能为空" for title, value in (("中心", centre), ("姓名", name)) if not value]
    values = [centre, level, *departments, name, *accounts.values()]
    faults += [told for wrong, told in _faults(values, level, departments, roles, accounts) if wrong]
    if faults:
        return None, faults
    held = {
        platform: account.lower() if KNOWN[platform].ignores_case else str(account)
        for platform, account in accounts.items()
        if account
    }
    kinds = tuple(dict.fromkeys(Role(role) for role in roles))
    return FileRow(entry.line, entry.sheet, centre, level, departments, name, kinds, held), []


def _faults(
    values: Sequence[str], level: str, departments: Sequence[str], roles: Sequence[str], accounts: Mapping[str, str]
) -> Iterable[tuple[bool, str]]:
    """Every rule of one row, as (broken?, what to tell)."""
    columns = "和".join(f"“{known.column}”" for known in KNOWN.values())
    unknown = [role for role in roles if role not in set(ROLES)]
    homeless = [role for role in roles if role in set(DEPARTMENT_ROLES)]
    yield level not in LEVELS, f"“层级”应为 {'、'.join(LEVELS)} 之一，现在是“{level}”"
    yield not roles, f"“角色”不能为空，可填 {'、'.join(ROLES)}"
    yield bool(unknown), f"没有“{'、'.join(unknown)}”这种角色，可填 {'、'.join(ROLES)}，多个角色用顿号分隔"
    yield bool(homeless) and not departments, f"{'、'.join(homeless)}必须填写“部门”"
    yield not any(accounts.values()), f"{columns}至少填一个"
    for platform, account in accounts.items():
        fault = account_fault(account) if account else None
        yield fault is not None, f"“{KNOWN[platform].column}”的“{account[:MAX_LENGTH]}”{fault}"
    yield any(len(value) > MAX_LENGTH for value in values), f"有一栏超过 {MAX_LENGTH} 个字"


def _zeros(entries: Sequence[Entry]) -> Iterable[Fault]:
    """Accounts that lost their leading zero, seen beside the others of their column."""
    for known in KNOWN.values():
        written = [entry.cells[known.column] for entry in entries]
        lost = lost_zero(account for account in written if account_fault(account) is None)
        for entry in entries:
            account = entry.cells[known.column]
            if account in lost:
                yield _fault(entry, f"“{known.column}”的“{account}”{LOST_ZERO}")


def _levels(rows: Sequence[FileRow]) -> Iterable[Fault]:
    """A centre with two levels."""
    levels: dict[str, FileRow] = {}
    for row in rows:
        first = levels.setdefault(row.centre, row)
        if first.level != row.level:
            told = f"“{row.centre}”的层级前后不一致：{first.where}是“{first.level}”，这里是“{row.level}”"
            yield _fault(row, told)
