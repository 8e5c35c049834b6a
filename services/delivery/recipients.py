"""The ways to reach whoever a message is for, best first: the group, then the liaisons on duty one-to-one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.vocabulary import Role
from models.people import Department
from models.queues import OutboxRow
from platforms.contract import NOTICE_PREFIX, Place, Recipient
from services.directory.deputies import on_duty
from services.directory.people import PersonCard, chats_of, people, person
from services.store.app import AppContext


@dataclass(frozen=True, slots=True)
class Target:
    """One place a message goes to, and who reads it there. Nobody waits for an `extra` one that fails."""

    platform: str
    to: Recipient
    reader: PersonCard | None = None
    extra: bool = False


async def routes_to(row: OutboxRow, platforms: Collection[str], now: datetime) -> list[list[Target]]:
    """Each way is a list of places that all get the message; the next way is for when none of them could.

    Beside the liaisons a department's one-way notice channel says in the group that something has come.
    """
    if row.person_id is not None:
        reader = await person(row.person_id)
        return [[target] for target in _accounts(reader, platforms)] if reader else []
    if row.department_id is None:
        return []
    groups = [
        Target(chat.platform, Recipient(Place.CHAT, chat.chat_id))
        for chat in await chats_of(row.department_id)
        if chat.platform in platforms and chat.state == "ok"
    ]
    department = await Department.get(id=row.department_id)
    liaisons = targets(await liaisons_on_duty(department.centre_id, department.id, now), platforms)
    board = Recipient(Place.CHAT, f"{NOTICE_PREFIX}{department.name}")
    notices = [Target(platform, board, extra=True) for platform in platforms] if liaisons else []
    return [*([group] for group in groups), [*liaisons, *notices]] if liaisons else [[group] for group in groups]


async def office_opening(app: AppContext, row: OutboxRow) -> datetime | None:
    """When a message for a department may be sent, if not now: nothing unasked reaches one outside office hours.

    None for what may go now, and for what is for the centre's own people.
    """
    if row.department_id is not None:
        centre_id = (await Department.get(id=row.department_id)).centre_id
    else:
        reader = await person(row.person_id) if row.person_id is not None else None
        if reader is None or not reader.departments:
            return None
        centre_id = reader.centre_id
    now = app.clock.now()
    opening = app.calendar_of(centre_id).next_open(now)
    return opening if opening > now else None


def targets(readers: Sequence[PersonCard], platforms: Collection[str]) -> list[Target]:
    """One-to-one: each reader on the first platform that is configured."""
    return [target for reader in readers for target in _accounts(reader, platforms)[:1]]


def _accounts(reader: PersonCard, platforms: Collection[str]) -> list[Target]:
    """Everywhere a person can be reached one-to-one, best first."""
    return [
        Target(platform, Recipient(Place.PERSON, account), reader)
        for platform, account in reader.accounts.items()
        if platform in platforms
    ]


async def names_on_duty(department_id: int | None, now: datetime) -> tuple[str, ...]:
    """The names a department's group card calls; none in a group that is no department's."""
    department = await Department.get_or_none(id=department_id) if department_id else None
    if department is None:
        return ()
    return tuple(card.name for card in await liaisons_on_duty(department.centre_id, department.id, now))


async def liaisons_on_duty(centre_id: int, department_id: int, now: datetime) -> list[PersonCard]:
    """The department's liaisons, with deputies in the place of those away."""
    return await on_duty(await people(centre_id, role=Role.LIAISON, department_id=department_id), now)
