"""A small strict WeCom on a real socket: REST and the group bot's WebSocket, scripted by the test."""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestServer


class Clock:
    """A clock the test moves by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **parts: float) -> None:
        self.now += timedelta(**parts)


class FakeWeCom:
    """`answers[path]` are given once each, in order, before the usual behaviour; `calls` records every request."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, str], Any]] = []
        self.answers: dict[str, deque[Any]] = defaultdict(deque)
        self.tokens = 0
        self.token_delay = 0.0
        self.good_tokens: set[str] = set()
        self.task_ids: set[str] = set()
        self.codes: set[str] = set()
        self.open_ids: dict[str, str] = {}
        self.sockets: list[web.WebSocketResponse] = []
        self.frames: list[dict[str, Any]] = []
        self.subscribe_code = 0
        self.close_on_subscribe = False
        self.mute_pings = False
        self.lost_acks = 0
        self.command_codes: deque[int] = deque()
        self.app = web.Application()
        self.app.router.add_get("/cgi-bin/gettoken", self._gettoken)
        self.app.router.add_post("/cgi-bin/media/upload", self._upload)
        self.app.router.add_get("/ws", self._socket)
        self.app.router.add_route("*", "/cgi-bin/{tail:.*}", self._api)
        self.base = ""

    @property
    def socket_url(self) -> str:
        return self.base.replace("http", "ws") + "/ws"

    def paths(self) -> list[str]:
        return [path.removeprefix("/cgi-bin/") for path, _, _ in self.calls]

    def bodies(self, path: str) -> list[Any]:
        return [body for called, _, body in self.calls if called == f"/cgi-bin/{path}"]

    def commands(self, cmd: str) -> list[dict[str, Any]]:
        return [frame["body"] for frame in self.frames if frame["cmd"] == cmd]

    async def push(self, frame: dict[str, Any]) -> None:
        await self.sockets[-1].send_str(json.dumps(frame, ensure_ascii=False))

    async def _gettoken(self, request: web.Request) -> web.Response:
        self.calls.append((request.path, dict(request.query), None))
        await asyncio.sleep(self.token_delay)
        if self.answers["gettoken"]:
            return self._scripted(self.answers["gettoken"].popleft())
        self.tokens += 1
        token = f"token-{self.tokens}"
        self.good_tokens = {token}
        return web.json_response({"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": 7200})

    def _scripted(self, answer: Any) -> web.Response:
        if callable(answer):
            return answer()
        if isinstance(answer, int):
            return web.json_response({"errcode": answer, "errmsg": "scripted"})
        return web.json_response(answer)

    async def _upload(self, request: web.Request) -> web.Response:
        raw = await request.read()
        self.calls.append((request.path, dict(request.query), raw))
        return web.json_response({"errcode": 0, "media_id": "MEDIA"})

    async def _api(self, request: web.Request) -> web.StreamResponse:
        path = request.path.removeprefix("/cgi-bin/")
        body = await request.json() if request.can_read_body else None
        self.calls.append((request.path, dict(request.query), body))
        if self.answers[path]:
            answer = self.answers[path].popleft()
            if answer == "hang up":
                assert request.transport is not None
                request.transport.close()
                return web.Response()
            return self._scripted(answer)
        if path != "webhook/send" and request.query.get("access_token") not in self.good_tokens:
            return self._scripted(40014)
        return self._scripted(self._usual(path, body))

    def _usual(self, path: str, body: Any) -> Any:
        if path == "message/send":
            card = body.get("template_card", {})
            if not self._fresh(card.get("task_id")):
                return 42014
            code = f"code-{len(self.codes)}"
            self.codes.add(code)
            return {"errcode": 0, "errmsg": "ok", "msgid": "M1", "response_code": code if card else ""}
        if path == "message/update_template_card":
            if body["response_code"] not in self.codes:
                return 99999
            self.codes.remove(body["response_code"])
        if path == "batch/openuserid_to_userid":
            wanted = body["open_userid_list"]
            found = [{"open_userid": o, "userid": self.open_ids[o]} for o in wanted if o in self.open_ids]
            return {"errcode": 0, "userid_list": found}
        if path == "auth/getuserinfo":
            return {"errcode": 0, "userid": "zhangsan"}
        return 0

    def _fresh(self, task_id: str | None) -> bool:
        if not task_id:
            return True
        fresh = task_id not in self.task_ids
        self.task_ids.add(task_id)
        return fresh

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await self._command(socket, json.loads(message.data))
        return socket

    async def _command(self, socket: web.WebSocketResponse, frame: dict[str, Any]) -> None:
        self.frames.append(frame)
        cmd, body = frame["cmd"], frame.get("body") or {}
        if cmd == "ping" and self.mute_pings:
            return
        if cmd == "aibot_subscribe" and self.close_on_subscribe:
            await socket.close()
            return
        code = self.subscribe_code if cmd == "aibot_subscribe" else 0
        if cmd.startswith("aibot_") and cmd != "aibot_subscribe" and self.command_codes:
            code = self.command_codes.popleft()
        elif cmd == "aibot_send_msg" and not self._fresh(body.get("template_card", {}).get("task_id")):
            code = 42014
        if cmd == "aibot_send_msg" and self.lost_acks:
            self.lost_acks -= 1
            return
        answer = {
            "aibot_upload_media_init": {"upload_id": "UP"},
            "aibot_upload_media_finish": {"media_id": "MEDIA"},
        }.get(cmd)
        ack: dict[str, Any] = {"headers": frame["headers"], "errcode": code, "errmsg": "ok" if not code else "no"}
        await socket.send_str(json.dumps(ack | ({"body": answer} if answer else {})))


@asynccontextmanager
async def running() -> AsyncIterator[FakeWeCom]:
    fake = FakeWeCom()
    server = TestServer(fake.app)
    await server.start_server()
    fake.base = str(server.make_url("")).rstrip("/")
    try:
        yield fake
    finally:
        for socket in fake.sockets:
            await socket.close()
        await server.close()


async def until(condition: Callable[[], Any], seconds: float = 3.0) -> None:
    """Wait for something the other side of a socket does."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - the other side has no event to wait for
            await asyncio.sleep(0.005)
