"""Rows of one account are one person: the liaison of several departments has a row for each. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from domain.vocabulary import CENTRE_ROLES, Role
from platforms.known import KNOWN

#: What somebody of the centre may be beside the liaison of a department.
_BESIDE = CENTRE_ROLES | {Role.HOTLINE, Role.PUBLISHER}


@dataclass(frozen=True, slots=True)
class FileRow:
    """One person as the file has it, at the place that names them first; `sheet` is "" where only one sheet has people.

    `departments` is empty for the centre's own people; `accounts` has one account a platform, in lower case where the
    platform ignores capitals.
    """

    line: int
    sheet: str
    centre: str
    level: str
    departments: tuple[str, ...]
    name: str
    roles: tuple[Role, ...]
    accounts: Mapping[str, str]

    @property
    def where(self) -> str:
        """The place in words, for another row's fault."""
        return f"工作表“{self.sheet}”第 {self.line} 行" if self.sheet else f"第 {self.line} 行"


@dataclass(frozen=True, slots=True)
class Clash:
    """A row that contradicts an earlier one, and what to tell."""

    row: FileRow
    told: str


def joined(rows: Sequence[FileRow]) -> tuple[list[FileRow], list[Clash]]:
    """The people behind the rows, in the order of their first ones, and the rows that contradict an earlier one."""
    people: list[FileRow] = []
    holders: dict[tuple[str, str], int] = {}
    clashes: list[Clash] = []
    for row in rows:
        keys = [(platform, account.lower()) for platform, account in row.accounts.items()]
        held = [key for key in keys if key in holders]
        known = sorted({holders[key] for key in held})
        if not known:
            people.append(row)
        else:
            first = people[known[0]]
            told = next((told for is_so, told in _contradictions(first, row, several=len(known) > 1) if is_so), None)
            if told is not None:
                clashes.append(Clash(row, f"{KNOWN[held[0][0]].column}与{first.where}重复。{told}"))
                continue
            people[known[0]] = _together(first, row)
        holders.update({key: known[0] if known else len(people) - 1 for key in keys if key not in holders})
    return people, clashes


def _contradictions(first: FileRow, row: FileRow, *, several: bool) -> Iterable[tuple[bool, str]]:
    """Why two rows of one account cannot be one person, as (so?, what to do)."""
    differ = any(
        account.lower() != first.accounts.get(platform, account).lower() for platform, account in row.accounts.items()
    )
    yield several or differ, "两行的账号只有一个相同，请核对是不是同一个人"
    yield first.name != row.name, f"那里的姓名是“{first.name}”，这里是“{row.name}”：一个账号只能给一个人"
    yield first.centre != row.centre, "一人只能属于一个中心"
    repeated = set(row.departments) <= set(first.departments) and bool(row.departments) == bool(first.departments)
    yield repeated, "一人在一个部门只占一行：多个角色用顿号写在同一行"
    yield not _agree(first, row), "一人负责几个部门时，每一行的角色要相同；角色不同的，请另派他人"


def _agree(first: FileRow, row: FileRow) -> bool:
    """Whether the roles of both rows may be one person's: a role is held in all of their departments."""
    if set(first.roles) == set(row.roles):
        return True
    return any(not one.departments and set(one.roles) <= _BESIDE for one in (first, row))


def _together(first: FileRow, row: FileRow) -> FileRow:
    return replace(
        first,
        departments=tuple(dict.fromkeys((*first.departments, *row.departments))),
        roles=tuple(dict.fromkeys((*first.roles, *row.roles))),
        accounts={**row.accounts, **first.accounts},
    )
