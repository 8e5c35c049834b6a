# ruff: noqa: T201 - told while it goes on
"""A share of the fuzzing, for a process of its own, and what it met."""

from __future__ import annotations

import asyncio
import logging
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.borders import BORDERS
from tests.fuzz.doors import fuzz_doors
from tests.fuzz.odd import Odd

#: An execution that takes longer than this is a stall, in seconds of this process's own time.
STALL = 0.2


@dataclass
class Found:
    """What one share of the work met."""

    counts: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    unexpected: Counter[str] = field(default_factory=Counter)
    stalls: Counter[str] = field(default_factory=Counter)
    slowest: dict[str, float] = field(default_factory=dict)
    seconds: Counter[str] = field(default_factory=Counter)

    def add(self, other: Found) -> None:
        """Take in what another share met."""
        for name in ("counts", "refused", "unexpected", "stalls", "seconds"):
            getattr(self, name).update(getattr(other, name))
        for name, slowest in other.slowest.items():
            self.slowest[name] = max(slowest, self.slowest.get(name, 0.0))


def fuzz_border(name: str, executions: int, seed: int) -> Found:
    """Hand one function so many odd values."""
    make, take, refusals = BORDERS[name]
    found, odd = Found(), Odd(seed)
    began = time.process_time()
    for _ in range(executions):
        value = make(odd)
        before = time.process_time()
        try:
            take(value)
        except refusals:
            found.refused[name] += 1
        except Exception as error:
            what = f"{name}: {type(error).__name__}"
            found.unexpected[what] += 1
            if found.unexpected[what] == 1:
                print(f"  {name}: {error!r} from {value!r}"[:400], flush=True)
        spent = time.process_time() - before
        found.slowest[name] = max(spent, found.slowest.get(name, 0.0))
        if spent > STALL:
            found.stalls[name] += 1
            print(f"  {name}: {spent:.2f} s for {value!r}"[:400], flush=True)
    found.counts[name] = executions
    found.seconds[name] = time.process_time() - began
    return found


def fuzz_town(executions: int, seed: int) -> Found:
    """Hand the living doors of a town so many odd things."""
    with tempfile.TemporaryDirectory(prefix="yousu-fuzz-") as folder:
        counts, broken, watch, seconds = asyncio.run(fuzz_doors(Path(folder), executions, seed))
    found = Found(counts, Counter(), broken, slowest=dict.fromkeys(counts, watch.slowest), seconds=Counter(seconds))
    if watch.stalls:
        found.stalls["doors"] = watch.stalls
    return found


def quiet() -> None:
    """What is refused is written down by the product; here it is expected thousands of times."""
    logging.disable(logging.WARNING)
