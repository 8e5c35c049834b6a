"""The month's budget: what has been used, what is held back near its end, and where the month is heading.

The limits are the organisation's, per calendar month of Beijing time (standard edition since 2025-11-19: 5,000 API
calls, 3,000 webhook and stream messages; page dingtalk-application-development-platform-billing-model). Tokens, the
gateway, the directory and media are free, and so is what failed by frequency or network. Whether a press or a
message in counts is not documented: one each is assumed.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from platforms.contract import ChannelDown, Health, TryLater, UsageCounter
from platforms.dingtalk.alarm_buffer import AlarmBuffer

API, STREAM = "api", "stream"
WARN_AT, HOLD_AT = 0.7, 0.9
LONGEST_HOLD = timedelta(hours=6)
#: After the platform has said "used up", one urgent call may ask again so often: the budget can be enlarged any day.
ASK_AGAIN = timedelta(hours=1)

_BEIJING = ZoneInfo("Asia/Shanghai")
_WORDS: Mapping[str, str] = {API: "接口调用", STREAM: "消息推送"}


class Quota:
    """Counts through `counter` under the names "api" and "stream"; a month's alarms are noted there as well."""

    def __init__(
        self, counter: UsageCounter, now: Callable[[], datetime], alarms: AlarmBuffer, *, api: int, stream: int
    ) -> None:
        self._counter = counter
        self._now = now
        self._alarms = alarms
        self._limits: Mapping[str, int] = {API: max(1, api), STREAM: max(1, stream)}
        self._used_up_at: datetime | None = None

    async def count(self, what: str) -> None:
        """One more of "api" or "stream"; rings `quota_70` and `quota_90` once a month each."""
        self._counter.add(what)
        share = self._share(what)
        for mark, level in ((90, HOLD_AT), (70, WARN_AT)):
            if share >= level:
                await self._once_a_month(f"quota_{mark}", self._line(what) + _ADVICE[mark])
                return

    def admit(self, *, urgent: bool) -> None:
        """Let a call pass. Raises `TryLater` (held back) or `ChannelDown` (used up, says the platform)."""
        if self._used_up():
            if urgent:
                raise ChannelDown("quota_100", "本月接口调用量已用完")
            raise self._held()
        if not urgent and self.short():
            raise self._held()

    async def used_up(self, code: str) -> None:
        """The platform says there is nothing left."""
        self._used_up_at = self._now()
        await self._once_a_month("quota_100", f"钉钉说本月调用量已用完（{code}）：请加购或改用其他渠道")

    async def inbound_stopped(self) -> None:
        """The platform no longer passes on what people say (20001)."""
        await self._once_a_month("quota_inbound", "消息推送量超出，钉钉已暂停把群消息转给机器人：请加购")

    def answered(self) -> None:
        """A counted call went through: the budget is not (or no longer) used up."""
        self._used_up_at = None

    def short(self, what: str = "") -> bool:
        """True from 90 % of one limit (of any, when none is named)."""
        return any(self._share(name) >= HOLD_AT for name in ((what,) if what else self._limits))

    def health(self) -> Health:
        """The month so far, and where it ends if it goes on like this."""
        words = "；".join(self._line(what) for what in self._limits)
        return Health("dingtalk.quota", not self.short() and not self._used_up(), f"本月{words}")

    def _line(self, what: str) -> str:
        used, limit = self._counter.this_month(what), self._limits[what]
        return f"{_WORDS[what]} {used}/{limit}（{used * 100 // limit}%），照此到月底约 {self._forecast(used)}"

    def _share(self, what: str) -> float:
        return self._counter.this_month(what) / self._limits[what]

    def _forecast(self, used: int) -> int:
        """Linear by elapsed days, today counted in full before noon of the first day."""
        now = self._now().astimezone(_BEIJING)
        days = calendar.monthrange(now.year, now.month)[1]
        elapsed = (now - _first(now)) / timedelta(days=1)
        return round(used * days / max(elapsed, 0.5))

    def _used_up(self) -> bool:
        if self._used_up_at is None:
            return False
        now = self._now()
        same_month = _first(now.astimezone(_BEIJING)) == _first(self._used_up_at.astimezone(_BEIJING))
        return same_month and timedelta() <= now - self._used_up_at < ASK_AGAIN

    def _held(self) -> TryLater:
        now = self._now().astimezone(_BEIJING)
        next_month = _first(_first(now) + timedelta(days=32))
        pause = max(timedelta(seconds=1), min(LONGEST_HOLD, next_month - now))
        return TryLater("quota_held", "本月调用量紧张，不急的消息先不发", after=pause.total_seconds())

    async def _once_a_month(self, code: str, detail: str) -> None:
        if self._counter.this_month(code) == 0:
            self._counter.add(code)
            await self._alarms.ring(code, detail)


_ADVICE: Mapping[int, str] = {70: "", 90: "：不急的消息和卡片刷新已暂停，到下月初恢复"}


def _first(at: datetime) -> datetime:
    """Midnight of the first of the month."""
    return at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
