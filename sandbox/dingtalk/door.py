"""DingTalk as the city's people and its control API use it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from sandbox.city.acts import person
from sandbox.city.chats import Message
from sandbox.city.doors import Body
from sandbox.city.faults import Fault
from sandbox.city.people import City, Group, Person
from sandbox.city.sent_media import Sent
from sandbox.city.world import World
from sandbox.dingtalk import acts, control
from sandbox.dingtalk.ding import Ding


class DingTalkDoor:
    """The robot, one-to-one (`app`, `ding`) and in groups, by stream or over HTTP."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.ding = Ding(world)
        world.put(self.ding)

    @property
    def acts(self) -> Mapping[str, Callable[[Body], Awaitable[Body]]]:
        """Further acts of the control API."""
        return {"leave": self._leave, **{name: partial(act, self.world) for name, act in control.ACTS.items()}}

    @property
    def reachable(self) -> bool:
        """Whether a bot is there (over HTTP nobody knows before asking)."""
        return self.ding.reachable

    @property
    def spoken(self) -> set[str]:
        """Groups that spoke to the robot."""
        return self.ding.spoken

    async def say(self, who: Person, where: Group | str, text: str) -> Body:
        """A member writes to the robot or in a group."""
        return await acts.say(self.world, who, where if isinstance(where, Group) else None, text)

    async def send(self, who: Person, where: Group | str, sent: Sent) -> Body:
        """A member sends the robot pictures, files, voice, or a quote."""
        return await acts.send(self.world, who, where if isinstance(where, Group) else None, sent)

    async def enter(self, who: Person, where: str) -> Body:
        """A member opens the chat with the robot: everything in it is read, and nobody is told."""
        self.world.chats.read_all(who.ding_chat, who.id)
        return {"ok": True, "delivered": False}

    async def press(
        self,
        who: Person,
        message: Message,
        button: Mapping[str, Any],
        selected: dict[str, list[str]],
        wait: float | None,
    ) -> Body:
        """A member presses a button; DingTalk's cards select nothing."""
        return await acts.press(self.world, who, message, button, wait)

    async def _leave(self, body: Body) -> Body:
        """A member leaves the organisation: the bot hears of it here alone."""
        return await acts.leave(self.world, person(self.world, body.get("user")))

    async def fault(self, fault: Fault) -> bool:
        """Dead tokens, connections that end, a rival with the same clientId."""
        match fault.kind:
            case "expire_token":
                self.ding.tokens.kill()
            case "stream_disconnect":
                await self.ding.stream.dismiss()
            case "stream_cut":
                self.ding.stream.cut()
            case "stream_rival":
                self.ding.stream.rival(fault.seconds)
            case _:
                return False
        return True

    async def bot_moved(self) -> bool:
        """Over HTTP the bot is told the time as soon as it is there; nothing is verified before the first event."""
        self.ding.http.verified = False
        self.ding.greet()
        return False

    def channels(self) -> Body:
        """Stream and HTTP."""
        return {"dingtalk": self.ding.to_json()}

    def quota(self) -> Body:
        """What the month has used."""
        return self.ding.quota.to_json()

    def env(self, base: str) -> dict[str, str]:
        """Credentials and addresses as the bot's environment."""
        return _env(self.world.city, base, self.ding.mode)

    def cut(self) -> None:
        """Cut every connection of the stream."""
        self.ding.stream.cut()


def _env(city: City, base: str, mode: str) -> dict[str, str]:
    ding = city.ding
    return {
        "DINGTALK_API_BASE": base + "/dingtalk/api",
        "DINGTALK_OAPI_BASE": base + "/dingtalk/oapi",
        "DINGTALK_CLIENT_ID": ding.client_id,
        "DINGTALK_CLIENT_SECRET": ding.client_secret,
        "DINGTALK_ROBOT_CODE": ding.client_id,
        "DINGTALK_CARD_TEMPLATE_ID": "",
        "DINGTALK_MODE": mode,
        "DINGTALK_EVENT_TOKEN": ding.event_token,
        "DINGTALK_EVENT_AES_KEY": ding.event_aes_key,
    }
