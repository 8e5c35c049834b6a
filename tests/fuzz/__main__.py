# ruff: noqa: T201 - a command
"""`make fuzz`: hundreds of thousands of odd inputs at every border; prints counts, what got through, and stalls."""

from __future__ import annotations

import argparse
import secrets
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from tests.fuzz.borders import BORDERS
from tests.fuzz.doors import DOORS
from tests.fuzz.shares import STALL, Found, fuzz_border, fuzz_town, quiet

#: How many of a hundred executions go through the living doors; the others through one function each.
LIVING = 12


def main() -> int:
    """Fuzz; the exit status is 1 when anything unexpected came out or stood still."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--executions", type=int, default=600_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**31))
    wanted = parser.parse_args()
    print(f"seed {wanted.seed}", flush=True)
    living = wanted.executions * LIVING // 100
    each = -(-(wanted.executions - living) // len(BORDERS) // wanted.processes)
    found, began = Found(), time.monotonic()
    with ProcessPoolExecutor(wanted.processes, get_context("spawn"), initializer=quiet) as pool:
        shares = []
        for process in range(wanted.processes):
            seed = wanted.seed + process
            shares.append(pool.submit(fuzz_town, living // wanted.processes, seed))
        for process in range(wanted.processes):
            shares += [pool.submit(fuzz_border, name, each, wanted.seed + process) for name in BORDERS]
        for share in shares:
            found.add(share.result())
    _tell(found, time.monotonic() - began)
    return 1 if found.unexpected or found.stalls else 0


def _tell(found: Found, wall: float) -> None:
    for name in (*BORDERS, *DOORS):
        count, spent = found.counts[name], found.seconds[name] or 1e-9
        print(
            f"{name:20} {count:7} executions  {found.refused[name]:7} refused  {count / spent:8.0f} a second  "
            f"slowest {found.slowest.get(name, 0.0) * 1000:5.0f} ms"
        )
    total, spent = sum(found.counts.values()), sum(found.seconds.values())
    print(f"{total} executions in {wall:.0f} s, {spent:.0f} s of processor, {total / wall:.0f} a second")
    print(f"unexpected: {dict(found.unexpected)}, stalls over {STALL * 1000:.0f} ms: {dict(found.stalls)}")


if __name__ == "__main__":
    sys.exit(main())
