"""DingTalk while the city runs: its memory, its tokens and the two ways to the bot."""

from __future__ import annotations

from typing import Any

from sandbox.city.timemachine import TimeMachine
from sandbox.city.world import World
from sandbox.dingtalk.http_push import HttpPush
from sandbox.dingtalk.state import DingState
from sandbox.dingtalk.stream import PushStream
from sandbox.dingtalk.token_store import Tokens


class Ding(DingState):
    """The memory, and what speaks to the bot."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.tokens = Tokens()
        self.stream = PushStream(world, self)
        self.http = HttpPush(world, self)

    @property
    def reachable(self) -> bool:
        """Whether a bot is there (over HTTP nobody knows before asking)."""
        return self.mode == "http" or self.stream.connected

    def greet(self) -> None:
        """Over HTTP a bot that fetches a token has just come: tell it the time, as a new connection is told."""
        if self.mode == "http" and self.world.bot_url:
            self.world.spawn(self.world.part(TimeMachine).introduce())

    def to_json(self) -> dict[str, Any]:
        """The channel's state for the page."""
        return {
            "connected": self.stream.connected,
            "connections": len(self.stream.living()),
            **super().to_json(),
            **self.http.to_json(),
        }
