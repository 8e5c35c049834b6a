"""The living doors: one town, one event loop, thousands of odd requests, callbacks, frames and sentences on the wire.

What comes back must be an answer of the door (never a 500), what is heard must be answered or put by, and nothing may
reach the last line of defence: an ERROR of the log that says that something broke.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from sandbox.city.acts import say
from sandbox.city.crypto import Envelope
from sandbox.city.errors import ActError
from sandbox.dingtalk.ding import Ding
from sandbox.wecom.aibot import Hub
from tests.fuzz.borders import GOOD_BODIES, GOOD_COMPLAINT, GOOD_MESSAGE, XML_GOOD, _bodies, _frame_text, _sentence
from tests.fuzz.odd import Odd
from tests.kit.database import migrated_sqlite
from tests.kit.town import GROUPS, Town, running_town, signature
from tests.kit.town_fixtures import BROKEN

INTAKE = "/api/v1/complaints"
#: A key may push fifty times a second: so many keys that this stops nobody here.
KEYS = [f"fuzz{number}" for number in range(80)]
PATHS = ("/", INTAKE, f"{INTAKE}/YS20261123-0001", "/callback/wecom", "/callback/dingtalk", "/healthz", "/metrics")
#: How the stream refuses what is no message of DingTalk's; its lanes write down every failure alike.
NO_MESSAGE = "incoming_failed: ValueError"
SECRET = "a-secret-of-the-fuzzer"
#: Seconds between two looks at how much the event loop's own thread has worked meanwhile.
GLANCE = 0.02
AT_ONCE = 16
STALL = 0.2


class Defence(logging.Handler):
    """Counts what reached the last line of defence, by action."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.broken: Counter[str] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        """Count one record."""
        action = str(record.__dict__.get("action", record.name))
        if action not in BROKEN and not record.exc_info:
            return
        kind = record.exc_info[0] if record.exc_info else None
        what = f"{action}: {kind.__name__ if kind else record.__dict__.get('reason', '')}"
        self.broken[what] += what != NO_MESSAGE


class Watch:
    """The longest time the event loop's thread worked without letting anybody else run, in its own seconds."""

    def __init__(self) -> None:
        self.slowest = 0.0
        self.stalls = 0

    async def keep(self) -> None:
        """Look until cancelled."""
        while True:
            before = time.thread_time()
            await asyncio.sleep(GLANCE)
            worked = time.thread_time() - before - GLANCE
            self.slowest = max(self.slowest, worked)
            self.stalls += worked > STALL


@asynccontextmanager
async def fuzzed_town(folder: Path) -> AsyncIterator[Town]:
    """A town on both platforms with many keys for the hotline."""
    keys = ",".join(f"{key}:{SECRET}" for key in KEYS)
    url = f"sqlite://{await asyncio.to_thread(migrated_sqlite, folder / 'yousu.sqlite3')}"
    async with running_town(url, platforms="mixed", YOUSU_INTAKE_KEYS=keys) as town:
        yield town


async def intake_door(town: Town, odd: Odd) -> None:
    """A signed push of anything; now and then a header that is wrong."""
    body = _bodies(odd)
    if odd.number(50) == 0:
        body = odd.dumped({**GOOD_COMPLAINT, "external_no": secrets.token_hex(6), "content": odd.text()})
    stamp, nonce = str(int(town.app.clock.now().timestamp())), secrets.token_hex(8)
    headers = {
        "Content-Type": odd.one(("application/json", "application/json; charset=utf-8", "text/plain", "")),
        "X-Yousu-Key": odd.one(KEYS),
        "X-Yousu-Timestamp": stamp,
        "X-Yousu-Nonce": nonce,
        "X-Yousu-Signature": signature(SECRET, stamp, nonce, body),
    }
    if odd.number(8) == 0:
        headers[odd.one(list(headers))] = "".join(c for c in odd.text()[:200] if 32 <= ord(c) < 0xD800)
    await _asked(town, "POST", INTAKE, body, headers)


async def http_door(town: Town, odd: Odd) -> None:
    """Any method, any address, anything in it."""
    path = odd.one(
        ("/", INTAKE, f"{INTAKE}/YS20261123-0001", "/callback/wecom", "/callback/dingtalk", "/healthz", "/metrics")
    )
    tail = "".join(c for c in odd.text()[:80] if 32 < ord(c) < 0xD800 and c not in "#\\")
    method = odd.one(("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"))
    await _asked(town, method, f"{path}{odd.one(('', '?', '/', '?echostr='))}{tail}", _bodies(odd), {})


async def callback_door(town: Town, odd: Odd) -> None:
    """What WeCom calls back with: genuinely sealed and signed, anything inside; sometimes nothing of it genuine."""
    corp = town.world.city.corp
    envelope = Envelope(corp.token, corp.aes_key, corp.corp_id)
    good = dict(odd.one(XML_GOOD)) | {"MsgId": str(odd.number(10**9)), "CreateTime": str(odd.number(10**9))}
    sealed = envelope.encrypt(odd.xml(good).encode("utf-8", "replace") if odd.number(4) else _bodies(odd))
    query = {"timestamp": "1", "nonce": "n", "msg_signature": envelope.sign("1", "n", sealed)}
    body = f"<xml><Encrypt>{sealed}</Encrypt></xml>".encode()
    if odd.number(10) == 0:
        query[odd.one(list(query))] = "x"
    if odd.number(10) == 0:
        body = _bodies(odd)
    url = f"{town.url}/callback/wecom"
    async with town.session.post(url, params=query, data=body) as answer:
        assert answer.status < 500, answer.status


async def wecom_line(town: Town, odd: Odd) -> None:
    """A frame on the long connection."""
    line = town.world.part(Hub).line
    if line is None or line.socket.closed:  # it may hang up on nonsense, and comes back
        await asyncio.sleep(0.05)
        return
    if odd.number(3):
        body = odd.changed(odd.one(GOOD_BODIES)) | {"msgid": secrets.token_hex(8)}
        cmd = odd.one(("aibot_msg_callback", "aibot_event_callback"))
        text = json.dumps({"cmd": cmd, "headers": {"req_id": secrets.token_hex(8)}, "body": body})
    else:
        text = _frame_text(odd)
    with suppress(ConnectionError, RuntimeError):
        await line.socket.send_str(text.encode("utf-8", "replace").decode())


async def dingtalk_line(town: Town, odd: Odd) -> None:
    """A frame of DingTalk's stream."""
    lines = town.world.part(Ding).stream.living()
    if not lines:
        await asyncio.sleep(0.05)
        return
    data = odd.changed(GOOD_MESSAGE) | {"msgId": secrets.token_hex(8)} if odd.number(3) else odd.json()
    head = {"topic": odd.one(("/v1.0/im/bot/messages/get", "/v1.0/card/instances/callback", "*")),
            "messageId": secrets.token_hex(8), "contentType": "application/json"}  # fmt: skip
    frame = {"specVersion": "1.0", "type": "CALLBACK", "headers": head, "data": json.dumps(data)}
    if odd.number(4) == 0:
        frame = odd.changed(frame)
    with suppress(ConnectionError, RuntimeError):
        await lines[0].socket.send_str(json.dumps(frame))


async def speech(town: Town, odd: Odd) -> None:
    """Somebody says something to the application, the bot, or in a department's group."""
    who = odd.one([person.id for person in town.world.city.people.values()])
    chat = odd.one(("app", "bot", *GROUPS.values()))
    with suppress(ActError):
        await say(town.world, who, chat, _sentence(odd).encode("utf-8", "replace").decode())


async def _asked(town: Town, method: str, path: str, body: bytes, headers: dict[str, str]) -> None:
    async with town.session.request(method, town.url + path, data=body or None, headers=headers) as answer:
        await answer.read()
        # 503 with Retry-After is an answer: the database was busy.
        assert answer.status < 500 or answer.headers.get("Retry-After") or answer.status == 501, answer.status


Door = Callable[[Town, Odd], Awaitable[None]]
#: Name → the door, and its share of what the living doors get: a sentence is worked on, a wrong signature is not.
DOORS: dict[str, tuple[Door, int]] = {
    "intake over HTTP": (intake_door, 30),
    "any HTTP": (http_door, 30),
    "callback over HTTP": (callback_door, 15),
    "long connection": (wecom_line, 15),
    "stream": (dingtalk_line, 15),
    "speech": (speech, 5),
}


async def fuzz_doors(
    folder: Path, executions: int, seed: int
) -> tuple[Counter[str], Counter[str], Watch, dict[str, float]]:
    """Executions by door, what was unexpected, how long the loop stood, and seconds by door."""
    logging.getLogger("yousu").setLevel(logging.ERROR)
    defence, watch, counts, spent = Defence(), Watch(), Counter[str](), dict[str, float]()
    logging.getLogger().addHandler(defence)
    whole = sum(share for _, share in DOORS.values())
    async with fuzzed_town(folder) as town:
        watching = asyncio.ensure_future(watch.keep())
        for number, (name, (door, share)) in enumerate(DOORS.items()):
            odd, began = Odd(seed * 100 + number), time.process_time()
            left = executions * share // whole

            async def some(door: Door, name: str, odd: Odd) -> None:
                nonlocal left
                while left > 0:
                    left -= 1
                    counts[name] += 1
                    try:
                        await door(town, odd)
                    except Exception as error:
                        defence.broken[f"{name}: {error!r}"[:200]] += 1

            await asyncio.gather(*(some(door, name, odd) for _ in range(AT_ONCE)))
            try:
                await town.settle()
            except AssertionError as error:
                defence.broken[f"{name}: {error}"] += 1
            spent[name] = time.process_time() - began
        watching.cancel()
    logging.getLogger().removeHandler(defence)
    return counts, +defence.broken, watch, spent
