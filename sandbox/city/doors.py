"""What the city asks of a platform: each of them is a door between the people and the bot."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from sandbox.city.chats import Message
from sandbox.city.faults import Fault
from sandbox.city.people import Group, Person
from sandbox.city.sent_media import Sent

Body = dict[str, Any]


class Door(Protocol):
    """One platform as the city and its control API see it."""

    @property
    def acts(self) -> Mapping[str, Callable[[Body], Awaitable[Body]]]:
        """Further acts of the control API that only this platform has."""

    @property
    def reachable(self) -> bool:
        """Whether a bot is there to hear."""

    @property
    def spoken(self) -> set[str]:
        """Conversations in which the bot may speak unasked."""

    async def say(self, who: Person, where: Group | str, text: str) -> Body:
        """A member writes in a group, or one-to-one (`app`, `bot`, `ding`)."""

    async def send(self, who: Person, where: Group | str, sent: Sent) -> Body:
        """A member sends pictures, files, voice, or a quote."""

    async def enter(self, who: Person, where: str) -> Body:
        """A member opens a one-to-one chat."""

    async def press(
        self,
        who: Person,
        message: Message,
        button: Mapping[str, Any],
        selected: dict[str, list[str]],
        wait: float | None,
    ) -> Body:
        """A member presses a button and watches the card."""

    async def fault(self, fault: Fault) -> bool:
        """Carry out a fault that acts at once; False when it is none of this platform's."""

    async def bot_moved(self) -> bool:
        """The bot has another address; whether the platform could verify it."""

    def channels(self) -> Body:
        """The state of the ways to the bot, by name."""

    def quota(self) -> Body:
        """What the month has used, empty where nothing is counted."""

    def env(self, base: str) -> dict[str, str]:
        """The environment a bot of this platform is started with; `base` is the city's own address."""

    def cut(self) -> None:
        """Cut every connection without a word."""
