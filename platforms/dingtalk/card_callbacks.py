"""The two seconds in which a press can be answered inside its own acknowledgement.

Page event-callback-card: the answer to the callback may carry the card's new data; "do not call the update interface
during the callback"; what takes longer goes by PUT afterwards.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from typing import Any

from platforms.dingtalk.dedup import Repeats


class PendingCallback:
    """One press that waits for its answer. Closed by an answer, by the handler's end, or by the clock."""

    def __init__(self, track: str) -> None:
        self.track = track
        self.content = ""
        self._answer: asyncio.Future[Mapping[str, Any] | None] = asyncio.get_running_loop().create_future()
        self._gone: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    @property
    def open(self) -> bool:
        """True while an answer may still be given."""
        return not self._answer.done()

    async def give(self, update: Mapping[str, Any]) -> bool:
        """Answer. True when the acknowledgement left with it; False when it is too late or the socket was gone."""
        if not self.open:
            return False
        self._answer.set_result(update)
        return await asyncio.shield(self._gone)

    def close(self) -> None:
        """No answer will come."""
        if self.open:
            self._answer.set_result(None)

    async def answer(self, seconds: float) -> Mapping[str, Any] | None:
        """Wait for the answer; None when there is none within `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                return await asyncio.shield(self._answer)
        except TimeoutError:
            self.close()
            return self._answer.result()

    def acknowledged(self, *, left: bool) -> None:
        """The acknowledgement has left (or could not)."""
        self.close()
        if not self._gone.done():
            self._gone.set_result(left)

    async def over(self) -> None:
        """Wait until the press has been acknowledged."""
        await asyncio.shield(self._gone)


class Presses:
    """The presses under way, by a name of ours."""

    def __init__(self) -> None:
        self._windows: dict[str, PendingCallback] = {}
        self._repeats = Repeats(lambda: asyncio.get_running_loop().time())

    def open(self, track: str) -> tuple[str, PendingCallback]:
        """A new window on the card `track`, and its name."""
        name = secrets.token_hex(12)
        window = self._windows[name] = PendingCallback(track)
        return name, window

    def name(self, window: str, content: str) -> str:
        """What to know the press in this window by: the same name again only when DingTalk repeats itself."""
        if window in self._windows:
            self._windows[window].content = content
        return self._repeats.name(content)

    def find(self, name: str) -> PendingCallback | None:
        """The window of that name while it can be answered."""
        window = self._windows.get(name)
        return window if window is not None and window.open else None

    def dismiss(self, name: str) -> None:
        """The press in this window, if any, changes no card: its acknowledgement need not wait."""
        if window := self.find(name):
            window.close()

    def done(self, name: str, *, left: bool) -> None:
        """The acknowledgement has left (or could not)."""
        window = self._windows.pop(name, None)
        if window is not None:
            if left:
                self._repeats.settled(window.content)
            window.acknowledged(left=left)

    async def quiet(self, track: str, seconds: float) -> None:
        """Wait until no press on this card is under way, at most `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                for window in [window for window in self._windows.values() if window.track == track]:
                    await window.over()
        except TimeoutError:
            return
