"""The chosen points to kill at. Nothing in the product knows of them: they are seen from its database and its wire.

`before` holds a lock that the bot's transaction needs (PostgreSQL: of one table, and the kill comes when the bot is
seen waiting for it, in the middle of its transaction; SQLite: of the file), `committed` polls a row from outside,
`asked` and `unanswered` stand at the city's door.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import asyncpg

from sandbox.city.clock import next_weekday_morning, parse
from sandbox.city.faults import Fault
from sandbox.city.timemachine import TimeMachine
from tests.faults.folk import Folk
from tests.faults.place import Place, until

Point = Callable[[Place, Folk], Awaitable[None]]
Begin = Callable[[], object]

EVENTS, INBOX, RECEIPTS = (f"SELECT max(id) FROM {table}" for table in ("events", "inbox", "receipts"))
STEPS = "SELECT count(*) FROM steps"
CLAIMED = "SELECT count(*) FROM outbox WHERE state = 'leased'"
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = $1::regclass"
SEND = "/cgi-bin/message/send"
#: Seconds between two looks at a row, and how long the bot is left waiting for SQLite's lock.
GLANCE, HELD = 0.0005, 0.06


def _changes(path: Path, sql: str, watching: threading.Event, stop: threading.Event, kill: Callable[[], None]) -> None:
    """Kill when the answer is another than at first, from a thread of its own: no loop is in between."""
    with closing(sqlite3.connect(path, timeout=30)) as connection:
        before = connection.execute(sql).fetchone()
        watching.set()
        while not stop.is_set():
            if connection.execute(sql).fetchone() != before:
                kill()
                return
            time.sleep(GLANCE)


async def committed(place: Place, sql: str, begin: Begin) -> None:
    """Kill as soon as another connection sees the row."""
    if place.file is None:
        connection = await asyncpg.connect(place.url)
        try:
            before = await connection.fetchval(sql)
            begin()
            while await connection.fetchval(sql) == before:  # noqa: ASYNC110 - another program's row
                await asyncio.sleep(GLANCE)
            place.kill()
        finally:
            connection.terminate()
        return
    watching, stop = threading.Event(), threading.Event()
    looking = asyncio.ensure_future(asyncio.to_thread(_changes, place.file, sql, watching, stop, place.kill))
    try:
        await asyncio.to_thread(watching.wait)
        begin()
        await looking
    finally:
        stop.set()
        await asyncio.wait([looking])


async def before(place: Place, table: str, begin: Begin) -> None:
    """Kill while the transaction that writes to this table is not committed."""
    if place.file is None:
        connection = await asyncpg.connect(place.url)
        try:
            async with connection.transaction():
                await connection.execute(f"LOCK TABLE {table} IN SHARE MODE")
                begin()
                while not await connection.fetchval(WAITING, table):  # noqa: ASYNC110 - another program's lock
                    await asyncio.sleep(GLANCE)
                place.kill()
                await place.bot_ended()
        finally:
            await connection.close()
        return
    with closing(sqlite3.connect(place.file, timeout=30, isolation_level=None)) as lock:
        lock.execute("BEGIN IMMEDIATE")
        begin()
        await asyncio.sleep(HELD)
        place.kill()
        await place.bot_ended()
        lock.execute("ROLLBACK")


async def at_the_door(place: Place, path: str, begin: Begin, *, after: bool) -> None:
    """Kill when the city hears a call, or when it has done what was asked and has not answered yet."""
    over = asyncio.Event()

    def watch(seen: str, done: bool) -> None:
        if seen.endswith(path) and done is after:
            place.kill()
            over.set()

    place.watches.append(watch)
    try:
        begin()
        await over.wait()
    finally:
        place.watches.remove(watch)


async def _random(place: Place, folk: Folk) -> None:
    for act in (folk.push(), folk.remark(), folk.press(), folk.chat()):
        folk.begin(act)
    await asyncio.sleep(folk.rng.uniform(0, 0.5))
    place.kill()


async def _answered_push(place: Place, folk: Folk) -> None:
    await folk.push(quiet=True)
    place.kill()


async def _answered_remark(place: Place, folk: Folk) -> None:
    await folk.remark()
    place.kill()


async def _act_open(place: Place, folk: Folk) -> None:
    """The event is in the inbox, and the act on it is not committed."""
    if place.file is None:
        await before(place, "events", lambda: folk.begin(folk.remark()))
        return
    newest = (await place.rows(INBOX))[0]
    with closing(sqlite3.connect(place.file, timeout=30, isolation_level=None)) as lock:
        folk.begin(folk.remark())
        await until(lambda: lock.execute(INBOX).fetchone() != newest, "nothing came in", every=GLANCE)
        lock.execute("BEGIN IMMEDIATE")
        await asyncio.sleep(HELD)
        place.kill()
        await place.bot_ended()
        lock.execute("ROLLBACK")


async def _in_office_hours(place: Place) -> None:
    """No work order reaches a group at lunch, in the evening or at a weekend: go to the next morning then."""
    now = place.world.clock.now()
    if now.weekday() > 4 or now.hour not in (9, 10, 14, 15):
        await place.world.part(TimeMachine).turn(next_weekday_morning(now) + timedelta(minutes=5))


async def _group_card(place: Place, folk: Folk, fault: str) -> None:
    await _in_office_hours(place)
    no = await folk.ready_to_dispatch()
    order = Fault(fault, match="aibot_send_msg")
    place.world.faults.order(order)
    folk.begin(folk.dispatch(no))
    await until(lambda: order not in place.world.faults.waiting, "no card was sent", every=0.001)
    place.kill()


async def _pressed(place: Place, folk: Folk) -> None:
    if not folk.offered("签收"):
        await _in_office_hours(place)
        await folk.dispatch(await folk.ready_to_dispatch())
        await until(lambda: folk.offered("签收"), "no work order came")
    await place.quiet()
    await committed(place, EVENTS, lambda: folk.begin(folk.press("签收")))


async def _clock(place: Place, folk: Folk) -> None:
    """Turn to the next step of a case that was dispatched just now, or earlier."""
    await _in_office_hours(place)
    await folk.dispatch(await folk.ready_to_dispatch())
    await place.quiet()
    await place.turn(0)
    step = parse(str(place.world.bot_clock["next_step"])) + timedelta(seconds=1)
    await committed(place, STEPS, lambda: folk.begin(place.world.part(TimeMachine).turn(step)))


POINTS: dict[str, Point] = {
    "intake, before the commit": lambda p, f: before(p, "events", lambda: f.begin(f.push())),
    "intake, after the commit": lambda p, f: committed(p, EVENTS, lambda: f.begin(f.push())),
    "intake, answered 201": _answered_push,
    "inbox, before the commit": lambda p, f: before(p, "inbox", lambda: f.begin(f.remark())),
    "inbox, after the commit": lambda p, f: committed(p, INBOX, lambda: f.begin(f.remark())),
    "inbox, answered 200": _answered_remark,
    "act, before the commit": _act_open,
    "act, after the commit": lambda p, f: committed(p, EVENTS, lambda: f.begin(f.remark())),
    "press, after the commit": _pressed,
    "outbox, claimed": lambda p, f: committed(p, CLAIMED, lambda: f.begin(f.push())),
    "send, asked": lambda p, f: at_the_door(p, SEND, lambda: f.begin(f.push()), after=False),
    "send, done and unanswered": lambda p, f: at_the_door(p, SEND, lambda: f.begin(f.push()), after=True),
    "group card, done and unanswered": lambda p, f: _group_card(p, f, "lose_ack"),
    "group card, swallowed": lambda p, f: _group_card(p, f, "silence"),
    "receipt, after the commit": lambda p, f: committed(p, RECEIPTS, lambda: f.begin(f.push())),
    "clock, a step taken": _clock,
}
RANDOM = "a random moment"
ALL_POINTS = {**POINTS, RANDOM: _random}
