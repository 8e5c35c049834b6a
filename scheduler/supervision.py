"""Tasks that outlive their faults: each is started again with a growing pause, and an ill one is known by name.

The process never ends because one of its tasks failed: a locked file, a full disk, a lost line or one bad message is
waited out here, while everything else goes on.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from domain.office_hours import TZ
from scheduler.clock import steady
from services.store.illness import Illness

log = logging.getLogger(__name__)

#: Seconds before the first restart, and the longest pause between two.
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
#: The same kind of fault of the same task is reported in the log this often, in seconds.
REPORT_EVERY = 60.0
#: A task that has been ill this long, in seconds, is told to people.
LASTING = 60.0
#: What has held this long, in seconds, is healthy: its next fault starts from the first pause again.
HEALTHY_AFTER = 10.0

Tell = Callable[[str], Awaitable[None]]


def pause_after(failures: int) -> float:
    """Seconds before the next try after so many failures in a row."""
    return float(min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(max(failures - 1, 0), 10)))


class Ended(RuntimeError):
    """A task that should go on for ever came to its end."""


@dataclass
class _Sick:
    fault: str
    since: datetime
    began: float
    told: bool = False


class Supervisor:
    """Knows which tasks are ill. `tell` says in words, to people, that one lasts; its own faults are tried again.

    `now` is the wall clock, for what people read; every duration is measured on the steady one. An error of the kind
    `ends` is no illness: it ends the task and with it all the others.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        tell: Tell,
        *,
        lasting: float = LASTING,
        ends: type[Exception] | tuple[type[Exception], ...] = (),
    ) -> None:
        self._ends = ends
        self._now = now
        self._tell = tell
        self._lasting = lasting
        self._sick: dict[str, _Sick] = {}
        self._reported: dict[tuple[str, str], float] = {}

    def illnesses(self) -> list[Illness]:
        """Every task that is ill now."""
        return [Illness(name, s.fault, s.since, steady() - s.began) for name, s in sorted(self._sick.items())]

    def forget(self) -> None:
        """A set of tasks has ended, and their illnesses with them."""
        self._sick.clear()

    async def keep(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        """Hold something that should last, such as a connection: when it fails or ends it is started again."""
        failures = 0
        while not cancelled():
            began = steady()
            error: Exception = Ended(name)
            async with asyncio.TaskGroup() as group:
                cured = group.create_task(self._cured(name))
                try:
                    await _by_itself(run)
                except Exception as fault:
                    error = fault
                cured.cancel()
            failures = 1 if steady() - began >= HEALTHY_AFTER else failures + 1
            if not cancelled():
                await self.ill(name, error)
                await asyncio.sleep(pause_after(failures))

    async def _cured(self, name: str) -> None:
        """What has held for a while after its fault is well again."""
        await asyncio.sleep(HEALTHY_AFTER)
        await self.well(name)

    async def repeat(self, name: str, act: Callable[[], Awaitable[None]]) -> None:
        """Do something short again and again; `act` waits by itself for the next time to come."""
        failures = 0
        while not cancelled():
            try:
                await _by_itself(act)
            except Exception as error:
                failures += 1
                if not cancelled():
                    await self.ill(name, error)
                    await asyncio.sleep(pause_after(failures))
            else:
                failures = 0
                await self.well(name)

    async def ill(self, name: str, error: BaseException) -> None:
        """Remember since when a task fails, report it, and tell people when it lasts. Raises what ends it instead."""
        if contains(error, self._ends):
            raise error
        fault = fault_of(error)
        sick = self._sick.setdefault(name, _Sick(fault, self._now(), steady()))
        sick.fault = fault
        self._report(name, fault, error)
        if not sick.told and steady() - sick.began >= self._lasting:
            sick.told = await self._told(f"{name} 自 {_words(sick.since)} 起（{fault}）")

    async def well(self, name: str) -> None:
        """A task did its work again. What lasted and could not be told while it did is told now."""
        sick = self._sick.pop(name, None)
        if sick is None:
            return
        lasted = steady() - sick.began
        log.info("task recovered", extra={"action": "task_recovered", "task": name, "seconds": round(lasted)})
        if not sick.told and lasted >= self._lasting:
            await self._told(
                f"{name} 自 {_words(sick.since)} 起中断约 {round(lasted / 60)} 分钟，现已恢复（{sick.fault}）"
            )

    async def _told(self, words: str) -> bool:
        try:
            await self._tell(words)
        except Exception as error:
            log.warning("illness not told", extra={"action": "alarm_failed", "reason": fault_of(error)})
            return False
        return True

    def _report(self, name: str, fault: str, error: BaseException) -> None:
        last = self._reported.get((name, fault))
        if last is None or steady() - last >= REPORT_EVERY:
            self._reported[name, fault] = steady()
            log.error("task failed", exc_info=error, extra={"action": "task_failed", "task": name, "fault": fault})


async def _by_itself(run: Callable[[], Awaitable[None]]) -> None:
    """Do one round as a task of its own, which ends with this one.

    A task group whose part failed leaves its task marked as cancelled (Python before 3.13): the round's, not ours.
    """

    async def round_() -> None:
        await run()

    await asyncio.get_running_loop().create_task(round_())


def cancelled() -> bool:
    """Whether this task was asked to end, also when something it awaited swallowed that.

    `asyncio.wait_for` and a task group do when they end in the same moment (Python before 3.12 and 3.13). What goes on
    for ever asks here before each round, or whoever waits for its end waits for ever. It runs no task group that may
    fail in its own task: that one would leave it marked as cancelled (`_by_itself`).
    """
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def contains(error: BaseException, kinds: type[Exception] | tuple[type[Exception], ...]) -> bool:
    """Tell whether an error, or one inside a group, is of these kinds."""
    if isinstance(error, BaseExceptionGroup):
        return any(contains(inner, kinds) for inner in error.exceptions)
    return isinstance(error, kinds)


def fault_of(error: BaseException) -> str:
    """The kind of a fault, without what it speaks of: a group is named by what is inside."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return type(error).__name__


def _words(moment: datetime) -> str:
    return moment.astimezone(TZ).strftime("%m-%d %H:%M")
