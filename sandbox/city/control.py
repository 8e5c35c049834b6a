"""The control API under /sandbox/: how the page, the scripted month and the tests act in the city and look around."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from urllib.parse import quote, urlsplit

from aiohttp import web

from sandbox.city import acts
from sandbox.city.chats import DROPPED, Message
from sandbox.city.clock import parse
from sandbox.city.credentials import credentials_of, org_csv
from sandbox.city.doors import Body
from sandbox.city.errors import ActError
from sandbox.city.faults import Fault
from sandbox.city.people import DINGTALK
from sandbox.city.state import state_of
from sandbox.city.timemachine import ClockError, TimeMachine
from sandbox.city.world import QUIET, WORLD, World

SETTLE_SECONDS = 5.0
HEARTBEAT = 15.0
END = "end"

Act = Callable[[World, Body], Awaitable[Body]]


async def _say(world: World, body: Body) -> Body:
    return await acts.say(world, body.get("user"), body.get("chat"), body.get("text"))


async def _enter(world: World, body: Body) -> Body:
    return await acts.enter(world, body.get("user"), body.get("chat"))


async def _clock(world: World, body: Body) -> Body:
    if "jump" in body:
        return await world.part(TimeMachine).jump(str(body["jump"]))
    now = world.clock.now()
    to = parse(str(body["to"])) if "to" in body else now + timedelta(seconds=float(body.get("seconds", 0)))
    if to < now:
        raise ClockError("城市的时间只能往前走")
    return await world.part(TimeMachine).turn(to, stepwise=bool(body.get("stepwise")))


async def _fault(world: World, body: Body) -> Body:
    fault = Fault(**body)
    if not any([await door.fault(fault) for door in world.doors.values()]):
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
        for door in world.doors.values():
            door.spoken.discard(group.chatid)
    return {"ok": True}


async def _bot(world: World, body: Body) -> Body:
    """Tell the city where the bot lives; WeCom's callback address is verified at once."""
    world.bot_url = str(body.get("url", "")).rstrip("/")
    verified = [await door.bot_moved() for door in world.doors.values()]
    return {"ok": True, "verified": any(verified)}


ACTS: dict[str, Act] = {
    "say": _say,
    "send_file": acts.send,
    "press": acts.press,
    "enter": _enter,
    "push": acts.push_complaint,
    "clock": _clock,
    "fault": _fault,
    "clear_faults": _clear_faults,
    "settle": _settle,
    "group": _group,
    "bot": _bot,
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
            world.address = world.address or f"{request.scheme}://{request.host}"
            return web.json_response(await act(world, body))
        except (ValueError, TypeError) as error:
            return web.json_response({"ok": False, "error": str(error)}, status=400)

    return handle


def _of_a_door(act: Callable[[Body], Awaitable[Body]]) -> Act:
    async def of_a_door(world: World, body: Body) -> Body:
        return await act(body)

    return of_a_door


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
    return web.json_response(request.app[WORLD].part(TimeMachine).to_json())


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
    acts_of_all = {name: act for door in app[WORLD].doors.values() for name, act in door.acts.items()}
    for name, act in {**ACTS, **{name: _of_a_door(act) for name, act in acts_of_all.items()}}.items():
        app.router.add_post(f"/sandbox/{name}", _door(act))
    app.router.add_get("/sandbox/messages", messages)
    app.router.add_get("/sandbox/state", state)
    app.router.add_get("/sandbox/credentials", credentials)
    app.router.add_get("/sandbox/org", org)
    app.router.add_get("/sandbox/clock", clock)
    app.router.add_get("/sandbox/faults", faults)
    app.router.add_get("/sandbox/file/{id}", file)
    app.router.add_get("/sandbox/events", events)
