"""What processes hold and use, read from /proc."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path


def resident_mb(pid: int) -> float:
    """Resident memory of a process in MB (10^6 bytes); 0 when it is gone."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024 / 1e6
    except OSError:
        pass
    return 0.0


def processor_ms(pid: int) -> float:
    """Milliseconds of processor a process has used so far: unlike a duration, hardly touched by a busy machine."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    found, todo = [], [pid]
    while todo:
        one = todo.pop()
        found.append(one)
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                todo += [int(child) for child in task.read_text().split()]
            except OSError:
                continue
    return found


async def peak_mb(pid: int, every: float = 0.02) -> float:
    """The largest sum of resident memory of a process and its descendants, watched until the process is gone."""
    most = 0.0
    while now := sum(map(resident_mb, family(pid))):
        most = max(most, now)
        await asyncio.sleep(every)
    return most
