"""Who lives in the practice city: people, groups, departments and the bot's credentials, read from one JSON file."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sandbox.city.clock import parse

HERE = Path(__file__).parent
DEFAULT_CITY = HERE / "city.json"
SAMPLES = HERE / "samples.json"
WECOM = "wecom"
DINGTALK = "dingtalk"
MIXED = "mixed"
# kind of city -> the platforms in it
KINDS = {WECOM: (WECOM,), DINGTALK: (DINGTALK,), MIXED: (WECOM, DINGTALK)}


class CityError(ValueError):
    """The city file contradicts itself; the text says where."""


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the corp. `id` is the WeCom userid; `licensed` False puts them in `unlicenseduser`.

    `homes` are the platforms this person lives on in a mixed city, the home first; `accounts` those of this city.
    On DingTalk the person is `staff_id`; somebody from `outside` the organisation has none.
    """

    id: str
    name: str
    centre: str
    level: str
    department: str
    roles: tuple[str, ...]
    units: tuple[int, ...]
    playable: bool = True
    licensed: bool = True
    homes: tuple[str, ...] = (WECOM,)
    staff_id: str = ""
    unionid: str = ""
    outside: bool = False
    accounts: tuple[str, ...] = (WECOM,)

    @property
    def home(self) -> str:
        """The platform this person's `app` conversation is on; empty once they have left."""
        return self.accounts[0] if self.accounts else ""

    @property
    def sender_id(self) -> str:
        """DingTalk's encrypted id, which even outsiders have."""
        return "$:LWCP_v1:$" + base64.b64encode(hashlib.sha256(f"lwcp:{self.id}".encode()).digest()[:24]).decode()

    @property
    def single_chat_id(self) -> str:
        """The conversationId of this person's chat with the DingTalk robot."""
        return "cid" + base64.b64encode(hashlib.sha256(f"single:{self.id}".encode()).digest()).decode()

    @property
    def ding_chat(self) -> str:
        """What the control API calls this person's chat with the DingTalk robot."""
        return f"app:{self.id}" if self.home == DINGTALK else f"ding:{self.id}"

    @property
    def open_id(self) -> str:
        """The ciphertext userid a bot made by an ordinary member would see."""
        return "wo" + hashlib.sha256(f"open:{self.id}".encode()).hexdigest()[:30]


@dataclass(slots=True)
class Group:
    """A group chat. `by_app`: created through appchat/create; `bot_inside` False: the bot was removed.

    `home` is its platform in a mixed city, `platform` in this one; `conversation_id` its name on DingTalk.
    """

    chatid: str
    name: str
    members: list[str]
    department: str = ""
    webhook_key: str = ""
    by_app: bool = False
    bot_inside: bool = True
    home: str = WECOM
    conversation_id: str = ""
    platform: str = WECOM


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
class DingApp:
    """The DingTalk application's credentials (its client id is also the robot's code) and its card templates."""

    corp_id: str
    app_id: str
    client_id: str
    client_secret: str
    event_token: str
    event_aes_key: str
    template_id: str
    draft_template_id: str


@dataclass(frozen=True, slots=True)
class Intake:
    """The hotline's key to the bot's intake API."""

    key_id: str
    secret: str


@dataclass(frozen=True, slots=True)
class OrgUnit:
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
    ding: DingApp
    intake: Intake
    units: dict[int, OrgUnit]
    people: dict[str, Person]
    groups: dict[str, Group]
    samples: list[dict[str, str]] = field(default_factory=list)
    kind: str = WECOM

    @property
    def platforms(self) -> tuple[str, ...]:
        """The platforms people of this city use."""
        return KINDS[self.kind]

    def somebody(self, name: str) -> Person | None:
        """Anyone of the city by the id the control API knows them by."""
        return self.people.get(name.lower())

    def members(self) -> list[Person]:
        """Everybody with a WeCom account."""
        return [person for person in self.people.values() if WECOM in person.accounts]

    def person(self, userid: str) -> Person | None:
        """A WeCom member by userid, which WeCom compares without case."""
        found = self.people.get(userid.lower())
        return found if found is not None and WECOM in found.accounts else None

    def staff(self) -> list[Person]:
        """Everybody in DingTalk's directory: outsiders and those who left are not."""
        return [person for person in self.people.values() if DINGTALK in person.accounts and not person.outside]

    def staff_by(self, name: str, value: object) -> Person | None:
        """A DingTalk member by `staff_id` or `unionid`, which DingTalk compares with case."""
        return next((person for person in self.staff() if value and getattr(person, name) == value), None)

    def conversation(self, conversation_id: object) -> Group | None:
        """The DingTalk group of an openConversationId."""
        groups = (group for group in self.groups.values() if group.platform == DINGTALK)
        return next((group for group in groups if conversation_id and group.conversation_id == conversation_id), None)

    def leave_dingtalk(self, person: Person) -> None:
        """Take a person out of DingTalk's directory and of every DingTalk group."""
        left = tuple(account for account in person.accounts if account != DINGTALK)
        self.people[person.id.lower()] = replace(person, accounts=left)
        for group in self.groups.values():
            if group.platform == DINGTALK and person.id in group.members:
                group.members.remove(person.id)

    def anyone(self, userid: str) -> Person | None:
        """A member by userid or by ciphertext userid."""
        return self.person(userid) or next((p for p in self.members() if p.open_id == userid), None)

    def shown_to_bot(self, person: Person) -> str:
        """The id the aibot's frames carry for this person."""
        return person.open_id if self.bot.hides_userids else person.id

    def members_of(self, unit: int) -> list[Person]:
        """The members of a department, not of its sub-departments."""
        return [person for person in self.members() if unit in person.units]

    def everyone_under(self, unit: int) -> list[Person]:
        """The members of a department and of all below it."""
        below = {unit}
        for candidate in self.units.values():
            if candidate.parent in below:
                below.add(candidate.id)
        return [person for person in self.members() if below & set(person.units)]

    def group_by_webhook(self, key: str) -> Group | None:
        """The group a webhook key posts into."""
        groups = (group for group in self.groups.values() if group.platform == WECOM)
        return next((group for group in groups if key and group.webhook_key == key), None)


def _people(rows: Iterable[Mapping[str, Any]], kind: str) -> dict[str, Person]:
    """Everybody of this kind of city: in a mixed one where they live, otherwise all on the one platform."""
    people: dict[str, Person] = {}
    for row in rows:
        lists = {name: tuple(row.get(name, ())) for name in ("roles", "units")}
        homes = tuple(row.get("homes", (WECOM,)))
        person = Person(**{**row, **lists, "homes": homes, "accounts": homes if kind == MIXED else KINDS[kind]})
        if person.id.lower() in people:
            raise CityError(f"two people are called {person.id}")
        if DINGTALK in person.accounts and not person.outside and not person.staff_id:
            raise CityError(f"{person.id} has no staff_id")
        if not person.outside or DINGTALK in KINDS[kind]:
            people[person.id.lower()] = person
    return people


def _groups(rows: Iterable[Mapping[str, Any]], everybody: set[str]) -> dict[str, Group]:
    groups: dict[str, Group] = {}
    for row in rows:
        group = Group(**row)
        strangers = [member for member in group.members if member.lower() not in everybody]
        if strangers:
            raise CityError(f"group {group.chatid} has members nobody knows: {', '.join(strangers)}")
        groups[group.chatid] = group
    return groups


def _settle(group: Group, kind: str, people: dict[str, Person]) -> None:
    """Give a group its platform and those of its members who live there."""
    group.platform = group.home if kind == MIXED else KINDS[kind][0]
    if group.platform == DINGTALK and not group.conversation_id:
        raise CityError(f"group {group.chatid} has no conversation_id")
    living = (people.get(member.lower()) for member in group.members)
    group.members = [person.id for person in living if person is not None and group.platform in person.accounts]


def load(path: Path = DEFAULT_CITY, platforms: str = WECOM) -> City:
    """Read a city of one kind. Raises `CityError` (or OSError, KeyError, JSON errors) when the file is no city."""
    if platforms not in KINDS:
        raise CityError(f"platforms must be one of {', '.join(KINDS)}")
    raw = json.loads(path.read_text(encoding="utf-8"))
    people = _people(raw["people"], platforms)
    groups = _groups(raw["groups"], {row["id"].lower() for row in raw["people"]})
    units = {row["id"]: OrgUnit(**row) for row in raw["units"]}
    for group in groups.values():
        _settle(group, platforms, people)
    for person in people.values():
        if not set(person.units) <= set(units):
            raise CityError(f"{person.id} belongs to a department that does not exist")
    return City(
        name=raw["name"],
        start=parse(raw["start"]),
        corp=Corp(**raw["corp"]),
        bot=Bot(**raw["bot"]),
        ding=DingApp(**raw["ding"]),
        intake=Intake(**raw["intake"]),
        units=units,
        people=people,
        groups=groups,
        samples=json.loads(SAMPLES.read_text(encoding="utf-8")),
        kind=platforms,
    )
