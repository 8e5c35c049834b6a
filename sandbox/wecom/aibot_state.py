"""What the aibot's side of the city remembers: what the bot was asked, and its replies and uploads under way."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from sandbox.city.budget import HOUR, MINUTE, Budget
from sandbox.city.chats import Message
from sandbox.city.world import World


@dataclass(slots=True)
class Asked:
    """Something the bot was told under a req_id and may answer: a message, a card event or an enter_chat."""

    kind: str
    chat: str
    user: str
    told_at: float
    city_time: float
    message: Message | None = None
    task_id: str = ""
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    answered_at: float = 0.0


@dataclass(slots=True)
class StreamReply:
    """A stream reply while it grows."""

    message: Message
    started: float
    finished: bool = False


@dataclass(slots=True)
class Upload:
    """A chunked upload under way."""

    kind: str
    name: str
    size: int
    total: int
    md5: str
    started: float
    chunks: dict[int, bytes] = field(default_factory=dict)


class HubState:
    """The conversations the bot may speak in, what it was asked, and its budgets."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.spoken: set[str] = set()
        self.asked: dict[str, Asked] = {}
        self.streams: dict[str, StreamReply] = {}
        self.uploads: dict[str, Upload] = {}
        self.task_ids: set[str] = set()
        self.budget = Budget((30, MINUTE), (1000, HOUR))
        self.upload_budget = Budget((30, MINUTE), (1000, HOUR))
