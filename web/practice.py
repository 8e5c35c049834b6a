"""The practice city's hand on the clock. This door exists only with YOUSU_PRACTICE=1, which a real platform refuses."""

from __future__ import annotations

from datetime import datetime

from aiohttp import web

from domain.given_dates import record_moment
from domain.refusals import Refused
from services.upkeep.practice_stops import marks
from web.deps import DEPS


async def turn_clock(request: web.Request) -> web.Response:
    """`POST /practice/clock {"now": ISO}`: set the time, take every step it brings, answer with the next moments."""
    deps = request.app[DEPS]
    if deps.practice is None:
        raise web.HTTPNotFound
    try:
        moment = datetime.fromisoformat(str((await request.json())["now"]))
        if moment.tzinfo is None:
            raise ValueError("naive")
        record_moment(moment)
    except (ValueError, KeyError, TypeError, RecursionError, Refused):
        return web.json_response({"error": "now must be an aware ISO time"}, status=400)
    await deps.practice(moment)
    return web.json_response(await marks(deps.app))
