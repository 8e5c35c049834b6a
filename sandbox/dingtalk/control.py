"""The part of the control API that only DingTalk needs."""

from __future__ import annotations

from typing import Any

from sandbox.city.errors import ActError
from sandbox.city.people import DINGTALK
from sandbox.city.world import World
from sandbox.dingtalk.ding import Ding
from sandbox.dingtalk.state import MODES


async def set_mode(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Choose how the bot hears: by stream or over HTTP, where it is told the time as soon as it answers."""
    if DINGTALK not in world.city.platforms:
        raise ActError("nobody here is on DingTalk")
    mode = body.get("mode")
    if mode not in MODES:
        raise ActError(f"mode must be one of {', '.join(MODES)}")
    world.part(Ding).mode = mode
    world.part(Ding).http.verified = False
    world.part(Ding).greet()
    world.part(Ding).tell_state()
    return {"ok": True, "mode": mode}


async def set_quota(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Say what the month has used of `api` and `stream`."""
    for kind, used in body.items():
        world.part(Ding).quota.set_used(kind, used)
    return {"ok": True, "quota": world.part(Ding).quota.to_json()}


async def read(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """A member opens a message of the robot."""
    name, wanted = body.get("user"), body.get("message_id")
    who = world.city.somebody(name) if isinstance(name, str) else None
    message = world.chats.get(wanted) if isinstance(wanted, str) else None
    if who is None or message is None or who.id not in message.to:
        raise ActError("nobody of that name was sent such a message")
    world.chats.read(message, who.id)
    return {"ok": True}


ACTS = {"dingtalk": set_mode, "quota": set_quota, "read": read}
