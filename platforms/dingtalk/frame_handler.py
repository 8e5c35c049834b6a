"""Where frames of the long connection are handled and acknowledged.

When to acknowledge. DingTalk waits about two seconds and delivers again what was not acknowledged (sources disagree
how often and when). The first thing the handler does is to store the event durably; the work after it may take long.
So a message or an event is acknowledged when the handler has returned or 1.5 seconds after it started, whichever is
first, and never before it started: what is waiting behind other work of its conversation is not stored yet. Should
the process die in between, or the acknowledgement come late, the event is delivered again and recognised by
`Incoming.event_key`. A press is acknowledged with the card's new look when the handler gives it in time, else empty.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from platforms.contract import OnIncoming
from platforms.dingtalk import frames
from platforms.dingtalk.alarm_buffer import AlarmBuffer
from platforms.dingtalk.card_callbacks import PendingCallback, Presses
from platforms.dingtalk.frames import StreamFrame
from platforms.dingtalk.inbound import Reading
from platforms.dingtalk.timing import Timing
from platforms.shared.keyed_queue import KeyedQueue

log = logging.getLogger(__name__)

OK, NOT_FOUND, FAILED = 200, 404, 500
NOTHING: Mapping[str, Any] = {"response": None}
NO_CHANGE: Mapping[str, Any] = {"response": {}}
TAKEN: Mapping[str, Any] = {"status": "SUCCESS", "message": "success"}
LATER: Mapping[str, Any] = {"status": "LATER"}

#: A press that had to wait for its turn is still given this share of its window.
_LEAST_SHARE = 0.2
#: Seconds an acknowledgement may leave after the window and still be in time.
_MARGIN = 0.15


class Due(Protocol):
    """A frame that has not been acknowledged yet."""

    async def answer(self, code: int, data: str) -> bool:
        """Acknowledge, on the socket the frame came from, once. False when the socket is gone."""


@dataclass(slots=True)
class Job:
    """One frame on its way. `finished` tells the acknowledgement that the handler is through."""

    frame: StreamFrame
    data: Mapping[str, Any]
    due: Due
    arrived: float
    window: PendingCallback | None = None
    window_name: str = ""
    finished: asyncio.Event = field(default_factory=asyncio.Event)
    failed: bool = False


class FrameHandler:
    """Handles frames side by side, in order per conversation (messages) or per card (presses)."""

    def __init__(
        self,
        group: asyncio.TaskGroup,
        reading: Reading,
        presses: Presses,
        on_incoming: OnIncoming,
        alarms: AlarmBuffer,
        timing: Timing,
    ) -> None:
        self._group = group
        self._reading = reading
        self._presses = presses
        self._on_incoming = on_incoming
        self._alarms = alarms
        self._timing = timing
        self._queue: KeyedQueue[Job] = KeyedQueue(group, self._handle, self._failed)
        self._overflowing = False

    def take(self, frame: StreamFrame, due: Due) -> None:
        """Take one CALLBACK or EVENT frame; returns at once."""
        if frame.type == "CALLBACK" and frame.headers.topic not in (frames.BOT_TOPIC, frames.CARD_TOPIC):
            self._group.create_task(self._refuse(due, NOT_FOUND, NOTHING))
            return
        job = Job(frame, frames.data_of(frame), due, asyncio.get_running_loop().time())
        if self._queue.put(_lane(job), job):
            self._overflowing = False
        else:
            self._group.create_task(self._overflow(job))

    async def _handle(self, job: Job) -> None:
        """The handler and the acknowledgement beside it. The handler's failure is raised when both are through."""
        failure: Exception | None = None
        async with asyncio.TaskGroup() as group:
            try:
                if job.frame.headers.topic == frames.CARD_TOPIC:
                    job.window_name, job.window = self._presses.open(str(job.data.get("outTrackId") or ""))
                    group.create_task(self._acknowledge_press(job, job.window))
                else:
                    group.create_task(self._acknowledge(job))
                await self._work(job)
            except Exception as error:
                failure = error
                job.failed = True
            job.finished.set()
            if job.window is not None:
                job.window.close()
        if failure is not None:
            raise failure

    async def _work(self, job: Job) -> None:
        headers = job.frame.headers
        if job.frame.type == "EVENT":
            key = headers.event_id or headers.message_id
            for incoming in await self._reading.event(headers.event_type, key, job.data):
                await self._on_incoming(incoming)
            return
        if job.window is not None:
            arrived = await self._reading.pressed(self._reading.press(job.data), job.window_name)
        else:
            arrived = await self._reading.message(job.data)
        if arrived is not None:
            await self._on_incoming(arrived)

    async def _acknowledge(self, job: Job) -> None:
        try:
            async with asyncio.timeout(self._timing.message_window):
                await job.finished.wait()
        except TimeoutError:
            pass
        if job.frame.type == "EVENT":
            await job.due.answer(OK, json.dumps(LATER if job.failed else TAKEN))
        else:
            await job.due.answer(FAILED if job.failed else OK, json.dumps(NOTHING))

    async def _acknowledge_press(self, job: Job, window: PendingCallback) -> None:
        whole = self._timing.press_window
        left = job.arrived + whole - asyncio.get_running_loop().time()
        update = await window.answer(max(left, whole * _LEAST_SHARE))
        data = NO_CHANGE if update is None else {"response": update}
        gone = False
        try:
            code = FAILED if job.failed and update is None else OK
            sent = await job.due.answer(code, json.dumps(data, ensure_ascii=False))
            # An acknowledgement after DingTalk's two seconds is not read: then the card is redrawn.
            gone = sent and asyncio.get_running_loop().time() <= job.arrived + whole + _MARGIN
        finally:
            self._presses.done(job.window_name, left=gone)

    async def _overflow(self, job: Job) -> None:
        await self._refuse(job.due, FAILED, LATER if job.frame.type == "EVENT" else NOTHING)
        if not self._overflowing:
            self._overflowing = True
            await self._alarms.ring("incoming_overflow", "钉钉消息积压过多，正在丢弃新消息")

    @staticmethod
    async def _refuse(due: Due, code: int, data: Mapping[str, Any]) -> None:
        await due.answer(code, json.dumps(data))

    async def _failed(self, reason: str) -> None:
        await self._alarms.ring("incoming_failed", reason)


def _lane(job: Job) -> str:
    if job.frame.type == "EVENT":
        return "events"
    if job.frame.headers.topic == frames.CARD_TOPIC:
        return f"card {job.data.get('outTrackId')}"
    return f"chat {job.data.get('conversationId')}"
