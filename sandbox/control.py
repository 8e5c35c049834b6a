"""The control API under /sandbox/: how the page, the scripted month and the tests act in the city and look around."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from aiohttp import web

from sandbox import acts
from sandbox.acts import ActError
from sandbox.chats import DROPPED, Message
from sandbox.clock import parse
from sandbox.faults import Fault
from sandbox.timemachine import ClockError
from sandbox.world import QUIET, WORLD, World

SETTLE_SECONDS = 5.0
HEARTBEAT = 15.0
END = "end"

Body = dict[str, Any]
Act = Callable[[World, Body], Awaitable[Body]]


async def _say(world: World, body: Body) -> Body:
    return await acts.say(world, body.get("user"), body.get("chat"), body.get("text"))


async def _enter(world: World, body: Body) -> Body:
    return await acts.enter(world, body.get("user"), body.get("chat"))


async def _clock(world: World, body: Body) -> Body:
    if "jump" in body:
        return await world.machine.jump(str(body["jump"]))
    now = world.clock.now()
    to = parse(str(body["to"])) if "to" in body else now + timedelta(seconds=float(body.get("seconds", 0)))
    if to < now:
        raise ClockError("城市的时间只能往前走")
    return await world.machine.turn(to, stepwise=bool(body.get("stepwise")))


async def _fault(world: World, body: Body) -> Body:
    fault = Fault(**body)
    if fault.kind == "kick":
        await world.hub.kick()
    elif fault.kind == "drop_connection":
        world.hub.cut()
    elif fault.kind == "expire_token":
        world.dead_tokens |= set(world.tokens)
    else:
        world.faults.order(fault)
    return {"ok": True, "waiting": world.faults.to_json()["waiting"]}


async def _clear_faults(world: World, body: Body) -> Body:
    world.faults.waiting.clear()
    return {"ok": True, "waiting": []}


async def _settle(world: World, body: Body) -> Body:
    quiet = float(body.get("quiet_ms", QUIET * 1000)) / 1000
    most = min(float(body.get("max_ms", SETTLE_SECONDS * 1000)) / 1000, 60.0)
    started = time.monotonic()
    settled = False
    while not settled and time.monotonic() - started < most:
        settled = world.traffic.quiet_for() >= quiet
        if not settled:
            await asyncio.sleep(0.01)
    return {"settled": settled, "waited_ms": round((time.monotonic() - started) * 1000)}


async def _group(world: World, body: Body) -> Body:
    """Put the aibot into a group or take it out; taken out, the group must speak to it anew."""
    group = world.city.groups.get(str(body.get("chatid")))
    if group is None:
        raise ActError("no such group")
    group.bot_inside = bool(body.get("bot_inside", True))
    if not group.bot_inside:
        world.hub.spoken.discard(group.chatid)
    return {"ok": True}


async def _bot(world: World, body: Body) -> Body:
    """Tell the city where the bot lives; the callback address is verified at once."""
    world.bot_url = str(body.get("url", "")).rstrip("/")
    world.callback.verified = False
    return {"ok": True, "verified": bool(world.bot_url) and await world.callback.verify()}


async def _verify(world: World, body: Body) -> Body:
    return {"verified": bool(world.bot_url) and await world.callback.verify(), "problem": world.callback.problem}


ACTS: dict[str, Act] = {
    "say": _say,
    "press": acts.press,
    "enter": _enter,
    "push": acts.push_complaint,
    "clock": _clock,
    "fault": _fault,
    "clear_faults": _clear_faults,
    "settle": _settle,
    "group": _group,
    "bot": _bot,
    "verify_callback": _verify,
}


def _from_elsewhere(request: web.Request) -> bool:
    """Whether a browser sends this on behalf of some other page; programs send no Origin."""
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != request.host


def _door(act: Act) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        if _from_elsewhere(request):
            return web.json_response({"ok": False, "error": "only the city's own page may act"}, status=403)
        try:
            raw = await request.text()
            body = json.loads(raw) if raw.strip() else {}
            if not isinstance(body, dict):
                raise ActError("the body must be a JSON object")
            return web.json_response(await act(request.app[WORLD], body))
        except (ValueError, TypeError) as error:
            return web.json_response({"ok": False, "error": str(error)}, status=400)

    return handle


def _sees(world: World, message: Message, user: str) -> bool:
    group = world.city.groups.get(message.chat)
    if group is not None:
        return user in group.members
    return message.chat.partition(":")[2] == user


async def messages(request: web.Request) -> web.Response:
    """GET /sandbox/messages?chat=&user=&after=&limit=&dropped=: in order, as `user` sees them."""
    world, query = request.app[WORLD], request.query
    user, chat, after = query.get("user", ""), query.get("chat", ""), int(query.get("after", "0") or 0)
    if chat in ("app", "bot") and user:
        chat = f"{chat}:{user}"
    found = [
        message.to_json(user)
        for message in world.chats.messages[after:]
        if (not chat or message.chat == chat)
        and (not user or _sees(world, message, user))
        and (message.status != DROPPED or query.get("dropped") == "1")
    ]
    limit = int(query.get("limit", "0") or 0) or len(found)
    return web.json_response({"messages": found[:limit], "last": len(world.chats.messages)})


async def state(request: web.Request) -> web.Response:
    """GET /sandbox/state: everything the page needs to draw itself."""
    world = request.app[WORLD]
    people = [
        {
            "id": person.id,
            "name": person.name,
            "centre": person.centre,
            "department": person.department,
            "roles": list(person.roles),
            "playable": person.playable,
        }
        for person in world.city.people.values()
    ]
    groups = [
        {
            "chatid": group.chatid,
            "name": group.name,
            "department": group.department,
            "members": group.members,
            "bot_inside": group.bot_inside,
            "spoken": group.chatid in world.hub.spoken,
        }
        for group in world.city.groups.values()
    ]
    connection = {"bot_url": world.bot_url, "aibot": world.hub.to_json(), "callback": world.callback.to_json()}
    dropped = sum(message.status == DROPPED for message in world.chats.messages)
    return web.json_response(
        {
            "city": world.city.name,
            "bot_name": world.city.bot.name,
            "app_name": world.city.corp.app_name,
            "clock": world.machine.to_json(),
            "people": people,
            "groups": groups,
            "samples": world.city.samples,
            "connection": connection,
            "messages": len(world.chats.messages),
            "dropped": dropped,
        }
    )


def credentials_of(world: World, base: str) -> dict[str, Any]:
    """The practice credentials, also as the environment a bot would be started with (`base` is the city's own URL)."""
    corp, bot, intake = world.city.corp, world.city.bot, world.city.intake
    hooks = ",".join(
        f"{group.department}:{group.webhook_key}" for group in world.city.groups.values() if group.department
    )
    return {
        "corp_id": corp.corp_id,
        "agent_id": corp.agent_id,
        "secret": corp.secret,
        "token": corp.token,
        "aes_key": corp.aes_key,
        "bot_id": bot.bot_id,
        "bot_secret": bot.secret,
        "intake": {"key_id": intake.key_id, "secret": intake.secret},
        "env": {
            "WECOM_API_BASE": base,
            "WECOM_CORP_ID": corp.corp_id,
            "WECOM_AGENT_ID": str(corp.agent_id),
            "WECOM_SECRET": corp.secret,
            "WECOM_TOKEN": corp.token,
            "WECOM_AES_KEY": corp.aes_key,
            "WECOM_BOT_WS_URL": base.replace("http", "ws", 1) + "/aibot",
            "WECOM_BOT_ID": bot.bot_id,
            "WECOM_BOT_SECRET": bot.secret,
            "WECOM_OAUTH_BASE": base + "/connect/oauth2/authorize",
            "WECOM_GROUP_WEBHOOKS": hooks,
            "YOUSU_INTAKE_KEYS": f"{intake.key_id}:{intake.secret}",
        },
    }


async def credentials(request: web.Request) -> web.Response:
    """GET /sandbox/credentials."""
    return web.json_response(credentials_of(request.app[WORLD], f"{request.scheme}://{request.host}"))


async def clock(request: web.Request) -> web.Response:
    """GET /sandbox/clock."""
    return web.json_response(request.app[WORLD].machine.to_json())


async def faults(request: web.Request) -> web.Response:
    """GET /sandbox/faults: what waits and what kinds there are."""
    return web.json_response(request.app[WORLD].faults.to_json())


async def file(request: web.Request) -> web.Response:
    """GET /sandbox/file/{id}: a file somebody was sent."""
    media = request.app[WORLD].media.get(request.match_info["id"])
    if media is None:
        raise web.HTTPNotFound(text="no such file")
    disposition = f"attachment; filename*=UTF-8''{quote(media.name)}"
    headers = {"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"}
    return web.Response(body=media.content, content_type="application/octet-stream", headers=headers)


async def events(request: web.Request) -> web.StreamResponse:
    """GET /sandbox/events: messages, redraws, the clock and the connection as server-sent events."""
    world = request.app[WORLD]
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await response.prepare(request)
    queue = world.chats.watch()
    try:
        await response.write(b": hello\n\n")
        while True:
            try:
                name, data = await asyncio.wait_for(queue.get(), HEARTBEAT)
            except TimeoutError:
                await response.write(b": still here\n\n")
                continue
            if name == END:
                break
            await response.write(f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode())
    except ConnectionError:
        pass
    finally:
        world.chats.unwatch(queue)
    return response


def add_routes(app: web.Application) -> None:
    """Put the control API on the application."""
    for name, act in ACTS.items():
        app.router.add_post(f"/sandbox/{name}", _door(act))
    app.router.add_get("/sandbox/messages", messages)
    app.router.add_get("/sandbox/state", state)
    app.router.add_get("/sandbox/credentials", credentials)
    app.router.add_get("/sandbox/clock", clock)
    app.router.add_get("/sandbox/faults", faults)
    app.router.add_get("/sandbox/file/{id}", file)
    app.router.add_get("/sandbox/events", events)
