"""The neutral shapes that cross the border between the product and a chat platform.

Nothing here knows a case or a vendor. `bot.cards` draws these shapes, `services.delivery.deliver` sends them,
a package such as `platforms.wecom` turns them into bytes.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Protocol


class Tone(StrEnum):
    """How loudly a button or a source line speaks; each platform picks its own colours."""

    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Button:
    """One button. `key` comes back verbatim in `Incoming.key` (UTF-8, at most 1024 bytes).

    `command` is what to type instead, such as "/签收 YS…": a platform without buttons offers that.
    """

    caption: str
    key: str
    tone: Tone = Tone.PLAIN
    command: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A link under the card."""

    caption: str
    url: str


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody to call by name in a group: their account on the platform the message goes to, and their name."""

    account: str
    name: str


@dataclass(frozen=True, slots=True)
class Card:
    """A card as the product means it, every part of it words without markup;
    a platform shortens what does not fit, never drops a button silently.

    `facts` are label/value pairs, most important first; a platform with fewer places appends the rest to `body`.
    A card without buttons is a notice. `mentions` are called where the channel can; the words name them anyway.
    """

    title: str
    subtitle: str = ""
    source: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    body: str = ""
    buttons: tuple[Button, ...] = ()
    links: tuple[Link, ...] = ()
    tone: Tone = Tone.PLAIN
    mentions: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """A text message: words and line breaks, no markup. Whatever looks like markup in it somebody wrote, and it is
    shown as it stands; all markup on the wire is a renderer's own.

    `mentions` are called where the channel can; the words name them anyway.
    """

    content: str
    mentions: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """A file sent one-to-one (never to a group)."""

    name: str
    content: bytes


Message = Card | Text | File


#: A chat id that begins so names a department's one-way notice channel: messages go in, nothing comes back.
NOTICE_PREFIX = "webhook:"


class Place(StrEnum):
    """Where a message goes."""

    PERSON = "person"
    CHAT = "chat"


@dataclass(frozen=True, slots=True)
class Recipient:
    """A platform account (`PERSON`) or a group chat (`CHAT`), by the platform's own id."""

    place: Place
    id: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that the platform took a message.

    `handle` is opaque, JSON-able, and given back to `update`; empty when the message can't be changed later.
    """

    message_id: str
    handle: Mapping[str, Any] = field(default_factory=dict)


class IncomingKind(StrEnum):
    """What a person did. LEFT: they left the organisation, says the platform's own directory."""

    TEXT = "text"
    PRESS = "press"
    ENTER = "enter"
    LEFT = "left"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Attachment:
    """Something that came beside words: `image`, `file`, `voice` or `video`.

    `source` is opaque, JSON-able and handed back to `ChatPlatform.fetch`: within minutes, for platforms forget.
    """

    kind: str
    name: str = ""
    source: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", storable(self.name))
        object.__setattr__(self, "source", storable(self.source))


@dataclass(frozen=True, slots=True)
class Fetched:
    """The bytes of an attachment as they were sent, and its name as far as the platform tells it."""

    name: str
    content: bytes


#: The most bytes of one attachment that are taken.
MAX_ATTACHMENT = 20 * 1024 * 1024
#: The most attachments of one message that are looked at.
MOST_ATTACHED = 30


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing a person did in the chat, already verified and decrypted.

    `event_key` is the same for every re-delivery of the same event. `chat_id` is None one-to-one.
    `reply_to` is opaque, JSON-able and handed back to `ChatPlatform.respond`; empty when there is no reply window.
    `text` has the mention of the bot removed. `card_id` is the `key` the pressed card was sent with.

    Whatever a platform sends fits the rows it is kept in: a long event key is digested, a card key longer than any of
    ours is nobody's. Raises ValueError for an account or a chat no platform would name so.
    """

    platform: str
    event_key: str
    kind: IncomingKind
    account: str
    at: datetime
    chat_id: str | None = None
    text: str = ""
    key: str = ""
    card_id: str = ""
    reply_to: Mapping[str, Any] = field(default_factory=dict)
    #: What came beside the text and is not taken (`image`): its sender is told.
    left_out: str = ""
    #: What came beside the text and is taken.
    attachments: tuple[Attachment, ...] = ()
    #: The words of the message this one quotes.
    quoted: str = ""
    #: Whether the platform made the words out of somebody's voice.
    spoken: bool = False

    def __post_init__(self) -> None:
        for name in ("event_key", "account", "chat_id", "text", "key", "card_id", "reply_to", "left_out", "quoted"):
            object.__setattr__(self, name, storable(getattr(self, name)))
        if len(self.account) > LONGEST_NAME or len(self.chat_id or "") > LONGEST_NAME:
            raise ValueError("an account or a chat of that length is none")
        if len(self.event_key) > LONGEST_NAME:
            object.__setattr__(self, "event_key", "sha256:" + sha256(self.event_key.encode()).hexdigest())
        if len(self.card_id) > LONGEST_NAME:
            object.__setattr__(self, "card_id", "")


#: Characters of the longest account, chat, event key or card key that is kept as it is.
LONGEST_NAME = 200

#: Half a surrogate pair: JSON can say one, no encoding can write it, and no row can hold it.
_NO_CHARACTER = re.compile("[\ud800-\udfff]")


def storable(value: Any) -> Any:
    """The same JSON value with texts that can be stored, hashed and sent: no NUL, no half of a character."""
    if isinstance(value, str):
        return _NO_CHARACTER.sub("\ufffd", value.replace("\x00", ""))
    if isinstance(value, Mapping):
        return {storable(name): storable(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [storable(item) for item in value]
    return value


class Matter(StrEnum):
    """Whose matter a refusal is, and so what is done about it.

    MESSAGE: given up, the operator looks. TARGET: the fall-back is used. LINE: the message stays queued while the
    subscription, token or connection is taken up anew. CONFIGURATION: stays queued, alarm. MOMENT: stays queued.
    """

    MESSAGE = "message"
    TARGET = "target"
    LINE = "line"
    CONFIGURATION = "configuration"
    MOMENT = "moment"


class PlatformError(Exception):
    """Something the platform said no to. `code` is the platform's own; the text is free of personal data."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class TryLater(PlatformError):
    """A passing fault or a spent budget: the same call may go through after `after` seconds."""

    def __init__(self, code: str, detail: str = "", after: float = 5.0) -> None:
        super().__init__(code, detail)
        self.after = after


class LineDown(TryLater):
    """The subscription, token or connection is lost, neither message nor recipient is to blame: it is taken up anew."""


class UnknownCode(TryLater):
    """A code nobody has written down: worth several tries before the message is given up."""


class Unreachable(PlatformError):
    """This recipient cannot be reached this way (left, bot not in the group, never spoken to): use the fall-back.

    `recovers`: the directory may put it right within minutes, so it is tried again before the message is given up.
    """

    def __init__(self, code: str, detail: str = "", *, recovers: bool = False) -> None:
        super().__init__(code, detail)
        self.recovers = recovers


class ChannelDown(Unreachable):
    """The whole channel is absent or stopped, this recipient is not to blame: use the fall-back, remember nothing."""


class Rejected(PlatformError):
    """The message itself is refused: repeating it is useless; the operator must look."""


class TooLarge(Rejected):
    """An attachment has more bytes than are taken."""


class Gone(Rejected):
    """An attachment can no longer be had, or does not decrypt: it must be sent again."""


class Misconfigured(PlatformError):
    """Credentials or permissions are wrong: stop and alarm, never loop."""


@dataclass(frozen=True, slots=True)
class Health:
    """One channel's state in words for `/readyz`, `yousu doctor` and the morning digest."""

    channel: str
    ok: bool
    detail: str = ""


OnIncoming = Callable[[Incoming], Awaitable[None]]
OnAlarm = Callable[[str, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Callback:
    """One HTTP request under `/callback/`, as it came. Header names are in lower case."""

    method: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What the platform is answered."""

    body: str = ""
    content_type: str = "text/plain"
    status: int = 200


#: Verifies a request, hands what it holds to `OnIncoming` and answers. Raises `PlatformError` for a bad request.
CallbackDoor = Callable[[Callback, OnIncoming], Awaitable[Answer]]


class UsageCounter(Protocol):
    """Counts by calendar month that outlive the process; what is counted is the platform's own word."""

    def add(self, what: str) -> None:
        """Count one call of this moment."""

    def this_month(self, what: str) -> int:
        """How many since the first of the month, Beijing time."""


class ChatPlatform(Protocol):
    """What the product asks of a chat platform. Every method may raise `PlatformError`.

    `redraws`: a group's card can be redrawn at any time, so nobody needs a fresh one below it.
    """

    name: str
    redraws: bool

    async def run(self, on_incoming: OnIncoming, on_alarm: OnAlarm) -> None:
        """Hold the long connections until cancelled. `on_alarm(code, detail)` reports what an operator must know."""

    async def send(
        self, to: Recipient, message: Message, *, key: str, again: bool = False, urgent: bool = True
    ) -> Receipt:
        """Send. `key` (1-60 of `[0-9A-Za-z_@-]`) is unique per message.

        It makes a repeat after a lost answer harmless where the platform can. `again` says that an earlier try with
        this key may have gone through unseen (its process died): "taken already" then means "there already".
        What is not `urgent` may be held back (`TryLater`) while a platform's budget is short.
        """

    def remember(self, to: Recipient, sent: Sequence[datetime]) -> None:
        """Count what an earlier process sent there, oldest first, into the budgets kept in memory.

        The moments are by the clock that paces the platform.
        """

    async def update(self, receipt: Receipt, card: Card, *, key: str) -> bool:
        """Redraw a card sent earlier. False when the platform can no longer change it (send a new one then)."""

    async def respond(self, incoming: Incoming, *, card: Card | None = None, text: str = "") -> bool:
        """Answer inside the reply window: redraw the pressed card, or say something. False when the window is gone."""

    async def fetch(self, attachment: Attachment) -> Fetched:
        """Get the bytes of an attachment, decrypted. Raises `TooLarge`, `Gone`, or `TryLater` for a passing fault."""

    async def readers(self, receipt: Receipt) -> frozenset[str] | None:
        """The accounts that have read a message of ours; None when this platform cannot tell."""

    async def recall(self, receipt: Receipt) -> bool:
        """Take a message back. False when the platform cannot (any more)."""

    async def strangers(self, accounts: Collection[str]) -> frozenset[str]:
        """Those of the accounts that the platform's own directory does not know (any more)."""

    def callback_routes(self) -> Mapping[str, CallbackDoor]:
        """The HTTP callbacks this platform needs, by their path under `/callback/`."""

    def health(self) -> list[Health]:
        """The state of each channel."""

    async def close(self) -> None:
        """Release sockets."""
