"""What a case is: a value folded from its events. Times are aware; people and departments are directory ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from domain.events import EventType
from domain.vocabulary import (
    ENTERPRISE_SOURCE,
    RUNNING,
    Category,
    Level,
    Pause,
    Rating,
    Release,
    Request,
    Role,
    Stage,
    State,
)
from parsing.titles import title_of


@dataclass(frozen=True, slots=True)
class Unit:
    """A department as the case knows it: directory id and the name at the time of dispatch."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something. `department` is None for the centre's own people; `via` is the door (chat, cli, api).

    `further` are the other departments of somebody who speaks for several.
    """

    person: int | None
    name: str
    roles: frozenset[Role]
    centre: int | None = None
    department: int | None = None
    via: str = "chat"
    further: frozenset[int] = frozenset()
    #: The roles that are their own, where they stand in for others today; None: all of `roles`.
    own: frozenset[Role] | None = None
    #: Small centres they serve as the centre above, with the roles they have there.
    serves: tuple[tuple[int, frozenset[Role]], ...] = ()
    #: Who else could call a complainant back for their centre; None where nobody looked.
    colleagues: frozenset[int] | None = None

    def at(self, centre: int | None) -> Actor:
        """The actor as the centre of a case sees them: there they hold the roles they serve it with."""
        roles = dict(self.serves).get(centre) if centre is not None and centre != self.centre else None
        return self if roles is None else replace(self, centre=centre, roles=roles, own=self.own or self.roles)

    @property
    def departments(self) -> frozenset[int]:
        """Every department the actor speaks for."""
        return self.further | ({self.department} if self.department is not None else frozenset())

    def speaking_for(self, department: int | None) -> Actor:
        """The actor in a department's group: there they speak for this one, if it is one of theirs."""
        if department is None or department not in self.departments:
            return self
        return replace(self, department=department, further=self.departments - {department})

    def on(self, case: Case) -> Actor:
        """The actor as they stand to a case: for the department that has it, of those they speak for."""
        if self.department in {unit.id for unit in case.units}:
            return self
        return self.speaking_for(next((unit.id for unit in case.units if unit.id in self.further), None))

    def has(self, *roles: Role) -> bool:
        """Whether the actor holds one of these roles."""
        return not self.roles.isdisjoint(roles)


SYSTEM = Actor(None, "系统", frozenset({Role.SYSTEM}), via="tick")
OPERATOR = Actor(None, "命令行", frozenset({Role.OPERATOR}), via="cli")


@dataclass(frozen=True, slots=True)
class Event:
    """A fact about a case. `data` is free of personal data; `private` is sealed at rest.

    `seq` counts from 1 without gaps.
    """

    seq: int
    type: EventType
    at: datetime
    actor: int | None
    role: str
    via: str
    data: Mapping[str, Any] = field(default_factory=dict)
    private: Mapping[str, Any] = field(default_factory=dict)


# Without slots: folding copies it by its dictionary (`domain.changing`).
@dataclass(frozen=True)
class Private:
    """What only those who need it may read: the complainant, the words of the complaint and of the answers.

    `former` are entries a correction replaced: people may go on saying them, so they are masked like the new ones.
    """

    name: str = ""
    is_unit: bool = False
    contact: str = ""
    phone: str = ""
    phones: tuple[str, ...] = ()
    address: str = ""
    content: str = ""
    raw: str = ""
    notes: tuple[str, ...] = ()
    plan: str = ""
    assists: tuple[str, ...] = ()
    tellings: tuple[str, ...] = ()
    minutes: tuple[str, ...] = ()
    outcome: str = ""
    basis: str = ""
    #: The complainant's own words of the result, the reason of what waits for a decision or waited last, the centre's
    #: own reason for what it decided last, and why the case was last sent back: four voices, four places.
    opinion: str = ""
    request: str = ""
    ruling: str = ""
    redo: str = ""
    proposed: str = ""
    explanation: str = ""
    former: tuple[str, ...] = ()
    #: Bodies the text names that are no department of the centre: whoever checks the draft decides who has the case.
    bodies: tuple[str, ...] = ()

    @property
    def known(self) -> tuple[str, ...]:
        """The strings that would give the complainant away."""
        parts = (self.name, self.contact, self.phone, *self.phones, self.address, *self.former)
        return tuple(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Clock:
    """The running limit of a stage (第八条). `at` is close of business of `date`; no `days` for a chosen date."""

    stage: Stage
    date: date
    at: datetime
    provisional: bool = False
    days: int | None = None

    @property
    def key(self) -> str:
        """What makes this limit unlike every other of the case: a redo or an extension re-arms the reminders."""
        return f"{self.stage}@{self.date.isoformat()}"


@dataclass(frozen=True, slots=True)
class Pending:
    """A request of the department that waits for a decision."""

    what: Request
    at: datetime
    department: int | None
    date: date | None = None
    why: str = ""
    asker: int | None = None


@dataclass(frozen=True, slots=True)
class SubOrder:
    """What a co-department owes the lead (第七条 “同时转办各相关部门”): its own receipt, limit and feedback."""

    unit: Unit
    received_at: datetime | None = None
    accepted_at: datetime | None = None
    clock: Clock | None = None
    fed_back_at: datetime | None = None
    #: The lead's limit that this one was set by.
    lead: Clock | None = None

    @property
    def running(self) -> Clock | None:
        """The limit while the feedback is owed."""
        return self.clock if self.fed_back_at is None else None


@dataclass(frozen=True, slots=True)
class Concerned:
    """Somebody a complaint is about: a person of the directory, and their department (None: the centre's own)."""

    person: int
    department: int | None = None


@dataclass(frozen=True, slots=True)
class Joined:
    """A merged complaint as its master knows it: its complainant is called like the first one (第十条“结果有回访”).

    `silent` has no way to be called; `unreached` was tried as often as the rules ask, in vain. Neither holds up the
    others. `rating` is what was said this round.
    """

    no: str
    silent: bool = False
    rating: Rating | None = None
    calls: tuple[datetime, ...] = ()
    unreached: bool = False

    @property
    def settled(self) -> bool:
        """Whether nobody has to call this complainant any more."""
        return self.silent or self.unreached or self.rating is not None


@dataclass(frozen=True, slots=True)
class Suspension:
    """中止: the clock stands still from `at` until the case is resumed, at the latest at `until`."""

    why: Pause
    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Material:
    """Something handed in beside words. `size` in bytes, `sha256` of the bytes as sent; the name may name somebody.

    `department` handed it in; None: the centre or the hotline, for the complainant.
    """

    number: int
    kind: str
    type: str
    size: int
    sha256: str
    at: datetime
    role: str
    round: int = 1
    department: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Missed:
    """A limit that passed: permanent in the remarks even if the case ends well (第九条, note 3 of the ledger)."""

    stage: Stage
    due: date
    done: date
    days: int


# Without slots: folding copies it by its dictionary (`domain.changing`).
@dataclass(frozen=True)
class Case:
    """One complaint from intake to its end.

    `epoch` counts how often the case changed hands or state, or a request was settled: a button that carries an older
    turn is stale.
    `clock` is the newest limit (it runs while somebody outside the centre holds the case), `limits` every limit
    with the round it belonged to. `rules` is the version it was opened under and is handled by (第十二条).
    """

    no: str
    centre: int
    centre_name: str
    rules: str = ""
    state: State = State.DRAFT
    round: int = 1
    epoch: int = 0
    seq: int = 0

    source: str = ""
    external_no: str = ""
    #: The case of another centre of this deployment that this one was made for (函转).
    sender: str = ""
    external_due: datetime | None = None
    #: The hotline's limit that passed without a result.
    external_missed: datetime | None = None
    reported_at: datetime | None = None
    registered_at: datetime | None = None
    #: As it stands in the record; `matter` is what may be shown of it.
    title: str = ""
    #: Whether the title was built of known words when the case was registered: older releases cut it from the text.
    title_built: bool = False
    kind: str = ""
    category: Category | None = None
    suggested: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    similar: tuple[str, ...] = ()
    anonymous: bool = False
    confidential: bool = False
    staff_complaint: bool = False
    #: Whom the complaint names of the people who handle complaints, and whether nobody else could (`domain.recusal`).
    concerned: tuple[Concerned, ...] = ()
    unavoidable: bool = False
    collective: int = 0
    no_reply: bool = False
    urgings: int = 0
    private: Private = field(default_factory=Private)

    units: tuple[Unit, ...] = ()
    orders: tuple[SubOrder, ...] = ()
    asked: date | None = None
    dispatched: tuple[datetime, ...] = ()
    received_at: datetime | None = None
    accepted_at: datetime | None = None
    entered_at: datetime | None = None
    clock: Clock | None = None
    limits: tuple[tuple[int, Clock], ...] = ()
    planned_at: datetime | None = None
    extended: frozenset[str] = frozenset()
    declined: frozenset[int] = frozenset()
    pending: Pending | None = None
    suspension: Suspension | None = None
    suspensions: int = 0
    paused_days: int = 0
    missed: tuple[Missed, ...] = ()

    level: Level = Level.NONE
    nudged: tuple[datetime, ...] = ()
    #: 催办 of co-departments: on the record, none of the lead's.
    assist_nudged: tuple[datetime, ...] = ()
    supervised: tuple[datetime, ...] = ()
    #: Whom the newest 督办 or release named (第九条); see `domain.answerable`.
    answerable: tuple[Unit, ...] = ()
    supervision_due: datetime | None = None
    supervision_no: str = ""
    grounds: str = ""
    released: tuple[tuple[Release, datetime], ...] = ()
    #: When the newest draft of a 督办单 was made, when the newest 督办 was found not heeded, when drafts were set aside
    #: (暂缓) and until which day; None for what did not happen in this round.
    drafted_at: datetime | None = None
    ignored_at: datetime | None = None
    held_at: datetime | None = None
    held_until: date | None = None

    on_the_spot: bool = False
    cannot: bool = False
    answered_by: frozenset[int] = frozenset()
    finished_at: datetime | None = None
    returned: tuple[datetime, ...] = ()
    calls: tuple[datetime, ...] = ()
    rating: Rating | None = None
    merged: tuple[Joined, ...] = ()
    #: The first complainant took it back while others had joined: the case goes on for them.
    left: bool = False
    master: str = ""
    #: How the master ended that this case followed.
    followed: State | None = None
    closed_at: datetime | None = None
    #: What the complainant was told, and when: “转交情况”, “办理渠道”, “解决方案”, “办理情况”.
    tellings: tuple[tuple[str, datetime], ...] = ()
    #: When the departments studied it together (会商); the minutes are `private.minutes`.
    consulted: tuple[datetime, ...] = ()
    remarks: tuple[str, ...] = ()
    materials: tuple[Material, ...] = ()

    @property
    def number(self) -> str:
        """The short form for people: `1123-7` of `YS20261123-0007`; it means one case within a year."""
        day, _, number = self.no.rpartition("-")
        return f"{day[-4:]}-{int(number)}"

    @property
    def matter(self) -> str:
        """What the case is about in words that give nobody away, for groups, lists and letters; never empty."""
        if self.title_built and self.title:
            return self.title
        departments = [unit.name for unit in self.units if unit.id] or self.suggested
        return title_of(self.private.content or self.title, departments)

    @property
    def heading(self) -> str:
        """The matter with its 性质: `退休手续：不予受理（投诉）`."""
        return f"{self.matter}（{self.kind or '诉求'}）"

    @property
    def lead(self) -> Unit | None:
        """牵头部门, or the only one (第七条)."""
        return self.units[0] if self.units else None

    @property
    def running(self) -> Clock | None:
        """The limit that runs now: while a department or an outside body holds the case and it is not suspended."""
        return self.clock if self.state in RUNNING and self.suspension is None else None

    def order(self, department: int | None) -> SubOrder | None:
        """The sub-order of a co-department, if it is one."""
        return next((order for order in self.orders if order.unit.id == department), None)

    @property
    def guarded(self) -> bool:
        """Whether the complainant's identity is kept from the departments (投诉人保密)."""
        return self.confidential or self.anonymous or self.staff_complaint

    def was_told(self, about: str) -> bool:
        """Whether the complainant was told this, by the record."""
        return any(what == about for what, _ in self.tellings)

    @property
    def uncalled(self) -> tuple[str, ...]:
        """Merged complaints whose complainants have not been called back yet."""
        return tuple(joined.no for joined in self.merged if not joined.settled)

    @property
    def rating_now(self) -> Rating | None:
        """What the complainant said since the result of this round; None before the call."""
        called = self.calls and self.entered_at is not None and self.calls[-1] >= self.entered_at
        return self.rating if called else None

    @property
    def is_enterprise(self) -> bool:
        """Whether the enterprise window's rule applies: dissatisfaction leads to 督办 (通知第二条)."""
        return self.source == ENTERPRISE_SOURCE

    @property
    def silent(self) -> bool:
        """Nobody can or may be called back."""
        return self.no_reply or (self.anonymous and not self.private.phone)

    @property
    def departments(self) -> str:
        """“人社局” or “牵头：A；配合：B、C” (note 2 of the ledger)."""
        names = [unit.name for unit in self.units]
        if len(names) < 2:
            return "".join(names)
        return f"牵头：{names[0]}；配合：{'、'.join(names[1:])}"
