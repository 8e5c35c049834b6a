"""One open WebSocket of the long connection: frames in, acknowledgements out."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from contextlib import suppress

import aiohttp
from pydantic import ValidationError

from platforms.dingtalk.frames import StreamFrame

log = logging.getLogger(__name__)


class DingTalkSocket:
    """A socket and the acknowledgements it still owes."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, idle_seconds: float) -> None:
        self._socket = socket
        self._idle = idle_seconds
        self.owed = 0

    async def frames(self) -> AsyncIterator[StreamFrame]:
        """Received frames until the socket closes.

        Raises `TimeoutError` when nothing at all (no frame, no pong) came for the idle time.
        """
        while True:
            message = await self._socket.receive(timeout=self._idle)
            if message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSING, aiohttp.WSMsgType.CLOSED):
                return
            if message.type is aiohttp.WSMsgType.ERROR:
                return
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            try:
                frame = StreamFrame.model_validate_json(message.data)
            except ValidationError as error:
                log.warning("frame ignored", extra={"action": "bad_frame", "problems": error.error_count()})
                continue
            yield frame

    async def acknowledge(self, frame: StreamFrame, code: int, data: str) -> bool:
        """Send the acknowledgement of a frame; False when the socket is gone."""
        words = {200: "OK", 404: "not found", 500: "failed"}
        headers = {"messageId": frame.headers.message_id, "contentType": "application/json"}
        ack = {"code": code, "headers": headers, "message": words.get(code, ""), "data": data}
        try:
            await self._socket.send_str(json.dumps(ack, ensure_ascii=False))
        except (aiohttp.ClientError, OSError):
            return False
        return True

    async def close(self) -> None:
        """Close the socket; never fails."""
        with suppress(aiohttp.ClientError, OSError, TimeoutError):
            await self._socket.close()


class PendingAck:
    """The acknowledgement one frame is owed: given once, on its own socket."""

    def __init__(self, line: DingTalkSocket, frame: StreamFrame) -> None:
        self._line = line
        self._frame = frame
        self._given = False
        line.owed += 1

    async def answer(self, code: int, data: str) -> bool:
        """Acknowledge, unless that has been done. False when the socket is gone."""
        if self._given:
            return False
        self._given = True
        try:
            return await self._line.acknowledge(self._frame, code, data)
        finally:
            self._line.owed -= 1
