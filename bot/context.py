"""What every command is given: who speaks, where, when, and the app to act through."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from domain.case import Actor, Case
from domain.prompts import Prompt, PromptCode
from domain.view import View
from platforms.contract import Card, ChatPlatform, File, Incoming
from services.directory.people import CentreCard, PersonCard, department_on
from services.materials.store import Held
from services.store.app import AppContext
from services.store.event_store import Record


@dataclass(frozen=True, slots=True)
class Context:
    """The one argument of every command."""

    app: AppContext
    incoming: Incoming
    person: PersonCard
    actor: Actor
    centre: CentreCard
    platforms: Mapping[str, ChatPlatform]
    #: Everything that can be asked for, in the order of the help.
    commands: Sequence[ChatCommand]
    #: In a department's group: whose it is, and the liaisons its cards name. Whoever presses, the card stays theirs.
    host: int | None = None
    called: tuple[str, ...] = ()
    #: What came beside this message, and what the person sent here before and nobody has claimed.
    held: tuple[Held, ...] = ()
    waiting: tuple[Held, ...] = ()

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self.app.clock.now()

    @property
    def in_group(self) -> bool:
        """Whether others read along: then nothing personal may be said."""
        return self.incoming.chat_id is not None

    def view(self, record_id: int, case: Case, **more: Any) -> View:
        """A view of a case for the place the person speaks in."""
        return View(
            case=case,
            case_id=record_id,
            context=self.app.decision_context(case.rules),
            reader=None if self.in_group else self.actor.at(case.centre),
            suggestions=case.suggested,
            public_url=self.app.public_url,
            department=self.host or department_on(self.person, self.actor, case),
            liaisons=self.called,
            **more,
        )


@dataclass(frozen=True, slots=True)
class CommandArgs:
    """What the person asked: the case it is about, if the command is about one, and the words after it.

    `epoch` is set when a button was pressed; a command passes it on so that a stale press changes nothing.
    """

    rest: str = ""
    record: Record | None = None
    epoch: int | None = None
    pressed: bool = False

    @property
    def case_id(self) -> int:
        """Row id of the case."""
        return self.subject.id

    @property
    def case(self) -> Case:
        """The case as it was when the person asked."""
        return self.subject.case

    @property
    def subject(self) -> Record:
        """The record the command is about; the router has found it before."""
        if self.record is None:
            raise LookupError("this command is not about a case")
        return self.record


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said back. `card` redraws the pressed card (or is shown); `private` goes one-to-one even from a group.

    With `ask` nothing else is: the command needs words first, and the next thing the person says is taken for them.
    """

    text: str = ""
    card: Card | None = None
    private: str = ""
    private_card: Card | None = None
    file: File | None = None
    ask: Prompt | None = None


Handler = Callable[[Context, CommandArgs], Coroutine[Any, Any, Reply]]


class Several(Enum):
    """How a command names several cases, which are then done and answered one by one.

    Where a reason of one's own follows, it may begin with a number: only what stands between numbers joins them.
    """

    NO = "no"
    JOINED = "joined"
    SPACED = "spaced"


@dataclass(frozen=True, slots=True)
class ChatCommand:
    """One command: its command word, its button code, how it is used, and for whom it stands in the help.

    `asks` is what a button that came without words is answered with.
    """

    word: str
    code: str
    usage: str
    summary: str
    audience: str
    handler: Handler = field(compare=False)
    about_case: bool = True
    asks: PromptCode | None = None
    several: Several = Several.NO
