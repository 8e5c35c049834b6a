"""`yousu play`: the scripted month."""

from __future__ import annotations

from pathlib import Path


async def run(out: Path, *, speed: float) -> int:
    """Play the month."""
    raise NotImplementedError(out, speed)
