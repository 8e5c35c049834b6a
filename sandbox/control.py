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
from sandbox.chats import DROPPED, Message
from sandbox.city import DINGTALK, WECOM
from sandbox.clock import parse
from sandbox.credentials import credentials_of, org_csv
from sandbox.dingtalk import control as on_dingtalk
from sandbox.errors import ActError
from sandbox.faults import Fault
from sandbox.state import state_of
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
        world.ding.tokens.kill()
    elif not await on_dingtalk.weather(world, fault.kind, fault.seconds):
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
    """Put the bot into a group or take it out; taken out, the group must speak to it anew."""
    group = world.city.groups.get(str(body.get("chatid")))
    if group is None:
        raise ActError("no such group")
    group.bot_inside = bool(body.get("bot_inside", True))
    if not group.bot_inside:
        world.hub.spoken.discard(group.chatid)
        world.ding.spoken.discard(group.chatid)
    return {"ok": True}


async def _bot(world: World, body: Body) -> Body:
    """Tell the city where the bot lives; WeCom's callback address is verified at once."""
    world.bot_url = str(body.get("url", "")).rstrip("/")
    world.callback.verified = world.ding.http.verified = False
    world.ding.greet()
    verified = WECOM in world.city.platforms and bool(world.bot_url) and await world.callback.verify()
    return {"ok": True, "verified": verified}


async def _verify(world: World, body: Body) -> Body:
    return {"verified": bool(world.bot_url) and await world.callback.verify(), "problem": world.callback.problem}


ACTS: dict[str, Act] = {
    "say": _say,
    "press": acts.press,
    "enter": _enter,
    "push": acts.push_complaint,
    "leave": acts.leave,
    **on_dingtalk.ACTS,
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
            world = request.app[WORLD]
            world.ding.base = world.ding.base or f"{request.scheme}://{request.host}"
            return web.json_response(await act(world, body))
        except (ValueError, TypeError) as error:
            return web.json_response({"ok": False, "error": str(error)}, status=400)

    return handle


def _sees(world: World, message: Message, user: str) -> bool:
    group = world.city.groups.get(message.chat)
    if group is not None and message.platform == DINGTALK:
        return user in message.to
    if group is not None:
        return user in group.members
    return message.chat.partition(":")[2] == user


async def messages(request: web.Request) -> web.Response:
    """GET /sandbox/messages?chat=&user=&after=&limit=&dropped=: in order, as `user` sees them."""
    world, query = request.app[WORLD], request.query
    user, chat, after = query.get("user", ""), query.get("chat", ""), int(query.get("after", "0") or 0)
    if chat in ("app", "bot", "ding") and user:
        who = world.city.somebody(user)
        chat = who.ding_chat if chat == "ding" and who else f"{chat}:{user}"
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
    """GET /sandbox/state."""
    return web.json_response(state_of(request.app[WORLD]))


async def credentials(request: web.Request) -> web.Response:
    """GET /sandbox/credentials."""
    return web.json_response(credentials_of(request.app[WORLD], f"{request.scheme}://{request.host}"))


async def org(request: web.Request) -> web.Response:
    """GET /sandbox/org: the directory file of this kind of city."""
    return web.Response(text=org_csv(request.app[WORLD].city), content_type="text/csv", charset="utf-8")


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
    app.router.add_get("/sandbox/org", org)
    app.router.add_get("/sandbox/clock", clock)
    app.router.add_get("/sandbox/faults", faults)
    app.router.add_get("/sandbox/file/{id}", file)
    app.router.add_get("/sandbox/events", events)
