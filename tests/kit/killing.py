"""Running a restore in a process of its own that is killed at a chosen stage, with kill -9, by nobody's leave.

A stage is an entry or a return of a function of `operations.backup_*`, or a touch of the outside world that Python
itself announces (a file opened, renamed, removed, a database opened, a program started). The product knows nothing.
"""

from __future__ import annotations

import asyncio
import itertools
import multiprocessing
import os
import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

OUTSIDE = {"open", "os.rename", "os.remove", "os.link", "sqlite3.connect", "subprocess.Popen", "socket.connect"}
NEVER = 1 << 30
NOW = datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC)

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["operations.backup"])


def restore(url: str, source: Path, keys: frozenset[str], *, kill_at: int = NEVER) -> tuple[int, int, str]:
    """Exit status (-9 when it was killed), how many stages were met, and what was refused with."""
    ours, theirs = _context.Pipe(duplex=False)
    child = _context.Process(target=_run, args=(url, source, keys, kill_at, theirs))
    child.start()
    theirs.close()
    try:
        stages, refused = ours.recv()
    except EOFError:
        stages, refused = 0, ""
    child.join(60)
    assert child.exitcode is not None
    return child.exitcode, stages, refused


def _run(url: str, source: Path, keys: frozenset[str], kill_at: int, answer: Any) -> None:
    from operations import backup

    steps = itertools.count()
    met = [0]

    def stage() -> None:
        met[0] = next(steps)
        if met[0] == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def heard(event: str, arguments: Any) -> None:
        if event in OUTSIDE:
            stage()

    def called(frame: Any, event: str, argument: Any) -> None:
        if event in ("call", "return") and "/operations/backup" in frame.f_code.co_filename:
            stage()

    sys.addaudithook(heard)
    threading.setprofile(called)
    sys.setprofile(called)
    refused = ""
    try:
        asyncio.run(backup.restore(url, source, NOW, keys))
    except backup.NotPossible as error:
        refused = str(error)
    sys.setprofile(None)
    answer.send((met[0], refused))
