"""Running a restore in a process of its own that is killed at a chosen stage, with kill -9, by nobody's leave.

A stage is an entry or a return of a function of `operations.backup_*`, or a touch of the outside world that Python
itself announces (a file opened, renamed, removed, a database opened, a program started). The product knows nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import os
import signal
import sys
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.kit.forked import context

OUTSIDE = {"open", "os.rename", "os.remove", "os.link", "sqlite3.connect", "subprocess.Popen", "socket.connect"}
NEVER = 1 << 30
NOW = datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC)


@dataclass(frozen=True)
class Ended:
    """How a restore ended: exit status (-9 when it was killed), how many stages were met, what was refused with.

    `different` are the stages at which the files of the watched folder were not what they were one stage before:
    a kill leaves the files and nothing else, so between two of them it makes no difference when it comes.
    """

    status: int
    stages: int
    refused: str
    different: tuple[int, ...]


def restore(
    url: str, source: Path, keys: frozenset[str], *, kill_at: int = NEVER, watched: Path | None = None
) -> Ended:
    """Restore, killed at a stage (never without one); `watched` is the folder whose files are compared."""
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_run, args=(url, source, keys, kill_at, watched, theirs))
    child.start()
    theirs.close()
    try:
        stages, refused, different = ours.recv()
    except EOFError:
        stages, refused, different = 0, "", ()
    child.join(60)
    assert child.exitcode is not None
    return Ended(child.exitcode, stages, refused, different)


def _files(folder: Path) -> dict[str, bytes]:
    """What a kill would leave; the index of a write-ahead log lives in memory and is made anew by whoever comes."""
    found = {}
    for path in sorted(folder.iterdir()):
        if path.is_file() and not path.name.endswith("-shm"):
            found[path.name] = hashlib.blake2b(path.read_bytes()).digest()
    return found


def _run(url: str, source: Path, keys: frozenset[str], kill_at: int, watched: Path | None, answer: Any) -> None:
    from operations import backup

    steps = itertools.count()
    met = [0]
    different: list[int] = []
    before: dict[str, bytes] = {}
    looking = threading.local()  # what we do ourselves is no stage

    def stage() -> None:
        nonlocal before
        if getattr(looking, "now", False):
            return
        met[0] = next(steps)
        if met[0] == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        if watched is not None:
            number, looking.now = met[0], True
            now = _files(watched)
            looking.now = False
            if not different or now != before:
                different.append(number)
            before = now

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
    looking.now = True
    answer.send((met[0], refused, tuple(different)))
