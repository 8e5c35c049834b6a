"""Every conversation of the city: what was said, sent, redrawn, recalled or silently dropped."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

#: What can be touched on a card, `{key, text, style, disabled, kind, url}` each; a platform has its own reading.
Buttons = Callable[[Mapping[str, Any] | None], list[dict[str, Any]]]

SHOWN = "sent"
RECALLED = "recalled"
DROPPED = "dropped"


def listed(card: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """The buttons of a card that keeps them listed under `buttons`."""
    return list((card or {}).get("buttons", ()))


@dataclass(slots=True)
class Message:
    """One message. `chat` is a group's chatid, `app:<id>`, `bot:<id>` or `ding:<id>`.

    `views` holds the card as single members see it when it was redrawn for them only. A DingTalk card keeps what can be
    pressed under `buttons`; `links` are the buttons of a DingTalk message that is no card.
    """

    id: str
    n: int
    at: str
    chat: str
    sender: str
    to: list[str]
    kind: str
    channel: str
    text: str = ""
    card: dict[str, Any] | None = None
    file: dict[str, Any] | None = None
    status: str = SHOWN
    updated_at: str = ""
    task_id: str = ""
    group_key: str = ""
    history: list[dict[str, Any]] = field(default_factory=list)
    views: dict[str, dict[str, Any]] = field(default_factory=dict)
    platform: str = "wecom"
    mentions: list[str] = field(default_factory=list)
    links: list[dict[str, Any]] = field(default_factory=list)
    read_by: set[str] = field(default_factory=set)
    offers: Buttons = listed

    def card_for(self, user: str) -> dict[str, Any] | None:
        """The card as this member sees it."""
        return self.views.get(user, self.card)

    def buttons_for(self, user: str) -> list[dict[str, Any]]:
        """What this member can touch on the message: `{key, text, style, disabled, kind, url}`, in order."""
        return [*self.offers(self.card_for(user)), *self.links]

    def to_json(self, viewer: str = "") -> dict[str, Any]:
        """The message as the control API shows it to one member (or, without one, as last sent to all)."""
        card = self.card_for(viewer)
        readable = {name: value for name, value in card.items() if name != "buttons"} if card else card
        return {
            "id": self.id,
            "n": self.n,
            "at": self.at,
            "chat": self.chat,
            "from": self.sender,
            "to": self.to,
            "kind": self.kind,
            "channel": self.channel,
            "text": self.text,
            "card": readable,
            "file": self.file,
            "buttons": self.buttons_for(viewer),
            "status": self.status,
            "task_id": self.task_id,
            "updated_at": self.updated_at,
            "history": self.history,
            "views": sorted(self.views),
            "platform": self.platform,
            "mentions": self.mentions,
            "read_by": sorted(self.read_by),
        }


class Chats:
    """The city's messages in order, and whoever watches them live."""

    def __init__(self, now: Callable[[], str], offers: Mapping[str, Buttons] | None = None) -> None:
        self._now = now
        self._offers = offers or {}
        self.messages: list[Message] = []
        self._by_id: dict[str, Message] = {}
        self._watchers: set[asyncio.Queue[tuple[str, dict[str, Any]]]] = set()

    def add(self, chat: str, sender: str, kind: str, channel: str, **more: Any) -> Message:
        """Append a message and tell the watchers."""
        number = len(self.messages) + 1
        to = more.pop("to", [])
        more["offers"] = self._offers.get(more.get("platform", "wecom"), listed)
        message = Message(f"m{number:05d}", number, self._now(), chat, sender, list(to), kind, channel, **more)
        self.messages.append(message)
        self._by_id[message.id] = message
        self.tell("message", message.to_json())
        return message

    def get(self, message_id: str) -> Message | None:
        """A message by id."""
        return self._by_id.get(message_id)

    def redraw(self, message: Message, card: dict[str, Any], *, users: Iterable[str] | None, by: str) -> None:
        """Replace the card: for these members, or (None) for everybody."""
        before = message.card if users is None else None
        listed = None if users is None else sorted(users)
        if listed is None:
            message.card = copy.deepcopy(card)
            message.views.clear()
        else:
            for user in listed:
                message.views[user] = copy.deepcopy(card)
        message.updated_at = self._now()
        message.history.append({"at": message.updated_at, "by": by, "users": listed, "card": before, "to": card})
        self.tell("update", message.to_json())

    def rewrite(self, message: Message, text: str) -> None:
        """Replace the text: a stream that goes on."""
        message.text = text
        message.updated_at = self._now()
        self.tell("update", message.to_json())

    def recall(self, message: Message) -> None:
        """Take a message back; its place stays."""
        message.status = RECALLED
        message.updated_at = self._now()
        self.tell("update", message.to_json())

    def read(self, message: Message, user: str) -> None:
        """A member has seen a message."""
        message.read_by.add(user)

    def read_all(self, chat: str, user: str) -> None:
        """A member looks at a conversation: everything so far is read."""
        for message in self.messages:
            if message.chat == chat and message.sender != user:
                message.read_by.add(user)

    def watch(self) -> asyncio.Queue[tuple[str, dict[str, Any]]]:
        """A queue of (event, data) from now on; give it back to `unwatch`."""
        queue: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()
        self._watchers.add(queue)
        return queue

    def unwatch(self, queue: asyncio.Queue[tuple[str, dict[str, Any]]]) -> None:
        """Remove a watcher; unknown ones are ignored."""
        self._watchers.discard(queue)

    def tell(self, event: str, data: dict[str, Any]) -> None:
        """Send an event to every watcher."""
        for queue in self._watchers:
            queue.put_nowait((event, data))
