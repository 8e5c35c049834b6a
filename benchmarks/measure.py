"""What every measurement shares: rounds in turn, medians, quantiles, and the lines that are printed."""

from __future__ import annotations

import gc
import statistics
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass


class WrongAnswer(Exception):
    """What was measured did not do its work: a figure of it would mean nothing."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure. `reached` is None when it has no goal and is only informative; `detail` says how it came."""

    name: str
    value: str
    goal: str = ""
    reached: bool | None = None
    detail: str = ""


def show(figure: Figure) -> str:
    """The figure as it is printed."""
    verdict = {True: "达到", False: "未达到", None: "供参考"}[figure.reached]
    goal = f"（目标 {figure.goal}，{verdict}）" if figure.goal else f"（{verdict}）"
    lines = [f"  {figure.name}：{figure.value}{goal}"]
    return "\n".join([*lines, *(f"      {line}" for line in figure.detail.splitlines())])


async def in_turn(
    rounds: int, first: Callable[[], Awaitable[float]], second: Callable[[], Awaitable[float]]
) -> tuple[list[float], list[float]]:
    """A B A B …: whatever else the machine does falls on both sides alike. One round of each is thrown away before."""
    await first()
    await second()
    a: list[float] = []
    b: list[float] = []
    for _ in range(rounds):
        gc.collect()
        a.append(await first())
        gc.collect()
        b.append(await second())
    return a, b


def ratio(a: Sequence[float], b: Sequence[float]) -> float:
    """The middle of the ratios of neighbouring rounds: a drift of the machine's speed hardly touches it."""
    return statistics.median(x / y for x, y in zip(a, b, strict=True))


def median(values: Sequence[float]) -> float:
    """The middle value."""
    return statistics.median(values)


def quantile(values: Sequence[float], share: float) -> float:
    """The value that `share` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))]


def spread(values: Sequence[float], digits: int = 0) -> str:
    """Smallest and largest value, to show how noisy the machine was."""
    return f"{min(values):.{digits}f}–{max(values):.{digits}f}"
