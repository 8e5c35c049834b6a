"""One open WebSocket to the group bot's server: commands out, acknowledgements matched by req_id, frames in."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import AsyncIterator, Mapping
from typing import Any
from weakref import WeakValueDictionary

import aiohttp
from pydantic import ValidationError

from platforms.wecom.errors import CONFLICT, LostAnswer
from platforms.wecom.frames import AibotFrame

log = logging.getLogger(__name__)

CONFLICT_PAUSES = (0.2, 0.4, 0.8)
"""Seconds between repeats of a command refused with 6000 (concurrent commands on one req_id)."""


def new_req_id() -> str:
    """A fresh correlation id."""
    return secrets.token_hex(12)


class Transport:
    """Commands over one connection. At most one command per req_id is under way; others of that req_id wait."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, ack_seconds: float) -> None:
        self._socket = socket
        self._ack_seconds = ack_seconds
        self._acks: dict[str, asyncio.Future[AibotFrame | None]] = {}
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._dropped = False
        self.condemned = asyncio.Event()
        """Set when the other side no longer takes this connection for the bot's."""

    async def exchange(self, cmd: str, body: Mapping[str, Any] | None, req_id: str) -> AibotFrame:
        """Send a command and return its acknowledgement, whatever its errcode. Raises `LostAnswer` without one."""
        turn = self._turns.setdefault(req_id, asyncio.Lock())
        async with turn:
            for pause in CONFLICT_PAUSES:
                ack = await self._once(cmd, body, req_id)
                if ack.errcode != CONFLICT:
                    return ack
                await asyncio.sleep(pause)
            return await self._once(cmd, body, req_id)

    async def frames(self) -> AsyncIterator[AibotFrame]:
        """Received messages and events, until the socket closes. Acknowledgements are delivered on the way."""
        async for message in self._socket:
            frame = _parse(message)
            if frame is None:
                continue
            if frame.cmd:
                yield frame
                continue
            waiting = self._acks.get(frame.headers.req_id)
            if waiting is not None and not waiting.done():
                waiting.set_result(frame)

    def drop(self) -> None:
        """Tell everyone who still waits that no acknowledgement will come."""
        self._dropped = True
        for waiting in self._acks.values():
            if not waiting.done():
                waiting.set_result(None)

    async def _once(self, cmd: str, body: Mapping[str, Any] | None, req_id: str) -> AibotFrame:
        if self._dropped:
            raise LostAnswer("disconnected", "长连接断开")
        frame: dict[str, Any] = {"cmd": cmd, "headers": {"req_id": req_id}}
        if body is not None:
            frame["body"] = body
        waiting: asyncio.Future[AibotFrame | None] = asyncio.get_running_loop().create_future()
        self._acks[req_id] = waiting
        try:
            async with asyncio.timeout(self._ack_seconds):
                await self._socket.send_str(json.dumps(frame, ensure_ascii=False))
                ack = await waiting
        except (TimeoutError, aiohttp.ClientError, OSError):
            raise LostAnswer("no_ack", "长连接没有回执") from None
        finally:
            self._acks.pop(req_id, None)
        if ack is None:
            raise LostAnswer("disconnected", "长连接断开")
        return ack


def _parse(message: aiohttp.WSMessage) -> AibotFrame | None:
    if message.type is not aiohttp.WSMsgType.TEXT:
        return None
    try:
        return AibotFrame.model_validate_json(message.data)
    except ValidationError as error:
        log.warning("frame ignored", extra={"action": "bad_frame", "problems": error.error_count()})
        return None
