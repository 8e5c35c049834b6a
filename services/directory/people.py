"""The directory of centres, departments, persons and chats: importing it, and asking it.

Callers get frozen cards, never rows. Whoever is inactive is not found by any question but `person`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from domain.case import Actor, Case
from domain.refusals import Refused
from domain.vocabulary import Role
from models.database import transaction
from models.people import Centre, Chat, Department, Person, Post, whole
from platforms.known import KNOWN
from services.directory.file import BadDirectory as BadDirectory
from services.directory.importing import ImportSummary as ImportSummary
from services.directory.importing import import_directory as import_directory


@dataclass(frozen=True, slots=True)
class CentreCard:
    """A service centre."""

    id: int
    name: str
    level: str


@dataclass(frozen=True, slots=True)
class DepartmentCard:
    """A department of a centre."""

    id: int
    centre_id: int
    name: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class PersonCard:
    """A person. `accounts` maps a platform to the account as it is sent to; `department` is "" for the centre's own,
    and `further` are the ids of the others that somebody serves who is the liaison of several.
    """

    id: int
    name: str
    centre_id: int
    centre: str
    department_id: int | None
    department: str
    roles: frozenset[Role]
    accounts: Mapping[str, str] = field(hash=False)
    active: bool = True
    further: frozenset[int] = frozenset()

    @property
    def departments(self) -> frozenset[int]:
        """Every department the person serves; empty for the centre's own."""
        return self.further | ({self.department_id} if self.department_id is not None else frozenset())


@dataclass(frozen=True, slots=True)
class ChatCard:
    """A group chat; `department_id` is None until it is bound, `state` is "ok" or why it cannot be reached."""

    platform: str
    chat_id: str
    title: str
    department_id: int | None
    state: str


@dataclass(frozen=True, slots=True)
class Match:
    """What a typed department name means: one department, or candidates to choose from, or neither."""

    department: DepartmentCard | None
    candidates: tuple[DepartmentCard, ...] = ()


# Asking


async def first_centre() -> CentreCard | None:
    """The centre the directory file named first, None while nothing is imported."""
    row = await Centre.all().order_by("id").first()
    return _centre_card(row) if row else None


async def centre(centre_id: int) -> CentreCard | None:
    """The centre of this id."""
    row = await Centre.get_or_none(id=centre_id)
    return _centre_card(row) if row else None


async def centre_named(name: str) -> CentreCard | None:
    """The centre of exactly this name."""
    row = await Centre.get_or_none(name=name.strip())
    return _centre_card(row) if row else None


#: The levels of centres from below.
LEVELS = ("乡镇街道", "县区", "市")


async def centre_above(below: CentreCard) -> CentreCard | None:
    """The centre one level up, or two where there is none between; of several the one whose name is most alike.

    None for a centre nothing stands above.
    """
    rank = LEVELS.index(below.level) if below.level in LEVELS else len(LEVELS)
    for level in LEVELS[rank + 1 :]:
        found = [_centre_card(row) for row in await Centre.filter(level=level).order_by("id")]
        if found:
            return max(found, key=lambda card: (_alike(card.name, below.name), -card.id))
    return None


def _alike(one: str, other: str) -> int:
    """How many characters two names begin with together."""
    return next(
        (place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]),
        min(len(one), len(other)),
    )


async def departments(centre_id: int) -> list[DepartmentCard]:
    """The active departments of a centre, in the file's order."""
    return [_department_card(row) for row in await Department.filter(centre_id=centre_id, active=True).order_by("id")]


async def department(department_id: int) -> DepartmentCard | None:
    """The department of this id, also when inactive."""
    row = await Department.get_or_none(id=department_id)
    return _department_card(row) if row else None


async def department_names(centre_id: int) -> list[str]:
    """Names of the active departments, for the text parser."""
    return [card.name for card in await departments(centre_id)]


async def department_named(centre_id: int, text: str) -> Match:
    """The department a person means by `text`.

    The exact name, else the only one that starts with it, contains it, or is abbreviated by it; when the first of
    these rules that fits at all fits several, they come back as candidates.
    """
    wanted = "".join(text.split())
    known = await departments(centre_id)
    for fits in _FITS if wanted else ():
        found = tuple(card for card in known if fits(card.name, wanted))
        if found:
            return Match(found[0] if len(found) == 1 else None, found if len(found) > 1 else ())
    return Match(None)


async def recognise(centre_id: int, texts: Iterable[str]) -> list[str]:
    """The departments of a centre that forwarded texts speak of, however long or short their names are written."""
    known = await departments(centre_id)
    found: dict[str, None] = {}
    for text in texts:
        spoken = "".join(text.split())
        for fits in _FITS:
            named = [card.name for card in known if spoken and (fits(card.name, spoken) or fits(spoken, card.name))]
            if len(named) == 1:
                found[named[0]] = None
            if named:
                break
    return list(found)


def _abbreviates(name: str, wanted: str) -> bool:
    """Whether the characters come in this order in the name, the way 人社局 is 人力资源和社会保障局."""
    rest = iter(name)
    return len(wanted) > 1 and name[-1] == wanted[-1] and all(character in rest for character in wanted)


_FITS = (str.__eq__, str.startswith, str.__contains__, _abbreviates)


async def person(person_id: int) -> PersonCard | None:
    """The person of this id, also when inactive."""
    found = await whole(Person.filter(id=person_id))
    return _person_card(found[0]) if found else None


async def person_by_account(platform: str, account: str) -> PersonCard | None:
    """The active person who holds this account; capitals do not matter."""
    if not account:
        return None
    held = {"accounts__platform": platform, "accounts__account__iexact": account.strip()}
    found = await whole(Person.filter(active=True, **held).limit(1))
    return _person_card(found[0]) if found else None


async def people(
    centre_id: int, *, role: Role | str | None = None, department_id: int | None = None
) -> list[PersonCard]:
    """Active people of a centre, narrowed to a role, to a department, or both; in the file's order."""
    rows = Person.filter(centre_id=centre_id, active=True).order_by("id")
    if department_id is not None:
        further = await Post.filter(department_id=department_id).values_list("person_id", flat=True)
        rows = rows.filter(
            id__in={*await rows.filter(department_id=department_id).values_list("id", flat=True), *further}
        )
    cards = [_person_card(row) for row in await whole(rows)]
    return [card for card in cards if role is None or role in card.roles]


def actor_of(card: PersonCard, via: str = "chat") -> Actor:
    """The person as the rules see an actor; `via` is the door they came through."""
    return Actor(card.id, card.name, card.roles, card.centre_id, card.department_id, via, card.further)


def department_on(card: PersonCard, actor: Actor, case: Case | None) -> int | None:
    """For which of their departments a person reads a case; None for the centre's own, whoever they stand in for."""
    if card.department_id is None:
        return None
    return actor.on(case).department if case is not None else card.department_id


# Chats


async def chat(platform: str, chat_id: str) -> ChatCard | None:
    """What is known of this chat."""
    row = await Chat.get_or_none(platform=platform, chat_id=chat_id)
    return _chat_card(row) if row else None


async def chats_of(department_id: int) -> list[ChatCard]:
    """The chats bound to a department, the most recently seen first."""
    return [_chat_card(row) for row in await Chat.filter(department_id=department_id).order_by("-seen_at", "id")]


async def note_chat(platform: str, chat_id: str, now: datetime, title: str = "") -> ChatCard:
    """The bot heard something in this chat, so the chat exists and can be reached again."""
    return await _put_chat(platform, chat_id, {"seen_at": now, "state": "ok", **({"title": title} if title else {})})


async def bind_chat(platform: str, chat_id: str, department_id: int, now: datetime) -> ChatCard:
    """Make this chat the group of a department; what it was bound to before no longer holds.

    Raises `Refused` when it is the group of another centre's department: only that centre gives it away.
    """
    async with transaction():
        bound = await Chat.filter(platform=platform, chat_id=chat_id).select_related("department__centre").first()
        wanted = await Department.get(id=department_id)
        if bound is not None and bound.department is not None and bound.department.centre_id != wanted.centre_id:
            centre_name = bound.department.centre.name
            raise Refused("group_elsewhere", department=bound.department.name, centre=centre_name)
        return await _bind(platform, chat_id, department_id, now)


async def _bind(platform: str, chat_id: str, department_id: int, now: datetime) -> ChatCard:
    return await _put_chat(platform, chat_id, {"seen_at": now, "state": "ok", "department_id": department_id})


async def mark_chat(platform: str, chat_id: str, state: str) -> None:
    """Note why a chat cannot be reached (a platform's code); `note_chat` or `bind_chat` makes it "ok" again."""
    await Chat.filter(platform=platform, chat_id=chat_id).update(state=state)


async def _put_chat(platform: str, chat_id: str, columns: Mapping[str, object]) -> ChatCard:
    row, _ = await Chat.update_or_create(platform=platform, chat_id=chat_id, defaults=dict(columns))
    return _chat_card(row)


# Cards


def _centre_card(row: Centre) -> CentreCard:
    return CentreCard(row.id, row.name, row.level)


def _department_card(row: Department) -> DepartmentCard:
    return DepartmentCard(row.id, row.centre_id, row.name, row.active)


def _person_card(row: Person) -> PersonCard:
    held = row.held
    accounts = {platform: held[platform] for platform in KNOWN if platform in held}
    return PersonCard(
        id=row.id,
        name=row.name,
        centre_id=row.centre_id,
        centre=row.centre.name,
        department_id=row.department_id,
        department=row.department.name if row.department else "",
        roles=frozenset(Role(role) for role in row.roles),
        accounts=accounts,
        active=row.active,
        further=frozenset(row.posts),
    )


def _chat_card(row: Chat) -> ChatCard:
    return ChatCard(row.platform, row.chat_id, row.title, row.department_id, row.state)
