"""Puts the practice city together: one aiohttp application with every door of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import aiohttp
from aiohttp import web

from sandbox.city import control
from sandbox.city.chats import Chats
from sandbox.city.clock import CityClock
from sandbox.city.people import DINGTALK, WECOM, City, load
from sandbox.city.timemachine import TimeMachine
from sandbox.city.world import ANSWER_WINDOW, WORLD, Pace, World
from sandbox.dingtalk import sent_media, wire
from sandbox.dingtalk.door import DingTalkDoor
from sandbox.wecom import aibot, aibot_media, rest
from sandbox.wecom.cards import buttons
from sandbox.wecom.door import WeComDoor

PAGE = Path(__file__).parent / "city" / "page"
PAGE_PARTS = {"/*STYLE*/": ("style.css", "ding.css"), "/*SCRIPT*/": ("render.js", "ding.js", "app.js")}
UPLOAD_BYTES = 64 << 20


def create_app(
    city: City | None = None,
    *,
    bot_url: str = "",
    start: datetime | None = None,
    window: float = ANSWER_WINDOW,
    platforms: str = WECOM,
    pace: Pace = Pace(),  # noqa: B008 - frozen
) -> web.Application:
    """A city ready to serve. `bot_url`: where callbacks and clock turns go; `window`: WeCom's 5-second answer window.

    `platforms` is the kind of city (wecom, dingtalk or mixed) when none is given; `pace` are DingTalk's seconds.
    """
    city = city or load(platforms=platforms)
    clock = CityClock(start or city.start)
    world = World(city, clock, Chats(clock.iso, {WECOM: buttons}), bot_url.rstrip("/"), window, pace)
    world.put(TimeMachine(world))
    world.doors = {WECOM: WeComDoor(world), DINGTALK: DingTalkDoor(world)}
    app = web.Application(client_max_size=UPLOAD_BYTES)
    app[WORLD] = world
    app.cleanup_ctx.append(_live)
    app.on_shutdown.append(_close_doors)
    if WECOM in city.platforms:
        rest.add_routes(app)
        app.router.add_get("/aibot", aibot.door)
        app.router.add_get("/aibot/media/{token}", aibot_media.door)
    if DINGTALK in city.platforms:
        wire.add_routes(app)
        app.router.add_get("/dingtalk/files/{token}", sent_media.door)
    control.add_routes(app)
    app.router.add_get("/", page)
    return app


async def _live(app: web.Application) -> AsyncIterator[None]:
    world = app[WORLD]
    async with aiohttp.ClientSession() as session:
        world.session = session
        yield
        await world.stop()


async def _close_doors(app: web.Application) -> None:
    world = app[WORLD]
    world.chats.tell(control.END, {})
    for door in world.doors.values():
        door.cut()


async def page(request: web.Request) -> web.Response:
    """GET /: the whole page in one answer, style and script inside."""
    html = (PAGE / "index.html").read_text(encoding="utf-8")
    for mark, names in PAGE_PARTS.items():
        html = html.replace(mark, "".join((PAGE / name).read_text(encoding="utf-8") for name in names))
    return web.Response(text=html, content_type="text/html", headers={"Cache-Control": "no-store"})
