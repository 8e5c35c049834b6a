"""What every errand of the command line shares: one event loop, the clock, moments as people type them, JSON."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from datetime import datetime
from typing import Any

from domain.office_hours import TZ
from scheduler.clock import SystemClock


class Failure(Exception):
    """The command cannot be done; `str()` tells the operator what to do."""


def run_async(work: Coroutine[Any, Any, int | None]) -> int:
    """Run one errand to its end; its exit status."""
    return asyncio.run(work) or 0


def now() -> datetime:
    """The present."""
    return SystemClock().now()


def moment_of(text: str) -> datetime:
    """An ISO moment; one without a zone is local time. Raises Failure."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Failure(f"时间“{text}”看不懂，请写成 2026-11-23T09:00:00+08:00 这样。") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=TZ)


def print_json(value: Any) -> None:
    """Print a value as JSON people can read."""
    print(json.dumps(value, ensure_ascii=False, indent=2))
