"""HTTP mode: messages, presses and directory events as signed requests.

Neither the robot's nor the card's signature covers the body, so one seen signature would let anybody write any body:
each is taken for one body only, and only while it is fresh. The same request again is answered like the first time
and not handled: DingTalk repeats what it had no answer to.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from platforms.contract import Answer, Callback, CallbackDoor, OnIncoming
from platforms.dingtalk.card_callbacks import Presses
from platforms.dingtalk.config import DingTalkConfig
from platforms.dingtalk.crypto import BadCallback, EventCrypto, card_secret, card_sign, robot_sign
from platforms.dingtalk.inbound import Reading
from platforms.dingtalk.timing import Timing
from platforms.shared.recent_keys import LruDict

MAX_BODY = 256 * 1024
ROBOT_PATH, CARD_PATH, EVENT_PATH = "dingtalk/robot", "dingtalk/card", "dingtalk/event"
ROBOT_FRESH, CARD_FRESH = 3600.0, 600.0

_JSON = "application/json"
#: Seconds an answer may leave after the window and still be in time.
_MARGIN = 0.15


class Doors:
    """The three addresses. Raises `Misconfigured` when the event key cannot be one."""

    def __init__(
        self,
        config: DingTalkConfig,
        reading: Reading,
        presses: Presses,
        now: Callable[[], datetime],
        timing: Timing,
    ) -> None:
        self._config = config
        self._reading = reading
        self._presses = presses
        self._now = now
        self._timing = timing
        self._seen: LruDict[str] = LruDict()
        has_events = bool(config.event_token and config.event_aes_key)
        self._crypto = EventCrypto(config.event_token, config.event_aes_key, config.client_id) if has_events else None

    def paths(self) -> Mapping[str, CallbackDoor]:
        """By path; the event address only when its token and key are configured."""
        callback_routes: dict[str, CallbackDoor] = {ROBOT_PATH: self._robot, CARD_PATH: self._card}
        return callback_routes | ({EVENT_PATH: self._event} if self._crypto is not None else {})

    async def _robot(self, request: Callback, on_incoming: OnIncoming) -> Answer:
        timestamp, sign = request.headers.get("timestamp", ""), request.headers.get("sign", "")
        self._verify(robot_sign(timestamp, self._config.client_secret), sign, timestamp, ROBOT_FRESH)
        answer = Answer(json.dumps({"msgtype": "empty"}), _JSON)
        if self._repeated(sign, request.body):
            return answer
        incoming = await _read(self._reading.message, _object(request.body))
        if incoming is not None:
            await on_incoming(incoming)
        self._note(sign, request.body)
        return answer

    async def _card(self, request: Callback, on_incoming: OnIncoming) -> Answer:
        timestamp = request.headers.get("x-ddpaas-signature-timestamp", "")
        sign = request.headers.get("x-ddpaas-signature", "")
        self._verify(card_sign(timestamp, card_secret(self._config.client_secret)), sign, timestamp, CARD_FRESH)
        if self._repeated(sign, request.body):
            return Answer("{}", _JSON)
        try:
            press = self._reading.press(_object(request.body))
        except ValueError:
            raise BadCallback("message") from None
        started = asyncio.get_running_loop().time()
        name, window = self._presses.open(press.track)
        answered = False
        try:
            incoming = await self._reading.pressed(press, name)
            if incoming is None:
                return Answer("{}", _JSON)
            await on_incoming(incoming)
            self._note(sign, request.body)
            spent = asyncio.get_running_loop().time() - started
            update = await window.answer(max(0.0, self._timing.press_window - spent))
            answered = asyncio.get_running_loop().time() - started <= self._timing.press_window + _MARGIN
            return Answer(json.dumps(update or {}, ensure_ascii=False), _JSON)
        finally:
            self._presses.done(name, left=answered)

    async def _event(self, request: Callback, on_incoming: OnIncoming) -> Answer:
        if self._crypto is None:
            raise BadCallback("event_absent")
        sealed = _object(request.body).get("encrypt")
        plain = self._crypto.open(request.query, sealed if isinstance(sealed, str) else "")
        data = _object(plain.encode())
        kind = str(data.get("EventType") or data.get("eventType") or "")
        # An event in HTTP mode need not have an id: its own words are its name.
        key = str(data.get("EventId") or data.get("eventId") or hashlib.sha256(plain.encode()).hexdigest())
        for incoming in await self._reading.event(kind, key, data):
            await on_incoming(incoming)
        timestamp = str(int(self._now().timestamp() * 1000))
        return Answer(json.dumps(self._crypto.seal("success", timestamp, request.query.get("nonce", ""))), _JSON)

    def _verify(self, expected: str, given: str, timestamp: str, fresh: float) -> None:
        if not given or not hmac.compare_digest(expected.encode(), given.encode()):
            raise BadCallback("signature", status=401)
        try:
            age = abs(self._now().timestamp() - int(timestamp) / 1000)
        except (ValueError, OverflowError):
            raise BadCallback("timestamp") from None
        if age > fresh:
            raise BadCallback("timestamp", status=401)

    def _repeated(self, sign: str, body: bytes) -> bool:
        """True for a request that was handled before. Raises `BadCallback` for its signature on another body."""
        before = self._seen.get(sign)
        if before is not None and before != _digest(body):
            raise BadCallback("replay", status=401)
        return before is not None

    def _note(self, sign: str, body: bytes) -> None:
        self._seen.put(sign, _digest(body))


async def _read(read: Callable[[Mapping[str, Any]], Any], data: Mapping[str, Any]) -> Any:
    try:
        return await read(data)
    except ValueError:
        raise BadCallback("message") from None


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _object(body: bytes) -> dict[str, Any]:
    if len(body) > MAX_BODY:
        raise BadCallback("too_large")
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise BadCallback("json") from None
    if not isinstance(value, dict):
        raise BadCallback("json")
    return value
