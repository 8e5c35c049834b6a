"""A small strict DingTalk on a real socket: both API families, the gateway and the long connection.

What a test scripts in `answers[path]` is given once each before the usual behaviour; `calls` records every request.
A request with a field DingTalk does not know, or without one it requires, is refused.
"""

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

CLIENT_ID, SECRET = "dingclient", "topsecret"
CREATE = "/v1.0/card/instances/createAndDeliver"
UPDATE = "/v1.0/card/instances"
GROUP = "/v1.0/robot/groupMessages/send"
PERSON = "/v1.0/robot/oToMessages/batchSend"
READERS = "/v1.0/robot/groupMessages/query"
GROUP_RECALL = "/v1.0/robot/groupMessages/recall"
PERSON_RECALL = "/v1.0/robot/otoMessages/batchRecall"
REGISTER = "/v1.0/card/callbacks/register"
GATEWAY = "/v1.0/gateway/connections/open"
TOKEN = "/v1.0/oauth2/accessToken"
OLD_TOKEN = "/gettoken"
UPLOAD = "/media/upload"
USER = "/topapi/v2/user/get"
BY_UNION = "/topapi/user/getbyunionid"
SESSION = "/robot/sendBySession"
BOT_TOPIC = "/v1.0/im/bot/messages/get"
CARD_TOPIC = "/v1.0/card/instances/callback"

#: (required, optional) fields of each call.
FIELDS = {
    CREATE: (
        {"cardTemplateId", "outTrackId", "cardData", "openSpaceId", "callbackType"},
        {
            "userIdType", "callbackRouteKey", "imGroupOpenSpaceModel", "imGroupOpenDeliverModel",
            "imRobotOpenSpaceModel", "imRobotOpenDeliverModel",
        },
    ),
    UPDATE: ({"outTrackId", "cardData", "cardUpdateOptions"}, {"privateData", "userIdType"}),
    GROUP: ({"robotCode", "openConversationId", "msgKey", "msgParam"}, set()),
    PERSON: ({"robotCode", "userIds", "msgKey", "msgParam"}, set()),
    READERS: ({"robotCode", "openConversationId", "processQueryKey"}, {"maxResults", "nextToken"}),
    GROUP_RECALL: ({"robotCode", "openConversationId", "processQueryKeys"}, set()),
    PERSON_RECALL: ({"robotCode", "processQueryKeys"}, set()),
    REGISTER: ({"callbackRouteKey", "callbackUrl", "apiSecret"}, {"forceUpdate"}),
    USER: ({"userid"}, {"language"}),
    BY_UNION: ({"unionid"}, set()),
}  # fmt: skip


class Clock:
    """A clock the test moves by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **parts: float) -> None:
        self.now += timedelta(**parts)


class MonthTally:
    """`platforms.contract.Tally` in memory."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.counts: dict[tuple[int, int, str], int] = defaultdict(int)

    def _slot(self, what: str) -> tuple[int, int, str]:
        return self.clock.now.year, self.clock.now.month, what

    def add(self, what: str) -> None:
        self.counts[self._slot(what)] += 1

    def this_month(self, what: str) -> int:
        return self.counts[self._slot(what)]

    def set(self, what: str, count: int) -> None:
        self.counts[self._slot(what)] = count


class FakeDingTalk:
    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, str], Any]] = []
        self.answers: dict[str, deque[Any]] = defaultdict(deque)
        self.tokens = 0
        self.token_delay = 0.0
        self.good_tokens: set[str] = set()
        self.old_family_takes_new_tokens = True
        self.templates = {"1366a1eb-bc54-4859-ac88-517c56a9acb1.schema", "own.schema"}
        self.cards: dict[str, dict[str, str]] = {}
        self.people: dict[str, str] = {"zhangsan": "U-zhangsan", "lisi": "U-lisi"}
        self.sessions: set[str] = {"s1"}
        self.tickets: set[str] = set()
        self.opened = 0
        self.deaf = False
        self.sockets: list[web.WebSocketResponse] = []
        self.acks: list[tuple[int, dict[str, Any]]] = []
        self.app = web.Application()
        self.app.router.add_get("/connect", self._socket)
        self.app.router.add_route("*", "/{tail:.*}", self._api)
        self.base = ""

    def bodies(self, path: str) -> list[Any]:
        return [body for called, _, body in self.calls if called == path]

    def paths(self) -> list[str]:
        return [path for path, _, _ in self.calls if path not in (TOKEN, GATEWAY)]

    def session_url(self, name: str = "s1") -> str:
        return f"{self.base}{SESSION}?session={name}"

    async def push(self, frame: dict[str, Any], place: int = -1) -> None:
        await self.sockets[place].send_str(json.dumps(frame, ensure_ascii=False))

    def ack_of(self, message_id: str) -> list[tuple[int, dict[str, Any]]]:
        return [(place, ack) for place, ack in self.acks if ack["headers"]["messageId"] == message_id]

    async def _api(self, request: web.Request) -> web.StreamResponse:
        path = request.path
        body: Any = None
        if path == UPLOAD:
            body = await request.read()
        elif request.can_read_body:
            body = await request.json()
        self.calls.append((path, dict(request.query), body))
        if self.answers[path]:
            return await self._scripted(request, self.answers[path].popleft())
        if path == TOKEN:
            return await self._token(body)
        if path == OLD_TOKEN:
            return self._old_token(request.query)
        if path == GATEWAY:
            return self._gateway(body)
        if path == SESSION:
            return self._session(request.query, body)
        refused = self._check_token(request)
        if refused is not None:
            return refused
        required, optional = FIELDS.get(path, (set(), set()))
        if path != UPLOAD and not (required <= set(body) <= required | optional):
            return error("param.invalid")
        return self._usual(path, body)

    async def _scripted(self, request: web.Request, answer: Any) -> web.Response:
        if callable(answer):
            answer = await answer() if asyncio.iscoroutinefunction(answer) else answer()
        if answer == "hang up":
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        if isinstance(answer, web.Response):
            return answer
        if isinstance(answer, str):
            return error(answer)
        if isinstance(answer, int):
            return web.json_response({"errcode": answer, "errmsg": "scripted"})
        return web.json_response(answer)

    async def _token(self, body: Any) -> web.Response:
        await asyncio.sleep(self.token_delay)
        if (body["appKey"], body["appSecret"]) != (CLIENT_ID, SECRET):
            return error("invalidClientIdOrSecret")
        self.tokens += 1
        token = f"token-{self.tokens}"
        self.good_tokens = {token}
        return web.json_response({"accessToken": token, "expireIn": 7200})

    def _old_token(self, query: Any) -> web.Response:
        assert (query["appkey"], query["appsecret"]) == (CLIENT_ID, SECRET)
        return web.json_response({"errcode": 0, "errmsg": "ok", "access_token": "old-token", "expires_in": 7200})

    def _check_token(self, request: web.Request) -> web.Response | None:
        if request.path.startswith("/v1.0/"):
            good = request.headers.get("x-acs-dingtalk-access-token") in self.good_tokens
            return None if good else error("InvalidAuthentication")
        token = request.query.get("access_token")
        good = token == "old-token" or (self.old_family_takes_new_tokens and token in self.good_tokens)
        return None if good else web.json_response({"errcode": 40014, "errmsg": "不合法的access_token"})

    def _gateway(self, body: Any) -> web.Response:
        if set(body) != {"clientId", "clientSecret", "localIp", "ua", "subscriptions"}:
            return error("param.invalid")
        if (body["clientId"], body["clientSecret"]) != (CLIENT_ID, SECRET):
            return web.json_response({"code": "authFailed", "message": "鉴权失败"}, status=401)
        self.opened += 1
        ticket = f"ticket+{self.opened}"
        self.tickets.add(ticket)
        return web.json_response({"endpoint": self.base.replace("http", "ws") + "/connect", "ticket": ticket})

    def _session(self, query: Any, body: Any) -> web.Response:
        if query.get("session") not in self.sessions:
            return web.json_response({"errcode": 310000, "errmsg": "session expired"})
        assert body["msgtype"] == "markdown"
        for user in body["at"]["atUserIds"]:
            assert f"@{user}" in body["markdown"]["text"]
        return web.json_response({"errcode": 0, "errmsg": "ok"})

    def _usual(self, path: str, body: Any) -> web.Response:
        if path == CREATE:
            return self._create(body)
        if path == UPDATE:
            if body["outTrackId"] not in self.cards:
                return error("param.cardNotExist")
            assert body["cardUpdateOptions"] == {"updateCardDataByKey": True, "updatePrivateDataByKey": True}
            self.cards[body["outTrackId"]] |= strings(body["cardData"]["cardParamMap"])
            return web.json_response({"success": True, "result": True})
        if path in (GROUP, PERSON):
            assert len(body["msgParam"].encode()) <= 15_000
            strings(json.loads(body["msgParam"]))
            answer: dict[str, Any] = {"processQueryKey": f"Q{len(self.calls)}"}
            if path == PERSON:
                unknown = [user for user in body["userIds"] if user not in self.people]
                answer |= {"invalidStaffIdList": unknown, "flowControlledStaffIdList": []}
            return web.json_response(answer)
        if path == UPLOAD:
            return web.json_response({"errcode": 0, "media_id": "@media", "type": "file"})
        if path == USER:
            known = body["userid"] in self.people
            return web.json_response(
                {"errcode": 0, "result": {"userid": body["userid"]}} if known else {"errcode": 60121}
            )
        if path == BY_UNION:
            found = [user for user, union in self.people.items() if union == body["unionid"]]
            return web.json_response({"errcode": 0, "result": {"userid": found[0]}} if found else {"errcode": 60121})
        if path == READERS:
            return web.json_response({"sendStatus": "SUCCESS", "readUserIds": ["zhangsan"], "hasMore": False})
        return web.json_response({"success": True, "result": {}})

    def _create(self, body: Any) -> web.Response:
        space = body["openSpaceId"]
        kind = "imGroup" if space.startswith("dtv1.card//IM_GROUP.") else "imRobot"
        if f"{kind}OpenDeliverModel" not in body or body[f"{kind}OpenDeliverModel"]["robotCode"] != CLIENT_ID:
            return error("param.openDeliverModelEmpty")
        if body["cardTemplateId"] not in self.templates:
            return error("param.templateNotExist")
        if len(body["outTrackId"]) > 64:
            return error("outTrackId.outOfLimit")
        if body["outTrackId"] in self.cards:
            return error("param.cardAlreadyExist")
        self.cards[body["outTrackId"]] = strings(body["cardData"]["cardParamMap"])
        delivered = {"spaceType": "IM_GROUP", "success": True, "carrierId": f"C-{body['outTrackId']}", "errorMsg": ""}
        result = {"outTrackId": body["outTrackId"], "deliverResults": [delivered]}
        return web.json_response({"success": True, "result": result})

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self.tickets:
            return web.Response(status=401)
        self.tickets.remove(ticket)
        # A deaf server's network swallows pings: the socket looks open and nothing comes back.
        socket = web.WebSocketResponse(autoping=not self.deaf)
        await socket.prepare(request)
        place = len(self.sockets)
        self.sockets.append(socket)
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                ack = json.loads(message.data)
                assert set(ack) == {"code", "headers", "message", "data"}
                json.loads(ack["data"])
                self.acks.append((place, ack))
        return socket


def strings(values: Any) -> dict[str, str]:
    assert all(isinstance(name, str) and isinstance(value, str) for name, value in values.items())
    return dict(values)


def error(code: str, status: int = 400) -> web.Response:
    body = {"code": code, "requestid": "REQ-1", "message": "含有隐私的原话"}
    return web.json_response(body, status=403 if code.startswith("Forbidden") else status)


def frame(kind: str, topic: str, data: Any, message_id: str, **headers: str) -> dict[str, Any]:
    return {
        "specVersion": "1.0",
        "type": kind,
        "headers": {"topic": topic, "messageId": message_id, "contentType": "application/json", **headers},
        "data": json.dumps(data, ensure_ascii=False),
    }


@asynccontextmanager
async def running() -> AsyncIterator[FakeDingTalk]:
    fake = FakeDingTalk()
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
