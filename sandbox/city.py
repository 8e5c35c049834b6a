"""Who lives in the practice city: people, groups, departments and the bot's credentials, read from one JSON file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sandbox.clock import parse

HERE = Path(__file__).parent
DEFAULT_CITY = HERE / "city.json"
SAMPLES = HERE / "samples.json"


class CityError(ValueError):
    """The city file contradicts itself; the text says where."""


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the corp. `id` is the userid; `licensed` False puts them in `unlicenseduser`."""

    id: str
    name: str
    centre: str
    level: str
    department: str
    roles: tuple[str, ...]
    units: tuple[int, ...]
    playable: bool = True
    licensed: bool = True

    @property
    def open_id(self) -> str:
        """The ciphertext userid a bot made by an ordinary member would see."""
        return "wo" + hashlib.sha256(f"open:{self.id}".encode()).hexdigest()[:30]


@dataclass(slots=True)
class Group:
    """A group chat. `by_app`: created through appchat/create; `bot_inside` False: the aibot was removed."""

    chatid: str
    name: str
    members: list[str]
    department: str = ""
    webhook_key: str = ""
    by_app: bool = False
    bot_inside: bool = True


@dataclass(frozen=True, slots=True)
class Corp:
    """The self-built application's credentials."""

    corp_id: str
    agent_id: int
    secret: str
    token: str
    aes_key: str
    app_name: str


@dataclass(frozen=True, slots=True)
class Bot:
    """The 智能机器人's credentials; `hides_userids` makes it see ciphertext userids."""

    bot_id: str
    secret: str
    name: str
    hides_userids: bool = False


@dataclass(frozen=True, slots=True)
class Intake:
    """The hotline's key to the bot's intake API."""

    key_id: str
    secret: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A department of the corp's 通讯录."""

    id: int
    name: str
    parent: int


@dataclass(slots=True)
class City:
    """Everything the city file says."""

    name: str
    start: datetime
    corp: Corp
    bot: Bot
    intake: Intake
    units: dict[int, Unit]
    people: dict[str, Person]
    groups: dict[str, Group]
    samples: list[dict[str, str]] = field(default_factory=list)

    def person(self, userid: str) -> Person | None:
        """A member by userid, which WeCom compares without case."""
        return self.people.get(userid.lower())

    def anyone(self, userid: str) -> Person | None:
        """A member by userid or by ciphertext userid."""
        return self.person(userid) or next((p for p in self.people.values() if p.open_id == userid), None)

    def shown_to_bot(self, person: Person) -> str:
        """The id the aibot's frames carry for this person."""
        return person.open_id if self.bot.hides_userids else person.id

    def members_of(self, unit: int) -> list[Person]:
        """The members of a department, not of its sub-departments."""
        return [person for person in self.people.values() if unit in person.units]

    def everyone_under(self, unit: int) -> list[Person]:
        """The members of a department and of all below it."""
        below = {unit}
        for candidate in self.units.values():
            if candidate.parent in below:
                below.add(candidate.id)
        return [person for person in self.people.values() if below & set(person.units)]

    def group_by_webhook(self, key: str) -> Group | None:
        """The group a webhook key posts into."""
        return next((group for group in self.groups.values() if group.webhook_key == key), None) if key else None


def _people(rows: Iterable[Mapping[str, Any]]) -> dict[str, Person]:
    people: dict[str, Person] = {}
    for row in rows:
        person = Person(**{**row, "roles": tuple(row["roles"]), "units": tuple(row["units"])})
        if person.id.lower() in people:
            raise CityError(f"two people are called {person.id}")
        people[person.id.lower()] = person
    return people


def load(path: Path = DEFAULT_CITY) -> City:
    """Read a city. Raises `CityError` (or OSError, KeyError, JSON errors) when the file is no city."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    people = _people(raw["people"])
    groups = {row["chatid"]: Group(**row) for row in raw["groups"]}
    units = {row["id"]: Unit(**row) for row in raw["units"]}
    for group in groups.values():
        strangers = [member for member in group.members if member.lower() not in people]
        if strangers:
            raise CityError(f"group {group.chatid} has members nobody knows: {', '.join(strangers)}")
    for person in people.values():
        if not set(person.units) <= set(units):
            raise CityError(f"{person.id} belongs to a department that does not exist")
    return City(
        name=raw["name"],
        start=parse(raw["start"]),
        corp=Corp(**raw["corp"]),
        bot=Bot(**raw["bot"]),
        intake=Intake(**raw["intake"]),
        units=units,
        people=people,
        groups=groups,
        samples=json.loads(SAMPLES.read_text(encoding="utf-8")),
    )
