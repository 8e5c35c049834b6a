"""A running city on a real socket, a bot made of plain recordings, and the bot's end of the long connection."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from sandbox.city.crypto import Envelope
from sandbox.city.people import load
from sandbox.city.world import WORLD, World
from sandbox.server import create_app
from sandbox.wecom.xml import element, parse

WINDOW = 0.25
GROUP = "wrkSFfCgAA-RenShe01"


class RecordingBot:
    """The bot's HTTP side: decrypts callbacks with the city's own key and answers from a script of HTTP statuses."""

    def __init__(self) -> None:
        corp = load().corp
        self.corp = corp
        self.envelope = Envelope(corp.token, corp.aes_key, corp.corp_id)
        self.callbacks: list[dict[str, Any]] = []
        self.queries: list[dict[str, str]] = []
        self.statuses: list[int] = []
        self.clocks: list[str] = []
        self.complaints: list[tuple[dict[str, str], bytes]] = []
        self.clock_answer: dict[str, Any] = {}
        self.verifies = 0
        self.reply: dict[str, object] | None = None
        self.on_callback: Callable[[dict[str, Any]], Awaitable[None]] | None = None

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/callback/wecom", self.verify)
        app.router.add_post("/callback/wecom", self.callback)
        app.router.add_post("/practice/clock", self.clock)
        app.router.add_post("/api/v1/complaints", self.complaint)
        return app

    def _check(self, request: web.Request, encrypted: str) -> str:
        query = dict(request.query)
        self.queries.append(query)
        self.envelope.check(query["msg_signature"], query["timestamp"], query["nonce"], encrypted)
        return self.envelope.decrypt(encrypted).decode()

    async def verify(self, request: web.Request) -> web.Response:
        self.verifies += 1
        return web.Response(text=self._check(request, request.query["echostr"]))

    async def callback(self, request: web.Request) -> web.Response:
        outer = parse(await request.text())
        assert outer["ToUserName"] == self.corp.corp_id
        event = parse(self._check(request, outer["Encrypt"]))
        self.callbacks.append(event)
        if self.on_callback is not None:
            await self.on_callback(event)
        if self.statuses:
            return web.Response(status=self.statuses.pop(0))
        if self.reply is None:
            return web.Response(text="")
        encrypted = self.envelope.encrypt(element("xml", self.reply).encode())
        signed = self.envelope.sign("1", "n", encrypted)
        answer = {"Encrypt": encrypted, "MsgSignature": signed, "TimeStamp": 1, "Nonce": "n"}
        return web.Response(text=element("xml", answer))

    async def clock(self, request: web.Request) -> web.Response:
        now = (await request.json())["now"]
        self.clocks.append(now)
        return web.json_response({"now": now, **self.clock_answer})

    async def complaint(self, request: web.Request) -> web.Response:
        self.complaints.append((dict(request.headers), await request.read()))
        return web.json_response({"case_no": "YS20261123-0001"}, status=201)


class Line:
    """The bot's end of one long connection."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.count = 0

    async def heard(self) -> dict[str, Any]:
        return await self.socket.receive_json(timeout=2)

    async def send(self, cmd: str, body: dict[str, Any] | None = None, req_id: str = "") -> None:
        self.count += 1
        await self.socket.send_json(
            {"cmd": cmd, "headers": {"req_id": req_id or f"own{self.count}"}, "body": body or {}}
        )

    async def ask(self, cmd: str, body: dict[str, Any] | None = None, req_id: str = "") -> dict[str, Any]:
        await self.send(cmd, body, req_id)
        answer = await self.heard()
        assert "cmd" not in answer, answer
        return answer

    async def code(self, cmd: str, body: dict[str, Any] | None = None, req_id: str = "") -> int:
        return (await self.ask(cmd, body, req_id))["errcode"]


class Town:
    """A city under test: its world, its URL and short hands for its doors."""

    def __init__(self, world: World, url: str, session: aiohttp.ClientSession, bot: RecordingBot) -> None:
        self.world = world
        self.url = url
        self.session = session
        self.bot = bot
        self.lines: list[Line] = []

    async def get(self, path: str, **query: str) -> dict[str, Any]:
        async with self.session.get(self.url + path, params=query) as response:
            return await response.json()

    async def post(self, path: str, body: dict[str, Any] | None = None, **query: str) -> dict[str, Any]:
        async with self.session.post(self.url + path, json=body or {}, params=query) as response:
            return await response.json()

    async def act(self, name: str, **body: Any) -> dict[str, Any]:
        return await self.post(f"/sandbox/{name}", body)

    async def token(self) -> str:
        corp = self.world.city.corp
        answer = await self.get("/cgi-bin/gettoken", corpid=corp.corp_id, corpsecret=corp.secret)
        return answer["access_token"]

    async def api(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return await self.post(f"/cgi-bin/{path}", body, access_token=await self.token())

    async def send(self, touser: str, kind: str, part: dict[str, Any], **more: Any) -> dict[str, Any]:
        body = {"touser": touser, "msgtype": kind, "agentid": self.world.city.corp.agent_id, kind: part, **more}
        return await self.api("message/send", body)

    async def dial(self) -> Line:
        line = Line(await self.session.ws_connect(self.url.replace("http", "ws") + "/aibot"))
        self.lines.append(line)
        return line

    async def subscribed(self) -> Line:
        line = await self.dial()
        bot = self.world.city.bot
        assert await line.code("aibot_subscribe", {"bot_id": bot.bot_id, "secret": bot.secret}) == 0
        return line

    async def introduced(self, chat: str = GROUP, user: str = "chenjing") -> Line:
        """A line whose conversation has spoken to the bot; the message is already heard."""
        line = await self.subscribed()
        await self.act("say", user=user, chat=chat, text="@有诉即办 你好")
        assert (await line.heard())["cmd"] == "aibot_msg_callback"
        return line

    async def messages(self, **query: str) -> list[dict[str, Any]]:
        return (await self.get("/sandbox/messages", **query))["messages"]


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    bot = RecordingBot()
    async with TestServer(bot.app()) as bot_server:
        app = create_app(bot_url=str(bot_server.make_url("/")), window=WINDOW)
        async with TestServer(app) as server, aiohttp.ClientSession() as session:
            town = Town(app[WORLD], str(server.make_url("/")).rstrip("/"), session, bot)
            yield town
            for line in town.lines:
                await line.socket.close()


def button_card(task_id: str = "T1", **more: Any) -> dict[str, Any]:
    """The smallest card with a button that every channel takes."""
    return {
        "card_type": "button_interaction",
        "main_title": {"title": "YS20261123-0001"},
        "button_list": [{"text": "签收", "style": 1, "key": "accept"}],
        "task_id": task_id,
        **more,
    }
