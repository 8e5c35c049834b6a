"""What DingTalk remembers of one city: cards, sends, sessions, quotas, and what the bot did wrong."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from sandbox.city.chats import Message
from sandbox.city.people import DINGTALK, Group, Person
from sandbox.city.world import World
from sandbox.dingtalk.card import Card
from sandbox.dingtalk.quota import Quota

MODES = ("stream", "http")
PROBLEMS = 50


@dataclass(frozen=True, slots=True)
class Session:
    """One sessionWebhook: the conversation it answers into, until `expires` (unix milliseconds of the city)."""

    chat: str
    expires: int


@dataclass(slots=True)
class Send:
    """One robot send: its group's conversation id (one-to-one: none), the messages it became, and if it was a card."""

    key: str
    conversation_id: str
    messages: list[Message] = field(default_factory=list)
    card: bool = False


@dataclass(frozen=True, slots=True)
class CallbackRoute:
    """A registered HTTP address for card callbacks."""

    url: str
    secret: str


class DingState:
    """The platform's memory."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.mode = MODES[0]
        self.problems: deque[dict[str, str]] = deque(maxlen=PROBLEMS)
        self.quota = Quota(world.clock)
        self.cards: dict[str, Card] = {}
        self.sends: dict[str, Send] = {}
        self.sessions: dict[str, Session] = {}
        self.routes: dict[str, CallbackRoute] = {}
        self.spoken: set[str] = set()

    def complain(self, text: str) -> None:
        """Keep what the bot did wrong where the page shows it."""
        self.problems.append({"at": self.world.clock.iso(), "text": text})
        self.tell_state()

    def tell_state(self) -> None:
        """Tell the page that something about the connection changed."""
        self.world.chats.tell("connection", self.to_json())

    def millis(self) -> int:
        """The city's time in unix milliseconds."""
        return int(self.world.clock.unix() * 1000)

    def admit(self, kind: str = "stream") -> bool:
        """Count one push or webhook call on the month's quota."""
        return self.quota.spend(kind)

    def seen_in(self, chat: str) -> list[str]:
        """Who sees a conversation."""
        group = self.world.city.groups.get(chat)
        return list(group.members) if group else [chat.partition(":")[2]]

    def post(self, chat: str, kind: str, *, to: list[str] | None = None, **content: Any) -> Message:
        """The robot says something: one-to-one as `app`, in a group as `bot`."""
        group = self.world.city.groups.get(chat)
        sender = "bot" if group else "app"
        to = self.seen_in(chat) if to is None else to
        return self.world.chats.add(chat, sender, kind, DINGTALK, to=to, platform=DINGTALK, **content)

    def chat_of(self, conversation: Group | Person) -> str:
        """The control API's name of a conversation."""
        return conversation.chatid if isinstance(conversation, Group) else conversation.ding_chat

    def to_json(self) -> dict[str, Any]:
        """The state for the page."""
        return {"mode": self.mode, "spoken": sorted(self.spoken), "problems": list(self.problems)}
