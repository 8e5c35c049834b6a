"""`yousu org import`: bring the directory to what the file says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.bookkeeping import MetaRow
from models.people import Account, Centre, Department, Person, Post, whole
from models.sealing import Sealer
from platforms.known import KNOWN
from services.directory.file import read_directory
from services.directory.persons import FileRow
from services.store.journal import watched

IMPORTED_AT = "directory_imported_at"


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """How many of each the import added, changed or deactivated, and the rows of the file that are no people."""

    centres_added: int
    departments_added: int
    departments_deactivated: int
    people_added: int
    people_changed: int
    people_deactivated: int
    people: int
    aside: Sequence[tuple[int, str]] = ()


async def import_directory(content: bytes, filename: str, now: datetime, sealer: Sealer) -> ImportSummary:
    """Bring the directory to what the file says: upsert by account, deactivate what it no longer names.

    Raises BadDirectory with every bad row; nothing is imported then. What changed goes into the journal.
    """
    read = read_directory(content, filename)
    rows = read.people
    async with watched(sealer, now, "centres", "departments", "persons"):
        centres, centres_added = await _import_centres(rows)
        departments, departments_added = await _import_departments(rows, centres)
        added, changed, kept = await _import_people(rows, centres, departments)
        summary = ImportSummary(
            centres_added,
            departments_added,
            await _deactivate(Department, {department.id for department in departments.values()}),
            added,
            changed,
            await _deactivate(Person, kept),
            len(rows),
            read.aside,
        )
        await MetaRow.update_or_create(key=IMPORTED_AT, defaults={"value": now.isoformat()})
    return summary


async def _import_centres(rows: Sequence[FileRow]) -> tuple[dict[str, Centre], int]:
    known = {centre.name: centre for centre in await Centre.all()}
    added = 0
    for row in rows:
        centre = known.get(row.centre)
        if centre is None:
            known[row.centre] = await Centre.create(name=row.centre, level=row.level)
            added += 1
        elif centre.level != row.level:
            centre.level = row.level
            await centre.save(update_fields=["level"])
    return known, added


async def _import_departments(
    rows: Sequence[FileRow], centres: Mapping[str, Centre]
) -> tuple[dict[tuple[str, str], Department], int]:
    known = {(department.centre_id, department.name): department for department in await Department.all()}
    wanted: dict[tuple[str, str], Department] = {}
    added = 0
    for row in rows:
        for name in row.departments:
            if (row.centre, name) in wanted:
                continue
            department = known.get((centres[row.centre].id, name))
            if department is None:
                department = await Department.create(centre=centres[row.centre], name=name)
                added += 1
            elif not department.active:
                department.active = True
                await department.save(update_fields=["active"])
            wanted[row.centre, name] = department
    return wanted, added


async def _import_people(
    rows: Sequence[FileRow], centres: Mapping[str, Centre], departments: Mapping[tuple[str, str], Department]
) -> tuple[int, int, set[int]]:
    """Returns how many were added and changed, and the ids of everybody in the file."""
    known = await whole(Person.all())
    holders = _match(rows, known)
    await _let_go(rows, holders)  # first, so that accounts can change hands within one file
    added, changed = 0, 0
    kept: set[int] = set()
    for place, row in enumerate(rows):
        theirs = [departments[row.centre, name].id for name in row.departments]
        further = theirs[1:]
        columns: dict[str, Any] = {
            "centre_id": centres[row.centre].id,
            "department_id": theirs[0] if theirs else None,
            "name": row.name,
            "roles": [role.value for role in row.roles],
            "active": True,
        }
        person = holders.get(place)
        before = person.held if person else {}
        posts = person.posts if person else ()
        if person is None:
            person = await Person.create(**columns)
            added += 1
        elif (before, sorted(posts)) != (row.accounts, sorted(further)) or any(
            getattr(person, name) != value for name, value in columns.items()
        ):
            await Person.filter(id=person.id).update(**columns)
            changed += 1
        for platform, account in row.accounts.items():
            if before.get(platform) != account:
                await Account.create(person_id=person.id, platform=platform, account=account)
        await Post.filter(person_id=person.id, department_id__in=set(posts) - set(further)).delete()
        for department in further:
            if department not in posts:
                await Post.create(person_id=person.id, department_id=department)
        kept.add(person.id)
    return added, changed, kept


async def _deactivate(table: type[Department] | type[Person], kept: set[int]) -> int:
    gone = set(await table.filter(active=True).values_list("id", flat=True)) - kept
    return await table.filter(id__in=gone).update(active=False) if gone else 0


def _match(rows: Sequence[FileRow], known: Sequence[Person]) -> dict[int, Person]:
    """Which known person each row is: by the first platform's account, then by the next one's; each person once."""
    found: dict[int, Person] = {}
    taken: set[int] = set()
    for platform in KNOWN:
        holders = {person.held[platform].lower(): person for person in known if platform in person.held}
        for place, row in enumerate(rows):
            person = holders.get(row.accounts.get(platform, "").lower())
            if person is not None and place not in found and person.id not in taken:
                found[place] = person
                taken.add(person.id)
    return found


async def _let_go(rows: Sequence[FileRow], holders: Mapping[int, Person]) -> None:
    """Let go of every account that the file gives to somebody else, or whose holder has another one or none there."""
    wanted = {person.id: rows[place].accounts for place, person in holders.items()}
    claimed = {(platform, account.lower()) for row in rows for platform, account in row.accounts.items()}
    gone = [
        held.id
        for held in await Account.all()
        if (
            wanted[held.person_id].get(held.platform) != held.account
            if held.person_id in wanted
            else (held.platform, held.account.lower()) in claimed
        )
    ]
    await Account.filter(id__in=gone).delete()
