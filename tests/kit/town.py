"""A whole town in one process, over real sockets: the practice city, the bot's server, and the people's hands.

The city (`sandbox`) and the bot (`main.Server`) only know each other over HTTP and WebSocket, as in production; the
test holds both, turns the clock, speaks and presses for people, and reads what everybody sees.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import io
import json
import re
import secrets
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp.test_utils import TestServer
from docx import Document
from openpyxl import Workbook, load_workbook

import settings
from bot.dispatcher import Dispatcher
from domain.ledger_form import HEADERS
from domain.office_hours import TZ
from main import build_app, build_platforms, dingtalk_config, wecom_config
from models.cases import CaseRow
from models.database import connect, disconnect
from models.queues import InboxRow, OutboxRow
from models.sealing import Sealer
from operations.practice import MENTION, PracticeClient, free_port, is_connected
from platforms.dingtalk import DingTalk
from platforms.dingtalk.timing import Timing as Ticking
from platforms.shared.keyed_queue import KeyedQueue
from platforms.wecom import WeCom
from platforms.wecom.long_connection import Timing
from sandbox.city.credentials import org_csv
from sandbox.city.people import DINGTALK
from sandbox.city.state import state_of
from sandbox.city.world import WORLD, World
from sandbox.server import create_app
from server import Server
from services.directory.people import bind_chat, centre_named, department_named, first_centre, import_directory
from services.papers.ledger import Filter, ledger_cases, ledger_rows
from services.store.app import AppContext
from services.store.background import Background
from services.store.event_store import Record, read, read_no
from services.upkeep.verify import verify

ROOT = Path(__file__).resolve().parent.parent.parent
ORG = ROOT / "sandbox" / "city" / "org.csv"
#: A Monday, just opened.
START = "2026-11-23T09:00:00+08:00"
DATA_KEY = "cHJhY3RpY2UtcHJhY3RpY2UtcHJhY3RpY2UtMTIzNDU="
#: Seconds between two frames of one exchange, and how long the town may take to come to rest.
QUIET = 0.008
PATIENCE = 30.0
#: What the bot's side is busy with while one of these runs. The town is one event loop: everything can be seen.
WORKING = frozenset({KeyedQueue._drain.__qualname__, Dispatcher._work.__qualname__, "run_coroutine_job"})
#: What the bot waits for on the wire, in seconds: short, so that a lost answer costs a test little.
TIMING = Timing(ack_within=1.0, backoff_first=0.05, backoff_cap=0.2, alarm_after=3, kicked_pause=0.2)
DING_TIMING = Ticking(
    qps_pauses=(0.05, 0.1, 0.2), retry_pause=0.05, backoff_first=0.05, backoff_cap=0.2, alarm_after=3, drain=2.0
)
#: How long the city waits for a redrawn card, in seconds.
WINDOW = 2.0

GROUPS = {
    "人社局": "wrkSFfCgAA-RenShe01",
    "自然资源局": "wrkSFfCgAA-ZiRan02",
    "市场监管局": "wrkSFfCgAA-ShiJian03",
    "住建局": "wrkSFfCgAA-ZhuJian04",
    "医保局": "wrkSFfCgAA-YiBao05",
    "公安分局": "wrkSFfCgAA-GongAn06",
    "中心": "wrkSFfCgAA-ZhongXin00",
}
LIAISONS = {
    "人社局": "chenjing",
    "自然资源局": "sunwei",
    "市场监管局": "zhouli",
    "住建局": "wuqiang",
    "医保局": "heqing",
    "公安分局": "malin",
}
OURS = frozenset({"app", "bot", "webhook"})
#: A complaint with everything in it; the tail is long enough to be recognised wherever it leaks.
COMPLAINT = {
    "source": "12345热线",
    "name": "测甲一",
    "phone": "00012340001",
    "address": "示例市示例区虚构路00号",
    "kind": "投诉",
    "reported_at": "2026-11-20T09:14:32+08:00",
    "content": "反映退休手续多次退件问题。"
    "本人十月在社保窗口办理退休手续，材料补齐两次，窗口以系统没开为由不予受理，要求尽快受理并说明原因。",
}

Seen = dict[str, Any]
#: Conversations one-to-one.
ALONE = ("app", "bot", "ding")


def sent(kind: str, name: str, content: bytes, says: str = "") -> Seen:
    """Something to send: `kind` is image, file, voice or video; `says` what a voice says."""
    return {"kind": kind, "name": name, "content": base64.b64encode(content).decode(), "says": says}


def shown(message: Seen) -> str:
    """Every word of a message that somebody can read."""
    words = [message["text"] or "", *_strings(message["card"]), *(button["text"] for button in message["buttons"])]
    if message["file"]:
        words.append(message["file"]["name"])
    return "\n".join(word for word in words if word)


_UNSEEN = frozenset({"url", "key", "task_id", "card_type", "appid", "pagepath", "question_key"})


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, item in value.items():
            if name not in _UNSEEN:
                yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def words(messages: list[Seen]) -> str:
    """Everything readable of several messages."""
    return "\n".join(shown(message) for message in messages)


def heard_by(messages: list[Seen], user: str) -> str:
    """What the application told this person one-to-one among these messages."""
    return words([message for message in messages if message["chat"] == f"app:{user}"])


def heard_in(messages: list[Seen], department: str) -> str:
    """What was said in this department's group among these messages."""
    return words([message for message in messages if message["chat"] == GROUPS[department]])


def captions(message: Seen) -> list[str]:
    """The buttons of a card that can be pressed, by what stands on them."""
    return [button["text"] for button in message["buttons"] if not button["disabled"]]


def at(text: str) -> str:
    """`11-24 09:00` of 2026 (or a full local time) as the ISO moment the clock is turned to."""
    text = text if len(text) > 11 else f"2026-{text}"
    return datetime.fromisoformat(text).replace(tzinfo=TZ).isoformat()


def signature(secret: str, stamp: str, nonce: str, body: bytes) -> str:
    """The hex HMAC of the intake interface."""
    text = f"{stamp}\n{nonce}\n{hashlib.sha256(body).hexdigest()}"
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


class Town:
    """The city, the bot and everybody's hands. Made by `running_town`."""

    def __init__(
        self, world: World, city: PracticeClient, session: aiohttp.ClientSession, config: settings.Settings
    ) -> None:
        self.world = world
        self.city = city
        self.session = session
        self.config = config
        self.url = f"http://127.0.0.1:{config.port}"
        #: Log actions of level ERROR that this test provokes on purpose.
        self.tolerated: set[str] = set()
        #: Whether this test alters rows behind the program's back.
        self.altered = False
        self.background = Background()
        self._stop = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self.server: Server
        self.app: AppContext

    # The bot's life

    async def start_bot(self) -> None:
        """Start the bot's server with the city's time on its clock; returns when it is connected and told the time."""
        self.app = build_app(self.config)
        self.app.clock.turn(self.world.clock.now())  # type: ignore[attr-defined]
        platforms = build_platforms(self.config, self.app)
        now, paced = self.app.clock.now, self.app.clock.paced
        if "wecom" in platforms:
            platforms["wecom"] = WeCom(wecom_config(self.config), now, paced, timing=TIMING)
        if "dingtalk" in platforms:
            counter = self.app.usage_counters["dingtalk"]
            platforms["dingtalk"] = DingTalk(dingtalk_config(self.config), now, counter, paced, timing=DING_TIMING)
        self.server = Server(self.config, self.app, platforms)
        self.server.dispatcher.answer_look = 0.2
        self._stop = asyncio.Event()
        self.world.bot_clock = {}
        self._running = self.background.spawn(self.server.run(self._stop), "server")
        await self.until(self._connected, "the bot did not connect")

    async def _connected(self) -> bool:
        return is_connected(state_of(self.world)) and "now" in self.world.bot_clock

    async def stop_bot(self) -> None:
        """Ask the server to stop, as SIGTERM does, and wait for it."""
        self._stop.set()
        if self._running is not None:
            await self._running
        self._running = None

    async def restart(self) -> None:
        """Stop the bot and start another on the same database."""
        await self.stop_bot()
        await self.start_bot()

    async def until(self, holds: Any, otherwise: str, most: float = PATIENCE) -> None:
        """Look every few milliseconds until a condition (plain or async) holds."""
        give_up = asyncio.get_running_loop().time() + most
        while asyncio.get_running_loop().time() < give_up:
            if self._running is not None and self._running.done():
                self._running.result()
            found = holds()
            if await found if asyncio.iscoroutine(found) else found:
                return
            await asyncio.sleep(0.003)
        raise AssertionError(otherwise)

    async def settle(self) -> None:
        """Wait until nobody on either side has anything left to do now."""

        def silent() -> bool:
            return self.world.traffic.quiet_for() >= QUIET and not self._at_work()

        async def at_rest() -> bool:
            return silent() and await self._nothing_queued() and silent()

        await self.until(at_rest, "the town did not come to rest")

    @staticmethod
    def _at_work() -> bool:
        """Whether the bot handles an event or runs a job at this moment."""
        return any(task.get_coro().__qualname__ in WORKING for task in asyncio.all_tasks())  # type: ignore[union-attr]

    async def _nothing_queued(self) -> bool:
        now = self.app.clock.now()
        waiting = OutboxRow.filter(state="pending", not_before__lte=now)
        return not (
            # What was done and waits for the platform to take its answer is at rest.
            await InboxRow.filter(state="pending", error=None, answered__isnull=True).exists()
            # In this order: a row that is taken up between the two questions is seen by the second.
            or await waiting.exists()
            or await OutboxRow.filter(state="leased").exists()
        )

    # What people do

    async def call(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """One call of the city's control interface."""
        return await self.city.call(f"/sandbox/{path}", body)

    async def say(self, user: str, chat: str, text: str) -> list[Seen]:
        """Say something to the application (`app`), to the bot (`bot`) or in a department's group; what came back."""
        before = self.last
        await self.call("say", self._spoken(user, chat, text))
        await self.settle()
        return await self.since(before)

    async def send(
        self, user: str, chat: str, *media: Mapping[str, Any], text: str = "", quote: str = "", **more: Any
    ) -> list[Seen]:
        """Send pictures, files or voice (`picture`, `file` …), with words or a quote; what came back."""
        before = self.last
        words = self._spoken(user, chat, text) if text or chat not in ALONE else {"user": user, "chat": chat}
        await self.call("send_file", {**words, "media": list(media), "quote": quote, **more})
        await self.settle()
        return await self.since(before)

    @staticmethod
    def _spoken(user: str, chat: str, text: str) -> dict[str, str]:
        if chat in ALONE:
            return {"user": user, "chat": chat, "text": text}
        return {"user": user, "chat": GROUPS.get(chat, chat), "text": f"{MENTION} {text}"}

    async def find_button(self, user: str, caption: str, chat: str = "", *, about: str = "") -> tuple[Seen, Seen]:
        """The newest message this person sees with that button to press; and the button."""
        for message in reversed(await self.messages(user, chat)):
            for button in message["buttons"]:
                if button["text"] == caption and not button["disabled"] and about in shown(message):
                    return message, button
        raise AssertionError(f"{user} sees no button {caption}; sees:\n{words((await self.messages(user, chat))[-4:])}")

    async def press(self, user: str, caption: str, chat: str = "", *, about: str = "") -> list[Seen]:
        """Press the newest button of that caption; what came back (redrawn cards are seen with `expect`)."""
        message, button = await self.find_button(user, caption, chat, about=about)
        return await self.press_on(user, message, button)

    async def press_on(self, user: str, message: Seen, button: Seen) -> list[Seen]:
        """Press one button of one message."""
        before = self.last
        # 详情 is answered one-to-one: nobody waits for a redraw of the group's card.
        wait = 0.3 if button["text"] == "详情" else WINDOW
        body = {"user": user, "message_id": message["id"], "key": button["key"], "wait": wait}
        done = await self.call("press", body)
        assert done["ok"], done
        await self.settle()
        return await self.since(before)

    async def push(self, text: str = "", **fields: Any) -> str:
        """The hotline pushes a text or fields; the number of the case."""
        answer = await self.push_raw({"text": text} if text else {"fields": {**COMPLAINT, **fields}})
        assert answer["ok"], answer
        return str(answer["answer"]["case_no"])

    async def push_raw(self, body: Mapping[str, Any]) -> Any:
        """The hotline pushes; the whole answer."""
        answer = await self.call("push", body)
        await self.settle()
        return answer

    async def turn(self, to: str, *, stepwise: bool = False) -> list[Seen]:
        """Turn the clock (`11-24 09:00`); what came by it."""
        before = self.last
        await self.call("clock", {"to": at(to), "stepwise": stepwise})
        await self.settle()
        return await self.since(before)

    async def turn_city(self, to: str) -> None:
        """Turn the city's clock while no bot is there to hear it."""
        await self.call("clock", {"to": at(to)})

    async def fault(self, kind: str, **more: Any) -> None:
        """Order a fault of the city."""
        await self.call("fault", {"kind": kind, **more})

    async def dispatched(
        self, department: str = "人社局", category: str = "不给办", *, limit: str = "", **fields: Any
    ) -> str:
        """A complaint that went the usual way up to dispatch; its number."""
        no = await self.push(**fields)
        await self.say("wangmin", "app", f"/确认 {no}")
        await self.say("zhaogang", "app", f"/分类 {no} {category}")
        await self.say("zhaogang", "app", f"/转办 {no} {department} {limit}".strip())
        return no

    async def answered(self, department: str = "人社局", **more: Any) -> str:
        """A dispatched complaint whose department has answered."""
        no = await self.dispatched(department, **more)
        await self.say(LIAISONS[department], department, f"/答复 {no} 已为群众办结")
        return no

    async def reviewed(self, department: str = "人社局", **more: Any) -> str:
        """An answered complaint that passed the review: its complainant is to be called back."""
        no = await self.answered(department, **more)
        await self.say("zhaogang", "app", f"/质检 {no} 通过")
        return no

    async def closed(self, department: str = "人社局", **more: Any) -> str:
        """A complaint whose complainant is satisfied."""
        no = await self.reviewed(department, **more)
        await self.say("wangmin", "app", f"/回访 {no} 满意")
        return no

    async def deactivate(self, account: str) -> None:
        """The office imports its directory again, without this person."""
        await self.import_people(lambda row: [] if row[3] == self.name_of(account) else [row])

    async def reassign(self, account: str, role: str) -> None:
        """The office imports its directory again, with another role for this person."""
        name = self.name_of(account)
        await self.import_people(lambda row: [[*row[:4], role, *row[5:]] if row[3] == name else row])

    async def import_people(self, change: Callable[[list[str]], list[list[str]]]) -> None:
        """The office imports its directory again, every line changed into the lines that `change` gives."""
        lines = (await self.city.text("/sandbox/org")).splitlines()
        changed = "\n".join(",".join(row) for line in lines for row in change(line.split(",")))
        await import_directory(changed.encode(), "org.csv", self.app.clock.now(), self.app.sealer)

    def name_of(self, user: str) -> str:
        """A person's name as the directory has it."""
        return self.world.city.people[user].name

    # What people see

    @property
    def last(self) -> int:
        """The number of the newest message of the city."""
        return len(self.world.chats.messages)

    async def since(self, number: int) -> list[Seen]:
        """What the bot sent after message `number`."""
        found = (await self.call(f"messages?after={number}"))["messages"]
        return [message for message in found if message["from"] in OURS]

    async def messages(self, user: str = "", chat: str = "") -> list[Seen]:
        """What a person sees (in one conversation), oldest first."""
        chat = GROUPS.get(chat, chat)
        found: list[Seen] = (await self.call(f"messages?user={user}&chat={chat}"))["messages"]
        return found

    async def expect(self, chat: str, *contains: str, user: str = "") -> Seen:
        """The newest message of the bot in a chat that holds all these words. Fails with what was there instead."""
        seen = await self._heard(user, chat)
        for message in reversed(seen):
            if all(part in shown(message) for part in contains):
                return message
        raise AssertionError(f"nothing in {chat} {user} holds {contains}; the last there:\n{words(seen[-3:])}")

    async def expect_soon(self, chat: str, *contains: str, user: str = "") -> None:
        """Wait for a message that comes a moment later: what was refused by a passing fault is tried again."""

        async def there() -> bool:
            return any(all(part in shown(m) for part in contains) for m in await self._heard(user, chat))

        await self.until(there, f"{contains} never came to {chat} {user}")

    async def _heard(self, user: str, chat: str) -> list[Seen]:
        return [message for message in await self.messages(user, chat) if message["from"] in OURS]

    async def group_messages(self) -> list[Seen]:
        """Everything the bot ever showed in any group."""
        return [
            m for m in (await self.call("messages"))["messages"] if m["chat"].startswith("wrk") and m["from"] in OURS
        ]

    async def workbook(self, user: str) -> Workbook:
        """The newest workbook a person was sent."""
        return load_workbook(io.BytesIO((await self._files(user))[-1][1]))

    async def papers(self, user: str) -> dict[str, str]:
        """Every word of each .docx a person was sent one-to-one, by file name; opened as a reader's program would."""
        sent = await self._files(user)
        return {name: _docx_words(content) for name, content in sent if name.endswith(".docx")}

    async def _files(self, user: str) -> list[tuple[str, bytes]]:
        found = []
        for message in await self.messages(user):
            if message["file"] and message["chat"] == f"app:{user}":
                async with self.session.get(f"{self.city.url}/sandbox/file/{message['file']['id']}") as answer:
                    found.append((message["file"]["name"], await answer.read()))
        return found

    # What is true

    async def record(self, no: str) -> Record:
        """The case as stored."""
        return await read_no(no, self.app.sealer)

    async def case(self, no: str) -> Any:
        """The case as other systems read it, over the signed interface."""
        status, answer = await self.request("GET", f"/api/v1/complaints/{no}")
        assert status == 200, answer
        return answer

    async def events(self, no: str) -> list[str]:
        """The types of the case's events, in order."""
        return [event.type for event in (await self.record(no)).events]

    async def row(self, no: str, *, masked: bool = False) -> dict[str, str]:
        """The case's row of the ledger, by header."""
        case = (await self.record(no)).case
        centre = await centre_named(case.centre_name)
        assert centre is not None
        cases = await ledger_cases(self.app, centre.id, Filter())
        rows = ledger_rows(self.app, cases, masked=masked, now=self.app.clock.now())
        return dict(zip(HEADERS, rows[[item.no for item in cases].index(no)], strict=True))

    async def request(
        self, method: str, path: str, body: bytes = b"", *, headers: Mapping[str, str] | None = None
    ) -> tuple[int, Any]:
        """One signed request to the intake interface; `headers` replace what would be sent."""
        async with self.session.request(
            method,
            self.url + path,
            data=io.BytesIO(body) if body else None,
            headers={**self.signed(body), **(headers or {})},
        ) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text.startswith("{") else text

    def signed(self, body: bytes, nonce: str = "", stamp: str = "") -> dict[str, str]:
        """The four headers of a genuine request."""
        key = next(iter(self.config.intake_keys.values()))
        nonce, stamp = nonce or secrets.token_hex(8), stamp or str(int(self.app.clock.now().timestamp()))
        return {
            "Content-Type": "application/json",
            "X-Yousu-Key": key.id,
            "X-Yousu-Timestamp": stamp,
            "X-Yousu-Nonce": nonce,
            "X-Yousu-Signature": signature(key.secret, stamp, nonce, body),
        }

    async def nothing_is_lost(self) -> None:
        """Every event was worked on and every message sent or given up on purpose; nothing waits."""
        await self.until(lambda: not self.app.hands.keys(), "an answer is still owed")
        assert not await InboxRow.exclude(state="done").values("id", "state", "error", "attempts")
        assert not await OutboxRow.exclude(state__in=["sent", "dropped"]).values("id", "kind", "state", "error")

    async def no_group_knows_anybody(self) -> None:
        """Nothing the bot showed in a group names a complainant, reaches one, or quotes a complaint."""
        seen = await self.group_messages()
        spoken = [
            words([message, *({**message, "card": past["card"]} for past in message["history"])]) for message in seen
        ]
        whole = "\n".join(spoken)
        assert not re.search(r"(?<![0-9A-Za-z])000[-\s]?\d{4}", whole), "a phone number is in a group"
        for row in await CaseRow.all():
            case = (await read(row.id, self.app.sealer)).case
            private = case.private
            for word in (private.name, private.contact, private.address, *private.phones):
                assert not word or word not in whole, f"{case.no}: a name, number or address is in a group"
            rest = whole
            for public in (case.title, case.external_no):
                rest = rest.replace(public, "") if public else rest
            for text in (private.content, private.outcome, private.plan, *private.notes):
                leaked = [part for n in range(len(text) - 13) if (part := text[n : n + 14]) in rest]
                assert not leaked, f"{case.no}: words of the complaint are in a group: {leaked[0]}"

    async def the_record_holds(self) -> None:
        """Nothing of what the program wrote looks as if somebody had altered it by hand."""
        if not self.altered:
            assert [str(fault) for fault in (await verify(self.app)).faults] == []

    async def no_trace_is_shown(self) -> None:
        """Nobody was ever shown the inside of the program."""
        everything = words((await self.call("messages?dropped=1"))["messages"])
        assert "Traceback" not in everything
        assert not re.search(r"\b\w+Error\b|\.py\b|<class", everything)


def _docx_words(content: bytes) -> str:
    document = Document(io.BytesIO(content))
    parts = [document.element.body, *(part._element for s in document.sections for part in (s.header, s.footer))]
    paragraphs = [paragraph for part in parts for paragraph in part.iter() if paragraph.tag.endswith("}p")]
    return "\n".join("".join(node.text or "" for node in p.iter() if node.tag.endswith("}t")) for p in paragraphs)


@asynccontextmanager
async def running_town(
    url: str,
    *,
    start: str = START,
    bind: bool = True,
    org: bytes = b"",
    platforms: str = "wecom",
    dingtalk_mode: str = "stream",
    **more: str,
) -> AsyncIterator[Town]:
    """A town on the migrated database `url`.

    `platforms`: the kind of city; `dingtalk_mode`: how DingTalk reaches the bot (stream or http);
    `bind`: the groups are the departments'; `more`: further settings.
    """
    app = create_app(start=datetime.fromisoformat(start), window=WINDOW, platforms=platforms)
    async with TestServer(app) as city_server, aiohttp.ClientSession() as session:
        city = PracticeClient(str(city_server.make_url("")).rstrip("/"), session)
        if dingtalk_mode == "http":
            await city.call("/sandbox/dingtalk", {"mode": dingtalk_mode})
        env = (await city.call("/sandbox/credentials"))["env"]
        port = free_port()
        config = settings.load(
            {
                **env,
                "YOUSU_DATABASE_URL": url,
                "YOUSU_DATA_KEY": DATA_KEY,
                "YOUSU_HTTP_PORT": str(port),
                "YOUSU_PUBLIC_URL": f"http://127.0.0.1:{port}" if dingtalk_mode == "http" else "",
                "YOUSU_PRACTICE": "1",
                "YOUSU_TICK_SECONDS": "3600",
                **more,
            },
            ROOT / "no.env",
        )
        world = app[WORLD]
        world.bot_url = f"http://127.0.0.1:{config.port}"
        await connect(url)
        try:
            if await first_centre() is None:
                file = org or org_csv(world.city).encode()
                await import_directory(file, "org.csv", world.clock.now(), Sealer(config.data_key))
            if bind:
                await bind_groups(world)
            town = Town(world, city, session, config)
            try:
                await town.start_bot()
                yield town
            finally:
                await town.stop_bot()
                await town.background.stop()
        finally:
            await disconnect()


async def bind_groups(world: World) -> None:
    """Every department's group is bound, and has spoken to the bot, as after the first day in a real office."""
    centre = await first_centre()
    assert centre is not None
    for group in world.city.groups.values():
        if group.department:
            department = (await department_named(centre.id, group.department)).department
            if department is None:
                continue
            ding = group.platform == DINGTALK
            world.doors[group.platform].spoken.add(group.chatid)
            chat_id = group.conversation_id if ding else group.chatid
            await bind_chat(group.platform, chat_id, department.id, world.clock.now())
