"""HTTP mode: the same things the stream would push, posted to the bot's address with their signatures."""

from __future__ import annotations

import json
import secrets
import time
from typing import Any

import aiohttp

from sandbox.city.crypto import Envelope, EnvelopeError
from sandbox.city.world import World
from sandbox.dingtalk.frames import Push
from sandbox.dingtalk.signing import card_sign, robot_sign
from sandbox.dingtalk.state import CallbackRoute, DingState
from sandbox.dingtalk.stream import OVER_QUOTA, REDELIVERIES

ROBOT_PATH = "/callback/dingtalk/robot"
EVENT_PATH = "/callback/dingtalk/event"
EVENT_SECONDS = 2.5
SUCCESS = b"success"
JSON_UTF8 = {"Content-Type": "application/json; charset=utf-8"}


class HttpPush:
    """Posts bot messages, card presses and events; `verified` once the event address answered check_url."""

    def __init__(self, world: World, ding: DingState) -> None:
        app = world.city.ding
        self.world = world
        self.ding = ding
        self.envelope = Envelope(app.event_token, app.event_aes_key, app.client_id)
        self.verified = False
        self.delivered = 0
        self.failed = 0

    def to_json(self) -> dict[str, Any]:
        """Where things go and how many got there."""
        base = self.world.bot_url
        return {
            "robot_url": base and base + ROBOT_PATH,
            "event_url": base and base + EVENT_PATH,
            "verified": self.verified,
            "delivered": self.delivered,
            "failed": self.failed,
        }

    async def _post(self, url: str, body: object, headers: dict[str, str], seconds: float) -> tuple[int, str]:
        """(status, text); status 0 when nobody answered in time."""
        world = self.world
        world.traffic.tell()
        world.traffic.busy += 1
        data = json.dumps(body, ensure_ascii=False).encode()
        try:
            timeout = aiohttp.ClientTimeout(total=seconds)
            async with world.session.post(
                url, data=data, headers={**JSON_UTF8, **headers}, timeout=timeout
            ) as response:
                answer = response.status, await response.text()
        except (aiohttp.ClientError, TimeoutError, UnicodeDecodeError) as error:
            answer = 0, f"没有应答（{type(error).__name__}）"
        finally:
            world.traffic.busy -= 1
            world.traffic.hear()
        self.delivered += answer[0] == 200
        self.failed += answer[0] != 200
        return answer

    def _admit(self, push: Push) -> bool:
        if self.ding.admit():
            return True
        if push.over is None:
            push.lost = OVER_QUOTA
            return False
        push.data = push.over
        return True

    async def message(self, push: Push) -> dict[str, Any] | None:
        """A bot message; the answer may itself be a message. None when it did not get through."""
        if not self._admit(push):
            return None
        now = str(self.ding.millis())
        headers = {"timestamp": now, "sign": robot_sign(now, self.world.city.ding.client_secret)}
        status, answer = await self._post(self.world.bot_url + ROBOT_PATH, push.data, headers, self.world.window)
        if status != 200:
            push.lost = answer if status == 0 else f"机器人回了 HTTP {status}"
            return None
        return self._object(answer, "a bot message")

    def _object(self, answer: str, what: str) -> dict[str, Any]:
        try:
            found = json.loads(answer) if answer.strip() else {}
        except json.JSONDecodeError:
            found = None
        if not isinstance(found, dict):
            self.ding.complain(f"the HTTP answer to {what} is no JSON object")
            return {}
        return found

    async def card(self, push: Push, route: CallbackRoute) -> dict[str, Any] | None:
        """A press on a card: two seconds, and the body of the answer is the update."""
        if not self._admit(push):
            return None
        now = str(self.ding.millis())
        headers = {"x-ddpaas-signature-timestamp": now, "x-ddpaas-signature": card_sign(now, route.secret)}
        fields = ("type", "outTrackId", "corpId", "userId", "userIdType", "content")
        body = {name: push.data[name] for name in fields}
        left = max(0.01, self.world.pace.card - (time.monotonic() - push.born))
        status, answer = await self._post(route.url, body, headers, left)
        if status != 200:
            push.lost = answer if status == 0 else f"机器人回了 HTTP {status}"
            return None
        return self._object(answer, "a card press")

    async def event(self, push: Push) -> bool:
        """An event, encrypted; before the first one the address is checked, and silence is met with two more tries."""
        if not self.verified:
            self.verified = await self._event({"EventType": "check_url"})
        plain = {
            "EventType": push.headers["eventType"],
            "CorpId": push.headers["eventCorpId"],
            "eventId": push.headers["eventId"],
            "TimeStamp": push.data["timestamp"],
            "UserId": push.data["userId"],
        }
        for _ in range(1 + REDELIVERIES if self.verified else 0):
            if await self._event(plain):
                return True
        push.lost = "事件回调地址没有通过校验" if not self.verified else "事件没有得到加密的 success"
        return False

    async def _event(self, plain: dict[str, Any]) -> bool:
        timestamp, nonce = str(self.ding.millis()), secrets.token_urlsafe(6)
        encrypted = self.envelope.encrypt(json.dumps(plain, ensure_ascii=False).encode())
        signed = self.envelope.sign(timestamp, nonce, encrypted)
        query = f"?msg_signature={signed}&timestamp={timestamp}&nonce={nonce}"
        url = self.world.bot_url + EVENT_PATH + query
        status, answer = await self._post(url, {"encrypt": encrypted}, {}, EVENT_SECONDS)
        if status != 200:
            return False
        try:
            outer = json.loads(answer)
            sealed = str(outer["encrypt"])
            self.envelope.check(str(outer["msg_signature"]), str(outer["timeStamp"]), str(outer["nonce"]), sealed)
            if self.envelope.decrypt(sealed) == SUCCESS:
                return True
            raise EnvelopeError("it does not say success")
        except (json.JSONDecodeError, KeyError, TypeError, EnvelopeError) as error:
            self.ding.complain(f"the answer to an event is not the encrypted success: {error}")
            return False
