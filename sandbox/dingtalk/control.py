"""The part of the control API that only DingTalk needs."""

from __future__ import annotations

from typing import Any

from sandbox.city import DINGTALK
from sandbox.dingtalk.ding import MODES
from sandbox.errors import ActError
from sandbox.world import World


async def set_mode(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Choose how the bot hears: by stream or over HTTP, where it is told the time as soon as it answers."""
    if DINGTALK not in world.city.platforms:
        raise ActError("nobody here is on DingTalk")
    mode = body.get("mode")
    if mode not in MODES:
        raise ActError(f"mode must be one of {', '.join(MODES)}")
    world.ding.mode = mode
    world.ding.http.verified = False
    world.ding.greet()
    world.ding.tell_state()
    return {"ok": True, "mode": mode}


async def set_quota(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Say what the month has used of `api` and `stream`."""
    for kind, used in body.items():
        world.ding.quota.set_used(kind, used)
    return {"ok": True, "quota": world.ding.quota.to_json()}


async def read(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """A member opens a message of the robot."""
    name, wanted = body.get("user"), body.get("message_id")
    who = world.city.somebody(name) if isinstance(name, str) else None
    message = world.chats.get(wanted) if isinstance(wanted, str) else None
    if who is None or message is None or who.id not in message.to:
        raise ActError("nobody of that name was sent such a message")
    world.chats.read(message, who.id)
    return {"ok": True}


async def weather(world: World, kind: str, seconds: float) -> bool:
    """Carry out a fault that acts at once; False when it is not one of DingTalk's."""
    stream = world.ding.stream
    match kind:
        case "stream_disconnect":
            await stream.dismiss()
        case "stream_cut":
            stream.cut()
        case "stream_rival":
            stream.rival(seconds)
        case _:
            return False
    return True


ACTS = {"dingtalk": set_mode, "quota": set_quota, "read": read}
