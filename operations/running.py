"""What every command of the command line shares: one event loop, the clock, moments as people type them, JSON."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from datetime import datetime
from pathlib import Path
from typing import Any

from domain.given_dates import record_moment
from domain.refusals import Refused
from scheduler.clock import SystemClock

#: A notice or a rule set has a few KB.
MAX_TEXT_FILE = 512 * 1024


class Failure(Exception):
    """The command cannot be done; `str()` tells the operator what to do."""


def run_async(work: Coroutine[Any, Any, int | None]) -> int:
    """Run one command to its end; its exit status."""
    return asyncio.run(work) or 0


def now() -> datetime:
    """Return the present moment, aware."""
    return SystemClock().now()


def moment_of(text: str) -> datetime:
    """An ISO moment; one without a zone is local time. Raises Failure."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Failure(f"时间“{text}”看不懂，请写成 2026-11-23T09:00:00+08:00 这样。") from None
    try:
        return record_moment(moment)
    except Refused as error:
        raise Failure(str(error)) from None


def read_small(path: Path) -> bytes:
    """A small file an operator imports. Raises Failure for one that is too large."""
    with path.open("rb") as file:
        content = file.read(MAX_TEXT_FILE + 1)
    if len(content) > MAX_TEXT_FILE:
        raise Failure(f"文件超过 {MAX_TEXT_FILE // 1024} KB，不像是要导入的文件，请核对：{path.name}")
    return content


def print_json(value: Any) -> None:
    """Print a value as JSON people can read."""
    print(json.dumps(value, ensure_ascii=False, indent=2))
