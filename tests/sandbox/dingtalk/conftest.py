"""A city whose people are on DingTalk, and a bot's two ends on it: the stream's socket and an HTTP address."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from sandbox.city.crypto import Envelope
from sandbox.city.people import load
from sandbox.city.world import WORLD, Pace, World
from sandbox.dingtalk.frames import BOT_TOPIC, CARD_TOPIC
from sandbox.server import create_app

SAMPLES = Path(__file__).parent.parent / "data" / "dingtalk"
GROUP = "wrkSFfCgAA-ZiRan02"
MENTION = "@有诉即办"
PACE = Pace(card=0.8, ticket=90.0, redeliver=0.3, ping=30.0, farewell=0.1)
BUILT_IN = "1366a1eb-bc54-4859-ac88-517c56a9acb1.schema"
SUBSCRIPTIONS = [("EVENT", "*"), ("CALLBACK", BOT_TOPIC), ("CALLBACK", CARD_TOPIC)]
TOKEN_HEADER = "x-acs-dingtalk-access-token"


def sample(name: str) -> Any:
    """A documented body, verbatim."""
    return json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))


class Bot:
    """The bot's HTTP side: keeps what it is told and answers from what the test put ready."""

    def __init__(self) -> None:
        ding = load().ding
        self.envelope = Envelope(ding.event_token, ding.event_aes_key, ding.client_id)
        self.clocks: list[str] = []
        self.robot: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.cards: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.events: list[dict[str, Any]] = []
        self.robot_answer: Any = {"msgtype": "empty"}
        self.card_answer: Any = {}
        self.event_word = b"success"

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/practice/clock", self.clock)
        app.router.add_post("/callback/dingtalk/robot", self.message)
        app.router.add_post("/callback/dingtalk/card", self.card)
        app.router.add_post("/callback/dingtalk/event", self.event)
        return app

    async def clock(self, request: web.Request) -> web.Response:
        now = (await request.json())["now"]
        self.clocks.append(now)
        return web.json_response({"now": now})

    async def message(self, request: web.Request) -> web.Response:
        self.robot.append((dict(request.headers), await request.json()))
        return web.json_response(self.robot_answer)

    async def card(self, request: web.Request) -> web.Response:
        self.cards.append((dict(request.headers), await request.json()))
        return web.json_response(self.card_answer)

    async def event(self, request: web.Request) -> web.Response:
        query, sealed = request.query, (await request.json())["encrypt"]
        self.envelope.check(query["msg_signature"], query["timestamp"], query["nonce"], sealed)
        self.events.append(json.loads(self.envelope.decrypt(sealed)))
        answer = self.envelope.encrypt(self.event_word)
        signed = self.envelope.sign("1", "n", answer)
        return web.json_response({"msg_signature": signed, "encrypt": answer, "timeStamp": "1", "nonce": "n"})


class Socket:
    """The bot's end of one Stream connection. Pings are answered on the way."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.pings = 0

    async def frame(self, seconds: float = 2) -> dict[str, Any]:
        """The next frame that is no ping."""
        until = time.monotonic() + seconds
        while True:
            frame = await self.socket.receive_json(timeout=max(0.001, until - time.monotonic()))
            if frame["headers"]["topic"] != "ping":
                return frame
            self.pings += 1
            await self.ack(frame, json.loads(frame["data"]))

    async def nothing(self, seconds: float = 0.1) -> None:
        """Nothing but pings comes for a while."""
        with pytest.raises(TimeoutError):
            await self.frame(seconds)

    async def ack(self, frame: dict[str, Any], data: Any, code: int = 200) -> None:
        headers = {"contentType": "application/json", "messageId": frame["headers"]["messageId"]}
        await self.socket.send_json({"code": code, "headers": headers, "message": "OK", "data": json.dumps(data)})

    async def heard(self) -> dict[str, Any]:
        """The next bot message, acknowledged."""
        frame = await self.frame()
        assert frame["headers"]["topic"] == BOT_TOPIC, frame
        await self.ack(frame, {"response": None})
        return json.loads(frame["data"])


class Town:
    """A city under test with short hands for its DingTalk doors."""

    def __init__(self, world: World, url: str, session: aiohttp.ClientSession, bot: Bot) -> None:
        self.world, self.url, self.session, self.bot = world, url, session, bot
        self.sockets: list[Socket] = []
        self.cards = 0

    async def act(self, name: str, **body: Any) -> dict[str, Any]:
        async with self.session.post(f"{self.url}/sandbox/{name}", json=body) as answer:
            return await answer.json()

    async def get(self, name: str, **query: str) -> dict[str, Any]:
        async with self.session.get(f"{self.url}/sandbox/{name}", params=query) as answer:
            return await answer.json()

    async def messages(self, **query: str) -> list[dict[str, Any]]:
        return (await self.get("messages", **query))["messages"]

    async def problems(self) -> list[str]:
        return [problem["text"] for problem in (await self.get("state"))["connection"]["dingtalk"]["problems"]]

    async def token(self) -> str:
        ding = self.world.city.ding
        body = {"appKey": ding.client_id, "appSecret": ding.client_secret}
        status, answer = await self.call("POST", "/v1.0/oauth2/accessToken", body, token="")
        assert status == 200, answer
        return answer["accessToken"]

    async def call(self, method: str, path: str, body: Any = None, *, token: str | None = None) -> tuple[int, Any]:
        """One call of the new API: (status, answer)."""
        headers = {TOKEN_HEADER: await self.token() if token is None else token}
        url = f"{self.url}/dingtalk/api{path}"
        async with self.session.request(method, url, json=body, headers=headers) as answer:
            return answer.status, await answer.json()

    async def code(self, method: str, path: str, body: Any) -> str:
        """The code a call is refused with, "" when it is not."""
        status, answer = await self.call(method, path, body)
        assert (status == 200) == ("code" not in answer)
        return answer.get("code", "")

    async def old(self, path: str, body: Any, *, token: str | None = None) -> dict[str, Any]:
        """One call of the old API."""
        query = {"access_token": await self.token() if token is None else token}
        async with self.session.post(f"{self.url}/dingtalk/oapi{path}", json=body, params=query) as answer:
            assert answer.status == 200
            return await answer.json()

    def opening(self, subscriptions: list[tuple[str, str]] = SUBSCRIPTIONS) -> dict[str, Any]:
        ding = self.world.city.ding
        wanted = [{"type": kind, "topic": topic} for kind, topic in subscriptions]
        return {"clientId": ding.client_id, "clientSecret": ding.client_secret, "subscriptions": wanted, "ua": "t/1"}

    async def open(self, body: Any) -> tuple[int, dict[str, Any]]:
        url, headers = f"{self.url}/dingtalk/api/v1.0/gateway/connections/open", {"Accept": "application/json"}
        async with self.session.post(url, json=body, headers=headers) as answer:
            return answer.status, await answer.json()

    async def connected(self, subscriptions: list[tuple[str, str]] = SUBSCRIPTIONS) -> Socket:
        status, answer = await self.open(self.opening(subscriptions))
        assert status == 200, answer
        return await self.dial(answer)

    async def dial(self, answer: dict[str, Any]) -> Socket:
        url = f"{answer['endpoint']}?ticket={quote_plus(answer['ticket'])}"
        socket = Socket(await self.session.ws_connect(url))
        self.sockets.append(socket)
        return socket

    @property
    def robot_code(self) -> str:
        return self.world.city.ding.client_id

    def cid(self, chat: str = GROUP) -> str:
        return self.world.city.groups[chat].conversation_id

    def staff(self, name: str) -> str:
        person = self.world.city.somebody(name)
        assert person is not None
        return person.staff_id

    def card(self, **more: Any) -> dict[str, Any]:
        """The documented group card on the built-in template, addressed to this city."""
        self.cards += 1
        body = sample("api_card_create_and_deliver_group_builtin_template")["body"]
        body |= {"outTrackId": f"T{self.cards}", "openSpaceId": f"dtv1.card//IM_GROUP.{self.cid()}"}
        body["imGroupOpenDeliverModel"] = {"robotCode": self.robot_code, "atUserIds": {self.staff("sunwei"): "孙伟"}}
        return {**body, **more}

    async def create(self, body: dict[str, Any]) -> dict[str, Any]:
        status, answer = await self.call("POST", "/v1.0/card/instances/createAndDeliver", body)
        assert status == 200, answer
        return answer["result"]["deliverResults"][0]

    async def shown_card(self, **more: Any) -> dict[str, Any]:
        """A delivered card as it is shown."""
        assert (await self.create(self.card(**more)))["success"]
        return (await self.messages())[-1]


async def _towns(platforms: str) -> AsyncIterator[Town]:
    bot = Bot()
    async with TestServer(bot.app()) as bot_server:
        app = create_app(bot_url=str(bot_server.make_url("/")), window=0.5, platforms=platforms, pace=PACE)
        async with TestServer(app) as server, aiohttp.ClientSession() as session:
            town = Town(app[WORLD], str(server.make_url("/")).rstrip("/"), session, bot)
            yield town
            for socket in town.sockets:
                await socket.socket.close()


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    async for town in _towns("dingtalk"):
        yield town


@pytest.fixture
async def mixed() -> AsyncIterator[Town]:
    async for town in _towns("mixed"):
        yield town
